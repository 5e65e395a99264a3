package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tenure.example/tenure/mesos"
)

// agent carries out the outputs of its role.
type agent struct {
	address, hostname string
	detector          *mesos.MasterDetector
	masters           *masters
	lines             *lines
	// stopped is closed when the role stops.
	stopped chan struct{}

	// All below; it is never held while a master is called.
	mu      sync.Mutex
	role    *mesos.Agent
	due     *time.Timer
	tasks   tasks
	updates updates
	session string
	// abandon gives up the attempt to register that is under way.
	abandon   context.CancelFunc
	isLeaving bool
	// id is the one that a leader gave, or empty.
	id         string
	exitStatus int
}

func newAgent(its options, detector *mesos.MasterDetector, lines *lines) (*agent, error) {
	role, err := mesos.NewAgent(mesos.AgentOptions{Backoff: its.backoff})
	if err != nil {
		return nil, err
	}
	a := &agent{
		address: its.advertise, hostname: its.hostname, detector: detector, lines: lines, role: role,
		masters: newMasters(its.proxy), stopped: make(chan struct{}), session: "connecting", abandon: func() {},
	}
	a.tasks = tasks{known: map[string]*task{}, changed: a.tell, finished: func(id string) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.tasks.finish(id)
	}}
	a.due = time.AfterFunc(time.Hour, a.tick)
	return a, nil
}

func (a *agent) tick() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.carryOut(a.role.Tick())
}

// take obeys a message if it is from the leader.
func (a *agent) take(its message) (any, *refusal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.accepts(its.sender()) {
		return nil, &refusal{http.StatusForbidden, a.whyNot(its.sender())}
	}
	return its.obey(a)
}

// from is a sender as the role compares it. A master whose address is fixed has no znode and so no token that the
// agent could know: it is judged by its address.
func (a *agent) from(its *sender) mesos.Sender {
	from, err := its.asMaster()
	if leader, isKnown := a.role.Leader(); err == nil && isKnown && leader.Token == 0 {
		from.Token = 0
	}
	return from
}

// accepts says whether the sender is the leader, as the role and, right now, the detector know it: the library takes
// its knowledge back by the clock, and the event may be late.
func (a *agent) accepts(its *sender) bool {
	if _, err := its.asMaster(); err != nil || !a.role.Accepts(a.from(its)) {
		return false
	}
	leader, _ := a.role.Leader()
	now, isKnown := a.detector.Master()
	return isKnown && now.Member.Token == leader.Token
}

// whyNot says why a sender is not obeyed.
func (a *agent) whyNot(its *sender) string {
	leader, isKnown := a.role.Leader()
	if _, isKnownNow := a.detector.Master(); !isKnown || !isKnownNow {
		return "no leading master is known now, and this agent obeys nobody else"
	}
	if its == nil {
		its = &sender{Address: "a sender without a name"}
	}
	return fmt.Sprintf("the leading master is %s, and not %s", asText(leader), its)
}

func asText(leader leading) string {
	return sender{leader.Address, decimal(leader.Token)}.String()
}

func decimal(token uint64) string {
	if token == 0 {
		return ""
	}
	return strconv.FormatUint(token, 10)
}

func (a *agent) isRegistered() bool { return a.role.State() == mesos.StateRegistered }

// leave ends the agent as the host asks: it kills the tasks, and tells the leader so.
func (a *agent) leave() {
	a.mu.Lock()
	a.isLeaving = true
	a.tasks.killAll("the agent is about to end")
	confirmed := make(chan struct{})
	if len(a.updates.waiting) == 0 || !a.isRegistered() {
		close(confirmed)
	} else {
		a.updates.confirmed = confirmed
	}
	a.mu.Unlock()

	limit := time.NewTimer(endTime)
	defer limit.Stop()
	select {
	case <-confirmed:
	case <-a.stopped:
	case <-limit.C:
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.carryOut(a.role.Shutdown(nil))
}

// exits gives the status with which the process exits, once the agent has stopped.
func (a *agent) exits() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.exitStatus
}
