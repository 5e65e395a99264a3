package tenure

import (
	"context"
	"sync"
)

// event is what the events of all handles have in common.
type event interface {
	// isState says whether it reports a state from now on, and not only an incident.
	isState() bool
	// isEnd says whether it reports the end of a candidacy or a membership, which a slow consumer gets, too.
	isEnd() bool
}

// stream passes the events of one handle on: its newest state to those who watch, each event to those who listen.
// None of its methods blocks.
type stream[E event] struct {
	mu       sync.Mutex
	state    E
	hasState bool
	over     bool
	changed  chan struct{}         // closed at the next change of the state; nil if nobody waits
	channels map[channel[E]]func() // and what ends the wait for the end of its context
}

// channel is a consumer's end of a stream. The stream calls its methods one at a time.
type channel[E event] interface {
	put(E)
	close()
}

func (s *stream[E]) publish(event E) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	if event.isState() {
		s.state, s.hasState = event, true
		s.wake()
	}
	for to := range s.channels {
		to.put(event)
	}
}

// end closes all channels: no event will follow.
func (s *stream[E]) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	s.wake()
	for to, stop := range s.channels {
		to.close()
		stop()
	}
	s.channels = nil
}

func (s *stream[E]) wake() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// look gives the newest state, if there is one, and a channel that is closed when it changes; the channel is nil if
// no event will follow.
func (s *stream[E]) look() (state E, has bool, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over && s.changed == nil {
		s.changed = make(chan struct{})
	}
	if !s.over {
		changed = s.changed
	}
	return s.state, s.hasState, changed
}

// isOver says whether no event will follow.
func (s *stream[E]) isOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// add passes events to a channel, from the newest state on, until the context ends.
func (s *stream[E]) add(ctx context.Context, to channel[E]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hasState {
		to.put(s.state)
	}
	if s.over {
		to.close()
		return
	}
	if s.channels == nil {
		s.channels = make(map[channel[E]]func(), 1)
	}
	s.channels[to] = afterDone(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, open := s.channels[to]; open {
			delete(s.channels, to)
			to.close()
		}
	})
}

// watch gives a channel that always has the newest state that was not received yet. It needs no goroutine.
func (s *stream[E]) watch(ctx context.Context) <-chan E {
	to := make(newest[E], 1)
	s.add(ctx, to)
	return to
}

// newest is a channel of capacity 1, with one sender: who finds it full replaces its element.
type newest[E event] chan E

func (n newest[E]) put(event E) {
	if !event.isState() {
		return
	}
	select {
	case <-n:
	default:
	}
	n <- event
}

func (n newest[E]) close() { close(n) }

// listen gives a channel of all events, from the newest state on. A goroutine serves it until the context or the
// handle ends and everything was received.
func (s *stream[E]) listen(ctx context.Context) <-chan E {
	to := &queue[E]{filled: make(chan struct{}, 1)}
	out := make(chan E)
	s.add(ctx, to)
	go to.serve(ctx, out)
	return out
}

// queueMax bounds the events that wait for a slow consumer.
const queueMax = 1024

// queue keeps events for a consumer that is slower than they come.
type queue[E event] struct {
	mu     sync.Mutex
	events []E
	over   bool
	filled chan struct{}
}

func (q *queue[E]) put(event E) {
	q.mu.Lock()
	if len(q.events) == queueMax {
		q.drop()
	}
	q.events = append(q.events, event)
	q.mu.Unlock()
	q.wake()
}

// drop forgets the oldest event that is not an end; the oldest if all are.
func (q *queue[E]) drop() {
	victim := 0
	for at := range q.events {
		if !q.events[at].isEnd() {
			victim = at
			break
		}
	}
	q.events = append(q.events[:victim], q.events[victim+1:]...)
}

func (q *queue[E]) close() {
	q.mu.Lock()
	q.over = true
	q.mu.Unlock()
	q.wake()
}

func (q *queue[E]) wake() {
	select {
	case q.filled <- struct{}{}:
	default:
	}
}

// take gives the oldest event; over says that none will follow.
func (q *queue[E]) take() (event E, ok, over bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.events) == 0 {
		return event, false, q.over
	}
	event = q.events[0]
	q.events = q.events[1:]
	return event, true, false
}

func (q *queue[E]) serve(ctx context.Context, out chan<- E) {
	defer close(out)
	for {
		event, ok, over := q.take()
		switch {
		case over:
			return
		case ok:
			select {
			case out <- event:
			case <-ctx.Done():
				return
			}
		default:
			select {
			case <-q.filled:
			case <-ctx.Done():
				return
			}
		}
	}
}
