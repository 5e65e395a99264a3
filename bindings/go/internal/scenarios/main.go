// Command scenarios plays one scenario of tests/scenarios/list.tsv by the public API, or lists all that it knows:
//
//	scenarios ID
//	scenarios --list
//
// It requests faults of servers and networks by the protocol of workshop/field/src/control.rs. It is a program of the
// tests, which build and start it: cargo test --test go.
package main

import (
	"fmt"
	"os"
)

// scenario is one line of the list.
type scenario struct {
	id   string
	play func()
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: scenarios ID | --list")
		os.Exit(2)
	}
	wanted := os.Args[1]
	for _, subject := range [][]scenario{groupScenarios, zookeeperScenarios, masterScenarios, beyondScenarios} {
		for _, known := range subject {
			switch wanted {
			case "--list":
				fmt.Println(known.id)
			case known.id:
				known.play()
				fmt.Println("done")
				return
			}
		}
	}
	if wanted != "--list" {
		fmt.Fprintf(os.Stderr, "scenarios: no scenario has the name %q\n", wanted)
		os.Exit(2)
	}
}
