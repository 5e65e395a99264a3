// Package mesos has the masters of Apache Mesos on top of contenders and detectors, and the roles of a cluster's
// processes.
//
// A [MasterContender] is a contender with the label and the payload of a Mesos master, and a [MasterDetector] is a
// detector that decodes the leader's payload. A real Mesos cluster reads and writes the same znodes. Contender and
// detector of one master share a client, and so a session. The roles [Master], [Agent] and [Driver] decide how the
// processes react to their events, and by an [Observer] the leading master watches its agents: docs/roles.md has
// each transition.
//
// # An agent
//
//	client, err := tenure.Open("zk://host1:2181,host2:2181/mesos")
//	detector, err := mesos.NewMasterDetector(client, "")
//	agent, err := mesos.NewAgent(mesos.AgentOptions{})
//	agent.Follow(ctx, detector, func(output mesos.Output) {
//		switch output.Kind {
//		case mesos.OutputRegister: // ask the master at output.Address for an id
//		case mesos.OutputReregister: // ask it to take the agent with its id and its tasks
//		}
//	})
//	// and for each message that comes in, whatever it is:
//	if !agent.Accepts(mesos.Sender{Address: from, Token: token}) {
//		return // it is not the leader's
//	}
package mesos
