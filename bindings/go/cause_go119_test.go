//go:build !go1.20

package tenure_test

import (
	"context"

	"tenure.example/tenure"
)

// cause is why a context of a leadership ended. Contexts have no causes before Go 1.20.
func cause(_ context.Context, leadership *tenure.Leadership) error { return leadership.Err() }
