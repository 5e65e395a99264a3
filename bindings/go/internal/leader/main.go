// Command leader leads a group as often as it can, and prints when it begins and ends, as JSON lines with the instants
// of the boot-time clock:
//
//	leader URL SESSION_TIMEOUT_MS [UNDERTAKER]
//
// It is a program of the tests, which cut it off and stop it: cargo test --test go. Each line of its standard input is
// a command, and it closes the client at the end of the input.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"tenure.example/tenure"
)

// line is a line of the output.
type line struct {
	// Event is "leading" when a leadership begins and "lost" when its context is done; Done is the command that a
	// line answers.
	Event string `json:"event,omitempty"`
	Done  string `json:"done,omitempty"`

	At    tenure.BootTime `json:"boottime_ns"`
	Token uint64          `json:"token"`
	Leads bool            `json:"leads"`

	// IsLost says whether the cause of a context that is done matches ErrLost, and Reason is that of the cause.
	IsLost bool   `json:"is_lost"`
	Reason string `json:"reason,omitempty"`
	Cause  string `json:"cause,omitempty"`
}

var output struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

func say(line line) {
	output.mu.Lock()
	defer output.mu.Unlock()
	// If the reader has gone, nothing needs the line.
	_ = output.encoder.Encode(line)
}

func main() {
	output.encoder = json.NewEncoder(os.Stdout)
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "leader:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 && len(args) != 3 {
		return errors.New("usage: leader URL SESSION_TIMEOUT_MS [UNDERTAKER]")
	}
	timeout, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	options := []tenure.ClientOption{tenure.WithSessionTimeout(time.Duration(timeout) * time.Millisecond)}
	if len(args) == 3 {
		options = append(options, tenure.WithUndertaker(args[2]))
	}
	client, err := tenure.Open(args[0], options...)
	if err != nil {
		return err
	}
	contender, err := client.Contender()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last atomic.Pointer[tenure.Leadership]
	ended := make(chan error, 1)
	go func() { ended <- leadOn(ctx, contender, &last) }()
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		if err := obey(commands.Text(), last.Load()); err != nil {
			return err
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		return err
	}
	return client.Close()
}

// leadOn leads again and again, until the context ends.
func leadOn(ctx context.Context, contender *tenure.Contender, last *atomic.Pointer[tenure.Leadership]) error {
	for {
		leadCtx, leadership, err := contender.Lead(ctx)
		if err != nil {
			return err
		}
		begun := tenure.Now()
		last.Store(leadership)
		say(line{Event: "leading", At: begun, Token: leadership.Token(), Leads: leadership.IsLeading()})
		<-leadCtx.Done()
		over := line{Event: "lost", At: tenure.Now(), Token: leadership.Token(), Leads: leadership.IsLeading()}
		why := cause(leadCtx, leadership)
		over.IsLost, over.Cause = errors.Is(why, tenure.ErrLost), fmt.Sprint(why)
		var lost *tenure.LostError
		if errors.As(why, &lost) {
			over.Reason = lost.Reason.String()
		}
		say(over)
	}
}

func obey(command string, leadership *tenure.Leadership) error {
	switch command {
	case "stop":
		leads, err := stopAndAsk(leadership)
		if err != nil {
			return err
		}
		say(line{Done: command, At: tenure.Now(), Token: leadership.Token(), Leads: leads})
	case "write":
		// A write of a leader that has not asked since it last led.
		say(line{Done: command, At: tenure.Now(), Token: leadership.Token()})
	default:
		return fmt.Errorf("%q is no command", command)
	}
	return nil
}

// stopAndAsk stops the process, and asks whether it leads before it does anything else. The signal goes to this
// thread, which would run on for a moment if another one took it.
func stopAndAsk(leadership *tenure.Leadership) (leads bool, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	process, thread := uintptr(syscall.Getpid()), uintptr(syscall.Gettid())
	_, _, errno := syscall.RawSyscall(syscall.SYS_TGKILL, process, thread, uintptr(syscall.SIGSTOP))
	leads = leadership.IsLeading()
	if errno != 0 {
		return false, errno
	}
	return leads, nil
}
