// Command tenure-cluster-agent is an agent of a Mesos-like cluster: it follows the leading master, registers with it,
// obeys it alone, and runs the pretend tasks that it sends.
//
//	go run . --master zk://127.0.0.1:2181/mesos
//
// The rules of registration are those of mesos.Agent: this program carries out its outputs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/mesos"
)

// endTime bounds each step of an end in order.
const endTime = 2 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the agent, until ctx or the role ends; it gives the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	its, err := parse(args)
	switch {
	case errors.Is(err, errHelp):
		fmt.Fprint(stdout, help)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "tenure-cluster-agent: %v; see --help\n", err)
		return 2
	}
	code, err := serve(ctx, its, &lines{out: stdout, asJSON: its.json})
	switch {
	case errors.Is(err, tenure.ErrInvalidArgument):
		fmt.Fprintf(stderr, "tenure-cluster-agent: %v; see --help\n", err)
		return 2
	case err != nil:
		fmt.Fprintf(stderr, "tenure-cluster-agent: %v\n", err)
		return 1
	}
	return code
}

// serve is the agent with options that can be read. It ends the session at the end.
func serve(ctx context.Context, its options, lines *lines) (code int, err error) {
	client, err := tenure.Open(its.master, tenure.WithSessionTimeout(its.sessionTimeout))
	if err != nil {
		return 0, err
	}
	defer func() {
		if late := bounded(client.Shutdown); late != nil {
			lines.print(problem("the session ends by its timeout: " + late.Error()))
		}
	}()
	detector, err := mesos.NewMasterDetector(client, "")
	if err != nil {
		return 0, err
	}
	listener, err := net.Listen("tcp", its.listen)
	if err != nil {
		return 0, err
	}
	address := listener.Addr().String()
	if its.advertise == "" {
		its.advertise = address
	}
	agent, err := newAgent(its, detector, lines)
	if err != nil {
		listener.Close()
		return 0, err
	}
	lines.print(line{Event: "listening", Address: address})
	server := newServer(agent)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	followed, endFollowing := context.WithCancel(context.Background())
	defer endFollowing()
	go agent.follow(followed, client)

	select {
	case err := <-served:
		return 0, err
	case <-ctx.Done():
		agent.leave()
	case <-agent.stopped:
	}
	if late := bounded(server.Shutdown); late != nil {
		lines.print(problem("answers were cut off: " + late.Error()))
	}
	return agent.exits(), nil
}

// bounded does a step of the end, for a while.
func bounded(step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	return step(ctx)
}
