package tenure_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// verbs are those that fmt has for any value, and for texts.
var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%x"}

// Handles may be printed while they are at work: the race detector sees any field that is read without its lock.
func TestHandlesArePrintedWhileTheyWork(t *testing.T) {
	server := tenuretest.New(t)
	client := server.Client("/app")
	contender, leadCtx, leadership := lead(t, client)
	detector, group := must(client.Detector("")), must(client.Group(""))
	events := contender.Events(within(t))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for round := 0; round < 3; round++ {
			server.Expire()
			for {
				if _, leads := next(t, events).(tenure.ContenderLeading); leads {
					break
				}
			}
		}
	}()
	for !isDone(done) {
		for _, verb := range verbs {
			_ = fmt.Sprintf(verb, []any{client, contender, detector, group, leadership, leadCtx})
		}
	}
}

func TestTheWordsOfHandles(t *testing.T) {
	client := tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second))
	contender, leadCtx, leadership := lead(t, client)
	detector, group := must(client.Detector("")), must(client.Group(""))
	next(t, detector.Events(within(t)))
	next(t, group.Watch(within(t)))
	shows := func(handle any, words string) {
		t.Helper()
		for _, verb := range verbs[:4] {
			if text := fmt.Sprintf(verb, handle); !regexp.MustCompile("^" + words + "$").MatchString(text) {
				t.Errorf("%s of %T: %s", verb, handle, text)
			}
		}
	}
	shows(client, "<tenure.Client /app SessionConnected>")
	shows(contender, "<tenure.Contender leading, token [0-9]+>")
	shows(detector, "<tenure.Detector Detector(Unknown|None|Leader)>")
	shows(group, "<tenure.Group Group(Unknown|Members)>")
	shows(leadership, "<tenure.Leadership token [0-9]+, [0-9.]+ s left>")
	shows(leadCtx, `context\..*\.WithLeadership\(<tenure.Leadership .*>\)`)
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	shows(client, "<tenure.Client /app closed>")
	shows(contender, "<tenure.Contender closed>")
	shows(detector, "<tenure.Detector closed>")
	shows(group, "<tenure.Group closed>")
	shows(leadership, "<tenure.Leadership token [0-9]+, over>")
}
