package tenure_test

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// All descriptors of the library and of this package are closed in a child that runs another program.
func TestDescriptorsAreCloseOnExec(t *testing.T) {
	before := numbersOf(t)
	if err := tenure.SetLog(tenure.LogError, func(tenure.LogLine) {}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tenure.SetLog(tenure.LogError, nil) }()
	client := tenuretest.New(t).Client("/app")
	lead(t, client)
	next(t, must(client.Detector("")).Watch(within(t)))
	real := must(tenure.Open("zk://127.0.0.1:1/app"))
	defer func() { _ = real.Shutdown(ended()) }()
	next(t, real.Events(within(t)))
	made := 0
	for number := range numbersOf(t) {
		flags, _, failed := syscall.Syscall(syscall.SYS_FCNTL, uintptr(number), syscall.F_GETFD, 0)
		if failed != 0 {
			continue // the one that listed them, or one of a connection that has ended
		}
		if !before[number] {
			made++
		}
		if number > 2 && flags&syscall.FD_CLOEXEC == 0 && !before[number] {
			t.Errorf("the descriptor %d is not close-on-exec", number)
		}
	}
	if made < 4 {
		t.Fatalf("%d descriptors: they are not where the test looks", made)
	}
	listed, err := exec.Command("ls", "/proc/self/fd").Output()
	if err != nil {
		t.Fatal(err)
	}
	// Its own three, and the one by which it lists them; and those that this process got from its parent.
	if its := strings.Fields(string(listed)); len(its) > 4+inherited(before) {
		t.Errorf("a child has the descriptors %v", its)
	}
}

// inherited counts the descriptors, beyond the first three, that a child gets in any case.
func inherited(before map[int]bool) int {
	count := 0
	for number := range before {
		flags, _, failed := syscall.Syscall(syscall.SYS_FCNTL, uintptr(number), syscall.F_GETFD, 0)
		if number > 2 && failed == 0 && flags&syscall.FD_CLOEXEC == 0 {
			count++
		}
	}
	return count
}

func numbersOf(t testing.TB) map[int]bool {
	t.Helper()
	its, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[int]bool{}
	for _, entry := range its {
		if number, err := strconv.Atoi(entry.Name()); err == nil {
			numbers[number] = true
		}
	}
	return numbers
}
