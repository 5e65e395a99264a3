//go:build dynamic

package native

// With -tags dynamic the program loads the installed libtenure.so, which pkg-config finds.

// #cgo pkg-config: tenure
import "C"

// Linking says how the library came into the program: static or dynamic.
const Linking = "dynamic"
