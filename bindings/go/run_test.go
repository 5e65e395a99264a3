package tenure_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

type work = func(context.Context, *tenure.Leadership) error

// untilLost is a work that returns when its context ends.
func untilLost(ctx context.Context, _ *tenure.Leadership) error {
	<-ctx.Done()
	return ctx.Err()
}

// start runs Run, and gives its end.
func start(ctx context.Context, client *tenure.Client, work work, options ...tenure.ContenderOption) <-chan error {
	end := make(chan error, 1)
	go func() { end <- tenure.Run(ctx, client, options, work) }()
	return end
}

func TestRunReturnsTheResultOfTheWork(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	for _, want := range []error{nil, errors.New("the work's own"), context.Canceled, tenure.ErrLost} {
		got := tenure.Run(within(t), client, nil, func(ctx context.Context, leadership *tenure.Leadership) error {
			if !leadership.IsLeading() || ctx.Err() != nil {
				t.Error("it does not lead")
			}
			if _, ok := ctx.Deadline(); !ok {
				t.Error("its context has no deadline")
			}
			return want
		})
		if got != want {
			t.Errorf("%v instead of %v", got, want)
		}
		if its := members(t, client); len(its) != 0 {
			t.Fatal("the znode stands:", its)
		}
	}
}

// After a loss Run waits for the work to return, and only then contends again.
func TestRunContendsAgainWhenTheWorkHasReturned(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app")
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	var running atomic.Int32
	begun, release := make(chan uint64), make(chan struct{})
	end := start(ctx, client, func(ctx context.Context, leadership *tenure.Leadership) error {
		if running.Add(1) != 1 {
			t.Error("two works at the same time")
		}
		defer running.Add(-1)
		begun <- leadership.Token()
		<-ctx.Done()
		<-release
		return fmt.Errorf("cancelled: %w", ctx.Err())
	})
	first := <-begun
	server.Expire()
	tenuretest.Eventually(t, limit, func() bool { return client.Metrics().SessionsConfirmed == 2 })
	// It would contend by now, in the new session.
	watch := must(client.Group("")).Watch(within(t))
	for over := time.After(100 * time.Millisecond); over != nil; {
		select {
		case event := <-watch:
			if its, ok := event.(tenure.GroupMembers); ok && len(its.Members) != 0 {
				t.Fatal("it contends while the work runs:", its)
			}
		case token := <-begun:
			t.Fatal("it leads while the work runs:", token)
		case <-over:
			over = nil
		}
	}
	release <- struct{}{}
	if second := <-begun; second <= first {
		t.Fatal(first, second)
	}
	cancel()
	release <- struct{}{}
	if err := <-end; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// An error of the work that does not come from the loss ends Run, also after a loss.
func TestRunEndsWithAnErrorAfterALoss(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	want := errors.New("the disk is full")
	begun := make(chan struct{})
	end := start(within(t), server.Client("/app"), func(ctx context.Context, _ *tenure.Leadership) error {
		close(begun)
		<-ctx.Done()
		return want
	})
	<-begun
	server.Expire()
	if err := <-end; err != want {
		t.Fatal(err)
	}
}

// Run ends with its context: the work is cancelled, its znode is gone, and the successor leads without waiting for a
// session timeout.
func TestRunReleasesAtTheEndOfItsContext(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app", tenure.WithSessionTimeout(10*time.Second))
	ctx, cancel := context.WithCancel(within(t))
	var returned atomic.Bool
	begun := make(chan tenure.Member)
	end := start(ctx, client, func(ctx context.Context, leadership *tenure.Leadership) error {
		begun <- leadership.Member()
		<-ctx.Done()
		time.Sleep(20 * time.Millisecond) // the work takes a while to stop
		if !leadership.IsLeading() {
			t.Error("it was released while the work runs")
		}
		returned.Store(true)
		return nil
	})
	its := <-begun
	successor := must(server.Client("/app").Contender())
	cancel()
	if err := <-end; !errors.Is(err, context.Canceled) || !returned.Load() {
		t.Fatal(err, returned.Load())
	}
	for _, member := range members(t, client) {
		if member == its {
			t.Fatal("its znode stands")
		}
	}
	soon, stop := context.WithTimeout(context.Background(), 3*time.Second)
	defer stop()
	if _, err := successor.WaitLeading(soon); err != nil {
		t.Fatal("the successor does not lead at once:", err)
	}
}

func TestRunWhileAnotherLeads(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	leader, _, _ := lead(t, client)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	called := func(context.Context, *tenure.Leadership) error { t.Error("it works"); return nil }
	if err := tenure.Run(ctx, client, nil, called); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if its := members(t, client); len(its) != 1 || !leader.IsLeading() {
		t.Fatal("its znode stands:", its)
	}
}

func TestRunWithAnEndedContextBeginsNothing(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	for range [20]struct{}{} {
		err := tenure.Run(ended(), client, nil, func(context.Context, *tenure.Leadership) error {
			t.Error("it works")
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if begun := client.Metrics().Leaderships; begun != 0 {
		t.Fatalf("%d leaderships", begun)
	}
}

// A panic of the work releases the leadership, and goes on.
func TestRunReleasesWhenTheWorkPanics(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app", tenure.WithSessionTimeout(10*time.Second))
	successor := make(chan *tenure.Contender, 1)
	func() {
		defer func() {
			if its := recover(); its != "oh" {
				t.Error(its)
			}
		}()
		_ = tenure.Run(within(t), client, nil, func(context.Context, *tenure.Leadership) error {
			successor <- must(server.Client("/app").Contender())
			panic("oh")
		})
	}()
	soon, stop := context.WithTimeout(context.Background(), 3*time.Second)
	defer stop()
	if _, err := (<-successor).WaitLeading(soon); err != nil {
		t.Fatal(err)
	}
}

// A client that is closed ends Run with ErrClosed, whether it works, waits, or has not begun.
func TestRunEndsWithItsClient(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app")
	begun := make(chan struct{})
	works := start(within(t), client, func(ctx context.Context, l *tenure.Leadership) error {
		close(begun)
		return untilLost(ctx, l)
	})
	<-begun
	waits := start(within(t), client, untilLost)
	tenuretest.Eventually(t, limit, func() bool { return len(members(t, client)) == 2 })
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	wantKind(t, <-works, tenure.ErrClosed)
	wantKind(t, <-waits, tenure.ErrClosed)
	wantKind(t, <-start(within(t), client, untilLost), tenure.ErrClosed)
}

func TestRunPassesOptionsOn(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	err := tenure.Run(within(t), client, []tenure.ContenderOption{tenure.WithPath("/other"), tenure.WithLabel("its"),
		tenure.WithData([]byte("data")), tenure.WithWarm(true), tenure.WithPolicy(tenure.PolicyStrict)},
		func(ctx context.Context, leadership *tenure.Leadership) error {
			detector := must(client.Detector("/other"))
			defer detector.Close()
			leader := tenuretest.Await[tenure.DetectorLeader](t, limit, detector.Watch(ctx))
			if string(leader.Data) != "data" || leader.Member != leadership.Member() || leader.Member.Label != "its" {
				t.Error(leader)
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
}
