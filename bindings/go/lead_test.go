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

// The context of Lead and those of Leadership.Context are cancelled at the loss, with its reason, whatever it is.
func TestLeadContextEndsWithTheLeadership(t *testing.T) {
	losses := map[tenure.LostReason]func(*testing.T, *tenuretest.Server, *tenure.Client, *tenure.Contender, tenure.Member){
		tenure.LostWithdrawn: func(t *testing.T, _ *tenuretest.Server, _ *tenure.Client, c *tenure.Contender, _ tenure.Member) {
			if removed, err := c.Resign(within(t)); !removed || err != nil {
				t.Error(removed, err)
			}
		},
		tenure.LostClosed: func(t *testing.T, _ *tenuretest.Server, client *tenure.Client, _ *tenure.Contender, _ tenure.Member) {
			if err := client.Close(); err != nil {
				t.Error(err)
			}
		},
		tenure.LostEvicted: func(t *testing.T, server *tenuretest.Server, _ *tenure.Client, _ *tenure.Contender, m tenure.Member) {
			group := must(server.Client("/app").Group(""))
			if removed, err := group.Evict(within(t), m); !removed || err != nil {
				t.Error(removed, err)
			}
		},
		tenure.LostSessionExpired: func(_ *testing.T, server *tenuretest.Server, _ *tenure.Client, _ *tenure.Contender, _ tenure.Member) {
			server.Expire()
		},
		tenure.LostLeaseLapsed: func(_ *testing.T, server *tenuretest.Server, _ *tenure.Client, _ *tenure.Contender, _ tenure.Member) {
			server.Cut()
		},
	}
	for reason, lose := range losses {
		reason, lose := reason, lose
		t.Run(reason.String(), func(t *testing.T) {
			t.Parallel()
			server := tenuretest.New(t)
			client := server.Client("/app")
			contender, leadCtx, leadership := lead(t, client)
			other := leadership.Context(within(t))
			//lint:ignore SA1012 A nil parent stands for context.Background().
			child, cancel := context.WithTimeout(leadership.Context(nil), time.Hour)
			defer cancel()
			if leadCtx.Err() != nil || other.Err() != nil || leadership.Err() != nil || isDone(leadership.Done()) ||
				!leadership.IsLeading() || !contender.IsLeading() || contender.Leadership() != leadership {
				t.Fatal("it does not lead")
			}
			lose(t, server, client, contender, leadership.Member())
			for _, ctx := range []context.Context{leadCtx, other, child} {
				awaitDone(t, ctx.Done())
				if ctx.Err() != context.Canceled {
					t.Error(ctx.Err())
				}
				wantLost(t, cause(ctx, leadership), reason)
			}
			awaitDone(t, leadership.Done())
			wantLost(t, leadership.Err(), reason)
			if leadership.IsLeading() {
				t.Error("it leads after its loss")
			}
			if late := leadership.Context(context.Background()); !isDone(late.Done()) {
				t.Error("a context that is made after the loss lives")
			}
		})
	}
}

// Contender.Close and the calls that end a leadership have cancelled its contexts when they return.
func TestContextsEndBeforeTheCallReturns(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*tenure.Client, *tenure.Contender){
		"Close":        func(_ *tenure.Client, c *tenure.Contender) { _ = c.Close() },
		"Resign":       func(_ *tenure.Client, c *tenure.Contender) { _, _ = c.Resign(ended()) },
		"Client.Close": func(client *tenure.Client, _ *tenure.Contender) { _ = client.Shutdown(ended()) },
	} {
		client := tenuretest.New(t).Client("/app")
		contender, leadCtx, leadership := lead(t, client)
		end(client, contender)
		if !isDone(leadCtx.Done()) || !isDone(leadership.Done()) || leadership.IsLeading() || contender.IsLeading() {
			t.Errorf("%s: the leadership is not over", name)
		}
	}
}

func TestDeadlineMovesOnWithRenewals(t *testing.T) {
	t.Parallel()
	// A lease that a busy machine can renew in time: a leadership that is lost moves no deadline.
	const timeout = 10 * time.Second
	client := tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(timeout))
	_, leadCtx, leadership := lead(t, client)
	first, ok := leadCtx.Deadline()
	if !ok || !first.After(time.Now()) || first.After(time.Now().Add(timeout)) {
		t.Fatal("the deadline is not within the session timeout:", first, ok)
	}
	tenuretest.Eventually(t, limit, func() bool {
		now, ok := leadCtx.Deadline()
		return ok && now.After(first.Add(500*time.Millisecond))
	})
	if !leadership.IsLeading() || leadCtx.Err() != nil {
		t.Fatal("the leadership was lost")
	}
	if _, ok := leadership.Context(context.Background()).Deadline(); ok {
		t.Fatal("Leadership.Context has a deadline of its own")
	}
}

// A deadline of the parent that is before the end of the lease stands.
func TestDeadlineIsTheParentsIfThatIsEarlier(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second))
	contender, _, _ := lead(t, client)
	parent, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	leadCtx, _, err := contender.Lead(parent)
	if err != nil {
		t.Fatal(err)
	}
	parents, _ := parent.Deadline()
	if at, _ := leadCtx.Deadline(); at != parents {
		t.Fatal("the parent's deadline does not stand")
	}
	awaitDone(t, leadCtx.Done())
	if !errors.Is(leadCtx.Err(), context.DeadlineExceeded) || !contender.IsLeading() {
		t.Fatal(leadCtx.Err(), contender.IsLeading())
	}
}

// The deadline is never after the end of the lease, however long the goroutine was stopped while it was read.
func TestDeadlineIsNeverAfterTheEndOfTheLease(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	contender, leadCtx, _ := lead(t, server.Client("/app", tenure.WithSessionTimeout(4*time.Second)))
	// From here on nothing is renewed: the end of the lease is that of the event.
	server.Cut()
	its := tenuretest.Await[tenure.ContenderJeopardy](t, limit, contender.Events(within(t)))
	// Before tenure.Now, so that the end on Go's clock is not before it.
	ends := func() time.Time {
		end := time.Now().Add(time.Hour)
		for range [100]struct{}{} {
			now := tenure.Now()
			if this := time.Now().Add(time.Duration(its.LeaseEnd - now)); this.Before(end) {
				end = this
			}
		}
		return end
	}()
	var readers sync.WaitGroup
	for range [8]struct{}{} {
		readers.Add(1)
		go func() {
			defer readers.Done()
			for over := time.Now().Add(300 * time.Millisecond); time.Now().Before(over); {
				if at, ok := leadCtx.Deadline(); !ok || at.After(ends) {
					t.Errorf("the deadline is %v after the end of the lease", at.Sub(ends))
					return
				}
			}
		}()
	}
	readers.Wait()
	if !contender.IsLeading() {
		t.Fatal("the lease ended before the test did: it has proved nothing")
	}
}

func TestLeadContextEndsWithItsParent(t *testing.T) {
	t.Parallel()
	contender, _, leadership := lead(t, tenuretest.New(t).Client("/app"))
	parent, cancel := context.WithCancel(context.WithValue(context.Background(), limit, "kept"))
	leadCtx, again, err := contender.Lead(parent)
	if err != nil || again != leadership || leadCtx.Value(limit) != "kept" {
		t.Fatal(again, err)
	}
	cancel()
	awaitDone(t, leadCtx.Done())
	if cause(leadCtx, leadership) != nil && !errors.Is(cause(leadCtx, leadership), context.Canceled) {
		t.Fatal(cause(leadCtx, leadership))
	}
	if !contender.IsLeading() || leadership.Err() != nil {
		t.Fatal("the end of the parent ended the leadership")
	}
}

// A work with a longer timeout than the lease is cancelled at the loss, if its context is derived as documented.
func TestLongTimeoutsOfLeadershipContext(t *testing.T) {
	t.Parallel()
	contender, _, leadership := lead(t, tenuretest.New(t).Client("/app"))
	long, cancel := context.WithTimeout(leadership.Context(context.Background()), time.Hour)
	defer cancel()
	if at, ok := long.Deadline(); !ok || at.Before(time.Now().Add(time.Minute)) {
		t.Fatal("the timeout is shortened:", at)
	}
	_ = contender.Close()
	if !isDone(long.Done()) {
		t.Fatal("the work goes on after the loss")
	}
}

// Each leadership has another token, and a former one does not become valid again.
func TestTokensRise(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	contender, _, first := lead(t, server.Client("/app"))
	server.Expire()
	awaitDone(t, first.Done())
	_, second, err := contender.Lead(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if second.Token() <= first.Token() || second.Member() == first.Member() || first.IsLeading() || !second.IsLeading() {
		t.Fatal(first.Token(), second.Token(), first.IsLeading(), second.IsLeading())
	}
	wantLost(t, first.Err(), tenure.LostSessionExpired)
}
