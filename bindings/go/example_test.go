package tenure_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"tenure.example/tenure"
)

func ExampleContender_Lead() {
	client, err := tenure.Open("memory://example-lead/app")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	contender, err := client.Contender(tenure.WithData([]byte("10.0.0.1:80")))
	if err != nil {
		log.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	leadCtx, leadership, err := contender.Lead(ctx) // waits to lead
	if err != nil {
		log.Fatal(err)
	}
	if leadership.IsLeading() { // ask before each action that only the leader may take
		fmt.Println("leads:", leadership.Token() > 0)
	}

	if _, err := contender.Resign(ctx); err != nil {
		log.Fatal(err)
	}
	<-leadCtx.Done()
	fmt.Println(leadership.Err())

	// Output:
	// leads: true
	// tenure: leadership lost: withdrawn
}

func ExampleRun() {
	client, err := tenure.Open("memory://example-run/app")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err = tenure.Run(ctx, client, nil, func(ctx context.Context, leadership *tenure.Leadership) error {
		for step := 1; step <= 3; step++ {
			if !leadership.IsLeading() {
				return leadership.Err() // Run contends again
			}
			fmt.Println("step", step)
		}
		return nil // the work is finished: Run releases the leadership, and returns
	})
	fmt.Println(err)

	// Output:
	// step 1
	// step 2
	// step 3
	// <nil>
}

func ExampleDetector_Watch() {
	client, err := tenure.Open("memory://example-watch/app")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	detector, err := client.Detector("")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Contender(tenure.WithData([]byte("10.0.0.1:80"))); err != nil {
		log.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for event := range detector.Watch(ctx) {
		switch its := event.(type) {
		case tenure.DetectorLeader:
			fmt.Printf("follow %s\n", its.Data)
			cancel() // closes the channel
		default: // no leader, or not known: obey nobody
		}
	}

	// Output: follow 10.0.0.1:80
}

func ExampleGroup() {
	client, err := tenure.Open("memory://example-group/workers")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	group, err := client.Group("")
	if err != nil {
		log.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	me, err := group.Join(ctx, []byte("10.0.0.1:80"), "worker")
	if err != nil {
		log.Fatal(err)
	}
	members, err := group.Members(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, member := range members {
		data, _, err := group.Data(ctx, member)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s at %s\n", member.Label, data)
	}
	removed, err := group.Cancel(ctx, me)
	fmt.Println("left:", removed, err)

	// Output:
	// worker at 10.0.0.1:80
	// left: true <nil>
}
