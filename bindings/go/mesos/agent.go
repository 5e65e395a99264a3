package mesos

import (
	"context"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/internal/native"
)

// AgentOptions are the options of an agent; zero is the default of each, which is that of Mesos.
type AgentOptions struct {
	// ID that a leader gave to an earlier run of this agent.
	ID string
	// Backoff: the first attempt to register comes after a random part of it, later ones after a random part of twice,
	// four times, … it. 1 ms to 15 min; 1 s by default.
	Backoff time.Duration
	// BackoffMax is the longest such span. 1 s to 15 min; 1 min by default.
	BackoffMax time.Duration
	// PingTimeout is the time without a ping after which the agent registers again, unless the leader gives another.
	// 1 s to 1 day; 75 s by default.
	PingTimeout time.Duration
	// Seed of the random delays; a random one by default.
	Seed int64
}

// Agent is the role of an agent: it obeys the detected leader alone. All methods may be called from any goroutine.
type Agent struct{ role role }

// NewAgent makes an agent that knows no leader yet.
//
// Errors: [tenure.ErrInvalidArgument] for an option that is out of its range.
func NewAgent(options AgentOptions) (*Agent, error) {
	var its numbers
	its.its.ID = options.ID
	its.span("backoff", native.OptionBackoffMS, options.Backoff)
	its.span("longest backoff", native.OptionBackoffMaxMS, options.BackoffMax)
	its.span("ping timeout", native.OptionPingTimeoutMS, options.PingTimeout)
	its.number(native.OptionSeed, options.Seed)
	made, err := newRole(native.KindAgent, its)
	if err != nil {
		return nil, err
	}
	return &Agent{made}, nil
}

// Accepts says whether a message of this sender is to be obeyed: it is the detected leader. False for everybody while no
// leader is known. Check every message of a master by it.
func (a *Agent) Accepts(sender Sender) bool {
	return a.base().check() == nil && a.role.native.Accepts(sender.Address, sender.Token)
}

// Registered: a master has registered the agent, for the first time or again. pingTimeout is the one that the master
// gives; 0 if it gives none.
func (a *Agent) Registered(from Sender, id string, pingTimeout time.Duration) ([]Output, error) {
	return a.registeredAt(from, id, pingTimeout, now())
}

func (a *Agent) registeredAt(from Sender, id string, pingTimeout time.Duration, now uint64) ([]Output, error) {
	if err := a.base().check(); err != nil {
		return nil, err
	}
	milliseconds := int64(-1)
	if pingTimeout != 0 {
		milliseconds = pingTimeout.Milliseconds()
	}
	return asOutputs(a.role.native.Registered(from.Address, from.Token, id, milliseconds, now))
}

// Refused: a master has refused the agent's credentials.
func (a *Agent) Refused(from Sender, why string) ([]Output, error) {
	if err := a.base().check(); err != nil {
		return nil, err
	}
	return asOutputs(a.role.native.Refused(from.Address, from.Token, why, now()))
}

// Ping: a master asks whether the agent is alive, and whether it is connected as that master believes.
func (a *Agent) Ping(from Sender, connected bool) ([]Output, error) {
	return a.pingAt(from, connected, now())
}

func (a *Agent) pingAt(from Sender, connected bool, now uint64) ([]Output, error) {
	if err := a.base().check(); err != nil {
		return nil, err
	}
	return asOutputs(a.role.native.Ping(from.Address, from.Token, connected, now))
}

// LinkLost: the connection to the leader broke.
func (a *Agent) LinkLost() ([]Output, error) {
	if err := a.base().check(); err != nil {
		return nil, err
	}
	return asOutputs(a.role.native.LinkLost(now()))
}

// Shutdown: a master orders the agent to end; nil if the host asks for it.
func (a *Agent) Shutdown(from *Sender) ([]Output, error) {
	if err := a.base().check(); err != nil {
		return nil, err
	}
	if from == nil {
		return asOutputs(a.role.native.Shutdown("", 0, now()))
	}
	if from.Address == "" {
		return nil, invalid("the sender has no address; nil stands for the host")
	}
	return asOutputs(a.role.native.Shutdown(from.Address, from.Token, now()))
}

func (a *Agent) base() *role {
	if a == nil {
		return nil
	}
	return &a.role
}

// State is the state of the agent; 0 once it is closed.
func (a *Agent) State() State { return a.base().state() }

// Due is the instant by which the agent wants its next Tick; 0 if it waits for no time. It changes with every input.
func (a *Agent) Due() tenure.BootTime { return a.base().due() }

// Tick tells the agent that time has passed: at the instant of Due, or at any other.
func (a *Agent) Tick() ([]Output, error) { return a.base().tick(now()) }

// Leader is the leader that the agent knows.
func (a *Agent) Leader() (leader Leading, ok bool) { return a.base().leader() }

// TakeMaster gives the agent an event of the detector of masters.
func (a *Agent) TakeMaster(event MasterEvent) ([]Output, error) {
	return a.base().takeMaster(event, now())
}

// Follow gives the agent each event of a detector and each tick that is due, and calls carryOut with each output, until
// the context ends, the detector is closed, or the agent has stopped (after its [OutputStop]). It blocks, and calls from
// this goroutine alone. Messages may be given to the agent by others meanwhile: their outputs are their caller's.
//
// Errors: the context's; [tenure.ErrClosed]; [tenure.ErrInvalidArgument] for nil. Nil once the agent has stopped.
func (a *Agent) Follow(ctx context.Context, detector *MasterDetector, carryOut func(Output)) error {
	return a.base().follow(ctx, detector, carryOut)
}

// Close frees the agent. It may be called again, and returns nil.
func (a *Agent) Close() error { return a.base().close() }
