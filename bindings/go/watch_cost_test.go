//go:build go1.21

package tenure_test

import (
	"context"
	"runtime"
	"testing"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// A channel of Watch costs no goroutine and no thread, whatever its context is; one of Events costs one goroutine while
// it lasts. (Before Go 1.21 a goroutine waits for the end of each context.)
func TestAWatchCostsNoGoroutine(t *testing.T) {
	const count = 500
	client := tenuretest.New(t).Client("/app")
	detector, group := must(client.Detector("")), must(client.Group(""))
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	next(t, detector.Watch(ctx))
	next(t, group.Watch(ctx))
	before, threads := runtime.NumGoroutine(), tasks(t)
	var watches []<-chan tenure.DetectorEvent
	for range [count]struct{}{} {
		watches = append(watches, detector.Watch(ctx), detector.Watch(within(t)))
		group.Watch(ctx)
	}
	for _, watch := range watches {
		next(t, watch)
	}
	if now := runtime.NumGoroutine(); now > before+5 {
		t.Errorf("%d goroutines more for %d channels", now-before, 3*count)
	}
	if now := tasks(t); now > threads+4 {
		t.Errorf("%d threads more for %d channels", now-threads, 3*count)
	}
	events, stop := context.WithCancel(within(t))
	for range [count]struct{}{} {
		detector.Events(events)
	}
	if now := runtime.NumGoroutine(); now > before+count+5 {
		t.Errorf("%d goroutines more for %d channels of Events", now-before, count)
	}
	stop()
	tenuretest.Eventually(t, limit, func() bool { return runtime.NumGoroutine() <= before+5 })
}
