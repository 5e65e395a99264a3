//go:build go1.20

package tenure_test

import (
	"context"

	"tenure.example/tenure"
)

// cause is why a context of a leadership ended.
func cause(ctx context.Context, _ *tenure.Leadership) error { return context.Cause(ctx) }
