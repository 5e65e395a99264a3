package tenuretest

import (
	"reflect"
	"testing"
	"time"
)

// pause is the time between two looks at a condition.
const pause = 2 * time.Millisecond

// Eventually waits until the condition holds, and ends the test if it does not hold in time.
func Eventually(t testing.TB, within time.Duration, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("the condition does not hold after %v", within)
		}
		time.Sleep(pause)
	}
}

// Await receives events until one of the type T comes, and gives it. It ends the test if none comes in time, or the
// channel is closed before:
//
//	leader := tenuretest.Await[tenure.DetectorLeader](t, 10*time.Second, detector.Watch(ctx))
func Await[T, E any](t testing.TB, within time.Duration, events <-chan E) T {
	t.Helper()
	limit := time.NewTimer(within)
	defer limit.Stop()
	for {
		select {
		case event, open := <-events:
			if !open {
				t.Fatalf("the channel was closed before an event of the type %s", nameOf[T]())
			}
			if wanted, ok := any(event).(T); ok {
				return wanted
			}
		case <-limit.C:
			t.Fatalf("no event of the type %s after %v", nameOf[T](), within)
		}
	}
}

// nameOf is the name of a type, which may be an interface.
func nameOf[T any]() string { return reflect.TypeOf((*T)(nil)).Elem().String() }
