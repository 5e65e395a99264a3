package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// groups is the number of detectors in one process, each of a group of its own.
const groups = 1000

// detectors measures goroutines and threads of all detectors, KiB of each, milliseconds until all know their leaders,
// and the processor time of all while nothing happens.
func detectors(its library, hosts string) []float64 {
	base := fresh("many")
	leaders := standElsewhere(hosts, base)
	defer leaders.Process.Kill()
	session := its.open(hosts)
	session.detect(group(base, groups)).know() // the first: code and buffers
	memoryBefore, threadsBefore, goroutinesBefore := memory(), threads(), goroutines()
	all := make([]detection, groups)
	begun := time.Now()
	for at := range all {
		all[at] = session.detect(group(base, at))
	}
	for _, one := range all {
		one.know()
	}
	span := time.Since(begun)
	defer runtime.KeepAlive(all)
	return []float64{
		goroutines() - goroutinesBefore,
		threads() - threadsBefore,
		(memory() - memoryBefore) / groups,
		float64(span) / 1e6,
		idle(),
	}
}

func group(base string, at int) string { return fmt.Sprintf("%s/%d", base, at) }

// standElsewhere has a leader in each group, in a process whose memory is not measured.
func standElsewhere(hosts, base string) *exec.Cmd {
	process := exec.Command(os.Args[0], "stand", base, hosts)
	process.Stderr = os.Stderr
	_, err := process.StdinPipe() // open as long as this process lives
	must(err)
	out, err := process.StdoutPipe()
	must(err)
	must(process.Start())
	_, err = io.ReadFull(out, make([]byte, len(ready)))
	must(err)
	return process
}

const ready = "ready\n"

// stand is that process.
func stand(hosts, base string) {
	session := theirs{}.open(hosts).(*theirSession)
	session.makePath(base)
	var all sync.WaitGroup
	const parallel = 16
	for first := 0; first < parallel; first++ {
		all.Add(1)
		go func(first int) {
			defer all.Done()
			for at := first; at <= groups; at += parallel {
				session.enrol(group(base, at))
			}
		}(first)
	}
	all.Wait()
	fmt.Print(ready)
	_, _ = io.Copy(io.Discard, os.Stdin)
}
