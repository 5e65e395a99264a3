package tenure_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// together runs functions at the same moment, and waits for all.
func together(acts ...func()) {
	var ready, done sync.WaitGroup
	begin := make(chan struct{})
	for _, act := range acts {
		act := act
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			ready.Done()
			<-begin
			act()
		}()
	}
	ready.Wait()
	close(begin)
	done.Wait()
}

func TestCloseByManyGoroutines(t *testing.T) {
	t.Parallel()
	for at := 0; at < rounds(20); at++ {
		client := tenuretest.New(t).Client("/app")
		contender, detector, group := must(client.Contender()), must(client.Detector("")), must(client.Group(""))
		var acts []func()
		for range [8]struct{}{} {
			for _, closing := range []func() error{contender.Close, detector.Close, group.Close, client.Close} {
				closing := closing
				acts = append(acts, func() {
					for range [3]struct{}{} {
						if err := closing(); err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
		together(acts...)
	}
}

// allowed are the errors of a call that races with a closing.
func allowed(t *testing.T, name string, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, tenure.ErrClosed) && !errors.Is(err, tenure.ErrLost) &&
		!errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		t.Errorf("%s: %v", name, err)
	}
}

// Every call may race with a closing: it succeeds, or says that the handle was closed.
func TestCallsThatRaceWithClose(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	for round := 0; round < rounds(40); round++ {
		client := server.Client("/app")
		contender, detector, group := must(client.Contender()), must(client.Detector("")), must(client.Group(""))
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		leadership, err := contender.WaitLeading(ctx)
		if err != nil {
			t.Fatal(err)
		}
		member := must(group.Join(ctx, nil, ""))
		closings := []func(){
			func() { _ = client.Close() },
			func() { _ = client.Shutdown(ended()) },
			func() { _, _, _ = contender.Close(), detector.Close(), group.Close() },
		}
		acts := []func(){
			closings[round%len(closings)],
			func() { allowed(t, "Contender.SetData", second(contender.SetData(ctx, []byte("x")))) },
			func() { allowed(t, "Contender.Resign", second(contender.Resign(ctx))) },
			func() { allowed(t, "Contender.WaitLeading", second(contender.WaitLeading(ctx))) },
			func() { allowed(t, "Group.Join", second(group.Join(ctx, nil, ""))) },
			func() { allowed(t, "Group.Members", second(group.Members(ctx))) },
			func() { allowed(t, "Group.Cancelled", second(group.Cancelled(ctx, member))) },
			func() { allowed(t, "Group.Cancel", second(group.Cancel(ctx, member))) },
			func() { allowed(t, "Client.Contender", second(client.Contender(tenure.WithPath("/other")))) },
			func() { allowed(t, "Client.Detector", second(client.Detector(""))) },
			func() { allowed(t, "Run", tenure.Run(ctx, client, nil, untilDone)) },
			func() { drain(detector.Watch(ctx), 3); drain(group.Watch(ctx), 3); drain(client.Events(ctx), 3) },
			func() {
				for at := 0; at < rounds(100); at++ {
					_, _, _ = leadership.IsLeading(), leadership.Err(), leadership.LeaseEnd()
					_, _ = contender.IsLeading(), contender.Leadership()
					_, _ = detector.Leader()
					_, _ = client.Metrics(), client.State()
					if leadCtx := leadership.Context(ctx); leadCtx.Err() != nil && leadership.Err() == nil && ctx.Err() == nil {
						t.Error("a context has ended before its leadership")
					}
				}
			},
		}
		go func() {
			// What the closing of handles alone does not end.
			time.Sleep(50 * time.Millisecond)
			cancel()
		}()
		together(acts...)
		_ = client.Close()
		if leadership.IsLeading() || !isDone(leadership.Done()) {
			t.Fatal("it leads after all was closed")
		}
	}
}

// untilDone is a work that ends at once.
func untilDone(context.Context, *tenure.Leadership) error { return nil }

// drain receives some events, or until the channel is closed.
func drain[E any](events <-chan E, count int) {
	for range make([]struct{}, count) {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		case <-time.After(20 * time.Millisecond):
		}
	}
}
