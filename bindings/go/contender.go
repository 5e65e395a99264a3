package tenure

import (
	"context"
	"sync"

	"tenure.example/tenure/internal/native"
)

// Contender is one candidacy after another for the leadership of a group.
type Contender struct {
	_       noCopy
	self    *Contender
	client  *Client
	native  *native.Contender
	reenrol Reenrol

	events stream[ContenderEvent]

	mu sync.Mutex
	// The leadership that the newest events name; nil between leaderships. [Leadership.IsLeading] is the truth.
	current *Leadership
	resigns bool // no leadership begins from now on
}

// Contender contends for the leadership of a group, that of the client's URL unless [WithPath] names another. It
// creates an ephemeral sequential znode, and leads when that is the oldest and the contender has a lease. The call
// waits for neither. The contender leads on until [Contender.Resign], [Contender.Close] or [Client.Close], and by
// default enrols again after each loss.
//
// Errors: [ErrInvalidArgument] for a path or label that ZooKeeper does not allow, for a payload over 1,000,000 bytes,
// for a lease or a time to fail over that is out of its range or does not go with the other options, and where the
// client's URL is a standalone leader's address; [ErrClosed].
func (c *Client) Contender(options ...ContenderOption) (*Contender, error) {
	var its native.ContenderOptions
	for _, option := range options {
		if option == nil {
			return nil, invalid("an option of Contender is nil; leave it out")
		}
		if err := option(&its); err != nil {
			return nil, err
		}
	}
	contender := &Contender{client: c, reenrol: Reenrol(its.Reenrol)}
	contender.self = contender
	err := c.make(func() (uint64, handle, error) {
		made, err := c.native.NewContender(its)
		if err != nil {
			return 0, nil, err
		}
		contender.native = made
		return made.ID(), contender, nil
	})
	if err != nil {
		return nil, err
	}
	return contender, nil
}

func (c *Contender) check() error {
	if c == nil || c.self != c {
		return misused("contender", "Client.Contender")
	}
	return nil
}

// receive takes an event. A leadership is known here from the event that reports it to the event of its loss.
func (c *Contender) receive(from *native.Event) {
	event := asContenderEvent(from)
	if event == nil {
		return
	}
	switch event := event.(type) {
	case ContenderLeading:
		c.begin(event.Member)
	case ContenderJeopardy: // the event of the beginning may have been dropped
		c.begin(event.Member)
	case ContenderLost:
		c.end(&LostError{event.Reason, event.Err})
	}
	c.events.publish(event)
}

func (c *Contender) begin(member Member) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resigns || (c.current != nil && c.current.member == member) {
		return
	}
	if c.current != nil {
		c.current.end(&LostError{Reason: LostLeaseLapsed})
	}
	c.current = newLeadership(c, member)
}

// end ends the leadership, if there is one: its contexts are cancelled when it returns.
func (c *Contender) end(lost *LostError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil {
		c.current.end(lost)
		c.current = nil
	}
}

// stop ends the leadership, and lets no other begin.
func (c *Contender) stop(reason LostReason) {
	c.mu.Lock()
	c.resigns = true
	c.mu.Unlock()
	c.end(&LostError{Reason: reason})
}

func (c *Contender) abandon(reason LostReason) {
	c.stop(reason)
	c.events.end()
	c.native.Free()
}

// IsLeading says whether this contender leads, right now: it compares the boot-time clock with the end of the lease
// at each call. Ask before each action that only the leader may take.
func (c *Contender) IsLeading() bool { return c.check() == nil && c.native.Leading() != 0 }

// Leadership is the leadership that is valid right now; nil if this contender does not lead, or the event that
// reports the beginning is still under way.
func (c *Contender) Leadership() *Leadership {
	if c.check() != nil {
		return nil
	}
	c.mu.Lock()
	current := c.current
	c.mu.Unlock()
	if current == nil || !current.IsLeading() {
		return nil
	}
	return current
}

// Lead waits until this contender leads, and gives the leadership and a context for the work of the leader. That
// context is derived from ctx, and cancelled at the loss: context.Cause of it is then a [*LostError], so that
// errors.Is(context.Cause(leadCtx), [ErrLost]) holds. Its Deadline is the end of the lease at that instant, which
// moves on with each renewal.
//
// A request that takes leadCtx so ends with the lease that is proven now. But a context that is derived from it with
// a later deadline gets no timer of its own (package context takes a deadline to be final): for work with a timeout
// longer than a lease use context.WithTimeout([Leadership.Context](ctx), ...), which is cancelled at the loss too.
//
// The end of ctx ends the wait or leadCtx; the contender goes on to contend or to lead. To limit the wait only, use
// [Contender.WaitLeading].
//
// Errors: as those of WaitLeading.
func (c *Contender) Lead(ctx context.Context) (leadCtx context.Context, leadership *Leadership, err error) {
	leadership, err = c.WaitLeading(ctx)
	if err != nil {
		return nil, nil, err
	}
	return leadership.lead(ctx), leadership, nil
}

// WaitLeading waits until this contender leads.
//
// Errors: the context's; a [*LostError] when no candidacy will follow: resigned, closed, failed (what prevents the
// creation of its znode is then its Err), or lost with [ReenrolNever]; [ErrClosed] after [Contender.Close].
func (c *Contender) WaitLeading(ctx context.Context) (*Leadership, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if ctx == nil {
		return nil, invalid(noContext)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// Events that come from here on close changed.
		state, _, changed := c.events.look()
		if leadership := c.Leadership(); leadership != nil {
			return leadership, nil
		}
		if lost, ok := state.(ContenderLost); ok && c.isFinal(lost.Reason) {
			return nil, &LostError{lost.Reason, lost.Err}
		}
		if changed == nil {
			return nil, closedError("contender")
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// isFinal says whether no candidacy follows a loss with this reason.
func (c *Contender) isFinal(reason LostReason) bool {
	return !reason.isInvoluntary() || c.reenrol == ReenrolNever
}

// State is the newest event that describes the state of the contender; nil before the first. It is news;
// [Contender.IsLeading] is the truth.
func (c *Contender) State() ContenderEvent {
	if c.check() != nil {
		return nil
	}
	state, _, _ := c.events.look()
	return state
}

// Events gives the events of the contender: the newest state at first, then each event, until the context ends or
// the contender is closed; then the channel is closed. A consumer that is slower than the events loses old ones, but
// neither the newest nor a [ContenderLost]. With a nil context the channel is closed at once.
func (c *Contender) Events(ctx context.Context) <-chan ContenderEvent {
	if c.check() != nil || ctx == nil {
		return closedChannel[ContenderEvent]()
	}
	return c.events.listen(ctx)
}

// Resign ends the candidacy (withdraw, in other languages): the leadership ends and its contexts are cancelled at
// once, and Resign returns when the znode is gone. removed is true if this contender deleted its znode, false if
// there was nothing left to delete. The contender does not enrol again. Resign may be called again.
//
// Errors: the context's, and the withdrawal goes on; [ErrClosed]; [ErrNoAuth] when an ACL forbids to delete the znode,
// which then ends with the session.
func (c *Contender) Resign(ctx context.Context) (removed bool, err error) {
	if err := c.check(); err != nil {
		return false, err
	}
	if ctx == nil {
		return false, invalid(noContext)
	}
	c.stop(LostWithdrawn)
	event, err := c.client.leave(ctx, c.native.StartWithdraw)
	if err != nil {
		return false, err
	}
	return event.Result, nil
}

// SetData changes the payload of the znode, and of the znodes of later candidacies. Without a connection it waits for
// one; if several changes wait, the last one counts. What another party writes to the znode is replaced by this payload.
// written is true when the znode has the payload, false when there is no znode now. The bytes are copied.
//
// Errors: the context's, and the change may still happen; [ErrInvalidArgument] for more than 1,000,000 bytes;
// [ErrNoAuth]; [ErrClosed].
func (c *Contender) SetData(ctx context.Context, data []byte) (written bool, err error) {
	if err := c.check(); err != nil {
		return false, err
	}
	event, err := c.client.call(ctx, func() (uint64, error) { return c.native.StartSetData(data) })
	if err != nil {
		return false, err
	}
	return event.Result, nil
}

// Close ends the leadership at once, and deletes the znode in the background; call [Contender.Resign] before to be
// sure that it is gone. It may be called again, and returns nil.
func (c *Contender) Close() error {
	if err := c.check(); err != nil {
		return err
	}
	if c.client.forget(c.native.ID()) {
		c.abandon(LostWithdrawn)
	}
	return nil
}
