package tenure_test

import (
	"context"
	"fmt"
	"testing"

	"tenure.example/tenure"
	"tenure.example/tenure/tenuretest"
)

func TestDetectorFollowsTheLeader(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	client := server.Client("/app")
	detector := must(client.Detector(""))
	watch := detector.Watch(within(t))
	tenuretest.Await[tenure.DetectorNone](t, limit, watch)
	if _, ok := detector.Leader(); ok {
		t.Fatal("a leader of an empty group")
	}
	contender, _, leadership := lead(t, server.Client("/app"), tenure.WithData([]byte{0, 0xff}))
	leader := tenuretest.Await[tenure.DetectorLeader](t, limit, watch)
	if leader.Member != leadership.Member() || string(leader.Data) != "\x00\xff" || leader.AsOf == 0 {
		t.Fatal(leader)
	}
	if its, ok := detector.Leader(); !ok || its.Member != leader.Member || string(its.Data) != "\x00\xff" {
		t.Fatal(its, ok)
	}
	if _, err := contender.SetData(within(t), nil); err != nil {
		t.Fatal(err)
	}
	if its := tenuretest.Await[tenure.DetectorLeader](t, limit, watch); its.Data == nil || len(its.Data) != 0 {
		t.Fatal("an empty payload is a payload:", its)
	}
	if _, err := contender.Resign(within(t)); err != nil {
		t.Fatal(err)
	}
	tenuretest.Await[tenure.DetectorNone](t, limit, watch)
	server.Stop()
	if its := tenuretest.Await[tenure.DetectorUnknown](t, limit, watch); its.Since == 0 || its.Since.Until() > 0 {
		t.Fatal(its)
	}
	if _, ok := detector.State().(tenure.DetectorUnknown); !ok {
		t.Fatal(detector.State())
	}
	server.Start()
	tenuretest.Await[tenure.DetectorNone](t, limit, watch)
}

// A consumer that is slower than the changes gets the newest state, and none between.
func TestWatchIsLevelTriggered(t *testing.T) {
	t.Parallel()
	server := tenuretest.New(t)
	detector := must(server.Client("/app").Detector(""))
	slow, all := detector.Watch(within(t)), detector.Events(within(t))
	contender, _, _ := lead(t, server.Client("/app"))
	const changes = 50
	for at := 1; at <= changes; at++ {
		data := fmt.Sprint(at)
		if written, err := contender.SetData(within(t), []byte(data)); !written || err != nil {
			t.Fatal(written, err)
		}
		// Events misses none that the detector saw.
		for string(tenuretest.Await[tenure.DetectorLeader](t, limit, all).Data) != data {
			continue
		}
	}
	if newest := tenuretest.Await[tenure.DetectorLeader](t, limit, slow); string(newest.Data) != fmt.Sprint(changes) {
		t.Fatalf("a slow consumer got %q", newest.Data)
	}
	select {
	case event := <-slow:
		t.Fatal("and then", event)
	default:
	}
	// One that comes late gets the newest at first.
	for _, late := range []<-chan tenure.DetectorEvent{detector.Watch(within(t)), detector.Events(within(t))} {
		if its, ok := next(t, late).(tenure.DetectorLeader); !ok || string(its.Data) != fmt.Sprint(changes) {
			t.Fatal(its)
		}
	}
}

func TestWatchIsClosed(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.CancelFunc, *tenure.Detector, *tenure.Client){
		"context":        func(cancel context.CancelFunc, _ *tenure.Detector, _ *tenure.Client) { cancel() },
		"Detector.Close": func(_ context.CancelFunc, d *tenure.Detector, _ *tenure.Client) { _ = d.Close() },
		"Client.Close":   func(_ context.CancelFunc, _ *tenure.Detector, c *tenure.Client) { _ = c.Close() },
	} {
		client := tenuretest.New(t).Client("/app")
		detector := must(client.Detector(""))
		ctx, cancel := context.WithCancel(within(t))
		var channels []<-chan tenure.DetectorEvent
		for range [50]struct{}{} {
			channels = append(channels, detector.Watch(ctx), detector.Events(ctx))
		}
		for _, channel := range channels {
			next(t, channel)
		}
		other := detector.Watch(within(t))
		end(cancel, detector, client)
		for _, channel := range channels {
			awaitClosed(t, channel)
		}
		if name == "context" {
			next(t, other)
		} else {
			awaitClosed(t, other)
			for _, late := range []<-chan tenure.DetectorEvent{detector.Watch(ctx), detector.Events(ctx)} {
				its := awaitClosed(t, late)
				if len(its) != 1 {
					t.Fatal(name, its)
				}
				wantKind(t, its[0].(tenure.DetectorFailed).Err, tenure.ErrClosed)
			}
			if detector.State() != nil {
				t.Error(name, detector.State())
			}
		}
		cancel()
	}
	for range [100]struct{}{} {
		awaitClosed(t, must(tenuretest.New(t).Client("/app").Detector("")).Watch(ended()))
	}
}

// A standalone leader is known at once, and for ever, without a connection.
func TestAStandaloneLeader(t *testing.T) {
	t.Parallel()
	client := must(tenure.Open("192.0.2.1:80"))
	detector := must(client.Detector(""))
	leader := tenuretest.Await[tenure.DetectorLeader](t, limit, detector.Watch(within(t)))
	if string(leader.Data) != "192.0.2.1:80" || leader.Member.Token != 0 {
		t.Fatal(leader)
	}
	wantKind(t, second(client.Contender()), tenure.ErrInvalidArgument)
	wantKind(t, second(client.Group("")), tenure.ErrInvalidArgument)
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestADetectorOfAnotherPath(t *testing.T) {
	t.Parallel()
	client := tenuretest.New(t).Client("/app")
	detector := must(client.Detector("/app/deeper"))
	_, _, leadership := lead(t, client, tenure.WithPath("/app/deeper"), tenure.WithLabel("l"))
	watch := detector.Watch(within(t))
	if its := tenuretest.Await[tenure.DetectorLeader](t, limit, watch); its.Member != leadership.Member() ||
		its.Member.Label != "l" {
		t.Fatal(its)
	}
}
