package main

// leaderState is the leader in /state.
type leaderState struct {
	Address string `json:"address"`
	Path    string `json:"path,omitempty"`
	Token   string `json:"token,omitempty"`
}

// agentState is the answer to /state.
type agentState struct {
	ID       string       `json:"id"`
	Hostname string       `json:"hostname"`
	Address  string       `json:"address"`
	State    string       `json:"state"`
	Leader   *leaderState `json:"leader"`
	Session  string       `json:"session"`
	Tasks    []taskReport `json:"tasks"`
	// UpdatesWaiting counts the updates that no leader has confirmed yet.
	UpdatesWaiting int    `json:"updates_waiting"`
	Now            moment `json:"now"`
}

func (a *agent) state() agentState {
	a.mu.Lock()
	defer a.mu.Unlock()
	its := agentState{
		ID: a.id, Hostname: a.hostname, Address: a.address, State: a.role.State().String(), Session: a.session,
		Tasks: a.tasks.all(), UpdatesWaiting: len(a.updates.waiting), Now: instant(),
	}
	if leader, isKnown := a.role.Leader(); isKnown {
		its.Leader = &leaderState{leader.Address, leader.Path, decimal(leader.Token)}
	}
	return its
}
