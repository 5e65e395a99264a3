package main

import (
	"fmt"
	"os"
	"time"
)

// samples is the number of elections of one process.
const samples = 100

// fresh gives a group that no other process uses.
func fresh(noun string) string { return fmt.Sprintf("/%s-%d", noun, os.Getpid()) }

// enrol measures microseconds from the call until the znode exists, each.
func enrol(its library, hosts string) []float64 {
	session, path := its.open(hosts), fresh("enrol")
	session.enrol(path)
	return repeat(func() float64 {
		begun := time.Now()
		session.enrol(path)
		return microseconds(time.Since(begun))
	})
}

// lead measures microseconds from the beginning of a candidacy in an empty group until the candidate leads, each.
func lead(its library, hosts string) []float64 {
	session, path := its.open(hosts), fresh("lead")
	measure := func() float64 {
		begun := time.Now()
		candidacy := session.contend(path)
		candidacy.lead()
		span := time.Since(begun)
		candidacy.release()
		return microseconds(span)
	}
	measure() // it creates the group
	return repeat(measure)
}

// handOver measures microseconds from the call by which a leader releases until the successor leads, each. The two
// have sessions of their own.
func handOver(its library, hosts string) []float64 {
	path := fresh("hand-over")
	leader, other := its.open(hosts), its.open(hosts)
	leads := leader.contend(path)
	leads.lead()
	return repeat(func() float64 {
		stands := other.contend(path)
		led := make(chan time.Time, 1)
		go func() {
			stands.lead()
			led <- time.Now()
		}()
		// Time for the watch of the standby.
		time.Sleep(30 * time.Millisecond)
		begun := time.Now()
		leads.release()
		span := (<-led).Sub(begun)
		leads, leader, other = stands, other, leader
		return microseconds(span)
	})
}

func repeat(measure func() float64) []float64 {
	spans := make([]float64, samples)
	for at := range spans {
		spans[at] = measure()
	}
	return spans
}

// idleLeader measures the processor time of one leader without work.
func idleLeader(its library, hosts string) []float64 {
	candidacy := its.open(hosts).contend(fresh("idle"))
	candidacy.lead()
	return []float64{idle()}
}
