package mesos

import (
	"context"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/internal/bridge"
	"tenure.example/tenure/internal/native"
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
	heard := native.Heard{Kind: native.EventDetectorUnknown}
	switch event := event.(type) {
	case MasterLeads:
		if event.Info == nil {
			return nil, invalid("the MasterInfo of the event is nil")
		}
		heard = native.Heard{Kind: native.EventDetectorLeader, Address: event.Info.Address, Path: event.Member.Path,
			Token: event.Member.Token}
	case NoMaster:
		heard.Kind = native.EventDetectorNone
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
