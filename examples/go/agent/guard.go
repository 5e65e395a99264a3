package main

import (
	"fmt"
	"net/http"
	"sync"

	"tenure.example/tenure"
)

// sender is the party that an instruction says it comes from.
type sender struct {
	// leader is the payload that the leader contends with: its address.
	leader string
	token  uint64
}

// refusal is the answer to an instruction that is not followed.
type refusal struct {
	status int
	reason string
}

// guard decides whose instructions the agent follows: those of the leader that the detector shows right now, with the
// fencing token of its leadership. It protects against leaders that were deposed and do not know it yet. Payload and
// token are no secrets: against forgers the agent would need TLS with certificates of its senders.
type guard struct {
	detector *tenure.Detector

	// Held from the decision to the end of act, so that no instruction of an old leader is followed after one of a new.
	mu sync.Mutex
	// The highest token of all leaders that were detected. A claim of a sender never raises it: a forged token would
	// shut out all true leaders.
	highest uint64
}

// saw remembers the token of a leader that was detected.
func (g *guard) saw(token uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remember(token)
}

func (g *guard) remember(token uint64) {
	if token > g.highest {
		g.highest = token
	}
}

// admit calls act if the sender may instruct the agent now; otherwise it says why not.
func (g *guard) admit(from sender, act func()) *refusal {
	g.mu.Lock()
	defer g.mu.Unlock()
	// Not the newest event: the library takes knowledge back by the clock, and an event may be late.
	known := g.detector.State()
	leader, isKnown := known.(tenure.DetectorLeader)
	token := leader.Member.Token
	if isKnown {
		g.remember(token)
	}
	switch {
	// Also when the detector shows no higher one: a server that is cut off may show it a former leader.
	case from.token < g.highest:
		return refuse(http.StatusForbidden,
			"the token %d is of a leadership that is over: this agent has seen the token %d", from.token, g.highest)
	case !isKnown:
		return refuse(http.StatusServiceUnavailable, "%s", whyUnknown(known))
	case from.token > token:
		return refuse(http.StatusServiceUnavailable,
			"the token %d is higher than that of the leader that is known here, %d: if you lead, try again",
			from.token, token)
	case from.leader != string(leader.Data):
		return refuse(http.StatusForbidden,
			"the token %d is that of the leader %q, and not of %q", token, leader.Data, from.leader)
	}
	act()
	return nil
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// whyUnknown says why no leader is known.
func whyUnknown(known tenure.DetectorEvent) string {
	switch known := known.(type) {
	case tenure.DetectorNone:
		return "nobody leads now"
	case tenure.DetectorFailed:
		return fmt.Sprintf("the leader is unknown, because the group cannot be read: %v", known.Err)
	case nil:
		return "this agent is about to end"
	default:
		return "the leader is unknown: no server has answered this agent for too long"
	}
}
