package tenure_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// limit bounds each wait for something that must come.
const limit = 30 * time.Second

// within gives a context for waits, which ends with the test.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

// ended gives a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// must gives the value of a call that succeeds.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// lead gives a contender that leads, its context and its leadership.
func lead(t testing.TB, client *tenure.Client, options ...tenure.ContenderOption) (
	*tenure.Contender, context.Context, *tenure.Leadership) {
	t.Helper()
	contender := must(client.Contender(options...))
	leadCtx, leadership, err := contender.Lead(within(t))
	if err != nil {
		t.Fatalf("leading: %v", err)
	}
	return contender, leadCtx, leadership
}

// isDone says whether a channel is closed.
func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// awaitDone waits until a channel is closed.
func awaitDone(t testing.TB, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatal("it is not done in time")
	}
}

// next receives one event.
func next[E any](t testing.TB, events <-chan E) E {
	t.Helper()
	return tenuretest.Await[E](t, limit, events)
}

// awaitClosed receives until the channel is closed, and gives the last events.
func awaitClosed[E any](t testing.TB, events <-chan E) []E {
	t.Helper()
	var its []E
	for over := time.After(limit); ; {
		select {
		case event, open := <-events:
			if !open {
				return its
			}
			its = append(its, event)
		case <-over:
			t.Fatalf("the channel is not closed in time; received: %v", its)
		}
	}
}

// wantKind checks the kind of an error, by errors.Is and by errors.As.
func wantKind(t testing.TB, err error, kind tenure.ErrorKind) {
	t.Helper()
	var its *tenure.Error
	if !errors.Is(err, kind) || !errors.As(err, &its) || its.Kind != kind || its.Message == "" {
		t.Errorf("%v instead of an error of the kind %q", err, kind)
	}
}

// wantLost checks the end of a leadership or candidacy.
func wantLost(t testing.TB, err error, reason tenure.LostReason) {
	t.Helper()
	var its *tenure.LostError
	if !errors.Is(err, tenure.ErrLost) || !errors.As(err, &its) || its.Reason != reason {
		t.Errorf("%v instead of a loss by %q", err, reason)
	}
}

// cycles is the number of repetitions of a long test: fewer with -short and with -tags debug.
func cycles(all int) int {
	if collects {
		return all / 200
	}
	if testing.Short() {
		return all / 20
	}
	return all
}

// rounds is the number of repetitions of a test that is not long, unless each call collects garbage.
func rounds(all int) int {
	if collects {
		return all / 10
	}
	return all
}
