package native

import (
	"math"
	"sync/atomic"
)

// A gate counts the calls that use a handle now, so that the last one to leave a closed handle frees it. Its
// two atomic additions are all that a call pays.
type gate struct {
	// The number of calls inside; plus shut, from the closing on.
	inside atomic.Int64
	freed  atomic.Bool
}

const shut = math.MinInt64

// enter says whether the handle may be used; if so, leave must follow.
func (g *gate) enter() bool {
	collectGarbage()
	return g.inside.Add(1) > 0
}

// leave calls free if the gate is shut and this was the last call inside.
func (g *gate) leave(free func()) {
	if g.inside.Add(-1) == shut && g.freed.CompareAndSwap(false, true) {
		free()
	}
}

// shut closes the gate for good; it may be called again.
func (g *gate) shut(free func()) {
	for {
		inside := g.inside.Load()
		if inside < 0 {
			return
		}
		if g.inside.CompareAndSwap(inside, inside+shut) {
			break
		}
	}
	if g.inside.Load() == shut && g.freed.CompareAndSwap(false, true) {
		free()
	}
}
