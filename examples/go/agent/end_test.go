package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The agent's process answers the instruction that is under way at SIGTERM, takes no other, and exits with 0.
func TestSIGTERMEndsItInOrder(t *testing.T) {
	process := exec.Command(os.Args[0], "--json", "--listen=127.0.0.1:0", "--master=127.0.0.1:5050")
	process.Env = append(os.Environ(), asAgent+"=1")
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	var agent *agent
	read, write := io.Pipe()
	go func() {
		// All of its output first: Wait closes the pipe.
		_, _ = io.Copy(write, out)
		exited <- process.Wait()
	}()
	t.Cleanup(func() { process.Process.Kill() })
	agent = reads(t, read)
	agent.expect(agent.send("127.0.0.1:5050", 0, "before"), http.StatusOK, "accepted")

	// An instruction whose second half is still to come.
	host := strings.TrimSuffix(strings.TrimPrefix(agent.url, "http://"), "/task")
	slow, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	body := `{"leader": "127.0.0.1:5050", "token": "0", "task": "slow"}`
	_, err = io.WriteString(slow, "POST /task HTTP/1.1\r\nHost: agent\r\nExpect: 100-continue\r\nConnection: close\r\n"+
		"Content-Length: 58\r\n\r\n"+body[:10])
	if err != nil || len(body) != 58 {
		t.Fatal(err, len(body))
	}
	// The agent asks for the body once it has begun to read it.
	begun := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	slow.SetDeadline(time.Now().Add(limit))
	if _, err := io.ReadFull(slow, begun); err != nil {
		t.Fatal(err)
	}

	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(limit); ; time.Sleep(time.Millisecond) {
		more, err := net.Dial("tcp", host)
		if err != nil {
			break
		}
		more.Close()
		if time.Now().After(end) {
			t.Fatal("the agent takes instructions after SIGTERM")
		}
	}
	if _, err := io.WriteString(slow, body[10:]); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(slow)
	if err != nil || !strings.Contains(string(answer), "200 OK") {
		t.Fatalf("%q, %v", answer, err)
	}
	select {
	case err := <-exited:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(limit):
		t.Fatal("the agent does not exit")
	}
	agent.waits("ended", func(said line) bool { return said.Event == "ended" })
}
