package main

import (
	"bytes"
	"context"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTheLeaderIsObeyed(t *testing.T) {
	server, url := group(t)
	agent := start(t, url)
	agent.expect(agent.send("a:80", 1, "early"), http.StatusServiceUnavailable, "")
	agent.waits("nobody leads", isNone)
	agent.expect(agent.send("a:80", 1, "early"), http.StatusServiceUnavailable, "nobody leads")

	_, leadership := leads(t, server.Client("/agents"), "a:80")
	agent.knows(leadership)
	agent.expect(agent.send("a:80", leadership.Token(), "start web"), http.StatusOK, "accepted")
	agent.waits("the task", func(said line) bool {
		return said.Event == "accepted" && said.Leader == "a:80" && said.Task == "start web"
	})
}

func TestASpooferIsRefused(t *testing.T) {
	server, url := group(t)
	agent := start(t, url)
	_, leadership := leads(t, server.Client("/agents"), "a:80")
	agent.knows(leadership)
	token := leadership.Token()

	agent.expect(agent.send("b:80", token, "t"), http.StatusForbidden, `not of "b:80"`)
	agent.expect(agent.send("", token, "t"), http.StatusForbidden, `not of ""`)
	agent.expect(agent.send("a:80", token-1, "t"), http.StatusForbidden, "is over")
	agent.expect(agent.send("a:80", 0, "t"), http.StatusForbidden, "is over")
	got := agent.send("a:80", math.MaxUint64, "t")
	agent.expect(got, http.StatusServiceUnavailable, "if you lead, try again")
	if got.header.Get("Retry-After") != "1" {
		t.Fatalf("no Retry-After: %v", got.header)
	}
	// A forged token shuts no true leader out.
	agent.expect(agent.send("a:80", token, "t"), http.StatusOK, "accepted")
}

func TestADeposedLeaderIsRefusedForEver(t *testing.T) {
	server, url := group(t)
	agent := start(t, url)
	first, old := leads(t, server.Client("/agents"), "a:80")
	agent.knows(old)
	agent.expect(agent.send("a:80", old.Token(), "t"), http.StatusOK, "accepted")

	if _, err := first.Resign(context.Background()); err != nil {
		t.Fatal(err)
	}
	second, successor := leads(t, server.Client("/agents"), "b:80")
	agent.knows(successor)
	agent.expect(agent.send("a:80", old.Token(), "t"), http.StatusForbidden, "is over")
	agent.expect(agent.send("b:80", old.Token(), "t"), http.StatusForbidden, "is over")
	agent.expect(agent.send("b:80", successor.Token(), "t"), http.StatusOK, "accepted")

	// Also once nobody leads.
	if _, err := second.Resign(context.Background()); err != nil {
		t.Fatal(err)
	}
	agent.becomes("b:80", successor.Token(), http.StatusServiceUnavailable, "nobody leads")
	agent.expect(agent.send("a:80", old.Token(), "t"), http.StatusForbidden, "is over")
}

// The agent has no instruction while the second one leads: its detector alone has seen that token.
func TestATokenCountsFromItsDetectionOn(t *testing.T) {
	server, url := group(t)
	agent := start(t, url)
	first, old := leads(t, server.Client("/agents"), "a:80")
	agent.knows(old)
	if _, err := first.Resign(context.Background()); err != nil {
		t.Fatal(err)
	}
	second, successor := leads(t, server.Client("/agents"), "b:80")
	place := agent.knows(successor)
	if _, err := second.Resign(context.Background()); err != nil {
		t.Fatal(err)
	}
	agent.waitsFrom(place, "nobody leads", isNone)
	agent.expect(agent.send("a:80", old.Token(), "t"), http.StatusForbidden, "is over")
}

func TestNobodyIsObeyedWhileTheLeaderIsUnknown(t *testing.T) {
	server, url := group(t)
	agent := start(t, url)
	contender, leadership := leads(t, server.Client("/agents"), "a:80")
	agent.knows(leadership)
	agent.expect(agent.send("a:80", leadership.Token(), "t"), http.StatusOK, "accepted")

	server.Cut()
	agent.becomes("a:80", leadership.Token(), http.StatusServiceUnavailable, "the leader is unknown")
	agent.waits("unknown", func(said line) bool { return said.Event == "unknown" })
	server.Heal()
	leadership = leadsNow(t, contender)
	agent.becomes("a:80", leadership.Token(), http.StatusOK, "accepted")
}

// becomes waits until the agent answers so.
func (a *agent) becomes(leader string, token uint64, status int, part string) {
	a.t.Helper()
	end := time.Now().Add(limit)
	for got := a.send(leader, token, "t"); ; got = a.send(leader, token, "t") {
		if got.status == status || time.Now().After(end) {
			a.expect(got, status, part)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestBadInstructionsAreRefused(t *testing.T) {
	agent := start(t, "127.0.0.1:5050")
	post := http.MethodPost
	for _, bad := range []struct {
		method, path, body string
		status             int
		part               string
	}{
		{http.MethodGet, "/task", "", http.StatusMethodNotAllowed, "an instruction is a POST"},
		{post, "/", `{}`, http.StatusNotFound, "/task"},
		{post, "/task", ``, http.StatusBadRequest, `"token"`},
		{post, "/task", `[]`, http.StatusBadRequest, `"token"`},
		{post, "/task", `{"leader": "127.0.0.1:5050", "task": "t"}`, http.StatusBadRequest, "no decimal number"},
		{post, "/task", `{"leader": "127.0.0.1:5050", "token": 0}`, http.StatusBadRequest, "token"},
		{post, "/task", `{"leader": "127.0.0.1:5050", "token": "-1"}`, http.StatusBadRequest, "no decimal number"},
		{post, "/task", `{"token": "18446744073709551616"}`, http.StatusBadRequest, "no decimal number"},
		{post, "/task", `{"token": "0", "fence": "1"}`, http.StatusBadRequest, "fence"},
		{post, "/task", `{"task": "` + strings.Repeat("t", bodyMax) + `"}`, http.StatusBadRequest, "too large"},
	} {
		url := strings.TrimSuffix(agent.url, "/task") + bad.path
		agent.expect(agent.ask(bad.method, url, []byte(bad.body)), bad.status, bad.part)
	}
	agent.expect(agent.send("127.0.0.1:5050", 0, "t"), http.StatusOK, "accepted")
}

func TestArgumentsAreChecked(t *testing.T) {
	for _, its := range []struct {
		args string
		code int
		part string
	}{
		{"--help", 0, "usage:"},
		{"", 2, "the URL of the group is missing"},
		{"--master=zk://h/a zk://h/b", 2, "two URLs"},
		{"zk://h/a more", 2, "two URLs"},
		{"zk://h/a --loud", 2, "loud"},
		{"zk://h/a --session-timeout 0s", 2, "session timeout"},
		{"zk://u:secret@h/a,zk://h2/a", 2, ""},
		{"zk://127.0.0.1/a --listen nowhere", 1, "nowhere"},
	} {
		var out bytes.Buffer
		code := run(context.Background(), strings.Fields(its.args), &out, &out)
		if code != its.code || !strings.Contains(out.String(), its.part) || strings.Contains(out.String(), "secret") {
			t.Errorf("agent %s: %d, %q", its.args, code, out.String())
		}
	}
}
