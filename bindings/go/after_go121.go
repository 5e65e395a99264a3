//go:build go1.21

package tenure

import "context"

// afterDone calls f in a goroutine of its own when the context ends, unless stop is called before.
func afterDone(ctx context.Context, f func()) (stop func()) {
	forget := context.AfterFunc(ctx, f)
	return func() { forget() }
}
