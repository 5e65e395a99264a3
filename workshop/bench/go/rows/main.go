// Command rows makes one measurement, in a process of its own:
//
//	rows ROW LIBRARY HOSTS
//
// It prints numbers. bench.py runs it, and alternates between the libraries.
package main

import (
	"fmt"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"strings"

	"tenure.example/tenure"
)

// rows are the measurements, by name.
var rows = map[string]func(library, string) []float64{
	"enrol":     enrol,
	"lead":      lead,
	"hand_over": handOver,
	"detectors": detectors,
	"leader":    idleLeader,
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: rows ROW LIBRARY HOSTS")
		os.Exit(2)
	}
	row, name, hosts := os.Args[1], os.Args[2], os.Args[3]
	switch its, known := libraries[name]; {
	case row == "versions":
		fmt.Println(versions())
	case row == "stand":
		stand(hosts, name)
	case row == "is_leading":
		show(isLeading(name, hosts))
	case known && rows[row] != nil:
		show(rows[row](its, hosts))
	default:
		fmt.Fprintf(os.Stderr, "rows: no row %q of %q\n", row, name)
		os.Exit(2)
	}
	// The measurement is over: the process needs no end in order.
}

// versions are those that this program was built with.
func versions() string {
	its := []string{"tenure " + tenure.LibraryVersion()}
	if built, ok := debug.ReadBuildInfo(); ok {
		for _, module := range built.Deps {
			if module.Replace == nil {
				its = append(its, path.Base(path.Dir(module.Path))+" "+module.Version)
			}
		}
	}
	return strings.Join(append(its, runtime.Version()), ", ")
}

func show(numbers []float64) {
	fmt.Println(strings.Trim(fmt.Sprint(numbers), "[]"))
}

// must ends the process if a call failed: a measurement with a failure in it is none.
func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "rows:", err)
		os.Exit(1)
	}
}
