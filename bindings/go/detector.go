package tenure

import (
	"context"

	"tenure.example/tenure/internal/native"
)

// Detector follows the leader of a group without being a member.
type Detector struct {
	_      noCopy
	self   *Detector
	client *Client
	native *native.Detector
	events stream[DetectorEvent]
}

// Detector follows the leader of a group; the empty path is that of the client's URL. If the path does not exist, the
// detector waits for it. If the client's URL is a standalone leader's address, that is the leader for ever.
//
// Errors: [ErrInvalidArgument] for a path that ZooKeeper does not allow; [ErrClosed].
func (c *Client) Detector(path string) (*Detector, error) {
	detector := &Detector{client: c}
	detector.self = detector
	err := c.make(func() (uint64, handle, error) {
		made, err := c.native.NewDetector(path)
		if err != nil {
			return 0, nil, err
		}
		detector.native = made
		return made.ID(), detector, nil
	})
	if err != nil {
		return nil, err
	}
	return detector, nil
}

func (d *Detector) check() error {
	if d == nil || d.self != d {
		return misused("detector", "Client.Detector")
	}
	return nil
}

func (d *Detector) receive(from *native.Event) {
	if event := asDetectorEvent(from); event != nil {
		d.events.publish(event)
	}
}

func (d *Detector) abandon(LostReason) {
	d.events.end()
	d.native.Free()
}

// State is the current knowledge of the leader: a [DetectorLeader], [DetectorNone], [DetectorUnknown] (also before the
// first answer) or [DetectorFailed]; nil if the detector is closed.
func (d *Detector) State() DetectorEvent {
	if d.check() != nil {
		return nil
	}
	from := d.native.State()
	if from == nil {
		return nil
	}
	return asDetectorEvent(from)
}

// Leader is the leader, if it is known right now. It is not known while no server has answered for too long, and
// there may be none: [Detector.State] distinguishes them. Obey nobody then.
func (d *Detector) Leader() (leader Leader, ok bool) {
	state, ok := d.State().(DetectorLeader)
	return state.Leader, ok
}

// Watch gives a channel that always has the newest knowledge of the leader that was not received yet: the current one
// at first, then each change; a slow consumer misses what was between, never the newest. It is closed when the context
// ends or the detector is closed. With a nil context, or after Close, its only event is a [DetectorFailed] that says
// so. A channel costs no goroutine.
func (d *Detector) Watch(ctx context.Context) <-chan DetectorEvent {
	if err := d.usable(ctx); err != nil {
		return onlyEvent[DetectorEvent](DetectorFailed{Err: err})
	}
	return d.events.watch(ctx)
}

// Events gives each event of the detector, the newest state at first, until the context ends or the detector is
// closed; then the channel is closed. A consumer that is slower than the events loses old ones, never the newest.
// With a nil context, or after Close, its only event is a [DetectorFailed] that says so.
func (d *Detector) Events(ctx context.Context) <-chan DetectorEvent {
	if err := d.usable(ctx); err != nil {
		return onlyEvent[DetectorEvent](DetectorFailed{Err: err})
	}
	return d.events.listen(ctx)
}

func (d *Detector) usable(ctx context.Context) error {
	if err := d.check(); err != nil {
		return err
	}
	if ctx == nil {
		return invalid(noContext)
	}
	if d.events.isOver() {
		return closedError("detector")
	}
	return nil
}

// Close closes the detector and its channels. It may be called again, and returns nil.
func (d *Detector) Close() error {
	if err := d.check(); err != nil {
		return err
	}
	if d.client.forget(d.native.ID()) {
		d.abandon(LostClosed)
	}
	return nil
}

// onlyEvent gives a closed channel with one event.
func onlyEvent[E any](event E) <-chan E {
	only := make(chan E, 1)
	only <- event
	close(only)
	return only
}
