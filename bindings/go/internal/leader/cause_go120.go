//go:build go1.20

package main

import (
	"context"

	"tenure.example/tenure"
)

// cause is why a leadership's context is done.
func cause(leadCtx context.Context, _ *tenure.Leadership) error { return context.Cause(leadCtx) }
