package main

import (
	"context"
	"fmt"
	"time"

	"tenure.example/tenure/mesos"
)

// leading is the leading master.
type leading = mesos.Leading

// carryOut does what the role puts out, and has it ticked in time. The lock is held.
func (a *agent) carryOut(outputs []mesos.Output, err error) {
	if err != nil {
		a.lines.print(problem(err.Error()))
	}
	for _, output := range outputs {
		switch output.Kind {
		case mesos.OutputNewLeader:
			a.printLeader("new_leader", output.Leading)
		case mesos.OutputSameLeader:
			a.printLeader("same_leader", output.Leading)
		case mesos.OutputLost:
			a.lines.print(line{Event: "lost"})
		case mesos.OutputDisconnected:
			a.lines.print(line{Event: "disconnected"})
		case mesos.OutputRegister, mesos.OutputReregister:
			a.register(output.Leading, output.ID)
		case mesos.OutputRegistered:
			a.id = output.ID
			a.isRegisteredAs("registered")
		case mesos.OutputReregistered:
			a.isRegisteredAs("reregistered")
		case mesos.OutputPong:
			a.printLeader("pong", output.Leading)
		case mesos.OutputStop:
			a.exitStatus = output.ExitStatus
			a.tasks.killAll("the agent has stopped")
			a.lines.print(line{Event: "stop", Reason: output.Reason.String(), Message: output.Message})
			close(a.stopped)
		default: // what was ignored is printed where its sender is known
		}
	}
	if due := a.role.Due(); due != 0 {
		a.due.Reset(due.Until())
	} else {
		a.due.Stop()
	}
}

// isRegisteredAs sends the updates that the leader has not confirmed.
func (a *agent) isRegisteredAs(event string) {
	leader, _ := a.role.Leader()
	a.lines.print(line{Event: event, ID: a.id, Leader: leader.Address, Token: decimal(leader.Token)})
	a.sendUpdatesAnew()
}

func (a *agent) printLeader(event string, leader leading) {
	a.lines.print(line{Event: event, Leader: leader.Address, Token: decimal(leader.Token)})
}

// register asks the leader to take the agent. It gives up the attempt before, which has had its time.
func (a *agent) register(to leading, id string) {
	a.abandon()
	ctx, cancel := context.WithCancel(context.Background())
	a.abandon = cancel
	message := registration{sender{Address: a.address}, a.hostname, id, a.tasks.all()}
	go func() {
		defer cancel()
		var answer registered
		err := a.masters.call(ctx, to.Address, "/agent/register", message, &answer)
		a.mu.Lock()
		defer a.mu.Unlock()
		if ctx.Err() == nil {
			a.registrationAnswered(to, answer, err)
		}
	}()
}

func (a *agent) registrationAnswered(to leading, answer registered, err error) {
	_, bad := answer.From.asMaster()
	switch {
	case err != nil:
		a.lines.print(problem(fmt.Sprintf("the leader %s does not take the agent yet: %v", asText(to), err)))
		return
	case bad != nil || answer.ID == "" || answer.PingTimeoutMS < 0 || answer.PingTimeoutMS > durationMax.Milliseconds():
		a.lines.print(problem(fmt.Sprintf("the answer of %s lacks a sender, an id or a good ping_timeout_ms", asText(to))))
		return
	case !a.accepts(answer.From):
		a.lines.print(line{Event: "refused", From: answer.From, Path: "/agent/register", Reason: a.whyNot(answer.From)})
	}
	// The role decides, also about an answer that is not the leader's.
	ping := time.Duration(answer.PingTimeoutMS) * time.Millisecond
	a.carryOut(a.role.Registered(a.from(answer.From), answer.ID, ping))
}
