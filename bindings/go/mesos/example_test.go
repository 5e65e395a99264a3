package mesos_test

import (
	"context"
	"fmt"

	"tenure.example/tenure"
	"tenure.example/tenure/mesos"
)

// An agent obeys the master that it has detected, and nobody else.
func ExampleAgent() {
	client, err := mesos.Standalone() // with ZooKeeper: tenure.Open("zk://host1:2181,host2:2181/mesos")
	if err != nil {
		panic(err)
	}
	defer client.Close()
	detector, err := mesos.NewMasterDetector(client, "/mesos")
	if err != nil {
		panic(err)
	}
	agent, err := mesos.NewAgent(mesos.AgentOptions{})
	if err != nil {
		panic(err)
	}
	defer agent.Close()

	leader, err := mesos.NewMasterInfo("one", "10.0.0.1:5050", "m1.example.com", "1.12.0")
	if err != nil {
		panic(err)
	}
	if err := mesos.Appoint(client, leader); err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_ = agent.Follow(ctx, detector, func(output mesos.Output) {
		if output.Kind == mesos.OutputRegister {
			fmt.Println("register with", output.Address)
			cancel()
		}
	})
	fmt.Println(agent.Accepts(mesos.Sender{Address: "10.0.0.1:5050"}), agent.Accepts(mesos.Sender{Address: "10.0.0.9:5050"}))
	// Output:
	// register with 10.0.0.1:5050
	// true false
}

// A master contends with what it says of itself, and a detector reads it.
func ExampleMasterContender() {
	client, err := tenure.Open("memory://go-example/mesos") // zk://host1:2181,host2:2181/mesos
	if err != nil {
		panic(err)
	}
	defer client.Close()
	info, err := mesos.NewMasterInfo("one", "10.0.0.1:5050", "m1.example.com", "1.12.0")
	if err != nil {
		panic(err)
	}
	contender, err := mesos.NewMasterContender(client, info)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	if _, _, err := contender.Lead(ctx); err != nil {
		panic(err)
	}
	detector, err := mesos.NewMasterDetector(client, "")
	if err != nil {
		panic(err)
	}
	event, err := detector.Detect(ctx, nil)
	if err != nil {
		panic(err)
	}
	if master, ok := event.(mesos.MasterLeads); ok {
		fmt.Println(master.Info.Host, master.Info.Port)
	}
	// Output:
	// m1.example.com 5050
}
