package main

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tenure.example/tenure/mesos"
	"tenure.example/tenure/tenuretest"
)

// An event may be late: this agent gets none after the first, and refuses all the same once the library has taken its
// knowledge of the leader back.
func TestTheDetectorIsAskedForEachMessage(t *testing.T) {
	group := tenuretest.New(t)
	its, token := leads(t, group)
	detector, err := mesos.NewMasterDetector(group.Client("/masters"), "")
	if err != nil {
		t.Fatal(err)
	}
	agent, err := newAgent(options{advertise: "127.0.0.1:1"}, detector, &lines{out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(agent.leave)
	until(t, "the detector knows the leader", func() bool { _, isKnown := detector.Master(); return isKnown })
	agent.detected(detector.State())
	connected := true
	asked := &ping{origin{&sender{its.address, strconv.FormatUint(token, 10)}}, &connected}
	if _, refused := agent.take(asked); refused != nil {
		t.Fatalf("the leader is refused: %+v", refused)
	}

	group.Cut()
	until(t, "the detector knows no leader", func() bool { _, isKnown := detector.Master(); return !isKnown })
	_, refused := agent.take(asked)
	if refused == nil || refused.status != http.StatusForbidden || !strings.Contains(refused.reason, "no leading master") {
		t.Errorf("%+v", refused)
	}
	if leader, isKnown := agent.role.Leader(); !isKnown || leader.Token != token {
		t.Errorf("the role knows %+v: this test proves nothing", leader)
	}
}
