//go:build !debug

package native

func collectGarbage() {}
