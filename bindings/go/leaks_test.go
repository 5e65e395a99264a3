package tenure_test

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// Ten thousand of everything: goroutines, threads, descriptors and memory stay as they are.
func TestNothingIsLeftBehind(t *testing.T) {
	for name, make := range map[string]func(*testing.T) func(){
		"client": clientCycle, "contender": contenderCycle, "detector": detectorCycle, "membership": membershipCycle,
		"given up": givenUpCycle, "run": runCycle,
	} {
		make := make
		t.Run(name, func(t *testing.T) { measure(t, cycles(10_000), make(t)) })
	}
}

// measure repeats a cycle: a fifth as a warm-up, in which what is made once is made, and what grows to its size grows.
func measure(t *testing.T, all int, cycle func()) {
	for at := 0; at < all/5; at++ {
		cycle()
	}
	debug.FreeOSMemory()
	goroutines, threads, files, memory := runtime.NumGoroutine(), tasks(t), descriptors(t), resident(t)
	for at := 0; at < all; at++ {
		cycle()
	}
	// Goroutines of the last cycle may still be ending.
	tenuretest.Eventually(t, limit, func() bool {
		return runtime.NumGoroutine() <= goroutines+1 && descriptors(t) <= files+1
	})
	// The runtime starts threads as it needs them, a few in all.
	if now := tasks(t); now > threads+6 {
		t.Errorf("%d threads more", now-threads)
	}
	debug.FreeOSMemory()
	// Half a kilobyte of each of ten thousand cycles would be five megabytes.
	if now := resident(t); now-memory > 5<<20 && !underSanitizer {
		t.Errorf("%d KiB more after %d cycles", (now-memory)>>10, all)
	}
}

func clientCycle(t *testing.T) func() {
	url := tenuretest.New(t).URL("/app")
	return func() {
		client := must(tenure.Open(url))
		must(client.Detector(""))
		must(client.Contender())
		events := client.Events(context.Background())
		ctx, cancel := context.WithCancel(context.Background())
		client.Events(ctx)
		cancel()
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
		// Until everything was received, a goroutine keeps it.
		awaitClosed(t, events)
	}
}

func contenderCycle(t *testing.T) func() {
	client := tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second))
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		contender := must(client.Contender(tenure.WithData([]byte("data"))))
		defer contender.Close()
		leadCtx, leadership, err := contender.Lead(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := leadership.Context(leadCtx).Deadline(); !ok || !leadership.IsLeading() {
			t.Fatal("it does not lead")
		}
		if _, err := contender.Resign(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func detectorCycle(t *testing.T) func() {
	client := tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second))
	return func() {
		ctx, cancel := context.WithCancel(context.Background())
		detector := must(client.Detector(""))
		next(t, detector.Watch(ctx))
		next(t, detector.Events(ctx))
		detector.Watch(context.Background())
		cancel()
		_ = detector.Close()
	}
}

func membershipCycle(t *testing.T) func() {
	group := must(tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second)).Group(""))
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		member := must(group.Join(ctx, []byte("data"), "x"))
		group.Watch(ctx)
		if _, _, err := group.Data(ctx, member); err != nil {
			t.Fatal(err)
		}
		if removed, err := group.Cancel(ctx, member); !removed || err != nil {
			t.Fatal(removed, err)
		}
	}
}

func givenUpCycle(t *testing.T) func() {
	client := tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second))
	lead(t, client)
	standby, group := must(client.Contender()), must(client.Group(""))
	member := must(group.Join(within(t), nil, ""))
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Microsecond)
		defer cancel()
		for _, err := range []error{
			second(group.Cancelled(ctx, member)),
			second(standby.WaitLeading(ctx)),
		} {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
		}
	}
}

func runCycle(t *testing.T) func() {
	client := tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second))
	return func() {
		if err := tenure.Run(context.Background(), client, nil, untilDone); err != nil {
			t.Fatal(err)
		}
	}
}

// Contexts that end before their leadership leave nothing in it.
func TestContextsOfALongLeadership(t *testing.T) {
	_, _, leadership := lead(t, tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second)))
	measure(t, cycles(10_000), func() {
		ctx, cancel := context.WithCancel(context.Background())
		if leadership.Context(ctx).Err() != nil {
			t.Fatal("it has ended")
		}
		cancel()
	})
}

// No thread is blocked for a client, or for a call that waits.
func TestAWaitBlocksNoThread(t *testing.T) {
	const count = 200
	server := tenuretest.New(t)
	lead(t, server.Client("/app", tenure.WithSessionTimeout(10*time.Second)))
	before := tasks(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	var clients []*tenure.Client
	for range [count]struct{}{} {
		client := must(tenure.Open(server.URL("/app")))
		clients = append(clients, client)
		contender, group := must(client.Contender()), must(client.Group(""))
		member := must(group.Join(within(t), nil, ""))
		go func() { _, _ = contender.WaitLeading(ctx); done <- struct{}{} }()
		go func() { _, _ = group.Cancelled(ctx, member); done <- struct{}{} }()
		tenuretest.Eventually(t, limit, func() bool { return client.Metrics().Calls == 1 })
	}
	if now := tasks(t); now > before+6 {
		t.Errorf("%d threads more for %d clients that wait", now-before, count)
	}
	cancel()
	for range [2 * count]struct{}{} {
		<-done
	}
	for _, client := range clients {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
}
