package mesos

import (
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/internal/native"
)

// ObserverOptions are the options of an observer in Mesos's names; zero is the default of each, which is that of Mesos.
type ObserverOptions struct {
	// AgentPingTimeout is the time between two pings of an agent. 1 s to 15 min; 15 s by default.
	AgentPingTimeout time.Duration
	// MaxAgentPingTimeouts is how many pings in a row an agent may leave unanswered. 1 to 1,000,000; 5 by default.
	MaxAgentPingTimeouts int
	// AgentReregisterTimeout is the time in which an agent must register again. 1 s to 30 days; 10 min by default.
	AgentReregisterTimeout time.Duration
	// AgentRemovals in AgentRemovalsEach is how many agents may become unreachable in which time: both, or neither. 1 to
	// 1,000,000 in 1 s to 30 days; any number by default.
	AgentRemovals     int
	AgentRemovalsEach time.Duration
}

// AgentKey names an agent of one observer. It is never 0, and never given to two agents.
type AgentKey uint64

// Observer is the part of the leading master that watches its agents. All methods may be called from any goroutine.
type Observer struct{ native *native.Observer }

// NewObserver makes an observer without agents.
//
// Errors: [tenure.ErrInvalidArgument] for an option that is out of its range.
func NewObserver(options ObserverOptions) (*Observer, error) {
	var its numbers
	its.span("agent ping timeout", native.OptionAgentPingTimeoutMS, options.AgentPingTimeout)
	its.number(native.OptionMaxAgentPingTimeouts, int64(options.MaxAgentPingTimeouts))
	its.span("agent reregister timeout", native.OptionAgentReregisterTimeoutMS, options.AgentReregisterTimeout)
	its.number(native.OptionAgentRemovals, int64(options.AgentRemovals))
	its.span("time for removals", native.OptionAgentRemovalsEachMS, options.AgentRemovalsEach)
	if its.err != nil {
		return nil, its.err
	}
	made, err := native.NewObserver(its.its)
	if err != nil {
		return nil, wrap(err)
	}
	return &Observer{made}, nil
}

func (o *Observer) check() error {
	if o == nil || o.native == nil {
		return invalid("this observer is nil or empty; use the pointer that NewObserver returned")
	}
	return nil
}

// Admit takes a new agent that has just registered: it is active, and pinged at once.
func (o *Observer) Admit() (AgentKey, []Output, error) { return o.admitAt(now()) }

func (o *Observer) admitAt(now uint64) (AgentKey, []Output, error) {
	if err := o.check(); err != nil {
		return 0, nil, err
	}
	agent, outputs, err := o.native.Admit(now)
	made, err := asOutputs(outputs, err)
	return AgentKey(agent), made, err
}

// Expect takes an agent that an earlier leader had: it is expected to register again.
func (o *Observer) Expect() (AgentKey, error) {
	if err := o.check(); err != nil {
		return 0, err
	}
	agent, err := o.native.Expect(now())
	return AgentKey(agent), wrap(err)
}

// Registered: an agent that the observer has was registered again.
func (o *Observer) Registered(agent AgentKey) ([]Output, error) {
	return o.take(native.InputRegistered, agent)
}

// Pong: an agent answered a ping.
func (o *Observer) Pong(agent AgentKey) ([]Output, error) { return o.take(native.InputPong, agent) }

// LinkLost: the connection of an agent broke.
func (o *Observer) LinkLost(agent AgentKey) ([]Output, error) {
	return o.take(native.InputLinkLost, agent)
}

// Removed: an agent is gone for good: it has shut down, or an operator says so.
func (o *Observer) Removed(agent AgentKey) ([]Output, error) {
	return o.take(native.InputRemoved, agent)
}

func (o *Observer) take(input int32, agent AgentKey) ([]Output, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return asOutputs(o.native.Take(input, uint64(agent), now()))
}

// Tick tells the observer that time has passed: at the instant of Due, or at any other. One call serves 1,024 timers at
// most.
func (o *Observer) Tick() ([]Output, error) { return o.tickAt(now()) }

func (o *Observer) tickAt(now uint64) ([]Output, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return asOutputs(o.native.Tick(now))
}

// Due is the instant by which the observer wants its next Tick; it may be past; 0 if it waits for no time.
func (o *Observer) Due() tenure.BootTime {
	if o.check() != nil {
		return 0
	}
	return tenure.BootTime(o.native.Due())
}

// State is the state of an agent.
func (o *Observer) State(agent AgentKey) AgentState {
	if o.check() != nil {
		return AgentUnknown
	}
	return AgentState(o.native.State(uint64(agent)))
}

// Agents is how many agents the observer has.
func (o *Observer) Agents() int {
	if o.check() != nil {
		return 0
	}
	return o.native.Agents()
}

// TotalPingTimeout is the time from the first unanswered ping until an agent is unreachable: the leader gives it to each
// agent that it registers.
func (o *Observer) TotalPingTimeout() time.Duration {
	if o.check() != nil {
		return 0
	}
	return time.Duration(o.native.TotalPingTimeoutMS()) * time.Millisecond
}

// Close frees the observer. It may be called again, and returns nil.
func (o *Observer) Close() error {
	if err := o.check(); err != nil {
		return err
	}
	o.native.Free()
	return nil
}
