//go:build !linux

package faults_test

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }

func lessBuffer(uintptr) error { return nil }

// volume is only had on Linux; elsewhere runs go without a full disk.
type volume struct{}

func mount(string) *volume         { return nil }
func (v *volume) fill(int64) error { return nil }
func (v *volume) free() error      { return nil }
func (v *volume) unmount() error   { return nil }
