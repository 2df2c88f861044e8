//go:build !unix

package main

import (
	"errors"
	"os/exec"
)

// asServer needs unix credentials and sockets.
func asServer(*exec.Cmd, string) error {
	return errors.New("measure PostgreSQL on Linux; use -db sqlite here")
}
