package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// line is a line of output, with the keys that apply to its event.
type line struct {
	Event   string `json:"event"`
	At      string `json:"at"`
	Address string `json:"address,omitempty"`
	Leader  string `json:"leader,omitempty"`
	Token   string `json:"token,omitempty"`
	Task    string `json:"task,omitempty"`
	Message string `json:"message,omitempty"`
}

// String is the line for people. Text of others is quoted, so that it controls no terminal and forges no line.
func (l line) String() string {
	switch l.Event {
	case "listening":
		return fmt.Sprintf("instructions go to http://%s/task", l.Address)
	case "leader":
		return fmt.Sprintf("leader %q, token %s", l.Leader, l.Token)
	case "none":
		return "nobody leads"
	case "unknown":
		return "the leader is unknown: no server answers"
	case "accepted":
		return fmt.Sprintf("accepted from %q, token %s: %q", l.Leader, l.Token, l.Task)
	case "refused":
		return fmt.Sprintf("refused from %q, token %s: %s", l.Leader, l.Token, l.Message)
	case "error":
		return "error: " + l.Message
	default:
		return l.Event
	}
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
	if !l.asJSON {
		fmt.Fprintln(l.out, its)
		return
	}
	its.At = time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
	text, err := json.Marshal(its)
	if err != nil {
		panic(err) // text has a form in JSON
	}
	fmt.Fprintf(l.out, "%s\n", text)
}
