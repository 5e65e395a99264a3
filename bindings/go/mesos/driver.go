package mesos

import (
	"context"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/internal/native"
)

// DriverOptions are the options of a scheduler driver; zero is the default of each, which is that of Mesos.
type DriverOptions struct {
	// ID of a framework that fails over: another instance of the scheduler had it.
	ID string
	// Backoff: the first attempt to register comes after a random part of it, later ones after a random part of twice,
	// four times, … it. 1 ms to 15 min; 2 s by default.
	Backoff time.Duration
	// FailoverTimeout is the time after which the master removes the framework of a scheduler that is away; a tenth of
	// it, at most 1 min, is the longest span between attempts. Up to 10 years; none by default, and then that is 1 min.
	FailoverTimeout time.Duration
	// Seed of the random delays; a random one by default.
	Seed int64
}

// Driver is the role of a scheduler driver: it registers a framework with the leader, and passes on messages of the
// leader alone. All methods may be called from any goroutine.
type Driver struct{ role role }

// NewDriver makes a driver that knows no leader yet.
//
// Errors: [tenure.ErrInvalidArgument] for an option that is out of its range.
func NewDriver(options DriverOptions) (*Driver, error) {
	var its numbers
	its.its.ID = options.ID
	its.span("backoff", native.OptionBackoffMS, options.Backoff)
	its.span("failover timeout", native.OptionFailoverTimeoutMS, options.FailoverTimeout)
	its.number(native.OptionSeed, options.Seed)
	made, err := newRole(native.KindDriver, its)
	if err != nil {
		return nil, err
	}
	return &Driver{made}, nil
}

// Accepts says whether a message of this sender is for the scheduler: the framework is registered, and the sender is the
// leader.
func (d *Driver) Accepts(sender Sender) bool {
	return d.base().check() == nil && d.role.native.Accepts(sender.Address, sender.Token)
}

// Registered: a master has registered the framework, for the first time or again.
func (d *Driver) Registered(from Sender, id string) ([]Output, error) {
	if err := d.base().check(); err != nil {
		return nil, err
	}
	return asOutputs(d.role.native.Registered(from.Address, from.Token, id, -1, now()))
}

// Error: a master ends the framework.
func (d *Driver) Error(from Sender, why string) ([]Output, error) {
	if err := d.base().check(); err != nil {
		return nil, err
	}
	return asOutputs(d.role.native.Refused(from.Address, from.Token, why, now()))
}

// LinkLost: the connection to the leader broke.
func (d *Driver) LinkLost() ([]Output, error) {
	if err := d.base().check(); err != nil {
		return nil, err
	}
	return asOutputs(d.role.native.LinkLost(now()))
}

// Call: the scheduler makes a call; the output says where it goes.
func (d *Driver) Call(call Call) ([]Output, error) {
	if err := d.base().check(); err != nil {
		return nil, err
	}
	return asOutputs(d.role.native.Call(int32(call), now()))
}

// Stop: the scheduler stops the driver.
func (d *Driver) Stop() ([]Output, error) {
	if err := d.base().check(); err != nil {
		return nil, err
	}
	return asOutputs(d.role.native.Shutdown("", 0, now()))
}

func (d *Driver) base() *role {
	if d == nil {
		return nil
	}
	return &d.role
}

// State is the state of the driver; 0 once it is closed.
func (d *Driver) State() State { return d.base().state() }

// Due is the instant by which the driver wants its next Tick; 0 if it waits for no time. It changes with every input.
func (d *Driver) Due() tenure.BootTime { return d.base().due() }

// Tick tells the driver that time has passed: at the instant of Due, or at any other.
func (d *Driver) Tick() ([]Output, error) { return d.base().tick(now()) }

// Leader is the leader that the driver knows.
func (d *Driver) Leader() (leader Leading, ok bool) { return d.base().leader() }

// TakeMaster gives the driver an event of the detector of masters.
func (d *Driver) TakeMaster(event MasterEvent) ([]Output, error) {
	return d.base().takeMaster(event, now())
}

// Follow gives the driver each event of a detector and each tick that is due, and calls carryOut with each output, until
// the context ends, the detector is closed, or the driver has stopped (after its [OutputStop]). It blocks, and calls from
// this goroutine alone. Messages may be given to the driver by others meanwhile: their outputs are their caller's.
//
// Errors: the context's; [tenure.ErrClosed]; [tenure.ErrInvalidArgument] for nil. Nil once the driver has stopped.
func (d *Driver) Follow(ctx context.Context, detector *MasterDetector, carryOut func(Output)) error {
	return d.base().follow(ctx, detector, carryOut)
}

// Close frees the driver. It may be called again, and returns nil.
func (d *Driver) Close() error { return d.base().close() }
