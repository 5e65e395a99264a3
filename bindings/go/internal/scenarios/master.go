package main

import (
	"context"
	"errors"
	"strings"

	"tenure.example/tenure"
)

// Mesos's tests of its master contenders and detectors, on the level of payloads: the content of a json.info is
// opaque.
var masterScenarios = []scenario{
	{"master_file", masterFile},
	{"master_basic_contender", masterBasicContender},
	{"master_basic_detector", masterBasicDetector},
	{"master_basic_master_info", masterBasicMasterInfo},
	{"master_contender", masterContender},
	{"master_contender_pending_election", masterContenderPendingElection},
	{"master_contenders", masterContenders},
	{"master_non_retryable_errors", masterNonRetryableErrors},
	{"master_contender_detector_shutdown_network", masterContenderDetectorShutdownNetwork},
	{"master_detector_timed_out_session", masterDetectorTimedOutSession},
	{"master_detector_expire_master_zk_session", masterDetectorExpireMasterZKSession},
	{"master_detector_expire_slave_zk_session", masterDetectorExpireSlaveZKSession},
	{"master_detector_expire_slave_zk_session_new_master", masterDetectorExpireSlaveZKSessionNewMaster},
	{"master_detector_uses_json", masterDetectorUsesJSON},
	{"master_lost_zookeeper_cluster", masterLostZooKeeperCluster},
	{"log_replicas_find_each_other_through_a_group", logReplicasFindEachOther},
}

// info is the payload of a Mesos master.
const info = `{"address":{"hostname":"m1","ip":"10.10.1.22","port":8080},"hostname":"m1","id":"8a2f9d",` +
	`"ip":369166858,"pid":"master@10.10.1.22:8080","port":8080,"version":"1.11.0"}`

// address is the URL of a standalone leader.
const address = "10.10.1.105:8088"

func masterFile() {
	path := freshPath()
	a := open(url(path))
	a.contend(info, "json.info").lead()
	for text, payload := range map[string]string{url(path): info, address: address} {
		agent := open("file://" + ask("file", text))
		known := detects[tenure.DetectorLeader](agent.detect())
		expect(string(known.Data) == payload, text, known)
		agent.close()
	}
	a.close()
}

func masterBasicContender() {
	// Mesos's standalone contender is always elected. Here a standalone URL allows no contender.
	a := open(address)
	_, err := a.Contender(tenure.WithData([]byte(info)))
	expect(hasWords(err, tenure.ErrInvalidArgument, "standalone leader"), err)
	a.close()
}

func masterBasicDetector() {
	// There is no appointing: the address leads from the beginning and for ever.
	a := open(address)
	detector := a.detect()
	known, ok := detector.Leader()
	expect(ok && string(known.Data) == address, known)
	ctx, giveUp := context.WithCancel(context.Background())
	watch := detector.Watch(ctx)
	await[tenure.DetectorLeader](watch)
	giveUp()
	events := rest(watch)
	expect(len(events) == 0, events)
	expect(string(detects[tenure.DetectorLeader](detector).Data) == address)
	a.close()
}

func masterBasicMasterInfo() {
	parsed := must(tenure.ParseURL(address))
	expect(parsed.IsStandalone && parsed.Path == address, parsed)
	a := open(address)
	expect(string(detects[tenure.DetectorLeader](a.detect()).Data) == address)
	a.close()
}

func masterContender() {
	where := url(freshPath())
	a, b := open(where), open(where)
	contender := a.once(info)
	session := a.session()
	detector := b.detect()
	known := detector.ledBy(info)
	expect(known.Member.Token == contender.lead().Token(), known)
	// A wait that is given up does not affect the next one.
	ctx, giveUp := context.WithCancel(context.Background())
	watch := detector.Watch(ctx)
	await[tenure.DetectorLeader](watch)
	giveUp()
	events := rest(watch)
	expect(len(events) == 0, events)
	watch = detector.Watch(context.Background())
	leader, _ := await[tenure.DetectorLeader](watch)
	expect(leader.Member == known.Member, leader)
	expire(session)
	expect(isOfSession(contender.loss()))
	_, between := await[tenure.DetectorNone](watch)
	expect(len(between) == 0, between)
	closeAll(a, b)
}

func masterContenderPendingElection() {
	between, path := newProxy(), freshPath()
	ask("create", "-", path, "-")
	a := open(between.url(path))
	a.session()
	between.swallow("create", "hold")
	contender := a.contend(info, "json.info")
	names := ask("await", path, 1)
	// Whatever calls come meanwhile: one candidacy is one znode.
	written := begin(a, func(ctx context.Context) (bool, error) { return contender.SetData(ctx, []byte("changed")) })
	for twice := 0; twice < 2; twice++ {
		waiting := inBackground(contender.WaitLeading)
		waiting.giveUp()
		_, err := waiting.end()
		expect(errors.Is(err, context.Canceled), err)
	}
	expect(written.isPending())
	between.release()
	contender.lead()
	expect(must(written.end()))
	expect(ask("children", path) == names && between.count("create") == 1)
	a.close()
}

func masterContenders() {
	where := url(freshPath())
	a, b := open(where), open(where)
	first, one := a.contend("master 1", "json.info"), a.detect()
	first.lead()
	second, two := b.contend("master 2", "json.info"), b.detect()
	await[tenure.ContenderStandby](second.events)
	for _, detector := range []detector{one, two} {
		until(detector.events, func(event tenure.DetectorEvent) bool { return isLedBy(event, "master 1") })
	}
	succeed(first.Close())
	for _, detector := range []detector{one, two} {
		next, between := await[tenure.DetectorLeader](detector.events)
		expect(isLedBy(next, "master 2") && len(between) == 0, next, between)
	}
	second.lead()
	closeAll(a, b)
}

func masterNonRetryableErrors() {
	path := freshPath()
	asUser := func(user string) *party { return open("zk://" + user + "@" + server() + path) }
	owner, stranger := asUser("member:member"), asUser("member:wrongpass")
	owner.group("").join("x", "")
	for twice := 0; twice < 2; twice++ {
		_, err := stranger.contend(info, "json.info").tryLead()
		expect(errors.Is(err, tenure.ErrLost) && hasWords(err, tenure.ErrNoAuth, path), err)
	}
	secret := freshPath()
	ask("create", "creator:creator", secret, "-")
	ask("allow", "creator:creator", secret, "all:digest:creator:ypSegK/J4upK+Rhi3MoYohqRddo=")
	anybody := open(url(secret))
	detectors := []detector{anybody.detect(), anybody.detect()}
	for _, detector := range detectors {
		failed, _ := await[tenure.DetectorFailed](detector.events)
		expect(hasWords(failed.Err, tenure.ErrNoAuth, secret), failed)
	}
	// It is not the end: once READ is granted, the detector reports again.
	ask("allow", "creator:creator", secret, "all:world:anyone")
	for _, detector := range detectors {
		await[tenure.DetectorNone](detector.events)
	}
	closeAll(owner, stranger, anybody)
}

func masterContenderDetectorShutdownNetwork() {
	between := newProxy()
	a := openFor(between.url(freshPath()), brief)
	contender, detector := a.once(info), a.detect()
	contender.lead()
	detector.ledBy(info)
	between.cut()
	expect(contender.loss() == tenure.LostLeaseLapsed)
	detects[tenure.DetectorUnknown](detector)
	await[tenure.SessionExpired](a.events)
	// A call without a server to answer waits, and does not fail.
	again, also := a.once(info), a.detect()
	for thrice := 0; thrice < 3; thrice++ {
		a.retrying()
	}
	expect(isOf[tenure.ContenderEnrolling](again.State()), again.State())
	expect(isOf[tenure.DetectorUnknown](also.State()), also.State())
	between.heal()
	token := again.lead().Token()
	detector.ledWith(token)
	also.ledWith(token)
	// One candidacy that was never lost, and one piece of knowledge.
	_, enrolment := await[tenure.ContenderLeading](again.events)
	expect(!has[tenure.ContenderLost](enrolment), enrolment)
	_, before := await[tenure.DetectorLeader](also.events)
	expect(!has[tenure.DetectorFailed](before), before)
	a.close()
}

func masterDetectorTimedOutSession() {
	between := newProxy()
	where := between.url(freshPath())
	a, b, c := openFor(where, brief), openFor(where, brief), openFor(where, brief)
	leader := a.once("leader")
	leader.lead()
	follower := b.once("follower")
	await[tenure.ContenderStandby](follower.events)
	detectors := []detector{a.detect(), b.detect(), c.detect()}
	for _, detector := range detectors {
		detector.ledBy("leader")
	}
	between.cut()
	for _, detector := range detectors {
		detects[tenure.DetectorUnknown](detector)
	}
	expect(leader.loss() == tenure.LostLeaseLapsed)
	expect(follower.loss() == tenure.LostSessionExpired)
	between.heal()
	for _, detector := range detectors {
		detects[tenure.DetectorNone](detector)
	}
	closeAll(a, b, c)
}

func masterDetectorExpireMasterZKSession() {
	where := url(freshPath())
	contending, detecting, following := open(where), open(where), open(where)
	leader := contending.contend("leader", "json.info")
	leader.lead()
	follower := following.contend("follower", "json.info")
	await[tenure.ContenderStandby](follower.events)
	detector := detecting.detect()
	until(detector.events, func(event tenure.DetectorEvent) bool { return isLedBy(event, "leader") })
	expire(contending.session())
	expect(isOfSession(leader.loss()))
	follower.lead()
	next, between := await[tenure.DetectorLeader](detector.events)
	expect(isLedBy(next, "follower") && len(between) == 0, next, between)
	// Unlike Mesos's contender, it enrols again by itself.
	await[tenure.ContenderStandby](leader.events)
	closeAll(contending, detecting, following)
}

func masterDetectorExpireSlaveZKSession() {
	where := url(freshPath())
	a, b := open(where), open(where)
	token := a.contend(info, "").lead().Token()
	detector := b.detect()
	until(detector.events, func(event tenure.DetectorEvent) bool { return isLedBy(event, info) })
	expire(b.session())
	await[tenure.SessionExpired](b.events)
	b.session()
	expect(b.group("").list()[0].Token == token)
	// Where Mesos reports "nobody" in between, it reports that it does not know.
	next, between := await[tenure.DetectorLeader](detector.events)
	expect(next.Member.Token == token, next)
	expect(len(between) == 0 || len(between) == 1 && isOf[tenure.DetectorUnknown](between[0]), between)
	known, ok := detector.Leader()
	expect(ok && known.Member.Token == token, known)
	closeAll(a, b)
}

func masterDetectorExpireSlaveZKSessionNewMaster() {
	where := url(freshPath())
	a, b, c := open(where), open(where), open(where)
	leader := a.once("leader")
	leader.lead()
	follower := b.once("follower")
	await[tenure.ContenderStandby](follower.events)
	detector := c.detect()
	until(detector.events, func(event tenure.DetectorEvent) bool { return isLedBy(event, "leader") })
	expire(c.session())
	expire(a.session())
	expect(isOfSession(leader.loss()))
	expect(detector.ledBy("follower").Member.Token == follower.lead().Token())
	events := until(detector.events, func(event tenure.DetectorEvent) bool { return isLedBy(event, "follower") })
	expect(!has[tenure.DetectorNone](events), events)
	closeAll(a, b, c)
}

func masterDetectorUsesJSON() {
	path := freshPath()
	a, b := open(url(path)), open(url(path))
	a.contend(info, "json.info").lead()
	found := detects[tenure.DetectorLeader](b.detect())
	expect(string(found.Data) == info && found.Member.Label == "json.info", found)
	expect(strings.Join(children(path), " ") == "json.info_0000000000")
	expect(found.Member.Path == path+"/json.info_0000000000", found)
	closeAll(a, b)
}

func masterLostZooKeeperCluster() {
	// Mesos's master ends when it is cut off; a program that uses this library gets the event in time to do so.
	between := newProxy()
	a := openFor(between.url(freshPath()), brief)
	contender := a.contend(info, "json.info")
	await[tenure.ContenderLeading](contender.events)
	between.cut()
	_, before := await[tenure.ContenderLost](contender.events)
	expect(len(before) > 0 && isOf[tenure.ContenderJeopardy](before[0]), before)
	expect(!contender.IsLeading())
	between.heal()
	await[tenure.ContenderLeading](contender.events)
	a.close()
}

func logReplicasFindEachOther() {
	between, path := newProxy(), freshPath()
	a, b := open(between.url(path)), open(url(path))
	ours, theirs := a.group(""), b.group("")
	const one, two = "log-replica(1)@10.0.0.1:5050", "log-replica(1)@10.0.0.2:5050"
	first, second := ours.join(one, "log_replicas"), theirs.join(two, "log_replicas")
	for _, group := range []group{ours, theirs} {
		group.become(first, second)
		expect(group.reads(first, one) && group.reads(second, two))
	}
	between.cut()
	a.retrying()
	listing := ours.listing()
	a.retrying()
	expect(listing.isPending())
	between.heal()
	listed := must(listing.end())
	expect(areEqual(listed, []tenure.Member{first, second}), listed)
	closeAll(a, b)
}
