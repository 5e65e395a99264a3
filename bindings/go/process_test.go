package tenure_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// tasks is the number of threads of this process.
func tasks(t testing.TB) int { return entries(t, "/proc/self/task") }

// descriptors is the number of open file descriptors of this process.
func descriptors(t testing.TB) int { return entries(t, "/proc/self/fd") }

func entries(t testing.TB, of string) int {
	t.Helper()
	its, err := os.ReadDir(of)
	if err != nil {
		t.Fatal(err)
	}
	return len(its)
}

// resident is the memory of this process in bytes, that of C included.
func resident(t testing.TB) int {
	t.Helper()
	its, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(its))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
