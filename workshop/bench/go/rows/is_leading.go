package main

/*
#include <stdint.h>
#include <time.h>

static int nothing(void) { return 1; }

// The processor time of this thread.
static int64_t used_ns(void)
{
    struct timespec used;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * INT64_C(1000000000) + used.tv_nsec;
}
*/
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// isLeading measures nanoseconds of processor time of a call, from one goroutine and then from two at once.
func isLeading(name, hosts string) []float64 {
	ask := asked(name, hosts)
	one, two := make([]float64, 0, rounds), make([]float64, 0, rounds)
	for round := 0; round < rounds; round++ {
		one = append(one, perCall(ask))
		two = append(two, both(ask))
	}
	return append(one, two...)
}

const (
	rounds = 21
	calls  = 200_000
)

// asked gives the question.
func asked(name, hosts string) func() bool {
	switch name {
	case "plain":
		// The floor of every check inside a process: the end of a lease in an atomic word, and Go's clock.
		var end atomic.Int64
		begin := time.Now()
		end.Store(int64(time.Hour))
		return func() bool { return int64(time.Now().Sub(begin)) < end.Load() }
	case "cgo":
		// A call into C that does nothing.
		return func() bool { return C.nothing() != 0 }
	default:
		candidacy := libraries[name].open(hosts).contend(fresh("ask"))
		candidacy.lead()
		return candidacy.isLeading
	}
}

func perCall(ask func() bool) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	yes := 0
	begun := C.used_ns()
	for call := 0; call < calls; call++ {
		if ask() {
			yes++
		}
	}
	span := C.used_ns() - begun
	if yes != calls {
		panic("it does not lead")
	}
	return float64(span) / calls
}

func both(ask func() bool) float64 {
	var spans [2]float64
	var two sync.WaitGroup
	for at := range spans {
		two.Add(1)
		go func(at int) {
			defer two.Done()
			spans[at] = perCall(ask)
		}(at)
	}
	two.Wait()
	return (spans[0] + spans[1]) / 2
}
