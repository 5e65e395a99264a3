package tenure

import "tenure.example/tenure/internal/native"

// Version is the release of the header that this package was compiled with.
const Version = native.Version

// Linking says how the library came into the program: "static" by default, "dynamic" with -tags dynamic.
const Linking = native.Linking

// LibraryVersion is the release of the library that runs.
func LibraryVersion() string { return native.LibraryVersion() }
