// The mesos-go reader: follows the leading Mesos master with the detector of mesos-go, and prints each change as
// one JSON object per line. It ends when standard input is closed.
//
//	mesos-go-reader zk://HOST:PORT/PATH
//
//	{"event":"leader","master":{…}}   the fields of MasterInfo that are set, as mesos-go decoded them
//	{"event":"none"}                  mesos-go reports no master; it does so too when it cannot decode the leader
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/mesos/mesos-go/api/v0/detector"
	"github.com/mesos/mesos-go/api/v0/detector/zoo"
	"github.com/mesos/mesos-go/api/v0/mesosproto"
)

type line struct {
	Event  string                 `json:"event"`
	Master *mesosproto.MasterInfo `json:"master,omitempty"`
}

func main() {
	// The log of mesos-go would be files otherwise.
	if err := flag.Set("logtostderr", "true"); err != nil {
		fail(1, err)
	}
	flag.Usage = func() { fmt.Fprintln(flag.CommandLine.Output(), "usage: mesos-go-reader zk://HOST:PORT/PATH") }
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	master, err := zoo.NewMasterDetector(flag.Arg(0))
	if err != nil {
		fail(2, err)
	}
	lines := json.NewEncoder(os.Stdout)
	say := func(master *mesosproto.MasterInfo) {
		said := line{Event: "leader", Master: master}
		if master == nil {
			said.Event = "none"
		}
		if err := lines.Encode(said); err != nil {
			fail(1, err)
		}
	}
	if err := master.Detect(detector.OnMasterChanged(say)); err != nil {
		fail(1, err)
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		fail(1, err)
	}
	master.Cancel()
	<-master.Done()
}

func fail(status int, err error) {
	fmt.Fprintln(os.Stderr, "mesos-go-reader:", err)
	os.Exit(status)
}
