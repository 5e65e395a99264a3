package tenuretest_test

import (
	"context"
	"fmt"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

// The network fails: the lease of the leader ends by itself, and another leadership begins after the repair.
func Example() {
	t := newExampleTest() // in a test of yours: its *testing.T
	defer t.end()

	server := tenuretest.New(t)
	contender, err := server.Client("/app").Contender(tenure.WithData([]byte("me")))
	if err != nil {
		t.Fatalf("contending: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	leadership, err := contender.WaitLeading(ctx)
	if err != nil {
		t.Fatalf("waiting to lead: %v", err)
	}

	server.Cut()
	<-leadership.Done()
	fmt.Println(leadership.Err())

	server.Heal()
	tenuretest.Eventually(t, 20*time.Second, contender.IsLeading)
	fmt.Println("leads again")

	// Output:
	// tenure: leadership lost: the lease ended before it could be renewed
	// leads again
}

// A detector gets to know the leader, without a wait of a fixed length.
func ExampleAwait() {
	t := newExampleTest() // in a test of yours: its *testing.T
	defer t.end()

	server := tenuretest.New(t)
	client := server.Client("/app")
	detector, err := client.Detector("")
	if err != nil {
		t.Fatalf("detecting: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	events := detector.Watch(ctx)
	if _, err := client.Contender(tenure.WithData([]byte("10.0.0.1:80"))); err != nil {
		t.Fatalf("contending: %v", err)
	}
	leader := tenuretest.Await[tenure.DetectorLeader](t, 20*time.Second, events)
	fmt.Printf("%s\n", leader.Data)

	// Output: 10.0.0.1:80
}
