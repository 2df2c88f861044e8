package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// What the system tells about processes; nothing (0) where it is not Linux.

// memory is what a process holds in bytes: its resident set, and its share
// (PSS), which counts pages it has in common with others by their part.
func memory(pid int) (rss, pss int64) {
	return procField(fmt.Sprintf("/proc/%d/status", pid), "VmRSS:"), procField(fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Pss:")
}

// peakMemory is the most a process has held, and its share now.
func peakMemory(pid int) (rss, pss int64) {
	_, pss = memory(pid)
	return procField(fmt.Sprintf("/proc/%d/status", pid), "VmHWM:"), pss
}

// procField reads a field in kilobytes.
func procField(path, field string) int64 {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(b) {
		if rest, ok := strings.CutPrefix(string(line), field); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return kb << 10
		}
	}
	return 0
}

// clockTick is the unit of the kernel's accounting, USER_HZ, which is 100 on
// every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// cpuTime is how long a process and the children it has waited for have run.
func cpuTime(pid int) time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name may hold anything
	fields := strings.Fields(rest)
	const utime, used = 11, 4 // utime, stime, cutime, cstime from the third field on
	if len(fields) < utime+used {
		return 0
	}
	var ticks int64
	for _, f := range fields[utime : utime+used] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick
}

// processors is how long all of them together have run or been idle, and how
// much of that the host of a virtual machine gave to others (proc_stat(5)).
func processors() (all, stolen int64) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	fields := strings.Fields(line)
	const steal = 8 // cpu user nice system idle iowait irq softirq steal; guests are within user
	for i := 1; i <= steal && i < len(fields); i++ {
		ticks, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, 0
		}
		all += ticks
		if i == steal {
			stolen = ticks
		}
	}
	return all, stolen
}

// children are the processes a process has started.
func children(pid int) []int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var list []int
	for _, text := range strings.Fields(string(b)) {
		if n, err := strconv.Atoi(text); err == nil {
			list = append(list, n)
		}
	}
	return list
}
