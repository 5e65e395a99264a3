package tenure_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// members lists the members of the client's group.
func members(t testing.TB, client *tenure.Client) []tenure.Member {
	t.Helper()
	group := must(client.Group(""))
	defer group.Close()
	return must(group.Members(within(t)))
}

func TestResignRemovesTheZnode(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	contender, _, leadership := lead(t, client)
	events := contender.Events(within(t))
	if removed, err := contender.Resign(within(t)); !removed || err != nil {
		t.Fatal(removed, err)
	}
	if its := members(t, client); len(its) != 0 {
		t.Fatal("the znode stands:", its)
	}
	if removed, err := contender.Resign(within(t)); removed || err != nil {
		t.Fatal("the second call removed it:", removed, err)
	}
	wantLost(t, leadership.Err(), tenure.LostWithdrawn)
	if lost := tenuretest.Await[tenure.ContenderLost](t, limit, events); lost.Reason != tenure.LostWithdrawn ||
		lost.Member == nil || *lost.Member != leadership.Member() || lost.LedUntil == 0 || lost.Err != nil {
		t.Fatal(lost)
	}
	_, err := contender.WaitLeading(within(t))
	wantLost(t, err, tenure.LostWithdrawn)
	if contender.Leadership() != nil || contender.IsLeading() {
		t.Fatal("it leads")
	}
}

func TestResignOfAStandby(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	first, _, _ := lead(t, client)
	standby := must(client.Contender())
	tenuretest.Await[tenure.ContenderStandby](t, limit, standby.Events(within(t)))
	if removed, err := standby.Resign(within(t)); !removed || err != nil {
		t.Fatal(removed, err)
	}
	if !first.IsLeading() || len(members(t, client)) != 1 {
		t.Fatal("the leader is gone")
	}
}

// A resignation begins even if the context has ended: otherwise nobody would lead while it renews its lease.
func TestResignWithAnEndedContextReleases(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	contender, _, _ := lead(t, server.Client("/app", tenure.WithSessionTimeout(10*time.Second)))
	successor := must(server.Client("/app").Contender())
	if _, err := contender.Resign(ended()); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if contender.IsLeading() {
		t.Fatal("it leads")
	}
	if _, err := successor.WaitLeading(within(t)); err != nil {
		t.Fatal(err)
	}
}

// Without a connection the leadership ends at once, and the znode as soon as there is one.
func TestResignWithoutAConnection(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	contender, leadCtx, _ := lead(t, server.Client("/app", tenure.WithSessionTimeout(10*time.Second)))
	server.Cut()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	removed, err := contender.Resign(ctx)
	if removed || !errors.Is(err, context.DeadlineExceeded) || !isDone(leadCtx.Done()) || contender.IsLeading() {
		t.Fatal(removed, err, contender.IsLeading())
	}
	server.Heal()
	other := server.Client("/app")
	tenuretest.Eventually(t, limit, func() bool { return len(members(t, other)) == 0 })
}

func TestSetDataOfAContender(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app")
	data := []byte("first")
	contender, _, leadership := lead(t, client, tenure.WithData(data))
	group := must(client.Group(""))
	for _, want := range [][]byte{[]byte("second"), {}, {0, 0xff, 0xc3, 0x28}, bytes.Repeat([]byte("x"), 1_000_000)} {
		if written, err := contender.SetData(within(t), want); !written || err != nil {
			t.Fatal(written, err)
		}
		got, ok, err := group.Data(within(t), leadership.Member())
		if !ok || err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, not %d: %v %v", len(got), len(want), ok, err)
		}
	}
	if written, err := contender.SetData(within(t), []byte("kept")); !written || err != nil {
		t.Fatal(written, err)
	}
	// The next candidacy has the newest payload.
	server.Expire()
	awaitDone(t, leadership.Done())
	again, err := contender.WaitLeading(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := group.Data(within(t), again.Member()); string(got) != "kept" || err != nil {
		t.Fatal(string(got), err)
	}
	if _, err := contender.Resign(within(t)); err != nil {
		t.Fatal(err)
	}
	if written, err := contender.SetData(within(t), nil); written || err != nil {
		t.Fatal("written without a znode:", written, err)
	}
	if _, err := contender.SetData(ended(), nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
