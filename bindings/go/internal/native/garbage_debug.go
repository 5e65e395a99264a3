//go:build debug

package native

import "runtime"

// With -tags debug each call into C collects garbage first: memory that C holds and Go does not know of, or a
// missing reference, shows at once.
func collectGarbage() { runtime.GC() }
