// Command agent follows the leader of a group, and takes instructions from that leader only.
//
//	go run ./agent --master=zk://127.0.0.1:2181/app --listen 127.0.0.1:5051
//
// It is the other half of a leader that contends with its address as the payload of its znode. The rule by which
// the agent accepts an instruction is in guard.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"tenure.example/tenure"
)

// endTime bounds each step of an end in order.
const endTime = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the agent, until ctx ends; it gives the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	its, err := parse(args)
	switch {
	case errors.Is(err, errHelp):
		fmt.Fprint(stdout, help)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "agent: %v; see agent --help\n", err)
		return 2
	}
	switch err := serve(ctx, its, &lines{out: stdout, asJSON: its.json}); {
	case errors.Is(err, tenure.ErrInvalidArgument):
		fmt.Fprintf(stderr, "agent: %v\n", err)
		return 2
	case err != nil:
		fmt.Fprintf(stderr, "agent: %v\n", err)
		return 1
	}
	return 0
}

// serve follows the leader and takes instructions until ctx ends, and ends the session then.
func serve(ctx context.Context, its options, lines *lines) error {
	client, err := tenure.Open(its.master, tenure.WithSessionTimeout(its.sessionTimeout))
	if err != nil {
		return err
	}
	var followers sync.WaitGroup
	err = attend(ctx, client, its.listen, lines, &followers)
	if late := bounded(client.Shutdown); late != nil {
		lines.print(problem("the session ends by its timeout: " + late.Error()))
	} else {
		followers.Wait()
	}
	if err == nil {
		lines.print(line{Event: "ended"})
	}
	return err
}

// attend takes instructions until ctx ends. Then it takes no new ones, and answers those that have arrived.
func attend(ctx context.Context, client *tenure.Client, at string, lines *lines, followers *sync.WaitGroup) error {
	detector, err := client.Detector("")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	lines.print(line{Event: "listening", Address: listener.Addr().String()})
	guard := &guard{detector: detector}
	follow(client, detector, guard, lines, followers)
	server := newServer(guard, lines)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	if late := bounded(server.Shutdown); late != nil {
		lines.print(problem("instructions were cut off: " + late.Error()))
	}
	return nil
}

// newServer serves instructions, and gives no caller the power to hold it up.
func newServer(guard *guard, lines *lines) *http.Server {
	return &http.Server{
		Handler:      &tasks{guard, lines},
		ReadTimeout:  10 * time.Second,
		WriteTimeout: 10 * time.Second,
		IdleTimeout:  time.Minute,
	}
}

// bounded does a step of the end, for a while.
func bounded(step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	return step(ctx)
}
