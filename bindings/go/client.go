package tenure

import (
	"context"
	"os"
	"sync"
	"time"

	"tenure.example/tenure/internal/native"
)

// Client is one ZooKeeper session, which connects by itself, reconnects, and is replaced when it expires.
// Contenders, detectors and groups are made from a client and share its session.
type Client struct {
	_      noCopy
	self   *Client
	native *native.Client

	// Held while a handle or a call is made, so that its first event finds it here; never while anything blocks.
	mu      sync.Mutex
	handles map[uint64]handle
	calls   map[uint64]chan<- native.Event
	closing uint64 // the call that closes the client; 0 before
	over    bool

	session stream[SessionEvent]
	done    chan struct{} // closed when no event will follow and everything is freed
	result  error         // of the closing; to be read after done
}

// handle is a contender, a detector or a group.
type handle interface {
	// receive takes an event of the handle.
	receive(*native.Event)
	// abandon ends the handle's channels, and frees it.
	abandon(LostReason)
}

// noCopy makes go vet report copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// Open opens a client and begins to connect. It does not wait for a connection, and a server that cannot be reached
// is no error: [Client.Events] reports each attempt.
//
// The URL says where the group is: zk://[user:password@]host[:port][,host[:port]...]/path as in Apache Mesos (IPv6
// in brackets, port 2181 by default); file:///path of a file that holds a URL; memory://name/path for a server inside
// this process (memory://name?server=KIND/path for one that behaves like another server: keeper, old-keeper or
// raftkeeper); a bare host:port, which is the leader itself. A text that surely is a mistake is refused.
//
// Errors: [ErrInvalidArgument] for a URL or an option that cannot work (the message never repeats a password);
// [ErrSystem] when the system refuses a thread or a file descriptor.
func Open(url string, options ...ClientOption) (*Client, error) {
	var its clientOptions
	for _, option := range options {
		if option == nil {
			return nil, invalid("an option of Open is nil; leave it out")
		}
		if err := option(&its); err != nil {
			return nil, err
		}
	}
	opened, err := native.OpenClient(url, its.native)
	if err != nil {
		return nil, wrap(err)
	}
	return start(opened)
}

// start passes on the events of a client that was just opened.
func start(opened *native.Client) (*Client, error) {
	queue, err := opened.Queue()
	if err == nil {
		// A file that the poller does not know would hold a thread.
		err = queue.SetReadDeadline(time.Time{})
	}
	if err != nil {
		if queue != nil {
			queue.Close()
		}
		opened.Free()
		return nil, wrap(err)
	}
	client := &Client{
		native:  opened,
		handles: make(map[uint64]handle),
		calls:   make(map[uint64]chan<- native.Event),
		done:    make(chan struct{}),
	}
	client.self = client
	go client.pump(queue)
	return client, nil
}

// pump passes the events of the queue on, until the client was closed and the last one was passed on. The
// runtime's poller wakes it: no thread waits.
func (c *Client) pump(queue *os.File) {
	reader := c.native.Reader()
	wait, err := queue.SyscallConn()
	if err == nil {
		// The descriptor is never read: it stays readable until the queue is empty.
		err = wait.Read(func(uintptr) bool { return c.drain(reader) })
	}
	queue.Close()
	c.finish(err)
}

// drain passes on all events that wait now, and says whether none will follow.
func (c *Client) drain(reader *native.Reader) bool {
	for {
		event, ok, over := reader.Next()
		if !ok {
			return over
		}
		c.dispatch(&event)
	}
}

func (c *Client) dispatch(event *native.Event) {
	c.mu.Lock()
	its, call, closing := c.handles[event.Source], c.calls[event.Call], c.closing
	if call != nil {
		delete(c.calls, event.Call)
	}
	c.mu.Unlock()
	switch {
	case event.Call != 0 && event.Call == closing:
		c.result = asError(event)
	case event.Call != 0:
		if call != nil {
			call <- *event // it has room for the one event
		}
	case event.Source == c.native.ID():
		if news := asSessionEvent(event); news != nil {
			c.session.publish(news)
		}
	case its != nil:
		its.receive(event)
	}
}

// finish frees everything at the end of the queue.
func (c *Client) finish(err error) {
	if err != nil {
		c.result = &Error{ErrSystem, "the queue of events broke: " + err.Error()}
	}
	c.mu.Lock()
	c.over = true
	handles, calls := c.handles, c.calls
	c.handles, c.calls = nil, nil
	c.mu.Unlock()
	for _, its := range handles {
		its.abandon(LostClosed)
	}
	for _, call := range calls {
		close(call)
	}
	c.session.end()
	c.native.Free()
	close(c.done)
}

func (c *Client) check() error {
	if c == nil || c.self != c {
		return misused("client", "Open")
	}
	return nil
}

// Path is the path of the client's URL: the default group. It is empty for a client that [Open] did not make.
func (c *Client) Path() string {
	if c.check() != nil {
		return ""
	}
	return c.native.Path()
}

// State is the newest event that describes the state of the session; nil before the first.
func (c *Client) State() SessionEvent {
	if c.check() != nil {
		return nil
	}
	state, _, _ := c.session.look()
	return state
}

// Events gives the events of the session: the newest state at first, then each event, until the context ends or the
// client is closed; then the channel is closed. A consumer that is slower than the events loses old ones, never the
// newest. With a nil context the channel is closed at once.
func (c *Client) Events(ctx context.Context) <-chan SessionEvent {
	if c.check() != nil || ctx == nil {
		return closedChannel[SessionEvent]()
	}
	return c.session.listen(ctx)
}

// Close ends the session in order: all leaderships end at once (their contexts before the server knows), then a
// server is notified, so that every znode of the session is gone when it returns nil. It keeps trying for one
// session timeout, and may be called again, by any goroutines.
//
// Errors: [ErrTimeout] when no server could be notified: the znodes are gone when the session times out at the latest.
func (c *Client) Close() error { return c.Shutdown(context.Background()) }

// Shutdown is [Client.Close], and returns the context's error when that ends first; the closing goes on.
func (c *Client) Shutdown(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	if ctx == nil {
		return invalid(noContext)
	}
	c.mu.Lock()
	for _, its := range c.handles {
		if contender, ok := its.(*Contender); ok {
			contender.stop(LostClosed)
		}
	}
	var err error
	if c.closing == 0 && !c.over {
		c.closing, err = c.native.StartClose()
	}
	c.mu.Unlock()
	if err != nil {
		return wrap(err)
	}
	select {
	case <-c.done:
		return c.result
	case <-ctx.Done():
	}
	select {
	case <-c.done: // it ended first
		return c.result
	default:
		return ctx.Err()
	}
}

// make makes a handle by start, which gives its number too, and takes it in before its first event.
func (c *Client) make(start func() (uint64, handle, error)) error {
	if err := c.check(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return closedError("client")
	}
	id, its, err := start()
	if err != nil {
		return wrap(err)
	}
	c.handles[id] = its
	return nil
}

// forget stops passing events to a handle. It says whether it was there.
func (c *Client) forget(id uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, there := c.handles[id]
	delete(c.handles, id)
	return there
}

// call begins a call by start, and waits for its end or the context's, which gives it up. If the context has ended
// already, nothing begins.
func (c *Client) call(ctx context.Context, start func() (uint64, error)) (*native.Event, error) {
	if ctx == nil {
		return nil, invalid(noContext)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.leave(ctx, start)
}

// leave is a call that leaves a group, which begins in any case: a membership must not live on because the context of
// the call that was to end it has ended.
func (c *Client) leave(ctx context.Context, start func() (uint64, error)) (*native.Event, error) {
	if ctx == nil {
		return nil, invalid(noContext)
	}
	ended := make(chan native.Event, 1)
	c.mu.Lock()
	if c.over {
		c.mu.Unlock()
		return nil, closedError("client")
	}
	id, err := start()
	if err == nil {
		c.calls[id] = ended
	}
	c.mu.Unlock()
	if err != nil {
		return nil, wrap(err)
	}
	select {
	case event, ok := <-ended:
		return result(&event, ok)
	case <-ctx.Done():
	}
	if c.native.GiveUp(id) {
		c.mu.Lock()
		delete(c.calls, id)
		c.mu.Unlock()
		return nil, ctx.Err()
	}
	// It ended at the same moment, and its event is under way: without it a join would leave a member behind.
	event, ok := <-ended
	return result(&event, ok)
}

func result(event *native.Event, ok bool) (*native.Event, error) {
	if !ok {
		return nil, closedError("client")
	}
	return event, asError(event)
}

func closedChannel[E any]() <-chan E {
	closed := make(chan E)
	close(closed)
	return closed
}
