package tenure_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

func TestJoinDataAndCancel(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	group := must(client.Group(""))
	if its := must(group.Members(within(t))); len(its) != 0 {
		t.Fatal(its)
	}
	first := must(group.Join(within(t), []byte("one"), "label"))
	second := must(group.Join(within(t), nil, ""))
	if first.Label != "label" || second.Label != "" || second.Token <= first.Token || first.Token == 0 || first.Path == "" {
		t.Fatal(first, second)
	}
	if its := must(group.Members(within(t))); !reflect.DeepEqual(its, []tenure.Member{first, second}) {
		t.Fatal(its)
	}
	if data, ok, err := group.Data(within(t), first); string(data) != "one" || !ok || err != nil {
		t.Fatal(data, ok, err)
	}
	if data, ok, err := group.Data(within(t), second); data == nil || len(data) != 0 || !ok || err != nil {
		t.Fatal("an empty payload is a payload:", data, ok, err)
	}
	big := bytes.Repeat([]byte{0}, 1_000_000)
	if written, err := group.SetData(within(t), second, big); !written || err != nil {
		t.Fatal(written, err)
	}
	if data, _, err := group.Data(within(t), second); !bytes.Equal(data, big) || err != nil {
		t.Fatal(len(data), err)
	}
	if removed, err := group.Cancel(within(t), first); !removed || err != nil {
		t.Fatal(removed, err)
	}
	if removed, err := group.Cancel(within(t), first); removed || err != nil {
		t.Fatal("cancelled again:", removed, err)
	}
	if data, ok, err := group.Data(within(t), first); data != nil || ok || err != nil {
		t.Fatal(data, ok, err)
	}
	if written, err := group.SetData(within(t), first, nil); written || err != nil {
		t.Fatal(written, err)
	}
	if its := must(group.Members(within(t))); !reflect.DeepEqual(its, []tenure.Member{second}) {
		t.Fatal(its)
	}
}

// A group cancels, and changes the payload of, members that it joined, and no others.
func TestMembersOfOthers(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	joined := must(server.Client("/app").Group(""))
	other := must(server.Client("/app").Group(""))
	member := must(joined.Join(within(t), []byte("its"), ""))
	if removed, err := other.Cancel(within(t), member); removed || err != nil {
		t.Fatal(removed, err)
	}
	if written, err := other.SetData(within(t), member, []byte("new")); written || err != nil {
		t.Fatal(written, err)
	}
	if data, ok, err := other.Data(within(t), member); string(data) != "its" || !ok || err != nil {
		t.Fatal(data, ok, err)
	}
	stranger := member
	stranger.Token++ // another znode of the same name
	if removed, err := other.Evict(within(t), stranger); removed || err != nil {
		t.Fatal(removed, err)
	}
	events := joined.Events(within(t))
	if removed, err := other.Evict(within(t), member); !removed || err != nil {
		t.Fatal(removed, err)
	}
	if removed, err := other.Evict(within(t), member); removed || err != nil {
		t.Fatal(removed, err)
	}
	if lost := tenuretest.Await[tenure.GroupMembershipLost](t, limit, events); lost.Member != member ||
		lost.Reason != tenure.LostEvicted || lost.Err != nil {
		t.Fatal(lost)
	}
}

func TestMembershipsEndWithTheSession(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	group := must(server.Client("/app").Group(""))
	member := must(group.Join(within(t), nil, ""))
	events := group.Events(within(t))
	server.Expire()
	if lost := tenuretest.Await[tenure.GroupMembershipLost](t, limit, events); lost.Member != member ||
		lost.Reason != tenure.LostSessionExpired {
		t.Fatal(lost)
	}
}

func TestCancelledWaitsForTheEnd(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app")
	group := must(client.Group(""))
	other := must(server.Client("/app").Group(""))
	type end struct {
		byUs bool
		err  error
	}
	for name, c := range map[string]struct {
		end  func(tenure.Member) (bool, error)
		byUs bool
	}{
		"cancelled": {func(m tenure.Member) (bool, error) { return group.Cancel(within(t), m) }, true},
		"evicted":   {func(m tenure.Member) (bool, error) { return other.Evict(within(t), m) }, false},
	} {
		member := must(group.Join(within(t), nil, ""))
		ends := make(chan end, 1)
		go func() {
			byUs, err := group.Cancelled(within(t), member)
			ends <- end{byUs, err}
		}()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		if _, err := group.Cancelled(ctx, member); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(name, err)
		}
		cancel()
		tenuretest.Eventually(t, limit, func() bool { return client.Metrics().Calls > 0 })
		if removed, err := c.end(member); !removed || err != nil {
			t.Fatal(name, removed, err)
		}
		if its := <-ends; its.err != nil || its.byUs != c.byUs {
			t.Fatal(name, its)
		}
		if byUs, err := group.Cancelled(within(t), member); byUs || err != nil {
			t.Fatal(name, "a member that is gone already:", byUs, err)
		}
	}
}

// Calls that wait end with their group, and with their client.
func TestCallsEndWithTheirGroup(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*tenure.Client, *tenure.Group) error{
		"Group.Close":  func(_ *tenure.Client, g *tenure.Group) error { return g.Close() },
		"Client.Close": func(c *tenure.Client, _ *tenure.Group) error { return c.Close() },
	} {
		server := tenuretest.New(t)
		client := server.Client("/app")
		group := must(client.Group(""))
		member := must(must(server.Client("/app").Group("")).Join(within(t), nil, ""))
		failed := make(chan error, 1)
		go func() {
			_, err := group.Cancelled(within(t), member)
			failed <- err
		}()
		tenuretest.Eventually(t, limit, func() bool { return client.Metrics().Calls > 0 })
		if err := end(client, group); err != nil {
			t.Error(name, err)
		}
		wantKind(t, <-failed, tenure.ErrClosed)
	}
}

func TestWatchOfAGroup(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	group := must(server.Client("/app").Group(""))
	ctx, cancel := context.WithCancel(within(t))
	watch := group.Watch(ctx)
	if its := tenuretest.Await[tenure.GroupMembers](t, limit, watch); len(its.Members) != 0 {
		t.Fatal(its)
	}
	other := must(server.Client("/app").Group(""))
	var all []tenure.Member
	for range [20]struct{}{} {
		all = append(all, must(other.Join(within(t), nil, "")))
	}
	// A slow consumer: the states between are gone, the newest comes.
	tenuretest.Eventually(t, limit, func() bool { return reflect.DeepEqual(must(group.Members(within(t))), all) })
	received := 0
	for its := (tenure.GroupMembers{}); !reflect.DeepEqual(its.Members, all); received++ {
		its = tenuretest.Await[tenure.GroupMembers](t, limit, watch)
	}
	if received > 3 {
		t.Fatalf("%d states waited for a slow consumer", received)
	}
	server.Stop()
	tenuretest.Await[tenure.GroupUnknown](t, limit, watch)
	server.Start()
	tenuretest.Await[tenure.GroupMembers](t, limit, watch)
	cancel()
	awaitClosed(t, watch)
	late := group.Watch(within(t))
	tenuretest.Await[tenure.GroupMembers](t, limit, late)
	if err := group.Close(); err != nil {
		t.Fatal(err)
	}
	awaitClosed(t, late)
	for _, channel := range []<-chan tenure.GroupEvent{group.Watch(within(t)), group.Events(within(t))} {
		its := awaitClosed(t, channel)
		if len(its) != 1 {
			t.Fatal(its)
		}
		wantKind(t, its[0].(tenure.GroupFailed).Err, tenure.ErrClosed)
	}
}

// A join that its context gives up leaves no member, even if it succeeds at the same moment.
func TestAJoinThatIsGivenUpLeavesNoMember(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	group := must(server.Client("/app").Group(""))
	joined := map[tenure.Member]bool{}
	// A span that begins with nothing and ends with more than a join takes, on this machine.
	begun := time.Now()
	for range [20]struct{}{} {
		joined[must(group.Join(within(t), nil, ""))] = true
	}
	step := time.Since(begun) / 20 / 50
	before := len(joined)
	for at := 0; at < cycles(4000); at++ {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(at%200)*step)
		member, err := group.Join(ctx, nil, "")
		cancel()
		switch {
		case err == nil:
			joined[member] = true
		case !errors.Is(err, context.DeadlineExceeded):
			t.Fatal(err)
		}
	}
	if count := len(joined) - before; count == 0 || count == cycles(4000) {
		t.Fatalf("%d joins succeeded: none was given up at the moment of its success", count)
	}
	tenuretest.Eventually(t, limit, func() bool { return len(must(group.Members(within(t)))) <= len(joined) })
	for _, member := range must(group.Members(within(t))) {
		if !joined[member] {
			t.Fatal("a member that nobody joined:", member)
		}
	}
}

// Without a connection a join waits; given up then, it leaves no member later.
func TestAJoinThatIsGivenUpWithoutAConnection(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	group := must(server.Client("/app", tenure.WithSessionTimeout(10*time.Second)).Group(""))
	must(group.Members(within(t)))
	server.Cut()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := group.Join(ctx, nil, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	server.Heal()
	after := must(group.Join(within(t), nil, ""))
	tenuretest.Eventually(t, limit, func() bool {
		return reflect.DeepEqual(must(group.Members(within(t))), []tenure.Member{after})
	})
}

// Cancel begins even if the context has ended; the other calls begin nothing then.
func TestCallsWithAnEndedContext(t *testing.T) {
	t.Parallel()
	group := must(tenuretest.New(t).Client("/app").Group(""))
	member := must(group.Join(within(t), nil, ""))
	for name, err := range map[string]error{
		"Join":    second(group.Join(ended(), nil, "")),
		"Evict":   second(group.Evict(ended(), member)),
		"Members": second(group.Members(ended())),
		"SetData": second(group.SetData(ended(), member, nil)),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Error(name, err)
		}
	}
	if its := must(group.Members(within(t))); !reflect.DeepEqual(its, []tenure.Member{member}) {
		t.Fatal(its)
	}
	if _, err := group.Cancel(ended(), member); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	tenuretest.Eventually(t, limit, func() bool { return len(must(group.Members(within(t)))) == 0 })
}

func second[T any](_ T, err error) error { return err }
