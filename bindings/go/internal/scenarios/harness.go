package main

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"time"

	"tenure.example/tenure"
)

// limit bounds every wait: long enough for a busy machine, and nothing takes that long when all is well.
const limit = 20 * time.Second

// The session timeouts: of sessions that are to last, and of those that are to end.
const (
	lasting = 4 * time.Second
	brief   = 2 * time.Second
)

// The program has its own sources, so that a check that fails shows its condition.
//
//go:embed *.go
var sources embed.FS

// expect ends the program if a condition of a scenario does not hold, and shows the values beside it.
func expect(holds bool, shown ...any) {
	if !holds {
		fail("does not hold", shown...)
	}
}

// must gives the result of a call that may not fail.
func must[T any](value T, err error) T {
	succeed(err)
	return value
}

// succeed ends the program if there is an error.
func succeed(err error) {
	if err != nil {
		fail("failed", err)
	}
}

// fail shows the line of the scenario that cannot go on, and ends the program.
func fail(why string, shown ...any) {
	file, line := scenarioLine()
	fmt.Printf("%s:%d: %s: %s\n", file, line, why, sourceLine(path.Base(file), line))
	for _, value := range shown {
		fmt.Printf("  %T: %+v\n", value, value)
	}
	os.Exit(1)
}

// scenarioLine is the innermost caller outside of the harness.
func scenarioLine() (file string, line int) {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for {
		frame, more := frames.Next()
		switch path.Base(frame.File) {
		case "harness.go", "parties.go":
		default:
			return frame.File, frame.Line
		}
		if !more {
			return frame.File, frame.Line
		}
	}
}

func sourceLine(file string, line int) string {
	text, err := sources.ReadFile(file)
	lines := strings.Split(string(text), "\n")
	if err != nil || line > len(lines) {
		return "(its source is missing)"
	}
	return strings.TrimSpace(lines[line-1])
}

var answers = bufio.NewReader(os.Stdin)

// refusal is the reason for which the harness or a server refused a request.
type refusal string

func (r refusal) Error() string { return "refused: " + string(r) }

// tryAsk requests an act of the harness, and gives the result of the act or a refusal.
func tryAsk(words ...any) (string, error) {
	fmt.Println(append([]any{"ask"}, words...)...)
	answer, err := answers.ReadString('\n')
	if err != nil {
		fail("no answer of the harness", err)
	}
	verdict, result, _ := strings.Cut(strings.TrimSuffix(answer, "\n"), " ")
	if verdict != "ok" {
		return "", refusal(result)
	}
	return result, nil
}

// ask requests an act that may not fail.
func ask(words ...any) string { return must(tryAsk(words...)) }

func server() string              { return ask("server") }
func freshPath() string           { return ask("path") }
func url(path string) string      { return "zk://" + server() + path }
func expire(session int64)        { ask("expire", session) }
func children(of string) []string { return strings.Fields(ask("children", of)) }

// proxy is a path to the server that can be disturbed.
type proxy struct{ number, address string }

func newProxy() proxy {
	number, address, _ := strings.Cut(ask("proxy"), " ")
	return proxy{number, address}
}

func (p proxy) url(path string) string { return "zk://" + p.address + path }

// cut and heal are a network that is shut down, in Mesos's words.
func (p proxy) cut()                         { ask("cut", p.number) }
func (p proxy) heal()                        { ask("heal", p.number) }
func (p proxy) hold()                        { ask("hold", p.number) }
func (p proxy) release()                     { ask("release", p.number) }
func (p proxy) forget()                      { ask("forget", p.number) }
func (p proxy) swallow(request, then string) { ask("swallow", p.number, request, then) }
func (p proxy) count(what string) int        { return must(strconv.Atoi(ask("count", p.number, what))) }

// within makes a call that waits, and gives it up at the limit.
func within[T any](call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return call(ctx)
}

// wait waits until a channel is closed.
func wait(closed <-chan struct{}) {
	select {
	case <-closed:
	case <-time.After(limit):
		fail("waited in vain")
	}
}

// eventually waits for a condition that sends no news.
func eventually(holds func() bool) {
	for deadline := time.Now().Add(limit); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			fail("waited in vain")
		}
	}
}

// until gives all events up to the first one that is wanted.
func until[E any](events <-chan E, wanted func(E) bool) []E {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	var seen []E
	for {
		select {
		case event, open := <-events:
			if !open {
				fail("the events ended", seen)
			}
			seen = append(seen, event)
			if wanted(event) {
				return seen
			}
		case <-deadline.C:
			fail("waited in vain", seen)
		}
	}
}

// await gives the next event of a type, and the events before it.
func await[W, E any](events <-chan E) (found W, before []E) {
	seen := until(events, func(event E) (is bool) {
		found, is = any(event).(W)
		return is
	})
	return found, seen[:len(seen)-1]
}

// rest gives the events up to the end of the channel.
func rest[E any](events <-chan E) []E {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	var seen []E
	for {
		select {
		case event, open := <-events:
			if !open {
				return seen
			}
			seen = append(seen, event)
		case <-deadline.C:
			fail("the events do not end", seen)
		}
	}
}

// has says whether an event of a type is among these.
func has[W, E any](events []E) bool {
	for _, event := range events {
		if _, is := any(event).(W); is {
			return true
		}
	}
	return false
}

// isOf says whether an event, or any other value, has a type.
func isOf[W any](value any) bool {
	_, is := value.(W)
	return is
}

// hasWords says whether an error is of a kind, and has these words in its message.
func hasWords(err error, kind tenure.ErrorKind, words string) bool {
	var its *tenure.Error
	return errors.Is(err, kind) && errors.As(err, &its) && strings.Contains(its.Message, words)
}

// isOfSession says whether an end was caused by the end of the session at the server. A client that attached again in
// that moment gets the event of its znode before that of its session, and cannot know more.
func isOfSession(reason tenure.LostReason) bool {
	return reason == tenure.LostSessionExpired || reason == tenure.LostEvicted
}

// pending is a call under way.
type pending[T any] struct {
	giveUp context.CancelFunc
	ended  chan struct{}
	value  T // the result, to be read after ended
	err    error
}

// begin begins a call in a goroutine, and returns when the call is under way or has ended.
func begin[T any](on *party, call func(context.Context) (T, error)) *pending[T] {
	begun := inBackground(call)
	on.calls = append(on.calls, begun)
	// The metric falls a moment after a call has ended: it is compared with the number of calls that have not ended.
	eventually(func() bool { return !begun.isPending() || on.Metrics().Calls >= on.callsUnderWay() })
	return begun
}

// inBackground begins in a goroutine what is no call of the library, but waits for its events.
func inBackground[T any](call func(context.Context) (T, error)) *pending[T] {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	begun := &pending[T]{giveUp: cancel, ended: make(chan struct{})}
	go func() {
		defer close(begun.ended)
		defer cancel()
		begun.value, begun.err = call(ctx)
	}()
	return begun
}

func (p *pending[T]) isPending() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// end waits for the end of the call.
func (p *pending[T]) end() (T, error) {
	wait(p.ended)
	return p.value, p.err
}
