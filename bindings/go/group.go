package tenure

import (
	"context"

	"tenure.example/tenure/internal/native"
)

// Group has the members of a group, and the memberships that were joined through it.
type Group struct {
	_      noCopy
	self   *Group
	client *Client
	native *native.Group
	events stream[GroupEvent]
}

// Group opens a group; the empty path is that of the client's URL. This sends nothing.
//
// Errors: [ErrInvalidArgument] for a path that ZooKeeper does not allow, and where the client's URL is a standalone
// leader's address; [ErrClosed].
func (c *Client) Group(path string) (*Group, error) {
	group := &Group{client: c}
	group.self = group
	err := c.make(func() (uint64, handle, error) {
		made, err := c.native.NewGroup(path)
		if err != nil {
			return 0, nil, err
		}
		group.native = made
		return made.ID(), group, nil
	})
	if err != nil {
		return nil, err
	}
	return group, nil
}

func (g *Group) check() error {
	if g == nil || g.self != g {
		return misused("group", "Client.Group")
	}
	return nil
}

func (g *Group) receive(from *native.Event) {
	if event := asGroupEvent(from); event != nil {
		g.events.publish(event)
	}
}

func (g *Group) abandon(LostReason) {
	g.events.end()
	g.native.Free()
}

// call begins a call by start, and waits for its end or the context's.
func (g *Group) call(ctx context.Context, start func() (uint64, error)) (*native.Event, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	return g.client.call(ctx, start)
}

// onMember is a call on a member whose result is yes or no.
func (g *Group) onMember(ctx context.Context, start func() (uint64, error)) (bool, error) {
	event, err := g.call(ctx, start)
	if err != nil {
		return false, err
	}
	return event.Result, nil
}

// Join joins: it creates an ephemeral sequential znode with this payload; the label is the part of its name before
// "_", the empty label none. Without a connection it waits for one. A join that the context gives up is undone. The
// membership lives until [Group.Cancel], the end of the session, or [Group.Close]. The bytes are copied.
//
// Errors: the context's; [ErrInvalidArgument] for a label that ZooKeeper does not allow and more than 1,000,000 bytes;
// [ErrNoAuth]; [ErrServer]; [ErrSessionExpired]; [ErrClosed].
func (g *Group) Join(ctx context.Context, data []byte, label string) (Member, error) {
	event, err := g.call(ctx, func() (uint64, error) { return g.native.StartJoin(data, label) })
	if err != nil {
		return Member{}, err
	}
	return asMember(event.Member), nil
}

// Cancel leaves: it deletes the znode of a member that this group joined, and returns when that is gone. removed is
// true only if this call removed it, false for a member that this group did not join or that is gone already.
//
// Errors: the context's, and the leaving goes on; [ErrNoAuth] when an ACL forbids the deletion; [ErrClosed].
func (g *Group) Cancel(ctx context.Context, member Member) (removed bool, err error) {
	if err := g.check(); err != nil {
		return false, err
	}
	event, err := g.client.leave(ctx, func() (uint64, error) { return g.native.StartCancel(native.Member(member)) })
	if err != nil {
		return false, err
	}
	return event.Result, nil
}

// Evict deletes the znode of any member of the group. A znode of the same name that is not this member is not touched.
// If the member leads, its server notifies it at once; in the worst case (it is cut off at the same moment) it still
// takes itself for the leader until its lease ends, while another leads already. removed is true if the member existed
// and this call removed it.
//
// Errors: the context's, and an eviction that has begun goes on; [ErrNoAuth] when an ACL forbids the deletion;
// [ErrClosed].
func (g *Group) Evict(ctx context.Context, member Member) (removed bool, err error) {
	return g.onMember(ctx, func() (uint64, error) { return g.native.StartEvict(native.Member(member)) })
}

// Cancelled waits for the end of any member of the group; it succeeds also if the member is gone already. byUs is true
// if this group cancelled it, which only a call that waited knows; false for every other end.
//
// Errors: the context's; [ErrClosed].
func (g *Group) Cancelled(ctx context.Context, member Member) (byUs bool, err error) {
	return g.onMember(ctx, func() (uint64, error) { return g.native.StartCancelled(native.Member(member)) })
}

// Data reads the payload of any member of the group. ok is false when the member is gone.
//
// Errors: the context's; [ErrNoAuth]; [ErrClosed].
func (g *Group) Data(ctx context.Context, member Member) (data []byte, ok bool, err error) {
	event, err := g.call(ctx, func() (uint64, error) { return g.native.StartData(native.Member(member)) })
	if err != nil {
		return nil, false, err
	}
	return event.Data, event.Data != nil, nil
}

// SetData changes the payload of a member that this group joined. Without a connection it waits for one; if several
// changes wait, the last one counts. What another party writes to its znode is replaced by this payload. written is
// true when its znode has the payload, false when this group did not join the member or it is gone. The bytes are
// copied.
//
// Errors: the context's, and the change may still happen; [ErrInvalidArgument] for more than 1,000,000 bytes;
// [ErrNoAuth]; [ErrClosed].
func (g *Group) SetData(ctx context.Context, member Member, data []byte) (written bool, err error) {
	return g.onMember(ctx, func() (uint64, error) { return g.native.StartSetData(native.Member(member), data) })
}

// Members lists all members now, oldest first; none for a path that does not exist.
//
// Errors: the context's; [ErrNoAuth]; [ErrClosed].
func (g *Group) Members(ctx context.Context) ([]Member, error) {
	event, err := g.call(ctx, func() (uint64, error) { return g.native.StartMembers() })
	if err != nil {
		return nil, err
	}
	return asMembers(event.Members), nil
}

// Watch gives a channel that always has the newest knowledge of the members that was not received yet: the current one
// as soon as it is known, then each change, oldest member first; a slow consumer misses what was between, never the
// newest. It is closed when the context ends or the group is closed. With a nil context, or after Close, its only
// event is a [GroupFailed] that says so. A channel costs no goroutine.
func (g *Group) Watch(ctx context.Context) <-chan GroupEvent {
	if err := g.startWatch(ctx); err != nil {
		return onlyEvent[GroupEvent](GroupFailed{Err: err})
	}
	return g.events.watch(ctx)
}

// Events gives each event of the group, the newest state at first, and each [GroupMembershipLost], until the context
// ends or the group is closed; then the channel is closed. A consumer that is slower than the events loses old ones,
// but neither the newest nor a GroupMembershipLost. With a nil context, or after Close, its only event is a
// [GroupFailed] that says so.
func (g *Group) Events(ctx context.Context) <-chan GroupEvent {
	if err := g.startWatch(ctx); err != nil {
		return onlyEvent[GroupEvent](GroupFailed{Err: err})
	}
	return g.events.listen(ctx)
}

func (g *Group) startWatch(ctx context.Context) error {
	if err := g.check(); err != nil {
		return err
	}
	if ctx == nil {
		return invalid(noContext)
	}
	return wrap(g.native.StartWatch())
}

// Close closes the group and its channels, and gives up in the background the memberships that were joined through
// it; call [Group.Cancel] before to be sure that they are gone. It may be called again, and returns nil.
func (g *Group) Close() error {
	if err := g.check(); err != nil {
		return err
	}
	if g.client.forget(g.native.ID()) {
		g.abandon(LostClosed)
	}
	return nil
}
