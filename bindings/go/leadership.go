package tenure

import (
	"context"
	"sync"
	"time"
)

// Leadership is one leadership of a contender, from its beginning to its loss. Another one of the same contender has
// another token. A copy of one does not lead.
type Leadership struct {
	_         noCopy
	self      *Leadership
	contender *Contender
	member    Member
	done      chan struct{}

	// The context that nothing but the loss ends: one for all who ask, for the leadership may last for months.
	once       sync.Once
	background context.Context

	mu       sync.Mutex
	err      *LostError
	leaseEnd time.Time // as far as known
	contexts map[*leadContext]func()
}

func newLeadership(contender *Contender, member Member) *Leadership {
	leadership := &Leadership{contender: contender, member: member, done: make(chan struct{})}
	leadership.self = leadership
	return leadership
}

// isNone says whether this is nil, empty or a copy, whose contexts nobody would cancel: it counts as lost.
func (l *Leadership) isNone() bool { return l == nil || l.self != l }

// Token is the fencing token: a number that only rises from leadership to leadership. Send it with each write, and
// make the storage refuse a lower one than it has seen.
func (l *Leadership) Token() uint64 {
	if l.isNone() {
		return 0
	}
	return l.member.Token
}

// Member is the leader's znode.
func (l *Leadership) Member() Member {
	if l.isNone() {
		return Member{}
	}
	return l.member
}

// IsLeading says whether this leadership is valid, right now: it compares the boot-time clock with the end of the
// lease at each call, takes no lock and never blocks. A process that was stopped for a minute gets false from its
// first call afterwards. Ask before each action that only the leader may take.
func (l *Leadership) IsLeading() bool {
	if l.isNone() {
		return false
	}
	// 0 is no token.
	token := l.contender.native.Leading()
	return token != 0 && token == l.member.Token
}

// Err is nil while the leadership is valid right now, and then why it ended: a [*LostError]. Where the loss was not
// reported yet, its reason is [LostLeaseLapsed].
func (l *Leadership) Err() error {
	if l.isNone() {
		return &LostError{Reason: LostClosed}
	}
	l.mu.Lock()
	lost := l.err
	l.mu.Unlock()
	if lost != nil {
		return lost
	}
	if !l.IsLeading() {
		return &LostError{Reason: LostLeaseLapsed}
	}
	return nil
}

// Done is closed when the loss is reported. That is news, which a goroutine gets when the scheduler lets it run;
// [Leadership.IsLeading] decides.
func (l *Leadership) Done() <-chan struct{} {
	if l.isNone() {
		return closedChannel[struct{}]()
	}
	return l.done
}

// LeaseEnd is the end of the lease, unless it is renewed before; once the leadership is over, the end that was known
// last. Go's clock stands still while the machine sleeps and leases do not: [Leadership.IsLeading] decides.
func (l *Leadership) LeaseEnd() time.Time {
	if l.isNone() {
		return time.Time{}
	}
	// Read before the lease is: the goroutine may be stopped between, and must not give a later end.
	now := time.Now()
	token, left := l.contender.native.Lease()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil && token == l.member.Token {
		l.leaseEnd = now.Add(left)
	} else if l.leaseEnd.IsZero() {
		l.leaseEnd = now
	}
	return l.leaseEnd
}

// Context derives a context that is cancelled at the loss, like that of [Contender.Lead], and has no other deadline
// than its parent. A nil parent stands for context.Background().
func (l *Leadership) Context(parent context.Context) context.Context {
	if parent == nil {
		parent = context.Background()
	}
	if l.isNone() {
		ended, cancel := withCause(parent)
		cancel(&LostError{Reason: LostClosed})
		return ended
	}
	if parent != context.Background() {
		return l.derive(parent).Context
	}
	l.once.Do(func() { l.background = l.derive(parent).Context })
	return l.background
}

// lead derives the context of Lead.
func (l *Leadership) lead(parent context.Context) context.Context { return l.derive(parent) }

func (l *Leadership) derive(parent context.Context) *leadContext {
	inner, cancel := withCause(parent)
	derived := &leadContext{inner, l}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		cancel(l.err)
		return derived
	}
	if l.contexts == nil {
		l.contexts = make(map[*leadContext]func(), 1)
	}
	// The leadership may last for months and the parent for a request.
	stop := afterDone(parent, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.contexts, derived)
	})
	l.contexts[derived] = func() {
		stop()
		cancel(l.err)
	}
	return derived
}

// end reports the loss: all contexts are cancelled when it returns.
func (l *Leadership) end(lost *LostError) {
	l.mu.Lock()
	if l.err != nil {
		l.mu.Unlock()
		return
	}
	l.err = lost
	contexts := l.contexts
	l.contexts = nil
	l.mu.Unlock()
	for _, cancel := range contexts {
		cancel()
	}
	close(l.done)
}

// leadContext is the context of Lead: its deadline moves on with the lease.
type leadContext struct {
	context.Context
	leadership *Leadership
}

func (c *leadContext) Deadline() (time.Time, bool) {
	end := c.leadership.LeaseEnd()
	if own, ok := c.Context.Deadline(); ok && own.Before(end) {
		return own, true
	}
	return end, true
}
