package mesos_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenure.example/tenure"
	"tenure.example/tenure/mesos"
	"tenure.example/tenure/tenuretest"
)

const limit = time.Minute

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

func info(t *testing.T, id string, options ...mesos.MasterInfoOption) *mesos.MasterInfo {
	made, err := mesos.NewMasterInfo(id, "10.0.0.1:5050", "m1.example.com", "1.12.0", options...)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func open(t *testing.T, url string) *tenure.Client {
	client, err := tenure.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// until receives events until one satisfies the condition.
func until(t *testing.T, events <-chan mesos.MasterEvent, is func(mesos.MasterEvent) bool) mesos.MasterEvent {
	deadline := time.After(limit)
	for {
		select {
		case event, ok := <-events:
			if !ok {
				t.Fatal("the channel was closed")
			}
			if is(event) {
				return event
			}
		case <-deadline:
			t.Fatal("no such event in time")
		}
	}
}

func refused(t *testing.T, err error) string {
	t.Helper()
	if !errors.Is(err, tenure.ErrInvalidArgument) {
		t.Fatalf("%v is no invalid argument", err)
	}
	return err.Error()
}

func TestAMasterInfoHasAllFieldsAndReadsBack(t *testing.T) {
	its := info(t, "one", mesos.WithDomain("eu", "a"), mesos.WithCapabilities("AGENT_UPDATE", "QUOTA_V2"))
	again, err := mesos.Decode(mesos.Label, []byte(its.JSON()))
	if err != nil {
		t.Fatal(err)
	}
	for what, equal := range map[string]bool{
		"id":           again.ID == "one",
		"address":      again.Address == "10.0.0.1:5050",
		"host":         again.Host == "m1.example.com" && again.Hostname == again.Host && again.Port == 5050,
		"ip":           again.IP == "10.0.0.1",
		"pid":          again.PID == "master@10.0.0.1:5050",
		"version":      again.Version == "1.12.0",
		"domain":       again.Region == "eu" && again.Zone == "a",
		"capabilities": strings.Join(again.Capabilities, " ") == "AGENT_UPDATE QUOTA_V2",
		"json":         again.JSON() == its.JSON(),
		"same":         again.IsSame(its) && !again.IsSame(info(t, "two")) && !again.IsSame(nil),
	} {
		if !equal {
			t.Errorf("%s: %+v", what, again)
		}
	}
	old, err := mesos.Decode("", []byte("master@10.0.0.7:80"))
	if err != nil || old.IP != "10.0.0.7" || old.Port != 80 {
		t.Fatal(old, err)
	}
	for _, address := range []string{"", "m1:5050", "10.0.0.1", "10.0.0.1:0", "[::1]:5050"} {
		if _, err := mesos.NewMasterInfo("x", address, "h", "1"); err == nil {
			t.Errorf("%q is no address", address)
		}
	}
	_, err = mesos.NewMasterInfo("x", "10.0.0.1:1", "h", "1", mesos.WithCapabilities("FLY"))
	if said := refused(t, err); !strings.Contains(said, "FLY") {
		t.Error(said)
	}
	_, err = mesos.Decode(mesos.Label, []byte(`{"id":7}`))
	refused(t, err)
}

func TestAMasterLeadsAndTheNextOneFollows(t *testing.T) {
	client := open(t, tenuretest.New(t).URL("/mesos"))
	ctx := within(t)
	first, err := mesos.NewMasterContender(client, info(t, "one"))
	if err != nil {
		t.Fatal(err)
	}
	_, leadership, err := first.Lead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	detector, err := mesos.NewMasterDetector(client, "")
	if err != nil {
		t.Fatal(err)
	}
	events := detector.Watch(ctx)
	leads := func(id string) func(mesos.MasterEvent) bool {
		return func(event mesos.MasterEvent) bool {
			master, ok := event.(mesos.MasterLeads)
			return ok && master.Info.ID == id
		}
	}
	known := until(t, events, leads("one")).(mesos.MasterLeads)
	if known.Member.Token != leadership.Token() || known.Member.Label != mesos.Label {
		t.Fatal(known.Member)
	}
	if written, err := first.SetInfo(ctx, info(t, "one", mesos.WithDomain("eu", "b"))); !written || err != nil {
		t.Fatal(written, err)
	}
	changed := until(t, events, func(event mesos.MasterEvent) bool {
		master, ok := event.(mesos.MasterLeads)
		return ok && master.Info.Zone == "b"
	})
	second, err := mesos.NewMasterContender(client, info(t, "two"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Resign(ctx); err != nil {
		t.Fatal(err)
	}
	if _, _, err := second.Lead(ctx); err != nil {
		t.Fatal(err)
	}
	until(t, events, leads("two"))
	if event, err := detector.Detect(ctx, changed); err != nil || !leads("two")(event) {
		t.Fatal(event, err)
	}
	if master, ok := detector.Master(); !ok || master.Info.ID != "two" {
		t.Fatal(master, ok)
	}
}

func TestCreatedByURLTheyHaveASessionOfTheirOwn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "zk")
	if err := os.WriteFile(file, []byte(tenuretest.New(t).URL("/mesos")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := within(t)
	contender, err := mesos.CreateMasterContender("file://"+file, info(t, "one"))
	if err != nil {
		t.Fatal(err)
	}
	defer contender.Client().Close()
	if _, _, err := contender.Lead(ctx); err != nil {
		t.Fatal(err)
	}
	detector, err := mesos.CreateMasterDetector("file://"+file, tenure.WithSessionTimeout(4*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer detector.Client().Close()
	event, err := detector.Detect(ctx, nil)
	for err == nil && !isLeader(event) {
		event, err = detector.Detect(ctx, event)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("file://"+file), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = mesos.CreateMasterDetector("file://" + file)
	if said := refused(t, err); !strings.Contains(said, "another file") {
		t.Error(said)
	}
	_, err = mesos.CreateMasterContender("10.0.0.1:5050", info(t, "one"))
	refused(t, err)
	fixed, err := mesos.CreateMasterDetector("m1.example.com:5050")
	if err != nil {
		t.Fatal(err)
	}
	defer fixed.Client().Close()
	if master, ok := fixed.Master(); !ok || master.Info.Host != "m1.example.com" || master.Member.Token != 0 {
		t.Fatal(master, ok)
	}
}

func isLeader(event mesos.MasterEvent) bool {
	_, ok := event.(mesos.MasterLeads)
	return ok
}

func TestAnAppointedMasterIsAnEventEachTimeAndAnAgentObeysItAlone(t *testing.T) {
	client, err := mesos.Standalone()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	detector, err := mesos.NewMasterDetector(client, "/mesos")
	if err != nil {
		t.Fatal(err)
	}
	agent, err := mesos.NewAgent(mesos.AgentOptions{Backoff: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	leader := mesos.Sender{Address: "10.0.0.1:5050"}
	if agent.Accepts(leader) {
		t.Error("nobody is known")
	}
	ctx, cancel := context.WithCancel(within(t))
	outputs := make(chan mesos.Output, 100)
	ended := make(chan error, 1)
	go func() { ended <- agent.Follow(ctx, detector, func(output mesos.Output) { outputs <- output }) }()
	await := func(kind mesos.OutputKind) mesos.Output {
		t.Helper()
		deadline := time.After(limit)
		for {
			select {
			case output := <-outputs:
				if output.Kind == kind {
					return output
				}
			case <-deadline:
				t.Fatal("no output in time: ", kind)
			}
		}
	}
	if err := mesos.Appoint(client, info(t, "one")); err != nil {
		t.Fatal(err)
	}
	if to := await(mesos.OutputRegister); to.Address != leader.Address {
		t.Fatal(to)
	}
	if !agent.Accepts(leader) || agent.Accepts(mesos.Sender{Address: "10.0.0.9:5050"}) ||
		agent.Accepts(mesos.Sender{Address: leader.Address, Token: 7}) {
		t.Error("it obeys the leader alone")
	}
	only := func(kind mesos.OutputKind) func([]mesos.Output, error) {
		return func(outputs []mesos.Output, err error) {
			t.Helper()
			if err != nil || len(outputs) == 0 || outputs[0].Kind != kind {
				t.Fatalf("%v, %v; %v was expected", outputs, err, kind)
			}
		}
	}
	only(mesos.OutputIgnored)(agent.Registered(mesos.Sender{Address: "10.0.0.9:5050"}, "A1", 0))
	only(mesos.OutputRegistered)(agent.Registered(leader, "A1", 5*time.Second))
	only(mesos.OutputPong)(agent.Ping(leader, true))
	only(mesos.OutputIgnored)(agent.Ping(mesos.Sender{Address: "10.0.0.9:5050"}, true))
	// The same master again: it registers anew.
	if err := mesos.Appoint(client, info(t, "one")); err != nil {
		t.Fatal(err)
	}
	if to := await(mesos.OutputReregister); to.ID != "A1" {
		t.Fatal(to)
	}
	if err := mesos.Appoint(client, nil); err != nil {
		t.Fatal(err)
	}
	await(mesos.OutputLost)
	if agent.Accepts(leader) {
		t.Error("nobody is known")
	}
	only(mesos.OutputStop)(agent.Shutdown(nil))
	if agent.State() != mesos.StateStopped {
		t.Error(agent.State())
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(limit):
		t.Error("Follow goes on although the agent has stopped")
	}
	cancel()
}

func TestAPayloadThatCannotBeReadIsAnEventWithItsBytes(t *testing.T) {
	client := open(t, tenuretest.New(t).URL("/mesos"))
	ctx := within(t)
	contender, err := client.Contender(tenure.WithLabel(mesos.Label), tenure.WithData([]byte("{")))
	if err != nil {
		t.Fatal(err)
	}
	defer contender.Close()
	detector, err := mesos.NewMasterDetector(client, "")
	if err != nil {
		t.Fatal(err)
	}
	event := until(t, detector.Watch(ctx), func(event mesos.MasterEvent) bool {
		_, ok := event.(mesos.MasterUndecodable)
		return ok
	}).(mesos.MasterUndecodable)
	if string(event.Leader.Data) != "{" {
		t.Error(event)
	}
	refused(t, event.Err)
	if _, ok := detector.Master(); ok {
		t.Error("it is no master")
	}
}

func TestAMasterStopsWhenItsSessionEnds(t *testing.T) {
	server := tenuretest.New(t)
	client := server.Client("/mesos")
	ctx := within(t)
	contender, err := mesos.NewMasterContender(client, info(t, "one"))
	if err != nil {
		t.Fatal(err)
	}
	master, err := mesos.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	expired := false
	for event := range contender.Events(ctx) {
		outputs, err := master.TakeContender(event)
		if err != nil {
			t.Fatal(err)
		}
		for _, output := range outputs {
			switch output.Kind {
			case mesos.OutputElected:
				if output.Token == 0 || output.LeaseEnd == 0 {
					t.Error(output)
				}
				expired = true
				server.Expire()
			case mesos.OutputStop:
				if output.Message != "Lost candidacy as a leader... committing suicide!" || output.ExitStatus != 1 {
					t.Error(output)
				}
				if !expired {
					t.Error("it stopped before it led")
				}
				return
			}
		}
	}
	t.Fatal("it did not stop")
}

func TestADriverKeepsCallsForTheLeader(t *testing.T) {
	driver, err := mesos.NewDriver(mesos.DriverOptions{Backoff: time.Millisecond, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close()
	kinds := func(outputs []mesos.Output, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, output := range outputs {
			all = append(all, output.Kind.String())
		}
		return strings.Join(all, " ")
	}
	leads := mesos.MasterLeads{Info: info(t, "one"), Member: tenure.Member{Path: "/mesos/json.info_1", Token: 4}}
	leader := mesos.Sender{Address: "10.0.0.1:5050", Token: 4}
	if said := kinds(driver.Call(mesos.CallLaunch)); said != "tasks_lost" {
		t.Error(said)
	}
	if said := kinds(driver.TakeMaster(leads)); said != "" {
		t.Error(said)
	}
	for driver.Due().Until() > 0 {
		time.Sleep(time.Millisecond)
	}
	if said := kinds(driver.Tick()); said != "subscribe" {
		t.Error(said)
	}
	if said := kinds(driver.Registered(mesos.Sender{Address: leader.Address, Token: 3}, "F1")); said != "ignored" {
		t.Error(said)
	}
	if said := kinds(driver.Registered(leader, "F1")); said != "registered" {
		t.Error(said)
	}
	if said := kinds(driver.Call(mesos.CallOther)); said != "send" || !driver.Accepts(leader) {
		t.Error(said)
	}
	if said := kinds(driver.TakeMaster(mesos.MasterUnknown{})); said != "disconnected" || driver.Accepts(leader) {
		t.Error(said)
	}
	if said := kinds(driver.Stop()); said != "stop" {
		t.Error(said)
	}
}

func TestAnObserverLosesAndReadmitsAnAgent(t *testing.T) {
	observer, err := mesos.NewObserver(mesos.ObserverOptions{AgentPingTimeout: time.Second, MaxAgentPingTimeouts: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer observer.Close()
	if observer.TotalPingTimeout() != time.Second {
		t.Error(observer.TotalPingTimeout())
	}
	agent, outputs, err := observer.Admit()
	if err != nil || agent == 0 || len(outputs) != 1 || outputs[0].Kind != mesos.OutputPing || !outputs[0].Connected {
		t.Fatal(agent, outputs, err)
	}
	for observer.State(agent) != mesos.AgentUnreachable {
		time.Sleep(observer.Due().Until())
		if outputs, err = observer.Tick(); err != nil {
			t.Fatal(err)
		}
	}
	last := outputs[len(outputs)-1]
	if last.Kind != mesos.OutputUnreachable || last.Agent != agent || last.Message != "health check timed out" {
		t.Error(last)
	}
	if outputs, err = observer.Registered(agent); err != nil || outputs[0].Kind != mesos.OutputReadmitted {
		t.Error(outputs, err)
	}
	if _, err = observer.Removed(agent); err != nil || observer.Agents() != 0 {
		t.Error(err)
	}
	if outputs, err = observer.Pong(agent); err != nil || outputs[0].Kind != mesos.OutputUnknown {
		t.Error(outputs, err)
	}
	_, err = mesos.NewObserver(mesos.ObserverOptions{AgentPingTimeout: time.Millisecond})
	if said := refused(t, err); !strings.Contains(said, "agent_ping_timeout") {
		t.Error(said)
	}
	_, err = mesos.NewObserver(mesos.ObserverOptions{AgentRemovals: 1})
	refused(t, err)
}

func TestMisuseIsAnError(t *testing.T) {
	var agent *mesos.Agent
	var driver *mesos.Driver
	var master *mesos.Master
	var observer *mesos.Observer
	var detector *mesos.MasterDetector
	var contender *mesos.MasterContender
	var none *mesos.MasterInfo
	ctx := context.Background()
	_, err := agent.Ping(mesos.Sender{}, true)
	refused(t, err)
	_, err = (&mesos.Agent{}).Tick()
	refused(t, err)
	_, err = driver.Stop()
	refused(t, err)
	_, err = master.TakeContender(nil)
	refused(t, err)
	_, err = observer.Tick()
	refused(t, err)
	_, err = detector.Detect(ctx, nil)
	refused(t, err)
	_, err = contender.SetInfo(ctx, none)
	refused(t, err)
	_, err = mesos.NewMasterContender(open(t, tenuretest.New(t).URL("/mesos")), none)
	refused(t, err)
	refused(t, agent.Close())
	refused(t, mesos.Appoint(nil, nil))
	refused(t, mesos.Appoint(open(t, tenuretest.New(t).URL("/mesos")), nil))
	if agent.State() != 0 || agent.Due() != 0 || agent.Accepts(mesos.Sender{}) || observer.Agents() != 0 {
		t.Error("nil knows nothing")
	}
	if _, ok := master.Leader(); ok || detector.State() != nil || detector.Client() != nil || none.JSON() != "" {
		t.Error("nil knows nothing")
	}
	for event := range detector.Watch(ctx) {
		refused(t, event.(mesos.MasterFailed).Err)
	}
	closed, err := mesos.NewAgent(mesos.AgentOptions{})
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if err := closed.Close(); err != nil {
		t.Error(err)
	}
	if _, err := closed.Tick(); !errors.Is(err, tenure.ErrClosed) {
		t.Error(err)
	}
	for _, options := range []mesos.AgentOptions{{Backoff: time.Hour}, {BackoffMax: time.Millisecond}, {Backoff: 1}} {
		_, err := mesos.NewAgent(options)
		refused(t, err)
	}
}
