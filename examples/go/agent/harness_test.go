package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// limit bounds every wait: it passes only if something is broken.
const limit = 30 * time.Second

// asAgent has the binary of the tests be the agent, as a process of its own.
const asAgent = "TENURE_TEST_AS_AGENT"

func TestMain(m *testing.M) {
	if os.Getenv(asAgent) != "" {
		main()
	}
	os.Exit(m.Run())
}

// agent is an agent that runs, in this process or another.
type agent struct {
	t    *testing.T
	url  string // of its tasks
	mu   sync.Mutex
	said []line
}

// reads takes the agent's lines, and waits for the one that has its address.
func reads(t *testing.T, from io.Reader) *agent {
	its := &agent{t: t}
	go func() {
		for text := bufio.NewScanner(from); text.Scan(); {
			var said line
			if err := json.Unmarshal(text.Bytes(), &said); err != nil {
				said = problem(fmt.Sprintf("the agent printed %q: %v", text.Text(), err))
			}
			its.mu.Lock()
			its.said = append(its.said, said)
			its.mu.Unlock()
		}
	}()
	first := its.waits("listening", func(said line) bool { return said.Event == "listening" })
	its.url = "http://" + first.Address + "/task"
	return its
}

// start starts an agent in this process, which ends in order when the test does.
func start(t *testing.T, url string) *agent {
	t.Helper()
	read, write := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	args := []string{"--json", "--listen", "127.0.0.1:0", "--session-timeout", "1s", url}
	go func() { ended <- run(ctx, args, write, io.Discard) }()
	t.Cleanup(func() {
		cancel()
		select {
		case code := <-ended:
			if code != 0 {
				t.Errorf("the agent ended with %d", code)
			}
		case <-time.After(limit):
			t.Error("the agent did not end")
		}
		write.Close()
	})
	return reads(t, read)
}

// waits waits for a line, also of before.
func (a *agent) waits(noun string, wanted func(line) bool) line {
	a.t.Helper()
	found, _ := a.waitsFrom(0, noun, wanted)
	return found
}

// waitsFrom waits for a line from a place on, and gives the place behind it.
func (a *agent) waitsFrom(place int, noun string, wanted func(line) bool) (line, int) {
	a.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(time.Millisecond) {
		a.mu.Lock()
		said := a.said
		a.mu.Unlock()
		for at := place; at < len(said); at++ {
			if wanted(said[at]) {
				return said[at], at + 1
			}
		}
		if time.Now().After(end) {
			a.t.Fatalf("the agent did not say %q, but %+v", noun, said)
		}
	}
}

// knows waits until the agent has detected a leadership, and gives the place behind that line.
func (a *agent) knows(leadership *tenure.Leadership) int {
	a.t.Helper()
	token := strconv.FormatUint(leadership.Token(), 10)
	isIts := func(said line) bool { return said.Event == "leader" && said.Token == token }
	_, place := a.waitsFrom(0, "leader "+token, isIts)
	return place
}

func isNone(said line) bool { return said.Event == "none" }

// answer is an answer of the agent.
type answer struct {
	status int
	text   string
	header http.Header
}

// send sends an instruction by real HTTP.
func (a *agent) send(leader string, token uint64, task string) answer {
	a.t.Helper()
	body, err := json.Marshal(instruction{leader, strconv.FormatUint(token, 10), task})
	if err != nil {
		a.t.Fatal(err)
	}
	return a.ask(http.MethodPost, a.url, body)
}

func (a *agent) ask(method, url string, body []byte) answer {
	a.t.Helper()
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	client := http.Client{Timeout: limit}
	got, err := client.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return answer{got.StatusCode, string(text), got.Header}
}

// expect checks an answer: its status, and a part of its sentence.
func (a *agent) expect(got answer, status int, part string) {
	a.t.Helper()
	if got.status != status || !strings.Contains(got.text, part) {
		a.t.Fatalf("the agent answers %d %q, and not %d with %q", got.status, got.text, status, part)
	}
}

// leads makes a leader of the agents' group, and waits until it leads.
func leads(t *testing.T, client *tenure.Client, address string) (*tenure.Contender, *tenure.Leadership) {
	t.Helper()
	contender, err := client.Contender(tenure.WithData([]byte(address)))
	if err != nil {
		t.Fatal(err)
	}
	return contender, leadsNow(t, contender)
}

func leadsNow(t *testing.T, contender *tenure.Contender) *tenure.Leadership {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	leadership, err := contender.WaitLeading(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return leadership
}

// group gives a server, and the URL of the agents' group on it.
func group(t *testing.T) (*tenuretest.Server, string) {
	t.Helper()
	server := tenuretest.New(t)
	return server, server.URL("/agents")
}
