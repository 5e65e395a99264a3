//go:build !go1.20

package tenure

import "context"

// withCause derives a context that is cancelled. Contexts have no causes before Go 1.20: Leadership.Err has it.
func withCause(parent context.Context) (context.Context, func(error)) {
	derived, cancel := context.WithCancel(parent)
	return derived, func(error) { cancel() }
}
