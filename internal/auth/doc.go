// Package auth says who somebody is: passwords, sessions, the lock-out, signed
// tokens, and the vault in which secrets lie sealed.
package auth
