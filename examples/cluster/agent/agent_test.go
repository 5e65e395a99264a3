package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"tenure.example/tenure/tenuretest"
)

func TestBadInputIsRefused(t *testing.T) {
	agent := start(t, "--master=127.0.0.1:9")
	agent.says("new_leader", nil)
	its := from("127.0.0.1:9", 7)
	task := func(text string) string { return `{` + its + `, "task": ` + text + `}` }
	for _, bad := range []struct {
		path, body string
		status     int
		part       string
	}{
		{"/ping", ``, 400, "empty"},
		{"/ping", `{`, 400, "not the JSON object"},
		{"/ping", `[]`, 400, "not the JSON object"},
		{"/ping", `{` + its + `, "connected": true} {}`, 400, "more than one value"},
		{"/ping", `{"connected": true}`, 400, `"from" is missing`},
		{"/ping", `{"from": "127.0.0.1:9", "connected": true}`, 400, "not the JSON object"},
		{"/ping", `{"from": {"token": "7"}, "connected": true}`, 400, `no "address"`},
		{"/ping", `{"from": {"address": "127.0.0.1:9"}, "connected": true}`, 400, "no decimal number"},
		{"/ping", `{"from": {"address": "127.0.0.1:9", "token": 7}, "connected": true}`, 400, "not the JSON object"},
		{"/ping", `{"from": {"address": "127.0.0.1:9", "token": "18446744073709551616"}}`, 400, "no decimal number"},
		{"/ping", `{` + its + `}`, 400, `"connected" is missing`},
		{"/ping", `{` + its + `, "connected": "yes"}`, 400, "not the JSON object"},
		{"/ping", `{"connected": "` + strings.Repeat("a", bodyMax) + `"}`, 413, "larger"},
		{"/launch", `{` + its + `}`, 400, `"task" is missing`},
		{"/launch", task(`{"name": "n", "duration_ms": 1}`), 400, `needs an "id"`},
		{"/launch", task(`{"id": "` + strings.Repeat("a", nameMax+1) + `", "duration_ms": 1}`), 400, "at most"},
		{"/launch", task(`{"id": "t"}`), 400, `"duration_ms"`},
		{"/launch", task(`{"id": "t", "duration_ms": -1}`), 400, `"duration_ms"`},
		{"/launch", task(`{"id": "t", "duration_ms": 1e30}`), 400, "not the JSON object"},
		{"/kill", `{` + its + `}`, 400, `"task_id" is missing`},
		{"/kill", `{` + its + `, "task_id": "t"}`, 404, `no task "t"`},
		{"/ping", `{` + from("127.0.0.1:8", 7) + `, "connected": true}`, 403, "the leading master is 127.0.0.1:9"},
		{"/shutdown", `{` + from("127.0.0.1:8", 7) + `}`, 403, "the leading master is 127.0.0.1:9"},
		{"/nowhere", `{}`, 404, "/ping"},
	} {
		agent.expect(bad.path, bad.body, bad.status, bad.part)
	}
	if status, text := agent.ask(http.MethodGet, "/ping", ""); status != http.StatusMethodNotAllowed {
		t.Errorf("GET /ping: %d %s", status, text)
	}
	agent.says("refused", func(said line) bool { return said.From.Address == "127.0.0.1:8" && said.Path == "/ping" })
	agent.expect("/ping", `{`+its+`, "connected": true}`, 200, `"id"`)
}

func TestArgumentsAreChecked(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for _, its := range []struct {
		args string
		code int
		part string
	}{
		{"--help", 0, "usage:"},
		{"", 2, "--master is missing"},
		{"--master=nowhere", 2, "zk://"},
		{"--master=zk://h/a --loud", 2, "loud"},
		{"--master=zk://h/a zk://u:secret@h/a", 2, "too many"},
		{"--master=zk://u:secret@h/a,zk://h2/a", 2, ""},
		{"--master=zk://h/a --ip=0.0.0.0", 2, "--ip"},
		{"--master=zk://h/a --port=65536", 2, "--port"},
		{"--master=zk://h/a --advertise=h:1", 2, "--advertise"},
		{"--master=zk://h/a --proxy=ftp://u:secret@h:1", 2, "--proxy"},
		{"--master=zk://h/a --session-timeout=0s", 2, "session timeout"},
		{"--master=zk://h/a --port=0 --backoff=-1s", 2, "backoff"},
		{"--master=127.0.0.1:9 --port=" + port, 1, ":" + port},
	} {
		var out bytes.Buffer
		code := run(context.Background(), strings.Fields(its.args), &out, &out)
		if code != its.code || !strings.Contains(out.String(), its.part) || strings.Contains(out.String(), "secret") {
			t.Errorf("%s: %d, %q", its.args, code, out.String())
		}
	}
}

func TestOnlyTheLeaderIsObeyed(t *testing.T) {
	group := tenuretest.New(t)
	agent := start(t, "--master="+group.URL("/masters"))
	ping := func(from string) string { return `{` + from + `, "connected": true}` }
	agent.expect("/ping", ping(from("127.0.0.1:9", 7)), 403, "no leading master is known")

	first, old := leads(t, group)
	agent.says("registered", nil)
	agent.expect("/ping", ping(from(first.address, old)), 200, `"A1"`)
	agent.expect("/ping", ping(from(first.address, old+1)), 403, first.address)
	agent.expect("/kill", `{`+from("127.0.0.1:9", old)+`, "task_id": "t"}`, 403, first.address)
	agent.expect("/launch", `{`+from("127.0.0.1:9", old)+`, "task": {"id": "t", "duration_ms": 1}}`, 403, first.address)

	if _, err := first.contender.Resign(context.Background()); err != nil {
		t.Fatal(err)
	}
	second, token := leads(t, group)
	agent.says("reregistered", nil)
	agent.expect("/ping", ping(from(first.address, old)), 403, second.address)
	agent.expect("/shutdown", `{`+from(second.address, old)+`}`, 403, second.address)
	agent.expect("/ping", ping(from(second.address, token)), 200, `"A1"`)

	// Without an event, too: the library takes its knowledge back by the clock.
	group.Cut()
	until(t, "nobody is obeyed", func() bool {
		status, text := agent.ask(http.MethodPost, "/ping", ping(from(second.address, token)))
		return status == http.StatusForbidden && strings.Contains(text, "no leading master is known")
	})
	agent.says("lost", nil)
	group.Heal()
	token = second.leadsNow().Token()
	until(t, "the leader is obeyed again", func() bool {
		status, _ := agent.ask(http.MethodPost, "/ping", ping(from(second.address, token)))
		return status == http.StatusOK
	})

	agent.expect("/shutdown", `{`+from(second.address, token)+`}`, 200, "")
	if stop := agent.says("stop", nil); stop.Reason != "asked" {
		t.Errorf("%+v", stop)
	}
	if code := agent.exits(); code != 0 {
		t.Errorf("the agent exits with %d", code)
	}
}

// An update that the leader does not confirm is sent again, the next one waits for it, and a leader that comes later
// gets those that none before has confirmed.
func TestUpdatesAreSentUntilConfirmed(t *testing.T) {
	group := tenuretest.New(t)
	first, old := leads(t, group)
	first.mu.Lock()
	first.deaf = true
	first.mu.Unlock()
	agent := start(t, "--master="+group.URL("/masters"))
	agent.says("registered", nil)
	task := `"task": {"id": "t", "name": "n", "framework": "F1", "duration_ms": 1}`
	agent.expect("/launch", `{`+from(first.address, old)+`, `+task+`}`, 200, "")
	agent.expect("/launch", `{`+from(first.address, old)+`, `+task+`}`, 200, "") // the order came twice
	agent.says("task", func(said line) bool { return said.State == taskFinished })
	agent.says("problem", func(said line) bool { return strings.Contains(said.Message, "sent again") })

	if _, err := first.contender.Resign(context.Background()); err != nil {
		t.Fatal(err)
	}
	second, _ := leads(t, group)
	both := []string{"t TASK_RUNNING", "t TASK_FINISHED"}
	until(t, "both updates are confirmed", func() bool { return len(second.updates()) >= 2 })
	if got := second.updates(); !reflect.DeepEqual(got, both) {
		t.Errorf("%v", got)
	}
	second.mu.Lock()
	defer second.mu.Unlock()
	var its registration
	if err := json.Unmarshal(second.got[0].body, &its); err != nil || its.ID != "A1" || len(its.Tasks) != 1 {
		t.Fatalf("%s: %+v, %v", second.got[0].path, its, err)
	}
	if done := (taskReport{"t", "n", "F1", taskFinished}); its.Tasks[0] != done || len(first.updates()) != 0 {
		t.Errorf("%+v", its.Tasks)
	}
}

func TestTheLeaderIsToldOfTheEnd(t *testing.T) {
	group := tenuretest.New(t)
	its, token := leads(t, group)
	agent := start(t, "--master="+group.URL("/masters"))
	agent.says("registered", nil)
	for _, id := range []string{"a", "b"} {
		agent.expect("/launch", fmt.Sprintf(`{%s, "task": {"id": %q, "duration_ms": 3600000}}`,
			from(its.address, token), id), 200, "")
	}
	agent.expect("/kill", `{`+from(its.address, token)+`, "task_id": "a"}`, 200, "")
	if code := agent.exits(); code != 0 {
		t.Errorf("the agent exits with %d", code)
	}
	all := []string{"a TASK_RUNNING", "b TASK_RUNNING", "a TASK_KILLED", "b TASK_KILLED"}
	if got := its.updates(); !reflect.DeepEqual(got, all) {
		t.Errorf("%v", got)
	}
}
