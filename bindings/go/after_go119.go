//go:build !go1.21

package tenure

import "context"

// afterDone calls f when the context ends, unless stop is called before; until then a goroutine waits, which newer
// Go does not need. stop must be called once at most.
func afterDone(ctx context.Context, f func()) (stop func()) {
	done := ctx.Done()
	if done == nil {
		return func() {}
	}
	stopped := make(chan struct{})
	go func() {
		select {
		case <-done:
			f()
		case <-stopped:
		}
	}()
	return func() { close(stopped) }
}
