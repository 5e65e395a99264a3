//go:build !debug

package tenure_test

// collects says that each call collects garbage first, and so takes a thousand times as long.
const collects = false
