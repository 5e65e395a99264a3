package tenure_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

func TestEventsOfAClient(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app")
	events := client.Events(within(t))
	first := tenuretest.Await[tenure.SessionConnected](t, limit, events)
	if first.Session == 0 || first.Timeout != time.Second {
		t.Fatal(first)
	}
	if state, ok := client.State().(tenure.SessionConnected); !ok || state != first {
		t.Fatal(client.State())
	}
	server.Expire(first.Session)
	if its := tenuretest.Await[tenure.SessionExpired](t, limit, events); its.By != tenure.ExpiredByServer {
		t.Fatal(its)
	}
	second := tenuretest.Await[tenure.SessionConnected](t, limit, events)
	if second.Session == first.Session {
		t.Fatal("the session is the same")
	}
	server.Stop()
	if its := tenuretest.Await[tenure.SessionSuspended](t, limit, events); its.Since == 0 || its.Message == "" {
		t.Fatal(its)
	}
	if its := tenuretest.Await[tenure.SessionRetrying](t, limit, events); its.Attempt < 1 || its.Message == "" {
		t.Fatal(its)
	}
	server.Start()
	tenuretest.Await[tenure.SessionConnected](t, limit, events)
	ctx, cancel := context.WithCancel(within(t))
	other := client.Events(ctx)
	next(t, other)
	cancel()
	awaitClosed(t, other)
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	its := awaitClosed(t, events)
	if _, ok := its[len(its)-1].(tenure.SessionClosed); !ok {
		t.Fatal(its)
	}
	if _, ok := client.State().(tenure.SessionClosed); !ok {
		t.Fatal(client.State())
	}
}

func TestMetricsOfAClient(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app")
	contender, _, _ := lead(t, client)
	group := must(client.Group(""))
	tenuretest.Eventually(t, limit, func() bool { return client.Metrics().Renewals > 0 })
	its := client.Metrics()
	if its.Connections != 1 || its.SessionsConfirmed != 1 || its.SessionsExpired != 0 || its.Leaderships != 1 ||
		its.LeadershipsEnded != 0 || its.Handles != 2 || its.Events == 0 || its.BytesSent == 0 || its.BytesReceived == 0 {
		t.Fatalf("%+v", its)
	}
	server.Expire()
	tenuretest.Eventually(t, limit, func() bool {
		now := client.Metrics()
		return now.SessionsExpired == 1 && now.LeadershipsEnded == 1 && now.Leaderships == 2
	})
	_, _ = contender.Close(), group.Close()
	tenuretest.Eventually(t, limit, func() bool { return client.Metrics().Handles == 0 })
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if its := client.Metrics(); its != (tenure.Metrics{}) {
		t.Fatalf("%+v", its)
	}
}

// A client that closes leaves nothing behind, and all calls fail.
func TestClosingAClient(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app", tenure.WithSessionTimeout(10*time.Second))
	contender, leadCtx, _ := lead(t, client)
	group := must(client.Group(""))
	must(group.Join(within(t), nil, ""))
	if client.Path() != "/app" {
		t.Fatal(client.Path())
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if !isDone(leadCtx.Done()) {
		t.Fatal("it leads")
	}
	if its := members(t, server.Client("/app")); len(its) != 0 {
		t.Fatal("znodes stand:", its)
	}
	for name, err := range map[string]error{
		"Client.Contender": second(client.Contender()),
		"Client.Detector":  second(client.Detector("")),
		"Client.Group":     second(client.Group("")),
		"Contender.Resign": second(contender.Resign(within(t))),
		"Group.Members":    second(group.Members(within(t))),
		"Group.Join":       second(group.Join(within(t), nil, "")),
	} {
		if !errors.Is(err, tenure.ErrClosed) {
			t.Error(name, err)
		}
	}
	for range [20]struct{}{} {
		if err := client.Shutdown(ended()); err != nil {
			t.Fatal("what is closed already needs no time:", err)
		}
	}
}

// Shutdown with an ended context begins the closing, and does not wait for it.
func TestShutdownGoesOnWithoutItsContext(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app", tenure.WithSessionTimeout(10*time.Second))
	_, leadCtx, _ := lead(t, client)
	if err := client.Shutdown(ended()); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if !isDone(leadCtx.Done()) {
		t.Fatal("the leadership goes on")
	}
	other := server.Client("/app")
	tenuretest.Eventually(t, limit, func() bool { return len(members(t, other)) == 0 })
	if err := client.Shutdown(within(t)); err != nil {
		t.Fatal(err)
	}
}

// A closing that reaches no server says so, at the end of the session timeout.
func TestClosingWithoutAServer(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := must(tenure.Open(server.URL("/app"), tenure.WithSessionTimeout(time.Second)))
	_, leadCtx, leadership := lead(t, client)
	server.Cut()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := client.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) || !isDone(leadCtx.Done()) {
		t.Fatal(err)
	}
	wantLost(t, leadership.Err(), tenure.LostClosed)
	for range [2]struct{}{} {
		err := client.Close()
		wantKind(t, err, tenure.ErrTimeout)
		var its *tenure.Error
		if !errors.As(err, &its) || !its.Retriable() {
			t.Error("it is not retriable:", err)
		}
	}
}

func TestOpenDoesNotWait(t *testing.T) {
	t.Parallel()
	client := must(tenure.Open("zk://127.0.0.1:1/app", tenure.WithSessionTimeout(time.Second)))
	its := tenuretest.Await[tenure.SessionRetrying](t, limit, client.Events(within(t)))
	if its.Message == "" {
		t.Error(its)
	}
	contender := must(client.Contender())
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := contender.WaitLeading(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := client.Close(); err != nil {
		wantKind(t, err, tenure.ErrTimeout)
	}
}

func TestVersions(t *testing.T) {
	if tenure.Version == "" || tenure.Version != tenure.LibraryVersion() || tenure.Linking != "static" &&
		tenure.Linking != "dynamic" {
		t.Fatal(tenure.Version, tenure.LibraryVersion(), tenure.Linking)
	}
	if now := tenure.Now(); now.Until() > 0 || now.Until() < -time.Minute || time.Since(now.Time()) > time.Minute ||
		!tenure.BootTime(0).Time().IsZero() {
		t.Fatal(now)
	}
}
