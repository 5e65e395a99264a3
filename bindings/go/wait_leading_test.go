package tenure_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

func TestWaitLeadingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	first, _, _ := lead(t, client)
	standby := must(client.Contender())
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if leadership, err := standby.WaitLeading(ctx); leadership != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(leadership, err)
	}
	if leadCtx, leadership, err := standby.Lead(ended()); leadCtx != nil || leadership != nil ||
		!errors.Is(err, context.Canceled) {
		t.Fatal(leadCtx, leadership, err)
	}
	if leadership, err := first.WaitLeading(ended()); leadership != nil || !errors.Is(err, context.Canceled) {
		t.Fatal(leadership, err)
	}
	// The contender goes on, and leads when it is its turn.
	if _, err := first.Resign(within(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := standby.WaitLeading(within(t)); err != nil {
		t.Fatal(err)
	}
	if standby.Leadership() == nil {
		t.Fatal("it does not lead")
	}
}

// All that wait get the same leadership.
func TestManyWaitToLead(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	contender := must(client.Contender())
	got := make(chan *tenure.Leadership, 20)
	for range [20]struct{}{} {
		go func() {
			leadership, _ := contender.WaitLeading(within(t))
			got <- leadership
		}()
	}
	first := <-got
	for range [19]struct{}{} {
		if its := <-got; its == nil || its != first {
			t.Fatal(its, first)
		}
	}
}

// WaitLeading fails when no candidacy will follow, and says why.
func TestWaitLeadingFailsWhenNoCandidacyFollows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options []tenure.ContenderOption
		end     func(*tenuretest.Server, *tenure.Client, *tenure.Contender)
		check   func(testing.TB, error)
	}{
		"resigned": {nil,
			func(_ *tenuretest.Server, _ *tenure.Client, c *tenure.Contender) {
				_, _ = c.Resign(context.Background())
			},
			func(t testing.TB, err error) { wantLost(t, err, tenure.LostWithdrawn) }},
		"client closed": {nil,
			func(_ *tenuretest.Server, client *tenure.Client, _ *tenure.Contender) { _ = client.Close() },
			func(t testing.TB, err error) { wantLost(t, err, tenure.LostClosed) }},
		"contender closed": {nil,
			func(_ *tenuretest.Server, _ *tenure.Client, c *tenure.Contender) { _ = c.Close() },
			func(t testing.TB, err error) { wantKind(t, err, tenure.ErrClosed) }},
		"expired, never again": {[]tenure.ContenderOption{tenure.WithReenrol(tenure.ReenrolNever)},
			func(s *tenuretest.Server, _ *tenure.Client, _ *tenure.Contender) { s.Expire() },
			func(t testing.TB, err error) { wantLost(t, err, tenure.LostSessionExpired) }},
	} {
		server := tenuretest.New(t)
		client := server.Client("/app")
		lead(t, server.Client("/app", tenure.WithSessionTimeout(10*time.Second)))
		contender := must(client.Contender(c.options...))
		tenuretest.Await[tenure.ContenderStandby](t, limit, contender.Events(within(t)))
		failed := make(chan error, 1)
		go func() {
			_, err := contender.WaitLeading(within(t))
			failed <- err
		}()
		c.end(server, client, contender)
		err := <-failed
		c.check(t, err)
		if t.Failed() {
			t.Fatal(name, err)
		}
		// And every later call, too.
		_, err = contender.WaitLeading(within(t))
		if err == nil {
			t.Fatal(name, "the second call waits")
		}
	}
}

// A candidacy that can never lead says why.
func TestACandidacyThatFails(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app", tenure.WithTick(time.Minute))
	contender := must(client.Contender())
	_, err := contender.WaitLeading(within(t))
	wantLost(t, err, tenure.LostFailed)
	var its *tenure.LostError
	if !errors.As(err, &its) || its.Err == nil {
		t.Fatal("the error does not say what failed:", err)
	}
	wantKind(t, err, its.Err.(*tenure.Error).Kind)
	err = tenure.Run(within(t), client, nil, func(context.Context, *tenure.Leadership) error { return nil })
	wantKind(t, err, its.Err.(*tenure.Error).Kind)
}

func TestEventsOfAContender(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app")
	if state := must(client.Contender(tenure.WithPath("/other"))).State(); state != nil {
		if _, ok := state.(tenure.ContenderEnrolling); !ok {
			t.Log("it was quick:", state)
		}
	}
	contender := must(client.Contender())
	ctx, cancel := context.WithCancel(within(t))
	events := contender.Events(ctx)
	leading := tenuretest.Await[tenure.ContenderLeading](t, limit, events)
	if leading.Member.Token == 0 || leading.LeaseEnd.Until() <= 0 || leading.LeaseEnd.Time().Before(time.Now()) {
		t.Fatal(leading)
	}
	if state, ok := contender.State().(tenure.ContenderLeading); !ok || state.Member != leading.Member {
		t.Fatal(contender.State())
	}
	server.Cut()
	tenuretest.Await[tenure.ContenderJeopardy](t, limit, events)
	lost := tenuretest.Await[tenure.ContenderLost](t, limit, events)
	if lost.Reason != tenure.LostLeaseLapsed || lost.LedUntil == 0 || lost.LedUntil.Until() > 0 {
		t.Fatal(lost)
	}
	server.Heal()
	if again := tenuretest.Await[tenure.ContenderLeading](t, limit, events); again.Member.Token <= leading.Member.Token {
		t.Fatal(again)
	}
	// A consumer that comes late gets the newest state at first.
	late := contender.Events(within(t))
	if its := next(t, late); its != contender.State() {
		t.Fatal(its)
	}
	cancel()
	awaitClosed(t, events)
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	its := awaitClosed(t, late)
	if end, ok := its[len(its)-1].(tenure.ContenderLost); !ok || end.Reason != tenure.LostClosed {
		t.Fatal(its)
	}
}
