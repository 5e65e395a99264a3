//go:build go1.20

package tenure

import "context"

// withCause derives a context that is cancelled with a cause, which context.Cause gives.
func withCause(parent context.Context) (context.Context, func(error)) {
	derived, cancel := context.WithCancelCause(parent)
	return derived, cancel
}
