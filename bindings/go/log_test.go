package tenure_test

import (
	"strings"
	"sync"
	"testing"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// logged is a log that a test can look at.
type logged struct {
	mu    sync.Mutex
	lines []tenure.LogLine
}

func (l *logged) take(line tenure.LogLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *logged) has(check func(tenure.LogLine) bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if check(line) {
			return true
		}
	}
	return false
}

// The log is one for the process: these tests do not run beside others.
func TestSetLog(t *testing.T) {
	var all, severe logged
	if err := tenure.SetLog(tenure.LogDebug, all.take); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tenure.SetLog(tenure.LogError, nil); err != nil {
			t.Error(err)
		}
	}()
	lead(t, tenuretest.New(t).Client("/logged"))
	tenuretest.Eventually(t, limit, func() bool {
		return all.has(func(l tenure.LogLine) bool { return l.Level == tenure.LogInfo && strings.Contains(l.Message, "lead") })
	})
	if all.has(func(l tenure.LogLine) bool {
		return l.Message == "" || l.At.Until() > 0 || l.Level < tenure.LogError || l.Level > tenure.LogDebug
	}) {
		t.Error("a line is not whole")
	}
	for _, level := range []tenure.LogLevel{0, -1, 5, 1 << 30} {
		wantKind(t, tenure.SetLog(level, all.take), tenure.ErrInvalidArgument)
	}
	// Another log replaces it, with another level.
	if err := tenure.SetLog(tenure.LogWarn, severe.take); err != nil {
		t.Fatal(err)
	}
	server := tenuretest.New(t)
	contender, _, _ := lead(t, server.Client("/logged"))
	server.Cut()
	tenuretest.Eventually(t, limit, func() bool {
		return severe.has(func(l tenure.LogLine) bool { return l.Level == tenure.LogWarn })
	})
	if severe.has(func(l tenure.LogLine) bool { return l.Level > tenure.LogWarn }) {
		t.Error("a line is below the level")
	}
	_ = contender.Close()
}

// A log that does not take its lines blocks nobody.
func TestASlowLogBlocksNobody(t *testing.T) {
	begun, release := make(chan struct{}, 1), make(chan struct{})
	if err := tenure.SetLog(tenure.LogDebug, func(tenure.LogLine) {
		select {
		case begun <- struct{}{}:
		default:
		}
		<-release
	}); err != nil {
		t.Fatal(err)
	}
	client := tenuretest.New(t).Client("/logged")
	for at := 0; at < rounds(400); at++ {
		contender, _, _ := lead(t, client)
		if _, err := contender.Resign(within(t)); err != nil {
			t.Fatal(err)
		}
		_ = contender.Close()
	}
	<-begun
	if err := tenure.SetLog(tenure.LogError, nil); err != nil {
		t.Fatal(err)
	}
	close(release)
}
