// Code generated from crates/mesos/src/words.rs by `make words`. DO NOT EDIT.

package mesos

// State is the state of a master, an agent or a driver. New ones may come.
type State int32

const (
	// StateCandidate: a master that does not lead; nothing is known of a leader yet, or it is first itself and has no
	// lease yet. Requests for the leader: 503.
	StateCandidate State = 1

	// StateStandby: a master; another one leads. Requests go to that one: 307.
	StateStandby State = 2

	// StateLeaderless: a master that does not lead, and no leader is known. Requests: 503.
	StateLeaderless State = 3

	// StateLeader: a master that leads, and answers requests.
	StateLeader State = 4

	// StateJeopardy: a master that leads and answers requests, but its lease may end soon.
	StateJeopardy State = 5

	// StateStopped: the role has ended: the process must end.
	StateStopped State = 6

	// StateStarting: no leader is known, and there is no id yet.
	StateStarting State = 20

	// StateRegistering: a leader is known and is asked for an id.
	StateRegistering State = 21

	// StateRegistered: the leader has confirmed the registration.
	StateRegistered State = 22

	// StateReregistering: the leader with which it registered last has not confirmed the id again.
	StateReregistering State = 23

	// StateMoving: another leader than the one with which it registered last has not confirmed the id.
	StateMoving State = 24

	// StateLost: no leader is known; the id is kept.
	StateLost State = 25
)

func (s State) String() string {
	switch s {
	case StateCandidate:
		return "candidate"
	case StateStandby:
		return "standby"
	case StateLeaderless:
		return "leaderless"
	case StateLeader:
		return "leader"
	case StateJeopardy:
		return "jeopardy"
	case StateStopped:
		return "stopped"
	case StateStarting:
		return "starting"
	case StateRegistering:
		return "registering"
	case StateRegistered:
		return "registered"
	case StateReregistering:
		return "reregistering"
	case StateMoving:
		return "moving"
	case StateLost:
		return "lost"
	default:
		return "unknown role state"
	}
}

// OutputKind is the kind of an output of a role or of an observer: an order to its host, or news for it. Each names
// its fields after the colon. New ones may come.
type OutputKind int32

const (
	// OutputElected: master: it leads from now on: path, token, lease end.
	OutputElected OutputKind = 1

	// OutputInJeopardy: master: it leads until the lease end, unless it is confirmed before: lease end.
	OutputInJeopardy OutputKind = 2

	// OutputConfirmed: master: it is no longer in jeopardy: lease end.
	OutputConfirmed OutputKind = 3

	// OutputFollowing: master: another one leads, or its address has changed: the leader's address, path, token.
	OutputFollowing OutputKind = 4

	// OutputLeaderless: master: no leader is known any more.
	OutputLeaderless OutputKind = 5

	// OutputStop: the role has ended, and so must the process: reason, message (the line that Mesos logs), exit status.
	OutputStop OutputKind = 6

	// OutputDisconnected: agent: the registration no longer counts; updates wait, tasks go on. Driver: call the
	// scheduler's "disconnected".
	OutputDisconnected OutputKind = 20

	// OutputNewLeader: agent: the leader is another one than that of the last registration: address, path, token.
	OutputNewLeader OutputKind = 21

	// OutputSameLeader: agent: the leader of the last registration leads: address, path, token.
	OutputSameLeader OutputKind = 22

	// OutputLost: agent: no leader is known any more; tasks go on.
	OutputLost OutputKind = 23

	// OutputRegister: agent: ask the leader for an id: address, path, token.
	OutputRegister OutputKind = 24

	// OutputReregister: agent: ask the leader to take the agent with its id and its tasks: address, path, token, id.
	OutputReregister OutputKind = 25

	// OutputRegistered: agent: the leader has it, for the first time: id. Driver: call the scheduler's "registered":
	// address, path, token, id.
	OutputRegistered OutputKind = 26

	// OutputReregistered: agent: the leader has it again. Driver: call the scheduler's "reregistered": address, path,
	// token.
	OutputReregistered OutputKind = 27

	// OutputPong: agent: answer the ping of the leader: address, path, token.
	OutputPong OutputKind = 28

	// OutputIgnored: the message did not come from the leader.
	OutputIgnored OutputKind = 29

	// OutputSubscribe: driver: ask the leader to register the framework: address, path, token, id, flag (another
	// instance with this id is to be removed).
	OutputSubscribe OutputKind = 40

	// OutputSend: driver: send the call to the leader: address, path, token.
	OutputSend OutputKind = 41

	// OutputDropped: driver: no master is there for the call: it is an error of the scheduler's call.
	OutputDropped OutputKind = 42

	// OutputTasksLost: driver: no master is there for the tasks: each is reported as "TASK_LOST": message.
	OutputTasksLost OutputKind = 43

	// OutputPostponed: driver: the new description of the framework goes with the next subscription.
	OutputPostponed OutputKind = 44

	// OutputPing: observer: ping the agent: agent, flag (goes into the ping as "connected").
	OutputPing OutputKind = 60

	// OutputActivated: observer: the agent may be used: agent.
	OutputActivated OutputKind = 61

	// OutputDeactivated: observer: the agent's connection broke; it gets no tasks, and its tasks go on: agent.
	OutputDeactivated OutputKind = 62

	// OutputScheduled: observer: the agent will be unreachable when the rate limit permits it: agent, reason, message.
	OutputScheduled OutputKind = 63

	// OutputCanceled: observer: that was called off, the agent is there: agent.
	OutputCanceled OutputKind = 64

	// OutputUnreachable: observer: the agent is unreachable, and its tasks are lost: agent, reason, message.
	OutputUnreachable OutputKind = 65

	// OutputReadmitted: observer: an unreachable agent is back, with its tasks: agent.
	OutputReadmitted OutputKind = 66

	// OutputUnknown: observer: it has no such agent; the message is to be ignored: agent.
	OutputUnknown OutputKind = 67
)

func (o OutputKind) String() string {
	switch o {
	case OutputElected:
		return "elected"
	case OutputInJeopardy:
		return "in_jeopardy"
	case OutputConfirmed:
		return "confirmed"
	case OutputFollowing:
		return "following"
	case OutputLeaderless:
		return "leaderless"
	case OutputStop:
		return "stop"
	case OutputDisconnected:
		return "disconnected"
	case OutputNewLeader:
		return "new_leader"
	case OutputSameLeader:
		return "same_leader"
	case OutputLost:
		return "lost"
	case OutputRegister:
		return "register"
	case OutputReregister:
		return "reregister"
	case OutputRegistered:
		return "registered"
	case OutputReregistered:
		return "reregistered"
	case OutputPong:
		return "pong"
	case OutputIgnored:
		return "ignored"
	case OutputSubscribe:
		return "subscribe"
	case OutputSend:
		return "send"
	case OutputDropped:
		return "dropped"
	case OutputTasksLost:
		return "tasks_lost"
	case OutputPostponed:
		return "postponed"
	case OutputPing:
		return "ping"
	case OutputActivated:
		return "activated"
	case OutputDeactivated:
		return "deactivated"
	case OutputScheduled:
		return "scheduled"
	case OutputCanceled:
		return "canceled"
	case OutputUnreachable:
		return "unreachable"
	case OutputReadmitted:
		return "readmitted"
	case OutputUnknown:
		return "unknown"
	default:
		return "unknown role output"
	}
}

// Reason is why a role stopped, or why an agent is unreachable. New ones may come.
type Reason int32

const (
	// ReasonLostCandidacy: a leading master lost its candidacy.
	ReasonLostCandidacy Reason = 1

	// ReasonConceded: a leading master learnt that a younger one leads: address, path, token.
	ReasonConceded Reason = 2

	// ReasonLeaseEnded: the lease of a leading master ended, and no event said so.
	ReasonLeaseEnded Reason = 3

	// ReasonCannotContend: a master cannot contend any longer.
	ReasonCannotContend Reason = 4

	// ReasonOtherId: the leader gave another id than before: id.
	ReasonOtherId Reason = 5

	// ReasonRefused: the leader refused an agent's credentials.
	ReasonRefused Reason = 6

	// ReasonFailed: the leader ended a framework with an error.
	ReasonFailed Reason = 7

	// ReasonAsked: the leader or the host asked for it.
	ReasonAsked Reason = 8

	// ReasonNoPong: an agent left too many pings unanswered.
	ReasonNoPong Reason = 20

	// ReasonDisconnected: an agent did not register again in time after its connection broke.
	ReasonDisconnected Reason = 21

	// ReasonFailover: an agent did not register in time after another leader was elected.
	ReasonFailover Reason = 22
)

func (r Reason) String() string {
	switch r {
	case ReasonLostCandidacy:
		return "lost_candidacy"
	case ReasonConceded:
		return "conceded"
	case ReasonLeaseEnded:
		return "lease_ended"
	case ReasonCannotContend:
		return "cannot_contend"
	case ReasonOtherId:
		return "other_id"
	case ReasonRefused:
		return "refused"
	case ReasonFailed:
		return "failed"
	case ReasonAsked:
		return "asked"
	case ReasonNoPong:
		return "no_pong"
	case ReasonDisconnected:
		return "disconnected"
	case ReasonFailover:
		return "failover"
	default:
		return "unknown role reason"
	}
}

// Call is a call of a scheduler to the master.
type Call int32

const (
	// CallLaunch: it launches tasks, or accepts offers with tasks in them.
	CallLaunch Call = 1

	// CallUpdateFramework: it changes the framework's description.
	CallUpdateFramework Call = 2

	// CallOther: any other: kill, decline, revive, suppress, acknowledge, message, reconcile, request.
	CallOther Call = 3
)

func (c Call) String() string {
	switch c {
	case CallLaunch:
		return "launch"
	case CallUpdateFramework:
		return "update_framework"
	case CallOther:
		return "other"
	default:
		return "unknown call of a scheduler"
	}
}

// AgentState is the state of one agent of an observer. New ones may come.
type AgentState int32

const (
	// AgentUnknown: the observer has no such agent.
	AgentUnknown AgentState = 0

	// AgentExpected: an earlier leader had it; it has not registered with this one.
	AgentExpected AgentState = 1

	// AgentActive: it is registered and connected.
	AgentActive AgentState = 2

	// AgentDisconnected: its connection broke. It is pinged on.
	AgentDisconnected AgentState = 3

	// AgentUnanswered: it left too many pings unanswered, and waits for the rate limit.
	AgentUnanswered AgentState = 4

	// AgentSilent: the same, and its connection broke.
	AgentSilent AgentState = 5

	// AgentOverdue: it did not register again in time, and waits for the rate limit. It is not pinged.
	AgentOverdue AgentState = 6

	// AgentUnreachable: it is deactivated, and its tasks are lost. It is not pinged.
	AgentUnreachable AgentState = 7
)

func (a AgentState) String() string {
	switch a {
	case AgentUnknown:
		return "unknown"
	case AgentExpected:
		return "expected"
	case AgentActive:
		return "active"
	case AgentDisconnected:
		return "disconnected"
	case AgentUnanswered:
		return "unanswered"
	case AgentSilent:
		return "silent"
	case AgentOverdue:
		return "overdue"
	case AgentUnreachable:
		return "unreachable"
	default:
		return "unknown agent state"
	}
}
