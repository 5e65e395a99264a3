package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"tenure.example/tenure"
)

// Cases that no test of Mesos covers, and the gravest failures that were reported of other libraries.
var beyondScenarios = []scenario{
	{"beyond_second_withdraw_ends_with_the_first", secondResignEndsWithTheFirst},
	{"beyond_withdraw_after_a_failed_join_ends", resignAfterAFailedJoinEnds},
	{"beyond_destruction_ends_every_pending_call", closingEndsEveryPendingCall},
	{"beyond_contender_dropped_while_joining_leaves_no_member", contenderClosedWhileJoiningLeavesNoMember},
	{"connection_loss_during_create", connectionLossDuringCreate},
	{"b4_lost_create", lostCreate},
	{"beyond_labels_come_back_whole", labelsComeBackWhole},
	{"beyond_strangers_among_the_children_do_not_matter", strangersDoNotMatter},
	{"beyond_any_label_and_payload_leads", anyLabelAndPayloadLeads},
	{"a4_black_hole", func() { blackHole(brief); blackHole(lasting) }},
	{"silent_partition", func() { blackHole(brief) }},
	{"c1_all_servers_dead", allServersDead},
	{"whole_ensemble_outage", allServersDead},
	{"c3_evicted", evicted},
	{"b1_wiped", func() { wiped(1); wiped(3) }},
	{"base_znode_deletion", func() { wiped(3) }},
}

func secondResignEndsWithTheFirst() {
	between, path := newProxy(), freshPath()
	a := open(between.url(path))
	contender := a.contend("x", "")
	leadership := contender.lead()
	between.cut()
	var calls []*pending[bool]
	for thrice := 0; thrice < 3; thrice++ {
		calls = append(calls, begin(a, contender.Resign))
	}
	// Leadership ends before any server learns of it.
	expect(contender.loss() == tenure.LostWithdrawn)
	expect(!contender.IsLeading() && errors.Is(leadership.Err(), tenure.ErrLost), leadership.Err())
	a.retrying()
	for _, call := range calls {
		expect(call.isPending())
	}
	expect(len(children(path)) == 1)
	between.heal()
	for _, call := range calls {
		expect(must(call.end()))
	}
	expect(len(children(path)) == 0 && !contender.resign())
	a.close()
}

func resignAfterAFailedJoinEnds() {
	path := freshPath()
	ask("create", "creator:creator", path, "-")
	ask("allow", "creator:creator", path, "1:world:anyone")
	a := open(url(path))
	contender := a.contend("x", "")
	lost, _ := await[tenure.ContenderLost](contender.events)
	expect(lost.Reason == tenure.LostFailed && hasWords(lost.Err, tenure.ErrNoAuth, path), lost)
	expect(!contender.resign())
	a.close()
}

func closingEndsEveryPendingCall() {
	between := newProxy()
	between.cut()
	a := open(between.url(freshPath()))
	detector, group, contender := a.detect(), a.group(""), a.contend("x", "")
	leaders, members := detector.Watch(context.Background()), group.Watch(context.Background())
	joining, listing := group.joining("y"), group.listing()
	leading := inBackground(contender.WaitLeading)
	a.retrying()
	expect(joining.isPending() && listing.isPending() && leading.isPending())
	// A session that never existed needs no close at a server.
	a.close()
	_, err := leading.end()
	var lost *tenure.LostError
	expect(errors.As(err, &lost) && lost.Reason == tenure.LostClosed, err)
	_, err = joining.end()
	expect(errors.Is(err, tenure.ErrClosed), err)
	_, err = listing.end()
	expect(errors.Is(err, tenure.ErrClosed), err)
	expect(!has[tenure.DetectorLeader](rest(leaders)) && !has[tenure.GroupMembers](rest(members)))
	expect(contender.loss() == tenure.LostClosed)
	_, err = group.tryJoin("late", "")
	expect(errors.Is(err, tenure.ErrClosed), err)
}

func contenderClosedWhileJoiningLeavesNoMember() {
	between, path := newProxy(), freshPath()
	ask("create", "-", path, "-")
	a := open(between.url(path))
	a.session()
	between.hold()
	succeed(a.contend("x", "").Close())
	between.release()
	// Answered after every earlier request.
	expect(len(a.group("").list()) == 0 && len(children(path)) == 0)
	a.close()
}

func connectionLossDuringCreate() {
	for _, how := range []string{"fin", "reset"} {
		between, path := newProxy(), freshPath()
		ask("create", "-", path, "-")
		a := open(between.url(path))
		a.session()
		between.swallow("create", how)
		leadership := a.contend("x", "").lead()
		names := children(path)
		expect(len(names) == 1 && between.count("create") == 1, names)
		expect(leadership.Member().Path == path+"/"+names[0], leadership.Member())
		a.close()
	}
}

func lostCreate() {
	between, path := newProxy(), freshPath()
	ask("create", "-", path, "-")
	a, b := open(between.url(path)), open(url(path))
	a.session()
	between.swallow("create", "reset")
	first := a.contend("1", "")
	token := first.lead().Token()
	second := b.contend("2", "")
	await[tenure.ContenderStandby](second.events)
	expect(len(children(path)) == 2)
	expect(first.resign())
	expect(second.lead().Token() > token)
	expect(len(children(path)) == 1)
	closeAll(a, b)
}

func labelsComeBackWhole() {
	a := open(url(freshPath()))
	group := a.group("")
	for _, label := range []string{"a_b", "_", "a_b_", "json.info", "0000000000", "ü-ß"} {
		member := group.join("x", label)
		listed := group.list()
		expect(areEqual(listed, []tenure.Member{member}) && member.Label == label, listed)
		expect(group.cancel(member))
	}
	// In Go an empty label is no label.
	_, err := group.tryJoin("x", "a/b")
	expect(errors.Is(err, tenure.ErrInvalidArgument), err)
	a.close()
}

func strangersDoNotMatter() {
	path := freshPath()
	ask("create", "-", path, "-")
	strangers := []string{"log_replicas", "foo", "a_b_1", "info_0000000000", "-2147483648"}
	for _, name := range strangers {
		ask("create", "-", path+"/"+name, "stranger")
	}
	ask("ephemeral", path+"/lock")
	a := open(url(path))
	detector := a.detect()
	detects[tenure.DetectorNone](detector)
	one, two := a.contend("1", ""), a.contend("2", "")
	detector.ledWith(one.lead().Token())
	await[tenure.ContenderStandby](two.events)
	expect(len(a.group("").list()) == 2)
	expect(one.resign())
	detector.ledWith(two.lead().Token())
	a.close()
	ask("await", path, len(strangers)+1)
}

func anyLabelAndPayloadLeads() {
	where := url(freshPath())
	a, b := open(where), open(where)
	detector := b.detect()
	for _, of := range []struct{ label, data string }{
		{"json.info", "{not json"},
		{"info", "\xff\x00\x01"},
		{"unheard-of", ""},
		{"", strings.Repeat("\x00", 100_000)},
	} {
		contender := a.contend(of.data, of.label)
		known := detector.ledWith(contender.lead().Token())
		expect(string(known.Data) == of.data && known.Member.Label == of.label, of.label, known.Member)
		expect(contender.resign())
	}
	closeAll(a, b)
	events := rest(detector.events)
	expect(has[tenure.DetectorLeader](events) && !has[tenure.DetectorFailed](events), len(events))
}

// blackHole is a leader whose traffic is held: it stops before its successor leads.
func blackHole(timeout time.Duration) {
	between, path := newProxy(), freshPath()
	a, b := openFor(between.url(path), timeout), openFor(url(path), timeout)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	leader := a.contend("leader", "")
	leadCtx, leadership, err := leader.Lead(ctx)
	succeed(err)
	await[tenure.ContenderLeading](leader.events)
	standby := b.contend("standby", "")
	await[tenure.ContenderStandby](standby.events)
	expect(leadership.IsLeading() && leadCtx.Err() == nil && leadership.Err() == nil)
	silent := tenure.Now()
	between.hold()
	wait(leadCtx.Done())
	expect(!leader.IsLeading() && !leadership.IsLeading())
	expect(leadCtx.Err() == context.Canceled && ctx.Err() == nil, leadCtx.Err())
	expect(errors.Is(leadership.Err(), tenure.ErrLost), leadership.Err())
	lost, before := await[tenure.ContenderLost](leader.events)
	expect(len(before) > 0 && isOf[tenure.ContenderJeopardy](before[0]), before)
	expect(lost.LedUntil > silent && time.Duration(lost.LedUntil-silent) < timeout, lost, silent)
	next, _ := await[tenure.ContenderLeading](standby.events)
	expect(next.Member.Token > leadership.Token(), next)
	expect(lost.LedUntil < tenure.Now() && !leader.IsLeading())
	between.release()
	await[tenure.ContenderStandby](leader.events)
	closeAll(a, b)
}

// allServersDead has no server that could report "expired".
func allServersDead() {
	number, address, _ := strings.Cut(ask("own"), " ")
	a := openFor("zk://"+address+"/group", brief)
	contender := a.contend("x", "")
	first := contender.lead().Token()
	detector := a.detect()
	detects[tenure.DetectorLeader](detector)
	ask("kill", number)
	dead := tenure.Now()
	lost, _ := await[tenure.ContenderLost](contender.events)
	expect(lost.Reason == tenure.LostLeaseLapsed, lost)
	expect(lost.LedUntil != 0 && time.Duration(int64(lost.LedUntil)-int64(dead)) < brief, lost, dead)
	expect(!contender.IsLeading())
	detects[tenure.DetectorUnknown](detector)
	expired, _ := await[tenure.SessionExpired](a.events)
	expect(expired.By == tenure.ExpiredByLocalTimeout, expired)
	ask("restart", number)
	second := contender.lead().Token()
	expect(second > first, first, second)
	detector.ledWith(second)
	expect(len(a.group("").list()) == 1)
	a.close()
}

func evicted() {
	path := freshPath()
	a, b, c := open(url(path)), open(url(path)), open(url(path))
	standby := func(contender contender) tenure.Member {
		event, _ := await[tenure.ContenderStandby](contender.events)
		return event.Member
	}
	isEvicted := func(contender contender, member tenure.Member, led bool) bool {
		lost, _ := await[tenure.ContenderLost](contender.events)
		return lost.Reason == tenure.LostEvicted && *lost.Member == member && (lost.LedUntil != 0) == led
	}
	one := a.contend("1", "")
	leadership := one.lead()
	two := b.contend("2", "")
	second := standby(two)
	three := c.once("3")
	third := standby(three)

	// A standby enrols again, behind.
	ask("delete", second.Path)
	expect(isEvicted(two, second, false))
	second = standby(two)
	expect(second.Token > third.Token, second, third)
	// One that does not enrol again stays away.
	ask("delete", third.Path)
	expect(isEvicted(three, third, false))
	// The leader stops, and the standby leads.
	ask("delete", leadership.Member().Path)
	expect(isEvicted(one, leadership.Member(), true))
	var lost *tenure.LostError
	expect(errors.As(leadership.Err(), &lost) && lost.Reason == tenure.LostEvicted, leadership.Err())
	expect(two.lead().Token() == second.Token)
	standby(one)
	expect(!one.IsLeading() && !three.IsLeading())
	ask("await", path, 2)

	// A member of a group gets the event, and is not renewed.
	group := c.group("")
	events := group.Events(context.Background())
	member := group.join("x", "")
	end := group.untilCancelled(member)
	ask("delete", member.Path)
	expect(!must(end.end()))
	gone, _ := await[tenure.GroupMembershipLost](events)
	expect(gone.Member == member && gone.Reason == tenure.LostEvicted, gone)
	closeAll(a, b, c)
}

// wiped is a group whose znode is deleted with all its members.
func wiped(contenders int) {
	path := freshPath()
	a, b := open(url(path)), open(url(path))
	detector := b.detect()
	var all []contender
	for at := 0; at < contenders; at++ {
		all = append(all, a.contend(strconv.Itoa(at), ""))
	}
	before := all[0].lead().Token()
	detector.ledWith(before)
	for _, name := range strings.Fields(ask("await", path, contenders)) {
		ask("delete", path+"/"+name)
	}
	// A member may have joined again meanwhile, and then the group stays; the scenario does not need its end.
	_, _ = tryAsk("delete", path)
	all = append(all, a.contend("last", ""))
	detector.leader(func(leader tenure.Leader) bool { return leader.Member.Token > before })
	ask("await", path, contenders+1)
	leading := func() (count int) {
		for _, contender := range all {
			if contender.IsLeading() {
				count++
			}
		}
		return count
	}
	eventually(func() bool { return leading() > 0 })
	expect(leading() == 1)
	closeAll(a, b)
}
