package main

import (
	"fmt"
	"time"
)

const (
	// runningMax bounds the tasks that run at a time.
	runningMax = 1_000
	// endedMax bounds the ended tasks that the agent remembers: a new leader, which may have missed their last
	// updates, gets them with the registration.
	endedMax = 100
)

// taskState is a state of Mesos.
type taskState string

const (
	taskRunning  taskState = "TASK_RUNNING"
	taskFinished taskState = "TASK_FINISHED"
	taskKilled   taskState = "TASK_KILLED"
)

// taskReport is a task in /state and in registrations. A new leader has the name and the framework from here.
type taskReport struct {
	ID        string    `json:"id"`
	Name      string    `json:"name,omitempty"`
	Framework string    `json:"framework,omitempty"`
	State     taskState `json:"state"`
}

// task is a pretend task: a timer.
type task struct {
	taskReport
	timer *time.Timer
}

// taskUpdate is the new state of a task.
type taskUpdate struct {
	taskReport
	Message string `json:"message,omitempty"`
}

// tasks are the tasks of the agent, whose lock its callers hold.
type tasks struct {
	known map[string]*task
	// The ids, oldest first.
	running, ended []string
	// finished is called by the timer of a task, without the lock.
	finished func(id string)
	// changed is called for each change.
	changed func(taskUpdate)
}

// launch starts a task. One that is known already is left as it is: the leader may send an order twice.
func (t *tasks) launch(report taskReport, lasts time.Duration) error {
	id := report.ID
	if t.known[id] != nil {
		return nil
	}
	if len(t.running) >= runningMax {
		return fmt.Errorf("this agent runs %d tasks, and takes no more", runningMax)
	}
	report.State = taskRunning
	its := &task{taskReport: report}
	t.known[id] = its
	t.running = append(t.running, id)
	t.changed(taskUpdate{taskReport: report})
	its.timer = time.AfterFunc(lasts, func() { t.finished(id) })
	return nil
}

// finish ends a task whose time is over.
func (t *tasks) finish(id string) { t.end(id, taskFinished, "") }

// kill ends a task, if it still runs, and says whether it is known.
func (t *tasks) kill(id, why string) bool {
	if t.known[id] == nil {
		return false
	}
	t.end(id, taskKilled, why)
	return true
}

func (t *tasks) killAll(why string) {
	for _, id := range append([]string(nil), t.running...) {
		t.kill(id, why)
	}
}

func (t *tasks) end(id string, as taskState, message string) {
	its := t.known[id]
	if its == nil || its.State != taskRunning {
		return
	}
	its.timer.Stop()
	its.State = as
	for at, other := range t.running {
		if other == id {
			t.running = append(t.running[:at], t.running[at+1:]...)
			break
		}
	}
	t.ended = append(t.ended, id)
	if len(t.ended) > endedMax {
		delete(t.known, t.ended[0])
		t.ended = t.ended[1:]
	}
	t.changed(taskUpdate{its.taskReport, message})
}

// all are the tasks that are known: those that have ended, then those that run.
func (t *tasks) all() []taskReport {
	all := make([]taskReport, 0, len(t.known))
	for _, ids := range [][]string{t.ended, t.running} {
		for _, id := range ids {
			all = append(all, t.known[id].taskReport)
		}
	}
	return all
}
