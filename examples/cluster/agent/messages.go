package main

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tenure.example/tenure/mesos"
)

const (
	// nameMax bounds ids and names, in bytes.
	nameMax = 256
	// durationMax is the longest pretend task.
	durationMax = 24 * time.Hour
)

// message is a message of a master.
type message interface {
	// check says what is wrong with it, apart from its sender.
	check() error
	sender() *sender
	// obey does what the leader asks for, and gives the answer.
	obey(*agent) (any, *refusal)
}

// refusal is the answer to a message that is not obeyed.
type refusal struct {
	status int
	reason string
}

// sender is the party that a message says it comes from. The token is a string, because many readers of JSON keep 53
// bits of a number.
type sender struct {
	Address string `json:"address"`
	Token   string `json:"token,omitempty"`
}

func (s sender) String() string {
	if s.Token == "" {
		return s.Address
	}
	return s.Address + ", token " + s.Token
}

// asMaster is a master as the role knows senders.
func (s *sender) asMaster() (mesos.Sender, error) {
	switch {
	case s == nil:
		return mesos.Sender{}, errors.New(`"from" is missing: {"address": "IP:PORT", "token": "DECIMAL"}`)
	case s.Address == "":
		return mesos.Sender{}, errors.New(`"from" has no "address"`)
	}
	token, err := strconv.ParseUint(s.Token, 10, 64)
	if err != nil || token == 0 {
		return mesos.Sender{}, fmt.Errorf(`the token %q of "from" is no decimal number from 1 of 64 bits`, s.Token)
	}
	return mesos.Sender{Address: s.Address, Token: token}, nil
}

// origin is the part that all messages have.
type origin struct {
	From *sender `json:"from"`
}

func (o *origin) sender() *sender { return o.From }

// ping asks whether the agent is alive; connected is false if the master has lost it.
type ping struct {
	origin
	Connected *bool `json:"connected"`
}

func (p *ping) check() error {
	if p.Connected == nil {
		return errors.New(`"connected" is missing: true or false`)
	}
	return nil
}

// launch starts a task.
type launch struct {
	origin
	Task *taskInfo `json:"task"`
}

// taskInfo describes a pretend task.
type taskInfo struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Framework  string `json:"framework"`
	DurationMS *int64 `json:"duration_ms"`
}

func (l *launch) check() error {
	switch its := l.Task; {
	case its == nil:
		return errors.New(`"task" is missing: {"id": "...", "name": "...", "duration_ms": 1000}`)
	case its.ID == "" || len(its.ID) > nameMax || len(its.Name) > nameMax || len(its.Framework) > nameMax:
		return fmt.Errorf(`"task" needs an "id"; id, name and framework are at most %d bytes`, nameMax)
	case its.DurationMS == nil || *its.DurationMS < 0 || *its.DurationMS > durationMax.Milliseconds():
		return fmt.Errorf(`"task" needs a "duration_ms" from 0 to %d`, durationMax.Milliseconds())
	}
	return nil
}

// kill ends a task.
type kill struct {
	origin
	TaskID string `json:"task_id"`
}

func (k *kill) check() error {
	if k.TaskID == "" {
		return errors.New(`"task_id" is missing`)
	}
	return nil
}

// shutdown ends the agent.
type shutdown struct{ origin }

func (*shutdown) check() error { return nil }

// nothing is the body of an answer that has nothing to say.
type nothing struct{}

// identity is the answer to a ping.
type identity struct {
	ID string `json:"id"`
}

func (p *ping) obey(its *agent) (any, *refusal) {
	its.carryOut(its.role.Ping(its.from(p.From), *p.Connected))
	return identity{its.id}, nil
}

func (l *launch) obey(its *agent) (any, *refusal) {
	if its.isLeaving {
		return nil, &refusal{http.StatusServiceUnavailable, "this agent is about to end"}
	}
	task := taskReport{ID: l.Task.ID, Name: l.Task.Name, Framework: l.Task.Framework}
	if err := its.tasks.launch(task, time.Duration(*l.Task.DurationMS)*time.Millisecond); err != nil {
		return nil, &refusal{http.StatusServiceUnavailable, err.Error()}
	}
	return nothing{}, nil
}

func (k *kill) obey(its *agent) (any, *refusal) {
	if !its.tasks.kill(k.TaskID, "the leader killed it") {
		return nil, &refusal{http.StatusNotFound, "this agent knows no task " + strconv.Quote(k.TaskID)}
	}
	return nothing{}, nil
}

func (s *shutdown) obey(its *agent) (any, *refusal) {
	from := its.from(s.From)
	its.carryOut(its.role.Shutdown(&from))
	return nothing{}, nil
}
