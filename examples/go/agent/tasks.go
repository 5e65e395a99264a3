package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// bodyMax bounds the body of an instruction, in bytes.
const bodyMax = 64 << 10

// instruction is the body of a request. The token is a string, because many writers of JSON keep 53 bits of a number.
type instruction struct {
	Leader string `json:"leader"`
	Token  string `json:"token"`
	Task   string `json:"task"`
}

// tasks takes instructions over HTTP.
type tasks struct {
	guard *guard
	lines *lines
}

func (t *tasks) ServeHTTP(out http.ResponseWriter, request *http.Request) {
	switch {
	case request.URL.Path != "/task":
		http.Error(out, "instructions go to /task", http.StatusNotFound)
		return
	case request.Method != http.MethodPost:
		out.Header().Set("Allow", http.MethodPost)
		http.Error(out, "an instruction is a POST", http.StatusMethodNotAllowed)
		return
	}
	its, from, err := read(http.MaxBytesReader(out, request.Body, bodyMax))
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	refused := t.guard.admit(from, func() {
		// Here the agent would do its work, or keep it for later together with the token.
		t.lines.print(line{Event: "accepted", Leader: its.Leader, Token: its.Token, Task: its.Task})
	})
	if refused == nil {
		fmt.Fprintln(out, "accepted")
		return
	}
	t.lines.print(line{Event: "refused", Leader: its.Leader, Token: its.Token, Message: refused.reason})
	if refused.status == http.StatusServiceUnavailable {
		out.Header().Set("Retry-After", "1")
	}
	http.Error(out, refused.reason, refused.status)
}

// read reads an instruction. An error says what is expected.
func read(body io.Reader) (instruction, sender, error) {
	var its instruction
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&its); err != nil {
		return its, sender{}, fmt.Errorf(`an instruction is {"leader": "...", "token": "...", "task": "..."}: %w`, err)
	}
	token, err := strconv.ParseUint(its.Token, 10, 64)
	if err != nil {
		return its, sender{}, fmt.Errorf("the token %q is no decimal number of 64 bits", its.Token)
	}
	return its, sender{its.Leader, token}, nil
}
