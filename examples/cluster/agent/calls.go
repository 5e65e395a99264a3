package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// callTime bounds a call to a master.
const callTime = 5 * time.Second

// registration asks a master to take the agent; without an id, to give it one.
type registration struct {
	From     sender       `json:"from"`
	Hostname string       `json:"hostname"`
	ID       string       `json:"id,omitempty"`
	Tasks    []taskReport `json:"tasks"`
}

// registered is the answer of a master that took the agent.
type registered struct {
	From          *sender `json:"from"`
	ID            string  `json:"id"`
	PingTimeoutMS int64   `json:"ping_timeout_ms"`
}

// updateMessage tells a master the new state of a task.
type updateMessage struct {
	From sender     `json:"from"`
	ID   string     `json:"id"`
	Task taskUpdate `json:"task"`
}

// updateAnswer confirms an update.
type updateAnswer struct {
	From *sender `json:"from"`
}

// masters calls masters, through a proxy if there is one.
type masters struct{ http http.Client }

func newMasters(proxy *url.URL) *masters {
	return &masters{http.Client{
		Timeout: callTime,
		// A master that does not lead points to another one: that is the detector's to say.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: http.ProxyURL(proxy), MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second,
		},
	}}
}

// errAnswered is an answer of a master that is not 200.
type errAnswered struct {
	status int
	text   string
}

func (e *errAnswered) Error() string { return fmt.Sprintf("the answer is %d: %s", e.status, e.text) }

// call posts a message to the master at an address, and reads its answer if that is 200.
func (m *masters) call(ctx context.Context, address, path string, message, into any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	got, err := m.http.Do(request)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	its := io.LimitReader(got.Body, bodyMax)
	if got.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(its, 1<<10))
		return &errAnswered{got.StatusCode, string(bytes.TrimSpace(text))}
	}
	if err := read(its, into); err != nil {
		return &errAnswered{got.StatusCode, "it is not the JSON object that is expected: " + err.Error()}
	}
	return nil
}

// isLinkLost says whether a call failed because the master cannot be reached, does not answer, or says that it does not
// know the agent.
func isLinkLost(err error) bool {
	var answered *errAnswered
	return err != nil && (!errors.As(err, &answered) || answered.status == http.StatusForbidden)
}
