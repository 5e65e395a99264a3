package tenure

import (
	"fmt"
	"strings"
	"time"
)

// Without these methods, package fmt would read the fields of a handle while other goroutines change them.

// show writes a handle with its newest event, in the words of Python's repr.
func (s *stream[E]) show(name string, words ...string) string {
	state, has, changed := s.look()
	switch {
	case changed == nil:
		words = append(words, "closed")
	case has:
		words = append(words, strings.TrimPrefix(fmt.Sprintf("%T", state), "tenure."))
	}
	return "<" + strings.Join(append([]string{"tenure." + name}, words...), " ") + ">"
}

// none is a handle that is nil, empty or a copy.
func none(name string) string { return "<tenure." + name + " unusable>" }

// String says which client this is, with the kind of its newest event; never a password.
func (c *Client) String() string {
	if c.check() != nil {
		return none("Client")
	}
	return c.session.show("Client", c.Path())
}

// GoString is [Client.String], for %#v.
func (c *Client) GoString() string { return c.String() }

// String says whether the contender leads right now, with its token, and otherwise the kind of its newest event.
func (c *Contender) String() string {
	if c.check() != nil {
		return none("Contender")
	}
	if token := c.native.Leading(); token != 0 {
		return fmt.Sprintf("<tenure.Contender leading, token %d>", token)
	}
	return c.events.show("Contender")
}

// GoString is [Contender.String], for %#v.
func (c *Contender) GoString() string { return c.String() }

// String says the kind of the detector's newest event.
func (d *Detector) String() string {
	if d.check() != nil {
		return none("Detector")
	}
	return d.events.show("Detector")
}

// GoString is [Detector.String], for %#v.
func (d *Detector) GoString() string { return d.String() }

// String says the kind of the group's newest event.
func (g *Group) String() string {
	if g.check() != nil {
		return none("Group")
	}
	return g.events.show("Group")
}

// GoString is [Group.String], for %#v.
func (g *Group) GoString() string { return g.String() }

// String says the token, and how long the lease lasts yet.
func (l *Leadership) String() string {
	if l.isNone() {
		return none("Leadership")
	}
	lasts := "over"
	if l.IsLeading() {
		lasts = fmt.Sprintf("%.3f s left", time.Until(l.LeaseEnd()).Seconds())
	}
	return fmt.Sprintf("<tenure.Leadership token %d, %s>", l.member.Token, lasts)
}

// GoString is [Leadership.String], for %#v.
func (l *Leadership) GoString() string { return l.String() }

// String names the leadership after the parent, as the contexts of the standard library do.
func (c *leadContext) String() string {
	return fmt.Sprintf("%v.WithLeadership(%v)", c.Context, c.leadership)
}

func (c *leadContext) GoString() string { return c.String() }
