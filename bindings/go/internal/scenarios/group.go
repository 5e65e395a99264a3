package main

import (
	"context"
	"errors"
	"runtime"
	"time"

	"tenure.example/tenure"
)

// Mesos's tests of its Group.
var groupScenarios = []scenario{
	{"group_group", func() { oneMembership("") }},
	{"group_labelled_group", func() { oneMembership("testlabel") }},
	{"group_join_with_disconnect", groupJoinWithDisconnect},
	{"group_data_with_disconnect", groupDataWithDisconnect},
	{"group_data_with_removed_membership", groupDataWithRemovedMembership},
	{"group_cancel_with_disconnect", groupCancelWithDisconnect},
	{"group_watch_with_session_expiration", groupWatchWithSessionExpiration},
	{"group_multiple_groups", groupMultipleGroups},
	{"group_path_with_restrictive_perms", groupPathWithRestrictivePerms},
	{"group_retryable_errors", groupRetryableErrors},
	{"group_connect_timer", groupConnectTimer},
	{"group_timer_cleanup", groupTimerCleanup},
}

// oneMembership is one life of one membership: joined, seen, read, cancelled.
func oneMembership(label string) {
	a := open(url(freshPath()))
	group := a.group("")
	member := group.join("hello world", label)
	expect(member.Label == label, member)
	group.become(member)
	expect(group.reads(member, "hello world"))
	end := group.untilCancelled(member)
	expect(group.cancel(member))
	group.become()
	expect(must(end.end()))
	a.close()
}

func groupJoinWithDisconnect() {
	between, path := newProxy(), freshPath()
	between.cut()
	a := open(between.url(path))
	group := a.group("")
	joining := group.joining("hello world")
	// It must leave no znode behind.
	givenUp := group.joining("never mind")
	givenUp.giveUp()
	_, err := givenUp.end()
	expect(errors.Is(err, context.Canceled), err)
	a.retrying()
	expect(joining.isPending())
	between.heal()
	member := must(joining.end())
	group.become(member)
	expect(len(children(path)) == 1)
	a.close()
	expect(len(children(path)) == 0)
}

func groupDataWithDisconnect() {
	between := newProxy()
	a := open(between.url(freshPath()))
	group := a.group("")
	member := group.join("hello world", "")
	group.become(member)
	between.cut()
	a.retrying()
	reading := group.reading(member)
	a.retrying()
	expect(reading.isPending())
	between.heal()
	expect(must(reading.end()) == content{"hello world", true})
	a.close()
}

func groupDataWithRemovedMembership() {
	a := open(url(freshPath()))
	group := a.group("")
	member := group.join("hello world", "")
	group.become(member)
	expect(group.write(member, "changed") && group.reads(member, "changed"))
	expect(group.cancel(member))
	expect(!group.read(member).ok)
	expect(!group.cancel(member) && !group.write(member, "late"))
	a.close()
}

func groupCancelWithDisconnect() {
	between, path := newProxy(), freshPath()
	a := open(between.url(path))
	group := a.group("")
	member := group.join("hello world", "")
	group.become(member)
	expect(group.reads(member, "hello world"))
	end := group.untilCancelled(member)
	between.cut()
	a.retrying()
	cancelling := group.cancelling(member)
	a.retrying()
	expect(cancelling.isPending() && len(children(path)) == 1)
	between.heal()
	expect(must(cancelling.end()))
	group.become()
	expect(must(end.end()))
	a.close()
}

func groupWatchWithSessionExpiration() {
	a := open(url(freshPath()))
	group := a.group("")
	events := group.Events(context.Background())
	member := group.join("hello world", "")
	group.become(member)
	end := group.untilCancelled(member)
	expire(a.session())
	group.become()
	expect(!must(end.end()))
	lost, _ := await[tenure.GroupMembershipLost](events)
	expect(lost.Member == member && isOfSession(lost.Reason), lost)
	a.close()
}

func groupMultipleGroups() {
	where := url(freshPath())
	a, b := open(where), open(where)
	ours, theirs := a.group(""), b.group("")
	one, two := ours.join("group 1", ""), theirs.join("group 2", "")
	ours.become(one, two)
	theirs.become(one, two)
	end := theirs.untilCancelled(one)
	expire(a.session())
	expect(!must(end.end()))
	theirs.become(two)
	closeAll(a, b)
}

func groupPathWithRestrictivePerms() {
	parent := freshPath()
	ask("create", "-", parent, "-")
	ask("create", "-", parent+"/writable", "-")
	ask("allow", "-", parent, "1:world:anyone", "all:digest:creator:ypSegK/J4upK+Rhi3MoYohqRddo=")
	join := func(path string) error {
		a := open("zk://non-creator:non-creator@" + server() + path)
		defer a.close()
		_, err := a.group("").tryJoin("x", "")
		return err
	}
	for _, path := range []string{parent, parent + "/new"} {
		err := join(path)
		expect(hasWords(err, tenure.ErrNoAuth, parent), err)
	}
	succeed(join(parent + "/writable"))
}

func groupRetryableErrors() {
	path := freshPath()
	a := open("zk://member:member@" + server() + path)
	group := a.group("")
	for round := 0; round < 3; round++ {
		expire(a.session())
		joining := group.joining("x")
		expire(a.session())
		// Only a member that existed, or may have, is lost with its session: the call reports that.
		if member, err := joining.end(); err == nil {
			group.cancel(member)
		} else {
			expect(errors.Is(err, tenure.ErrSessionExpired), err)
		}
		// The next calls find a group that works.
		cancelling := group.cancelling(group.join("x", ""))
		expire(a.session())
		must(cancelling.end())
	}
	ask("await", path, 0)
	a.close()
}

func groupConnectTimer() {
	between := newProxy()
	path := freshPath()
	between.cut()
	start := time.Now()
	a := openFor(between.url(path), brief)
	joining := a.group("").joining("x")
	// No session could expire: the client continues to try.
	for time.Since(start) < brief+brief/2 {
		_, before := await[tenure.SessionRetrying](a.events)
		expect(!has[tenure.SessionExpired](before), before)
	}
	expect(joining.isPending())
	between.heal()
	must(joining.end())
	a.close()
}

func groupTimerCleanup() {
	between, path := newProxy(), freshPath()
	between.cut()
	goroutines := runtime.NumGoroutine()
	a := openFor(between.url(path), brief)
	group := a.group("")
	a.retrying()
	succeed(group.Close())
	a.close()
	// The last event is the end. No session expires without one.
	events := rest(a.events)
	expect(len(events) > 0 && isOf[tenure.SessionClosed](events[len(events)-1]), events)
	expect(!has[tenure.SessionExpired](events), events)
	eventually(func() bool { return runtime.NumGoroutine() <= goroutines })
	// No client is left that tries: the only connection is the next client's.
	between.forget()
	between.heal()
	next := open(between.url(path))
	next.session()
	expect(between.count("connections") == 1)
	next.close()
}
