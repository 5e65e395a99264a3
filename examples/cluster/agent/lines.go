package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"tenure.example/tenure"
)

// line is a line of output, with the keys that apply to its event.
type line struct {
	Event    string    `json:"event"`
	At       string    `json:"at"`
	BootTime string    `json:"boottime_ns"`
	Address  string    `json:"address,omitempty"`
	Leader   string    `json:"leader,omitempty"`
	Token    string    `json:"token,omitempty"`
	From     *sender   `json:"from,omitempty"`
	Path     string    `json:"path,omitempty"`
	ID       string    `json:"id,omitempty"`
	State    taskState `json:"state,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Message  string    `json:"message,omitempty"`
}

// problem is a line about something that went wrong, and that the agent goes on with.
func problem(message string) line { return line{Event: "problem", Message: message} }

// String is the line for people. Text of others is quoted, so that it controls no terminal and forges no line.
func (l line) String() string {
	var text strings.Builder
	text.WriteString(strings.ReplaceAll(l.Event, "_", " "))
	from := ""
	if l.From != nil {
		from = l.From.String()
	}
	for _, pair := range [][2]string{
		{"", l.Address}, {"", l.ID}, {"", string(l.State)}, {"leader", l.Leader}, {"token", l.Token},
		{"from", from}, {"at", l.Path}, {"because", l.Reason}, {"", l.Message},
	} {
		if pair[1] == "" {
			continue
		}
		if pair[0] != "" {
			text.WriteString(" " + pair[0])
		}
		fmt.Fprintf(&text, " %s", quoted(pair[1]))
	}
	return text.String()
}

// quoted is a text, in quotes unless it is a plain word.
func quoted(text string) string {
	isPlain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-.:/[]", r)
	}
	if strings.TrimFunc(text, isPlain) == "" {
		return text
	}
	return fmt.Sprintf("%q", text)
}

// lines prints lines, one at a time.
type lines struct {
	mu     sync.Mutex
	out    io.Writer
	asJSON bool
}

func (l *lines) print(its line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := instant()
	its.At, its.BootTime = now.At, now.BootTime
	if !l.asJSON {
		fmt.Fprintf(l.out, "%s %s\n", its.At, its)
		return
	}
	text, err := json.Marshal(its)
	if err != nil {
		panic(err) // text has a form in JSON
	}
	fmt.Fprintf(l.out, "%s\n", text)
}

// moment is an instant on both clocks.
type moment struct {
	At       string `json:"at"`
	BootTime string `json:"boottime_ns"`
}

func instant() moment {
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	return moment{at, fmt.Sprint(uint64(tenure.Now()))}
}
