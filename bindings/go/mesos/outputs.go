package mesos

import (
	"tenure.example/tenure"
	"tenure.example/tenure/internal/native"
)

// Output is an output of a role or of an observer: an order to its host, or news for it. Carry them out in their order.
// The kind says which fields it has; the others are zero.
type Output struct {
	// Kind of the output.
	Kind OutputKind
	// Leading is the leader that the output is about; of [OutputElected] Path and Token are the own ones.
	Leading
	// ID of the agent or of the framework.
	ID string
	// LeaseEnd is the end of the lease, unless it is renewed.
	LeaseEnd tenure.BootTime
	// Force says that another instance with this id is to be removed ([OutputSubscribe]).
	Force bool
	// Connected goes into the ping ([OutputPing]).
	Connected bool
	// Agent of an observer.
	Agent AgentKey
	// Reason of a stop, or why an agent is unreachable.
	Reason Reason
	// Message is the sentence of the output in Mesos's words: the line that Mesos logs when it stops, for example.
	Message string
	// ExitStatus is the status with which the process should exit after [OutputStop].
	ExitStatus int
}

// Leading is the leading master as a role knows it.
type Leading struct {
	// Address from which its messages come: [MasterInfo].Address.
	Address string
	// Path of its znode.
	Path string
	// Token is the fencing token of its leadership; 0 for a leader without ZooKeeper.
	Token uint64
}

// Sender is the sender of a message.
type Sender struct {
	// Address that the message came from.
	Address string
	// Token is the fencing token that the message names; 0 if it names none, as Mesos's: then a deposed master at the
	// leader's address passes for the leader.
	Token uint64
}

func asOutputs(from []native.Output, err error) ([]Output, error) {
	if err != nil {
		return nil, wrap(err)
	}
	made := make([]Output, len(from))
	for at, each := range from {
		kind := OutputKind(each.Kind)
		made[at] = Output{
			Kind:       kind,
			Leading:    Leading{each.Address, each.Path, each.Token},
			ID:         each.ID,
			LeaseEnd:   tenure.BootTime(each.LeaseEndNS),
			Force:      kind == OutputSubscribe && each.Flag,
			Connected:  kind == OutputPing && each.Flag,
			Agent:      AgentKey(each.Agent),
			Reason:     Reason(each.Reason),
			Message:    each.Message,
			ExitStatus: each.ExitStatus,
		}
	}
	return made, nil
}
