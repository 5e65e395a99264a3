package main

import (
	"context"
	"time"
)

// resendAfter is the time after which an update that no leader confirmed is sent again.
const resendAfter = time.Second

// updates are the changes of tasks that no leader has confirmed yet, oldest first. They are sent one at a time, so that
// they arrive in order, while the agent is registered.
type updates struct {
	waiting []taskUpdate
	// abandon gives up the attempt to send the first one, if there is an attempt: that is under way, or waits for its
	// time. Otherwise nil.
	abandon context.CancelFunc
	// confirmed is closed when nothing waits any longer. It is nil unless the agent waits for that.
	confirmed chan struct{}
	// problem is the last one that was printed.
	problem string
}

// tell adds an update.
func (a *agent) tell(its taskUpdate) {
	a.lines.print(line{Event: "task", ID: its.ID, State: its.State, Message: its.Message})
	a.updates.waiting = append(a.updates.waiting, its)
	a.sendUpdate()
}

// sendUpdatesAnew sends the first update to the leader that has just registered the agent, whatever became of the
// attempt before.
func (a *agent) sendUpdatesAnew() {
	if a.updates.abandon != nil {
		a.updates.abandon()
		a.updates.abandon = nil
	}
	a.sendUpdate()
}

// sendUpdate sends the first update that waits, if the agent is registered. The lock is held.
func (a *agent) sendUpdate() {
	its := &a.updates
	if its.abandon != nil || len(its.waiting) == 0 || !a.isRegistered() {
		return
	}
	ctx, abandon := context.WithCancel(context.Background())
	its.abandon = abandon
	leader, _ := a.role.Leader()
	message := updateMessage{sender{Address: a.address}, a.id, its.waiting[0]}
	go func() {
		var answer updateAnswer
		err := a.masters.call(ctx, leader.Address, "/agent/update", message, &answer)
		if !a.updateAnswered(ctx, leader, answer, err) {
			a.resend(ctx)
		}
		abandon()
	}()
}

// updateAnswered removes the first update if a leader has confirmed it. It says whether the attempt is over.
func (a *agent) updateAnswered(ctx context.Context, to leading, answer updateAnswer, err error) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() != nil {
		return true
	}
	its := &a.updates
	now, isKnown := a.role.Leader()
	switch {
	case !isKnown || now != to:
		// That one leads no longer: the next registration sends the update again.
	case err == nil && a.accepts(answer.From):
		its.waiting = its.waiting[1:]
		its.abandon, its.problem = nil, ""
		if len(its.waiting) == 0 && its.confirmed != nil {
			close(its.confirmed)
			its.confirmed = nil
		}
		a.sendUpdate()
		return true
	case err == nil:
		a.lines.print(line{Event: "refused", From: answer.From, Path: "/agent/update", Reason: a.whyNot(answer.From)})
	default:
		if its.problem != err.Error() {
			its.problem = err.Error()
			a.lines.print(problem("an update is not confirmed, and is sent again: " + its.problem))
		}
		if isLinkLost(err) {
			a.carryOut(a.role.LinkLost())
		}
	}
	return false
}

// resend ends an attempt that failed, after a while, and begins the next one.
func (a *agent) resend(ctx context.Context) {
	pause := time.NewTimer(resendAfter)
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return
	case <-pause.C:
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() == nil {
		a.updates.abandon = nil
		a.sendUpdate()
	}
}
