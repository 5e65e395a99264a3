package main

import (
	"context"

	"tenure.example/tenure"
	"tenure.example/tenure/mesos"
)

// follow gives the role each event of the leader, until ctx ends.
func (a *agent) follow(ctx context.Context, client *tenure.Client) {
	leaders, sessions := a.detector.Events(ctx), client.Events(ctx)
	for leaders != nil || sessions != nil {
		select {
		case event, isOpen := <-leaders:
			if !isOpen {
				leaders = nil
				continue
			}
			a.detected(mesos.MasterEventOf(event))
		case event, isOpen := <-sessions:
			if !isOpen {
				sessions = nil
				continue
			}
			a.hasSession(event)
		}
	}
}

func (a *agent) detected(event mesos.MasterEvent) {
	switch event := event.(type) {
	case mesos.MasterUndecodable:
		a.lines.print(problem("the leader cannot be obeyed: " + event.Err.Error()))
	case mesos.MasterFailed:
		a.lines.print(problem(event.Err.Error()))
	default: // the outputs of the role say the rest
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.carryOut(a.role.TakeMaster(event))
}

// hasSession notes the state of the session for /state, and prints what went wrong with it.
func (a *agent) hasSession(event tenure.SessionEvent) {
	state := ""
	switch event := event.(type) {
	case tenure.SessionConnecting:
		state = "connecting"
	case tenure.SessionConnected:
		state = "connected"
	case tenure.SessionSuspended:
		state = "suspended"
		a.lines.print(problem("the connection to ZooKeeper is lost: " + event.Message))
	case tenure.SessionRetrying:
		a.lines.print(problem(event.Message))
	case tenure.SessionExpired:
		state = "expired"
		a.lines.print(problem("the session expired; a new one follows"))
	case tenure.SessionAuthFailed:
		state = "auth_failed"
		a.lines.print(problem("the server refused the credentials of the URL: start the agent with others"))
	case tenure.SessionClosed:
		state = "closed"
	default: // later versions may add events
	}
	if state != "" {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.session = state
	}
}
