package tenure_test

import (
	"context"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

func BenchmarkIsLeading(b *testing.B) {
	_, _, leadership := lead(b, tenuretest.New(b).Client("/app"))
	b.ReportAllocs()
	b.ResetTimer()
	for at := 0; at < b.N; at++ {
		if !leadership.IsLeading() {
			b.Fatal("it does not lead")
		}
	}
}

func BenchmarkIsLeadingByManyGoroutines(b *testing.B) {
	_, _, leadership := lead(b, tenuretest.New(b).Client("/app"))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if !leadership.IsLeading() {
				b.Error("it does not lead")
			}
		}
	})
}

func BenchmarkToken(b *testing.B) {
	_, _, leadership := lead(b, tenuretest.New(b).Client("/app"))
	b.ResetTimer()
	for at := 0; at < b.N; at++ {
		if leadership.Token() == 0 {
			b.Fatal("it has no token")
		}
	}
}

func BenchmarkDetectorLeader(b *testing.B) {
	client := tenuretest.New(b).Client("/app")
	lead(b, client, tenure.WithData([]byte("10.0.0.1:80")))
	detector := must(client.Detector(""))
	tenuretest.Await[tenure.DetectorLeader](b, limit, detector.Watch(within(b)))
	b.ReportAllocs()
	b.ResetTimer()
	for at := 0; at < b.N; at++ {
		if _, ok := detector.Leader(); !ok {
			b.Fatal("the leader is not known")
		}
	}
}

// BenchmarkHandOver is the time from the resignation of a leader to the context of its successor, on a server without a
// network.
func BenchmarkHandOver(b *testing.B) {
	server := tenuretest.New(b)
	clients := []*tenure.Client{
		server.Client("/app", tenure.WithSessionTimeout(10*time.Second)),
		server.Client("/app", tenure.WithSessionTimeout(10*time.Second)),
	}
	ctx := context.Background()
	leader, _, _ := lead(b, clients[0])
	b.ResetTimer()
	for at := 1; at <= b.N; at++ {
		b.StopTimer()
		successor := must(clients[at%2].Contender(tenure.WithWarm(true)))
		standby, cancel := context.WithCancel(ctx)
		tenuretest.Await[tenure.ContenderStandby](b, limit, successor.Events(standby))
		cancel()
		b.StartTimer()
		if _, err := leader.Resign(ctx); err != nil {
			b.Fatal(err)
		}
		if _, _, err := successor.Lead(ctx); err != nil {
			b.Fatal(err)
		}
		_ = leader.Close()
		leader = successor
	}
}
