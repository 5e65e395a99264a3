// Package native is the only place of the module that calls C: tenure.h, function by function, in Go's types.
//
// It keeps three promises to package tenure:
//
//   - No call blocks, so none holds a thread: what takes time ends with an event of the queue. (Opening a
//     file:// URL reads that file.)
//   - No thread of the library ever runs Go code, and C keeps no pointer to Go's memory.
//   - A handle may be used and freed by any goroutines at once: whoever leaves it last frees it, and from
//     Free on every call fails with StatusClosed.
package native

/*
#include "shims.h"

// The header of this package and the library must be of one release line: the numbers are the ones that this
// package was written for.
#if TENURE_ABI_VERSION != 1
#error "this Go package was made for ABI 1 of tenure.h: use the header and the package of one release"
#endif
*/
import "C"

import "fmt"

// Version is the release of tenure.h that the package was compiled with.
const Version = C.TENURE_VERSION

// LibraryVersion is the release of the library that the program is linked with.
func LibraryVersion() string { return C.GoString(C.tenure_version()) }

// BootTime is the boot-time clock, which measures leases, in nanoseconds.
func BootTime() uint64 { return uint64(C.tenure_boottime_ns()) }

// With -tags dynamic another library can be loaded than the header is of.
func init() {
	if loaded := int(C.tenure_abi_version()); loaded != C.TENURE_ABI_VERSION {
		panic(fmt.Sprintf("tenure: the loaded libtenure (release %s) has ABI %d, this program was compiled "+
			"with the header of release %s, ABI %d: install the library of that release, or compile again",
			LibraryVersion(), loaded, Version, C.TENURE_ABI_VERSION))
	}
}
