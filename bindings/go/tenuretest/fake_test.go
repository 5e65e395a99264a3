package tenuretest_test

import (
	"fmt"
	"runtime"
	"testing"
)

// failures is a test that only records how it failed.
type failures struct {
	testing.TB
	text     string
	cleanups []func()
}

func (f *failures) Helper()          {}
func (f *failures) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *failures) Fatalf(format string, arguments ...any) {
	f.text = fmt.Sprintf(format, arguments...)
	runtime.Goexit()
}

// failing gives the text of the failure of test, empty if it did not fail.
func failing(test func(t testing.TB)) string {
	its := &failures{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(its)
	}()
	<-done
	return its.text
}

// exampleTest is the test of an example, which gets none from package testing.
type exampleTest struct{ failures }

func newExampleTest() *exampleTest { return &exampleTest{} }

// Fatalf shows in the output of the example.
func (e *exampleTest) Fatalf(format string, arguments ...any) {
	panic(fmt.Sprintf(format, arguments...))
}
func (e *exampleTest) Errorf(format string, arguments ...any) { fmt.Printf(format+"\n", arguments...) }

// end runs the cleanups, the last one first.
func (e *exampleTest) end() {
	for at := len(e.cleanups) - 1; at >= 0; at-- {
		e.cleanups[at]()
	}
}
