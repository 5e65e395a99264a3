package main

import (
	"bufio"
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// memory is the private memory of this process in KiB, without garbage.
func memory() float64 {
	// Twice: a finalizer of the first frees in the second.
	runtime.GC()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	must(err)
	sum := 0.0
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if words[0] == "Private_Clean:" || words[0] == "Private_Dirty:" {
			kib, err := strconv.ParseFloat(words[1], 64)
			must(err)
			sum += kib
		}
	}
	return sum
}

// threads is the number of threads of this process.
func threads() float64 {
	all, err := os.ReadDir("/proc/self/task")
	must(err)
	return float64(len(all))
}

func goroutines() float64 { return float64(runtime.NumGoroutine()) }

// processorTime is that of this process so far.
func processorTime() time.Duration {
	var its syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &its))
	return time.Duration(its.Utime.Nano() + its.Stime.Nano())
}

// idle is the processor time of this process, in milliseconds a second, while it does nothing.
func idle() float64 {
	const span = 5 * time.Second
	time.Sleep(time.Second) // the end of the work before
	before, begun := processorTime(), time.Now()
	time.Sleep(span)
	return float64(processorTime()-before) / 1e6 / time.Since(begun).Seconds()
}

func microseconds(span time.Duration) float64 { return float64(span) / 1e3 }
