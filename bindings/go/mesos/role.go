package mesos

import (
	"context"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/internal/bridge"
	"tenure.example/tenure/internal/native"
)

// The kinds of roles: tenure_role_kind.
const (
	kindMaster int32 = 1
	kindAgent  int32 = 2
	kindDriver int32 = 3
)

// The options of roles: tenure_role_option.
const (
	optionSeed                     int32 = 1
	optionBackoffMS                int32 = 2
	optionBackoffMaxMS             int32 = 3
	optionPingTimeoutMS            int32 = 4
	optionFailoverTimeoutMS        int32 = 5
	optionAgentPingTimeoutMS       int32 = 6
	optionMaxAgentPingTimeouts     int32 = 7
	optionAgentReregisterTimeoutMS int32 = 8
	optionAgentRemovals            int32 = 9
	optionAgentRemovalsEachMS      int32 = 10
)

// The kinds of events that a role hears: tenure_event_kind.
const (
	eventSessionAuthFailed  int32 = 6
	eventSessionClosed      int32 = 7
	eventContenderEnrolling int32 = 20
	eventContenderEnrolled  int32 = 21
	eventContenderStandby   int32 = 22
	eventContenderLeading   int32 = 23
	eventContenderJeopardy  int32 = 24
	eventContenderLost      int32 = 25
	eventDetectorUnknown    int32 = 40
	eventDetectorNone       int32 = 41
	eventDetectorLeader     int32 = 42
)

// numbers collects the options of a role that are not zero.
type numbers struct {
	its native.RoleOptions
	err error
}

func (n *numbers) number(option int32, value int64) {
	if value == 0 {
		return
	}
	if n.its.Numbers == nil {
		n.its.Numbers = make(map[int32]int64)
	}
	n.its.Numbers[option] = value
}

func (n *numbers) span(name string, option int32, value time.Duration) {
	if value%time.Millisecond != 0 {
		n.err = invalid("the " + name + " " + value.String() + " is not of whole milliseconds")
		return
	}
	n.number(option, value.Milliseconds())
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return bridge.Wrap(err)
}

func now() uint64 { return native.BootTime() }

// role is the part that all roles share.
type role struct{ native *native.Role }

func newRole(kind int32, options numbers) (role, error) {
	if options.err != nil {
		return role{}, options.err
	}
	made, err := native.NewRole(kind, options.its)
	if err != nil {
		return role{}, wrap(err)
	}
	return role{made}, nil
}

func (r *role) check() error {
	if r == nil || r.native == nil {
		return invalid("this role is nil or empty; use the pointer that its New function returned")
	}
	return nil
}

func (r *role) state() State {
	if r.check() != nil {
		return 0
	}
	return State(r.native.State())
}

func (r *role) due() tenure.BootTime {
	if r.check() != nil {
		return 0
	}
	return tenure.BootTime(r.native.Due())
}

func (r *role) tick(now uint64) ([]Output, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return asOutputs(r.native.Tick(now))
}

func (r *role) leader() (leader Leading, ok bool) {
	if r.check() != nil {
		return Leading{}, false
	}
	found := r.native.Leader()
	if found == nil {
		return Leading{}, false
	}
	return Leading{found.Address, found.Path, found.Token}, true
}

func (r *role) close() error {
	if err := r.check(); err != nil {
		return err
	}
	r.native.Free()
	return nil
}

func (r *role) takeMaster(event MasterEvent, now uint64) ([]Output, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	heard := native.Heard{Kind: eventDetectorUnknown}
	switch event := event.(type) {
	case MasterLeads:
		if event.Info == nil {
			return nil, invalid("the MasterInfo of the event is nil")
		}
		heard = native.Heard{Kind: eventDetectorLeader, Address: event.Info.Address, Path: event.Member.Path,
			Token: event.Member.Token}
	case NoMaster:
		heard.Kind = eventDetectorNone
	case MasterUndecodable: // nobody can talk to it
	case MasterUnknown, MasterFailed:
	case nil, MasterNews:
		return nil, nil
	}
	return asOutputs(r.native.Hear(heard, now))
}

// follow gives the role all events and ticks, until its end.
func (r *role) follow(ctx context.Context, detector *MasterDetector, carryOut func(Output)) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := detector.check(); err != nil {
		return err
	}
	if ctx == nil {
		return invalid(noContext)
	}
	if carryOut == nil {
		return invalid("the function for outputs is nil")
	}
	changes := detector.Detector.Watch(ctx)
	// Other goroutines' messages change the due time, too: it is read again after this at the latest.
	const look = 100 * time.Millisecond
	timer := time.NewTimer(look)
	defer timer.Stop()
	for {
		var outputs []Output
		var err error
		select {
		case event, ok := <-changes:
			if !ok {
				if err := ctx.Err(); err != nil {
					return err
				}
				return &tenure.Error{Kind: tenure.ErrClosed, Message: "the detector was closed"}
			}
			outputs, err = r.takeMaster(MasterEventOf(event), now())
		case <-timer.C:
			if due := r.due(); due != 0 && due.Until() <= 0 {
				outputs, err = r.tick(now())
			}
		}
		if err != nil {
			return err
		}
		for _, output := range outputs {
			carryOut(output)
		}
		if r.state() == StateStopped {
			return nil
		}
		pause := look
		if due := r.due(); due != 0 && due.Until() < pause {
			pause = due.Until()
		}
		if !timer.Stop() {
			select {
			case <-timer.C:
			default:
			}
		}
		if pause < 0 {
			pause = 0
		}
		timer.Reset(pause)
	}
}
