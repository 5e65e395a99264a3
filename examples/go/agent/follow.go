package main

import (
	"context"
	"strconv"
	"sync"

	"tenure.example/tenure"
)

// follow prints each change of the leader and of the session, and has the guard remember the tokens, until the client
// is closed.
func follow(client *tenure.Client, detector *tenure.Detector, guard *guard, lines *lines, followers *sync.WaitGroup) {
	followers.Add(2)
	go func() {
		defer followers.Done()
		for event := range detector.Events(context.Background()) {
			ofDetector(event, guard, lines)
		}
	}()
	go func() {
		defer followers.Done()
		for event := range client.Events(context.Background()) {
			ofSession(event, lines)
		}
	}()
}

func ofDetector(event tenure.DetectorEvent, guard *guard, lines *lines) {
	switch event := event.(type) {
	case tenure.DetectorLeader:
		guard.saw(event.Member.Token)
		token := strconv.FormatUint(event.Member.Token, 10)
		lines.print(line{Event: "leader", Leader: string(event.Data), Token: token})
	case tenure.DetectorNone:
		lines.print(line{Event: "none"})
	case tenure.DetectorUnknown:
		lines.print(line{Event: "unknown"})
	case tenure.DetectorTokenFell:
		lines.print(problem("the group's token fell, because its ensemble was emptied or restored: " +
			"until this agent is started again, it refuses the leader"))
	case tenure.DetectorFailed:
		lines.print(problem(event.Err.Error()))
	default: // later versions may add events
	}
}

func ofSession(event tenure.SessionEvent, lines *lines) {
	switch event := event.(type) {
	case tenure.SessionSuspended:
		lines.print(problem("the connection is lost: " + event.Message))
	case tenure.SessionRetrying:
		lines.print(problem(event.Message))
	case tenure.SessionAuthFailed:
		lines.print(problem("the server refused the credentials of the URL"))
	default:
	}
}

func problem(message string) line { return line{Event: "error", Message: message} }
