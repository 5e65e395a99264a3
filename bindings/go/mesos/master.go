package mesos

import (
	"tenure.example/tenure"
	"tenure.example/tenure/internal/native"
)

// Master is the role of a master: it contends, and it leads or follows. One that led and lost must stop. Ask the
// leadership's IsLeading before each action: events are news, the lease is the truth. All methods may be called from any
// goroutine.
type Master struct{ role role }

// NewMaster makes a master whose contender and detector have just been made.
func NewMaster() (*Master, error) {
	made, err := newRole(native.KindMaster, numbers{})
	if err != nil {
		return nil, err
	}
	return &Master{made}, nil
}

// TakeContender gives the role an event of its contender.
func (m *Master) TakeContender(event tenure.ContenderEvent) ([]Output, error) {
	if err := m.base().check(); err != nil {
		return nil, err
	}
	var heard native.Heard
	of := func(kind int32, member tenure.Member) native.Heard {
		return native.Heard{Kind: kind, Path: member.Path, Token: member.Token}
	}
	switch event := event.(type) {
	case tenure.ContenderEnrolling:
		heard.Kind = native.EventContenderEnrolling
	case tenure.ContenderEnrolled:
		heard = of(native.EventContenderEnrolled, event.Member)
	case tenure.ContenderStandby:
		heard = of(native.EventContenderStandby, event.Member)
	case tenure.ContenderLeading:
		heard = of(native.EventContenderLeading, event.Member)
		heard.LeaseEndNS = uint64(event.LeaseEnd)
	case tenure.ContenderJeopardy:
		heard = of(native.EventContenderJeopardy, event.Member)
		heard.LeaseEndNS = uint64(event.LeaseEnd)
	case tenure.ContenderLost:
		heard.Kind, heard.Reason = native.EventContenderLost, int32(event.Reason)
		if event.Err != nil {
			heard.Message = event.Err.Error()
		}
	default:
		return nil, nil
	}
	return asOutputs(m.role.native.Hear(heard, now()))
}

// TakeSession gives the role an event of its client: its end is the end of the master.
func (m *Master) TakeSession(event tenure.SessionEvent) ([]Output, error) {
	if err := m.base().check(); err != nil {
		return nil, err
	}
	var heard native.Heard
	switch event.(type) {
	case tenure.SessionClosed:
		heard = native.Heard{Kind: native.EventSessionClosed, Message: "the client was closed"}
	case tenure.SessionAuthFailed:
		heard = native.Heard{Kind: native.EventSessionAuthFailed, Message: "ZooKeeper refused the credentials"}
	default:
		return nil, nil
	}
	return asOutputs(m.role.native.Hear(heard, now()))
}

func (m *Master) base() *role {
	if m == nil {
		return nil
	}
	return &m.role
}

// State is the state of the master; 0 once it is closed.
func (m *Master) State() State { return m.base().state() }

// Due is the instant by which the master wants its next Tick; 0 if it waits for no time. It changes with every input.
func (m *Master) Due() tenure.BootTime { return m.base().due() }

// Tick tells the master that time has passed: at the instant of Due, or at any other.
func (m *Master) Tick() ([]Output, error) { return m.base().tick(now()) }

// Leader is the other master that leads, to which requests go: none while this one leads itself, or knows none.
func (m *Master) Leader() (leader Leading, ok bool) { return m.base().leader() }

// TakeMaster gives the master an event of the detector of masters.
func (m *Master) TakeMaster(event MasterEvent) ([]Output, error) {
	return m.base().takeMaster(event, now())
}

// Close frees the master. It may be called again, and returns nil.
func (m *Master) Close() error { return m.base().close() }
