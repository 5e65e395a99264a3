package tenure_test

import (
	"strings"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/mesos"
	"tenure.example/tenure/tenuretest"
)

func TestTimesOfAGuardedLeaseThatCannotWork(t *testing.T) {
	client := tenuretest.New(t).Client("/app")
	info := must(mesos.NewMasterInfo("m1", "10.0.0.1:5050", "m1", "1"))
	guarded := tenure.WithPolicy(tenure.PolicyGuarded)
	for word, options := range map[string][]tenure.ContenderOption{
		"needs the policy `guarded`": {tenure.WithLease(time.Second)},
		"the policy is `strict`":     {tenure.WithFailOver(time.Second), tenure.WithPolicy(tenure.PolicyStrict)},
		"`lease` is 99ms":            {guarded, tenure.WithLease(99 * time.Millisecond)},
		"from 100ms to 10s":          {guarded, tenure.WithLease(10001 * time.Millisecond)},
		"`fail_over` is 249ms":       {guarded, tenure.WithFailOver(249 * time.Millisecond)},
		"exclude each other":         {guarded, tenure.WithLease(time.Second), tenure.WithFailOver(time.Second)},
		"the lease -1s":              {guarded, tenure.WithLease(-time.Second)},
		"the fail over 1.5ms":        {guarded, tenure.WithFailOver(1500 * time.Microsecond)},
	} {
		check := func(err error) {
			wantKind(t, err, tenure.ErrInvalidArgument)
			if err != nil && !strings.Contains(err.Error(), word) {
				t.Errorf("%v, without %q", err, word)
			}
		}
		_, err := client.Contender(options...)
		check(err)
		_, err = mesos.NewMasterContender(client, info, options...)
		check(err)
		check(tenure.Run(within(t), client, options, untilLost))
	}
}

func TestAFirstGuardedLeaderWaitsAndTheNextOneDoesNot(t *testing.T) {
	client := tenuretest.New(t).Client("/app", tenure.WithSessionTimeout(10*time.Second))
	connected := tenuretest.Await[tenure.SessionConnected](t, limit, client.Events(within(t)))
	if connected.Server != tenure.ServerZooKeeper || connected.Server.String() != "zookeeper" {
		t.Errorf("the server is %v", connected.Server)
	}
	guarded := tenure.WithPolicy(tenure.PolicyGuarded)
	begun := tenure.Now()
	first := must(client.Contender(guarded, tenure.WithLease(2*time.Second)))
	standby := tenuretest.Await[tenure.ContenderStandby](t, limit, first.Events(within(t)))
	if wait := time.Duration(standby.WaitsUntil - begun); standby.Ahead != 0 || wait < 10*time.Second {
		t.Errorf("%+v: a wait of %v", standby, wait)
	}
	_, leadership, err := first.Lead(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if now := tenure.Now(); now < standby.WaitsUntil {
		t.Errorf("it leads %v too early", time.Duration(standby.WaitsUntil-now))
	}

	second := must(client.Contender(guarded, tenure.WithFailOver(5*time.Second)))
	events := second.Events(within(t))
	standby = tenuretest.Await[tenure.ContenderStandby](t, limit, events)
	if standby.Ahead != 1 || standby.WaitsUntil != 0 {
		t.Errorf("%+v", standby)
	}
	must(first.Resign(within(t)))
	switch event := next(t, events).(type) {
	case tenure.ContenderLeading:
		if event.Member.Token <= leadership.Token() {
			t.Errorf("the token fell from %d to %d", leadership.Token(), event.Member.Token)
		}
	default:
		t.Errorf("%T and no leadership", event)
	}
}
