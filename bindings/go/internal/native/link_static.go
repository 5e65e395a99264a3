//go:build !dynamic

package native

// The default: the library becomes a part of the program. scripts/go-library of the repository, or
// `make install`, puts the archive here.

/*
#cgo CFLAGS: -DTENURE_STATIC
#cgo linux,amd64 LDFLAGS: ${SRCDIR}/lib/linux_amd64/libtenure.a
#cgo linux,arm64 LDFLAGS: ${SRCDIR}/lib/linux_arm64/libtenure.a
#cgo LDFLAGS: -lutil -lrt -lpthread -lm -ldl

// Its content is the archive's checksum. It must be in the object: Go links again only when an object has changed.
#if !__has_include("archive.h")
#error "libtenure.a is not beside this package: run `make go` in the repository of tenure, or build with -tags dynamic against an installed library"
#endif
#include "archive.h"
static const char tenure_archive[] __attribute__((used)) = TENURE_ARCHIVE;
*/
import "C"

// Linking says how the library came into the program: static or dynamic.
const Linking = "static"
