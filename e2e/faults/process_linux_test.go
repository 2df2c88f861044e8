package faults_test

import "syscall"

// dieWithParent has the system end a child whose parent is gone, however the
// parent ended.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
