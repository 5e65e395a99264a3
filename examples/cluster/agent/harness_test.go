package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/mesos"
	"tenure.example/tenure/tenuretest"
)

// limit bounds every wait: it passes only if something is broken.
const limit = 30 * time.Second

// until waits for a condition.
func until(t *testing.T, noun string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in %v: %s", limit, noun)
		}
	}
}

// running is an agent in this process.
type running struct {
	t     *testing.T
	url   string
	end   context.CancelFunc
	ended chan int
	mu    sync.Mutex
	said  []line
}

// start starts an agent. It ends with the test, if the test has not ended it.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	read, write := io.Pipe()
	ctx, end := context.WithCancel(context.Background())
	its := &running{t: t, end: end, ended: make(chan int, 1)}
	args = append([]string{"--json", "--port=0", "--hostname=h", "--session-timeout=1s", "--backoff=10ms"}, args...)
	go func() {
		its.ended <- run(ctx, args, write, write)
		write.Close()
	}()
	go its.read(read)
	t.Cleanup(func() { its.exits() })
	its.url = "http://" + its.says("listening", nil).Address
	return its
}

func (r *running) read(from io.Reader) {
	for text := bufio.NewScanner(from); text.Scan(); {
		var said line
		if err := json.Unmarshal(text.Bytes(), &said); err != nil {
			said = problem(fmt.Sprintf("the agent printed %q: %v", text.Text(), err))
		}
		r.mu.Lock()
		r.said = append(r.said, said)
		r.mu.Unlock()
	}
}

// exits ends the agent as a signal does, and gives its exit status.
func (r *running) exits() int {
	r.t.Helper()
	r.end()
	select {
	case code := <-r.ended:
		r.ended <- code
		return code
	case <-time.After(limit):
		r.t.Fatal("the agent does not end")
		return 0
	}
}

func (r *running) lines() []line {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]line(nil), r.said...)
}

// says waits for an event, also of before.
func (r *running) says(event string, its func(line) bool) (found line) {
	r.t.Helper()
	until(r.t, "the event "+event, func() bool {
		for _, said := range r.lines() {
			if said.Event == event && (its == nil || its(said)) {
				found = said
				return true
			}
		}
		return false
	})
	return found
}

// ask sends a request; it gives the status and the body of the answer.
func (r *running) ask(method, path, body string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	client := http.Client{Timeout: limit}
	got, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return got.StatusCode, string(text)
}

// expect sends a message, and checks status and a part of the answer.
func (r *running) expect(path, body string, status int, part string) {
	r.t.Helper()
	got, text := r.ask(http.MethodPost, path, body)
	var its failure
	if got != http.StatusOK && json.Unmarshal([]byte(text), &its) == nil {
		text = its.Error
	}
	if got != status || !strings.Contains(text, part) {
		r.t.Fatalf("POST %s %.200s: %d %s, and not %d with %q", path, body, got, text, status, part)
	}
}

func from(address string, token uint64) string {
	return fmt.Sprintf(`"from": {"address": %q, "token": "%d"}`, address, token)
}

// master is a member of the masters' group, with a server for the calls of agents.
type master struct {
	t       *testing.T
	address string

	mu        sync.Mutex
	contender *mesos.MasterContender
	// got are the calls that arrived, as path and body.
	got []received
	// deaf has it answer 503 to updates.
	deaf bool
}

type received struct {
	path string
	body []byte
}

// leads makes a master, and waits until it leads.
func leads(t *testing.T, group *tenuretest.Server) (its *master, token uint64) {
	t.Helper()
	its = &master{t: t}
	server := httptest.NewServer(its)
	t.Cleanup(server.Close)
	its.address = server.Listener.Addr().String()
	info, err := mesos.NewMasterInfo("m", its.address, "h", "1")
	if err != nil {
		t.Fatal(err)
	}
	contender, err := mesos.NewMasterContender(group.Client("/masters"), info)
	if err != nil {
		t.Fatal(err)
	}
	its.mu.Lock()
	its.contender = contender
	its.mu.Unlock()
	return its, its.leadsNow().Token()
}

func (m *master) leadsNow() *tenure.Leadership {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	leadership, err := m.contender.WaitLeading(ctx)
	if err != nil {
		m.t.Fatal(err)
	}
	return leadership
}

func (m *master) ServeHTTP(out http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	m.mu.Lock()
	defer m.mu.Unlock()
	var leadership *tenure.Leadership
	// The agents may know it before its maker does.
	if m.contender != nil {
		leadership = m.contender.Leadership()
	}
	if err != nil || leadership == nil || m.deaf && request.URL.Path == "/agent/update" {
		out.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	m.got = append(m.got, received{request.URL.Path, body})
	fmt.Fprintf(out, `{%s, "id": "A1", "ping_timeout_ms": 75000}`, from(m.address, leadership.Token()))
}

// updates are the updates that it has confirmed, as id and state.
func (m *master) updates() (all []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, call := range m.got {
		var its updateMessage
		if call.path == "/agent/update" && json.Unmarshal(call.body, &its) == nil {
			all = append(all, its.Task.ID+" "+string(its.Task.State))
		}
	}
	return all
}
