//go:build !race && !asan

package tenure_test

// underSanitizer says that memory is not what it is otherwise: a sanitizer keeps what was freed.
const underSanitizer = false
