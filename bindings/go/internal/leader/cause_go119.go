//go:build !go1.20

package main

import (
	"context"

	"tenure.example/tenure"
)

// cause is why a leadership's context is done. Contexts have no causes before Go 1.20.
func cause(_ context.Context, leadership *tenure.Leadership) error { return leadership.Err() }
