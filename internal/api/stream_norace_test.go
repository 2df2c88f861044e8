//go:build !race

package api

// raced says that the race detector is off.
const raced = false
