package tenuretest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

const limit = 20 * time.Second

func connected(t *testing.T, client *tenure.Client) int64 {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return tenuretest.Await[tenure.SessionConnected](t, limit, client.Events(ctx)).Session
}

func isConnected(client *tenure.Client) bool {
	_, ok := client.State().(tenure.SessionConnected)
	return ok
}

func TestEachServerIsItsOwn(t *testing.T) {
	a, b := tenuretest.New(t), tenuretest.New(t)
	if a.URL("/app") == b.URL("/app") || !strings.HasPrefix(a.URL("/app"), "memory://") ||
		!strings.HasSuffix(a.URL("/app"), "/app") {
		t.Fatal(a.URL("/app"), b.URL("/app"))
	}
	connected(t, a.Client("/app"))
	if ended := b.Expire(); ended != 0 {
		t.Fatalf("%d sessions of a server without clients", ended)
	}
	if ended := a.Expire(); ended != 1 {
		t.Fatalf("%d sessions ended, not 1", ended)
	}
}

func TestExpireEndsTheNamedSessions(t *testing.T) {
	server := tenuretest.New(t)
	first, second := server.Client("/app"), server.Client("/app")
	one, other := connected(t, first), connected(t, second)
	if ended := server.Expire(one, one); ended != 1 {
		t.Fatalf("%d sessions ended, not 1", ended)
	}
	tenuretest.Eventually(t, limit, func() bool { return isConnected(first) && connected(t, first) != one })
	if now := connected(t, second); now != other {
		t.Fatal("the other session ended, too")
	}
}

func TestCutEndsALeadershipAndHealLetsAnotherBegin(t *testing.T) {
	server := tenuretest.New(t)
	contender, err := server.Client("/app").Contender()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	leadership, err := contender.WaitLeading(ctx)
	if err != nil {
		t.Fatal(err)
	}
	server.Cut()
	tenuretest.Eventually(t, limit, func() bool { return !leadership.IsLeading() })
	server.Heal()
	next, err := contender.WaitLeading(ctx)
	if err != nil || next.Token() <= leadership.Token() {
		t.Fatal(next, err)
	}
}

func TestStopSuspendsAndStartGivesTheSessionBack(t *testing.T) {
	server := tenuretest.New(t)
	client := server.Client("/app", tenure.WithSessionTimeout(10*time.Second))
	session := connected(t, client)
	server.Stop()
	tenuretest.Eventually(t, limit, func() bool { return !isConnected(client) })
	server.Start()
	tenuretest.Eventually(t, limit, func() bool { return isConnected(client) })
	if now := connected(t, client); now != session {
		t.Fatal("the session did not outlive the stop")
	}
}

func TestCleanupHealsAndStarts(t *testing.T) {
	for _, fault := range []func(*tenuretest.Server){(*tenuretest.Server).Cut, (*tenuretest.Server).Stop} {
		var url string
		t.Run("faulty", func(t *testing.T) {
			server := tenuretest.New(t)
			url = server.URL("/app")
			// Closing needs the server: without it, it would take a session timeout, and fail.
			connected(t, server.Client("/app"))
			fault(server)
		})
		client, err := tenure.Open(url)
		if err != nil {
			t.Fatal(err)
		}
		tenuretest.Eventually(t, limit, func() bool { return isConnected(client) })
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestErrorsFailTheTest(t *testing.T) {
	events := make(chan tenure.DetectorEvent, 1)
	events <- tenure.DetectorNone{}
	closed := make(chan tenure.DetectorEvent)
	close(closed)
	for want, test := range map[string]func(testing.TB){
		`the path "app" does not begin with "/"`: func(t testing.TB) { tenuretest.New(t).URL("app") },
		"0 is no session":                        func(t testing.TB) { tenuretest.New(t).Expire(0) },
		"is not of whole milliseconds": func(t testing.TB) {
			tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(-1))
		},
		"the condition does not hold after 1ms": func(t testing.TB) {
			tenuretest.Eventually(t, time.Millisecond, func() bool { return false })
		},
		"no event of the type tenure.DetectorLeader after 1ms": func(t testing.TB) {
			tenuretest.Await[tenure.DetectorLeader](t, time.Millisecond, events)
		},
		"the channel was closed before an event of the type tenure.DetectorLeader": func(t testing.TB) {
			tenuretest.Await[tenure.DetectorLeader](t, limit, closed)
		},
	} {
		if text := failing(test); !strings.Contains(text, want) {
			t.Errorf("%q instead of %q", text, want)
		}
	}
	if text := failing(func(t testing.TB) { tenuretest.Eventually(t, 0, func() bool { return true }) }); text != "" {
		t.Errorf("a condition that holds failed: %s", text)
	}
}

func TestAServerIsLikeAnother(t *testing.T) {
	for _, kind := range []tenuretest.Kind{tenuretest.Keeper, tenuretest.OldKeeper, tenuretest.RaftKeeper} {
		client := tenuretest.NewLike(t, kind).Client("/app")
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		its := tenuretest.Await[tenure.SessionConnected](t, limit, client.Events(ctx))
		if its.Server != tenure.ServerOther {
			t.Errorf("%s is %s", kind, its.Server)
		}
		contender, err := client.Contender()
		if err != nil {
			t.Fatal(err)
		}
		_, err = contender.WaitLeading(ctx)
		if err == nil || !strings.Contains(err.Error(), "guarded") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestAKindThatThereIsNotIsRefused(t *testing.T) {
	if text := failing(func(t testing.TB) { tenuretest.NewLike(t, "etcd") }); !strings.Contains(text, `"etcd" is no kind`) {
		t.Errorf("%q", text)
	}
}
