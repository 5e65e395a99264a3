package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"
)

const help = `Follows the leader of a group, and takes instructions from that leader only.

usage: agent [OPTIONS] URL
       agent [OPTIONS] --master=URL

  URL                      the group: zk://[user:password@]host[:port][,host[:port]...]/path,
                           file:///path of a file with a URL, or host:port of a leader that never changes
  --listen HOST:PORT       where to take instructions (127.0.0.1:5051); port 0 takes a free one
  --session-timeout TIME   the session timeout to ask the servers for (10s)
  --json                   print one JSON object a line

An instruction is a POST to /task with the payload and the fencing token of the leader that sends it:

  curl -d '{"leader": "10.0.0.1:80", "token": "4294967301", "task": "start web"}' http://127.0.0.1:5051/task

The answer is 200, or it says in a sentence why the agent refuses:

  403   the sender does not lead
  503   no leader is known now, or not yet the sender; it may try again

The agent ends on SIGTERM and SIGINT: it answers the instructions that have arrived, ends its session, and exits with
0. It exits with 2 for arguments that cannot work, and with 1 for every other failure.
`

var errHelp = flag.ErrHelp

type options struct {
	master, listen string
	sessionTimeout time.Duration
	json           bool
}

// parse reads the arguments; the URL may stand before and behind the options.
func parse(args []string) (options, error) {
	var its options
	flags := flag.NewFlagSet("agent", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&its.master, "master", "", "")
	flags.StringVar(&its.listen, "listen", "127.0.0.1:5051", "")
	flags.DurationVar(&its.sessionTimeout, "session-timeout", 10*time.Second, "")
	flags.BoolVar(&its.json, "json", false, "")
	if err := flags.Parse(args); err != nil {
		return its, err
	}
	for flags.NArg() > 0 {
		url := flags.Arg(0)
		if its.master != "" {
			return its, fmt.Errorf("there are two URLs, or an argument too many: %q", url)
		}
		its.master = url
		if err := flags.Parse(flags.Args()[1:]); err != nil {
			return its, err
		}
	}
	if its.master == "" {
		return its, errors.New("the URL of the group is missing")
	}
	return its, nil
}
