package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"tenure.example/tenure"
)

// Mesos's tests of its ZooKeeper client, and of leader detector and contender above it; and the cases of URLs.
var zookeeperScenarios = []scenario{
	{"zookeeper_auth", zookeeperAuth},
	{"zookeeper_session_timeout_negotiation", zookeeperSessionTimeoutNegotiation},
	{"zookeeper_create", zookeeperCreate},
	{"zookeeper_leader_detector", zookeeperLeaderDetector},
	{"zookeeper_leader_detector_timeout_handling", zookeeperLeaderDetectorTimeoutHandling},
	{"zookeeper_leader_detector_cancellation_handling", zookeeperLeaderDetectorCancellationHandling},
	{"zookeeper_leader_contender", zookeeperLeaderContender},
	{"url_url", urlURL},
	{"acls_as_written", credentialsAreUsed},
	{"url_errors_file_and_address", urlErrorsFileAndAddress},
}

func zookeeperAuth() {
	address, path := server(), freshPath()
	asUser := func(credentials string) *party { return open("zk://" + credentials + address + path) }
	owner := asUser("creator:creator@")
	group := owner.group("")
	member := group.join("42", "")
	for _, credentials := range []string{"", "non-owner:non-owner@"} {
		stranger := asUser(credentials)
		theirs := stranger.group("")
		expect(theirs.reads(member, "42"), credentials)
		_, err := theirs.evict(member)
		expect(hasWords(err, tenure.ErrNoAuth, path), err)
		stranger.close()
	}
	for _, user := range []string{"-", "non-owner:non-owner"} {
		_, err := tryAsk("write", user, member.Path, "43")
		expect(err == refusal("-102"), user, err)
	}
	expect(group.reads(member, "42"))
	owner.close()
}

func zookeeperSessionTimeoutNegotiation() {
	_, address, _ := strings.Cut(ask("own", 8000, 20000), " ")
	for asked, granted := range map[time.Duration]time.Duration{
		7 * time.Second:  8 * time.Second,
		22 * time.Second: 20 * time.Second,
	} {
		a := openFor("zk://"+address+"/any", asked)
		connected, _ := await[tenure.SessionConnected](a.events)
		expect(connected.Timeout == granted, asked, connected)
		a.close()
	}
}

func zookeeperCreate() {
	address, bar := server(), freshPath()+"/bar"
	asUser := func(user, path string) *party { return open("zk://" + user + "@" + address + path) }
	// The client creates the parents of a group on the way, with its own ACL.
	creator := asUser("creator:creator", bar)
	first := creator.group("").join("42", "")
	expect(first.Path == bar+"/0000000000", first)
	other := asUser("non-owner:non-owner", bar)
	_, err := other.group("").tryJoin("43", "")
	expect(errors.Is(err, tenure.ErrNoAuth), err)

	baz := bar + "/baz"
	ask("create", "creator:creator", baz, "43")
	ask("allow", "creator:creator", baz, "all:world:anyone")
	// A client that may not create an existing path is not refused for that.
	third := other.group(baz).join("44", "")
	expect(third.Path == baz+"/0000000000", third)
	below := other.group(baz + "/bam")
	expect(below.reads(below.join("45", ""), "45"))
	closeAll(creator, other)
}

func zookeeperLeaderDetector() {
	a := open(url(freshPath()))
	group := a.group("")
	one, two := group.join("x", ""), group.join("x", "")
	detector := a.detect()
	first, _ := await[tenure.DetectorLeader](detector.events)
	expect(first.Member == one, first)
	watch := detector.Watch(context.Background())
	await[tenure.DetectorLeader](watch)
	expect(group.cancel(two))
	two = group.join("x", "")
	// The answer to a write comes after every event before it.
	expect(group.write(two, "y"))
	known, ok := detector.Leader()
	expect(ok && known.Member == one, known)
	select {
	case event := <-watch:
		fail("a follower is no news", event)
	default:
	}
	expect(group.cancel(one))
	next, between := await[tenure.DetectorLeader](detector.events)
	expect(next.Member == two && len(between) == 0, next, between)
	expect(group.cancel(two))
	_, between = await[tenure.DetectorNone](detector.events)
	expect(len(between) == 0, between)
	a.close()
}

func zookeeperLeaderDetectorTimeoutHandling() {
	between, path := newProxy(), freshPath()
	others := open(url(path))
	leadership := others.contend("x", "").lead()
	a := openFor(between.url(path), brief)
	detector := a.detect()
	await[tenure.DetectorLeader](detector.events)
	between.forget()
	between.cut()
	// Where Mesos reports "nobody", the detector reports that it cannot know.
	_, before := await[tenure.DetectorUnknown](detector.events)
	expect(len(before) == 0, before)
	_, known := detector.Leader()
	expect(!known)
	expired, _ := await[tenure.SessionExpired](a.events)
	expect(expired.By == tenure.ExpiredByLocalTimeout, expired)
	expect(between.count("replies") == 0)
	between.heal()
	expect(detects[tenure.DetectorLeader](detector).Member.Token == leadership.Token())
	closeAll(a, others)
}

func zookeeperLeaderDetectorCancellationHandling() {
	a := open(url(freshPath()))
	group, detector := a.group(""), a.detect()
	member := group.join("x", "")
	expect(detects[tenure.DetectorLeader](detector).Member == member)
	expect(group.cancel(member))
	detects[tenure.DetectorNone](detector)
	again := group.join("x", "")
	expect(detects[tenure.DetectorLeader](detector).Member == again)
	a.close()
}

func zookeeperLeaderContender() {
	between, path := newProxy(), freshPath()
	a := openFor(between.url(path), brief)
	once := func() contender { return a.contend("", "info", tenure.WithReenrol(tenure.ReenrolNever)) }
	session := a.session()
	ask("create", "-", path, "-")

	// (a) Withdrawn before its znode exists.
	early := once()
	expect(early.resign())
	expect(early.loss() == tenure.LostWithdrawn)
	expect(!early.resign() && len(children(path)) == 0)

	// (b) The session ends: the candidacy does, and no znode is left to withdraw.
	expired := once()
	leadership := expired.lead()
	expire(session)
	reason := expired.loss()
	expect(isOfSession(reason) && errors.Is(leadership.Err(), tenure.ErrLost), reason, leadership.Err())
	expect(!expired.resign())

	// (c) Begun while there is no connection, and the session ends meanwhile.
	session = a.session()
	between.cut()
	a.retrying()
	begun := once()
	expire(session)
	between.heal()
	begun.lead()
	expect(a.session() != session)
	expect(begun.resign())

	// (d) Cut off: lost by its own clock, and no server decides.
	cut := once()
	leadership = cut.lead()
	between.cut()
	expect(cut.loss() == tenure.LostLeaseLapsed)
	expect(!cut.IsLeading() && !leadership.IsLeading())
	wait(leadership.Done())

	// (e) And once more.
	last := once()
	between.heal()
	leadership = last.lead()
	ask("await", path, 1)
	a.detect().ledWith(leadership.Token())
	a.close()
}

// credentialsAreUsed checks the ACL of znodes that a client with credentials made, and the credentials of a URL.
func credentialsAreUsed() {
	address, path := server(), freshPath()
	a := open("zk://jake:1@127.0.0.1:1," + address + path + "/")
	member := a.group("").join("x", "")
	for _, made := range []string{path, member.Path} {
		rights := ask("rights", "jake:1", made)
		expect(strings.Contains(rights, ":world:anyone"), rights)
		expect(strings.Contains(rights, ":digest:jake:XUYXHsi86+84d5b9HArruiPLECI="), rights)
	}
	a.close()
}

func urlURL() {
	one := must(tenure.ParseURL("zk://host1:2181/a/"))
	expect(one.Path == "/a" && len(one.Servers) == 1 && one.Servers[0] == "host1:2181", one)
	two := must(tenure.ParseURL("zk://jake:1@host1:2181,host2:2182/path/to/znode"))
	expect(two.Path == "/path/to/znode" && len(two.Servers) == 2, two)
	expect(two.Servers[0] == "host1:2181" && two.Servers[1] == "host2:2182", two)
	// Mesos reads "/" here, and fails later.
	for _, text := range []string{
		"zk://host1:2181", "zk://jake:1@host1:2181", "zk://jake:1@host1:2181/",
		"zk://jake:1@host1:2181,host2:2182", "zk://jake:1@host1:2181,host2:2182/",
	} {
		_, err := tenure.ParseURL(text)
		expect(hasWords(err, tenure.ErrInvalidArgument, "path"), text, err)
		expect(!strings.Contains(err.Error(), "jake"), err)
	}
	// The client uses the URL as it was read: the second server, as jake.
	credentialsAreUsed()
}

func urlErrorsFileAndAddress() {
	for text, word := range map[string]string{
		"host1:2181,host2:2181/a": "zk://",
		"zk://host1:2181/":        "path",
		"zk://host1:port1/a":      "port",
		"zk://host1:2181/a//b":    "//",
		"file:///no/such/file":    "cannot read",
	} {
		_, err := tenure.ParseURL(text)
		expect(hasWords(err, tenure.ErrInvalidArgument, word), text, err)
	}
	// A contender accepts a file, too.
	a := open("file://" + ask("file", url(freshPath())))
	leadership := a.contend("x", "").lead()
	a.detect().ledWith(leadership.Token())
	a.close()
	// An address is a leader, not a group.
	leader := open("10.10.1.105:8088")
	_, err := leader.Contender()
	expect(errors.Is(err, tenure.ErrInvalidArgument), err)
	known, ok := leader.detect().Leader()
	expect(ok && string(known.Data) == "10.10.1.105:8088", known)
	leader.close()
}
