package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"
)

const help = `An agent of a cluster: it registers with the leading master, obeys it alone, and runs its pretend tasks.

usage: tenure-cluster-agent [OPTIONS] --master URL

  --master URL             where the leading master is found:
                           zk://[user:password@]host[:port][,host[:port]...]/path,
                           file:///path of a file with such a URL, or host:port of a master that never changes
  --ip IP                  the address of this machine to listen on, at which masters reach it (127.0.0.1)
  --port N                 the port (5051); 0 takes a free one, which the event "listening" names
  --advertise IP:PORT      the address at which masters reach it, if that is another one: of a proxy before it
  --proxy URL              the proxy through which it reaches masters: socks5://IP:PORT or http://IP:PORT
  --hostname NAME          the name to register with (that of this machine)
  --session-timeout TIME   the session timeout to ask the servers for, as 4s or 500ms (4s)
  --backoff TIME           the first attempt to register comes after a random part of this time, later ones after a
                           random part of twice, four times, ... it (1s)
  --json                   print one JSON object a line

The agent listens for the messages of masters: POST /ping, /launch, /kill and /shutdown, each with the sender in it.
One that is not from the detected leader is answered 403 with the reason. While the leader is unknown, all are.

  curl http://127.0.0.1:5051/state

A pretend task is a timer. SIGTERM and SIGINT kill the tasks, tell the leader so, and end the session; the agent then
exits with 0. It exits with 2 for arguments that cannot work, and with 1 for every other failure and if its role stops
with one, for instance because the leader gave it another id than before.
`

var errHelp = flag.ErrHelp

type options struct {
	master, listen, hostname string
	// advertise is the address that masters get, or empty; proxy is nil without one.
	advertise               string
	proxy                   *url.URL
	sessionTimeout, backoff time.Duration
	json                    bool
}

func parse(args []string) (options, error) {
	var its options
	flags := flag.NewFlagSet("tenure-cluster-agent", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&its.master, "master", "", "")
	ip := flags.String("ip", "127.0.0.1", "")
	port := flags.Uint("port", 5051, "")
	flags.StringVar(&its.advertise, "advertise", "", "")
	proxy := flags.String("proxy", "", "")
	flags.StringVar(&its.hostname, "hostname", "", "")
	flags.DurationVar(&its.sessionTimeout, "session-timeout", 4*time.Second, "")
	flags.DurationVar(&its.backoff, "backoff", time.Second, "")
	flags.BoolVar(&its.json, "json", false, "")
	if err := flags.Parse(args); err != nil {
		return its, err
	}
	switch at := net.ParseIP(*ip); {
	case flags.NArg() > 0:
		// Which may be a URL with a password: it is not repeated.
		return its, errors.New("there is an argument too many: the URL goes behind --master")
	case its.master == "":
		return its, errors.New("--master is missing: it is the URL at which the leading master is found")
	case at == nil || at.IsUnspecified():
		return its, fmt.Errorf("--ip %q is not the address of one machine: masters reach the agent at it", *ip)
	case *port > 65535:
		return its, fmt.Errorf("--port %d is no port: they end at 65535", *port)
	}
	if its.advertise != "" && !isAddress(its.advertise) {
		return its, fmt.Errorf("--advertise %q is not IP:PORT of one machine", its.advertise)
	}
	if *proxy != "" {
		at, err := url.Parse(*proxy)
		if err != nil || at.Host == "" || at.Scheme != "socks5" && at.Scheme != "http" {
			// It may have a password: it is not repeated.
			return its, errors.New("--proxy is not a URL like socks5://IP:PORT or http://IP:PORT")
		}
		its.proxy = at
	}
	its.listen = net.JoinHostPort(*ip, strconv.FormatUint(uint64(*port), 10))
	if its.hostname == "" {
		name, err := os.Hostname()
		if err != nil {
			return its, fmt.Errorf("the name of this machine is not known (%v): give --hostname", err)
		}
		its.hostname = name
	}
	return its, nil
}

// isAddress says whether a text is the IP:PORT of one machine.
func isAddress(text string) bool {
	ip, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	at := net.ParseIP(ip)
	number, err := strconv.ParseUint(port, 10, 16)
	return at != nil && !at.IsUnspecified() && err == nil && number > 0
}
