//! The cases of Mesos's own tests that pin the roles, by their names.

use crate::master::{leading, member};
use core::time::Duration;
use tenure_election::Time;
use tenure_mesos::roles::agent::{self, Agent};
use tenure_mesos::roles::driver::{self, Call, Driver};
use tenure_mesos::roles::master::{self, Master, Requests};
use tenure_mesos::roles::observer::{
    self, AgentKey, Input, Observer, Options, Output, Reason, RemovalLimit,
};
use tenure_mesos::roles::{Leading, RegistrationState, Sender};

const BEGIN: Time = Time::from_nanos(1_000);
const SECOND: Duration = Duration::from_secs(1);

fn old() -> Leading {
    leading(1, "a")
}

fn new() -> Leading {
    leading(2, "b")
}

fn agent_of(leader: &Leading) -> Agent {
    let mut agent = Agent::new(agent::Options::default(), 1).unwrap();
    agent.handle(agent::Input::Leader(leader.clone()), BEGIN);
    agent.handle(registers(leader), BEGIN);
    agent
}

fn registers(leader: &Leading) -> agent::Input<'_> {
    agent::Input::Registered {
        from: leader.into(),
        id: "S1",
        ping_timeout: Some(SECOND * 10),
    }
}

fn driver_of(leader: &Leading) -> Driver {
    let mut driver = Driver::new(driver::Options::default(), 1).unwrap();
    driver.handle(driver::Input::Leader(leader.clone()), BEGIN);
    let from = leader.into();
    driver.handle(driver::Input::Registered { from, id: "F1" }, BEGIN);
    driver
}

/// Waits for the next attempt of a driver, and has the leader answer it; gives all outputs.
fn subscribed(driver: &mut Driver, leader: &Leading) -> Vec<driver::Output> {
    let now = driver.due().unwrap();
    let mut outputs = driver.handle(driver::Input::Tick, now);
    let from = leader.into();
    outputs.extend(driver.handle(driver::Input::Registered { from, id: "F1" }, now));
    outputs
}

#[test]
fn lost_zookeeper_cluster() {
    let mut master = Master::new();
    master.handle(master::Input::Enrolled(member(2)), BEGIN);
    master.handle(master::Input::Leader(old()), BEGIN);
    assert_eq!(master.requests(), Requests::To(&old()));
    assert_eq!(
        master.handle(master::Input::Unknown, BEGIN),
        [master::Output::Leaderless]
    );
    assert_eq!(master.requests(), Requests::Nowhere);

    let mut agent = agent_of(&old());
    assert!(agent.accepts(&(&old()).into()));
    assert_eq!(
        agent.handle(agent::Input::Unknown, BEGIN),
        [agent::Output::Disconnected, agent::Output::Lost]
    );
    assert!(!agent.accepts(&(&old()).into()));
    // And true again after reconnecting.
    agent.handle(agent::Input::Leader(old()), BEGIN);
    assert!(agent.accepts(&(&old()).into()));

    let mut driver = driver_of(&old());
    assert_eq!(
        driver.handle(driver::Input::Unknown, BEGIN),
        [driver::Output::Disconnected]
    );
    assert_eq!(driver.handle(driver::Input::NoLeader, BEGIN), []);
}

#[test]
fn master_info_address() {
    let mut driver = Driver::new(driver::Options::default(), 1).unwrap();
    driver.handle(driver::Input::Leader(old()), BEGIN);
    let [_, driver::Output::Registered { leader, .. }] = &subscribed(&mut driver, &old())[..]
    else {
        panic!("{driver:?}");
    };
    assert_eq!(leader.address, b"a");
}

#[test]
fn master_failover() {
    let mut driver = driver_of(&old());
    let outputs = driver.handle(driver::Input::Leader(new()), BEGIN);
    assert_eq!(outputs, [driver::Output::Disconnected]);
    let [subscribe, registered] = &subscribed(&mut driver, &new())[..] else {
        panic!("{driver:?}");
    };
    let expected = driver::Output::Subscribe {
        to: new(),
        id: Some("F1".into()),
        force: false,
    };
    assert_eq!(subscribe, &expected);
    let expected = driver::Output::Registered {
        leader: new(),
        id: "F1".into(),
    };
    assert_eq!(registered, &expected);
}

#[test]
fn framework_reregister() {
    let mut driver = driver_of(&old());
    let outputs = driver.handle(driver::Input::Leader(old()), BEGIN);
    assert_eq!(outputs, [driver::Output::Disconnected]);
    let outputs = subscribed(&mut driver, &old());
    assert_eq!(outputs[1], driver::Output::Reregistered(old()));
}

#[test]
fn scheduler_failover() {
    let options = driver::Options {
        id: Some("F1".into()),
        ..driver::Options::default()
    };
    let mut driver = Driver::new(options, 1).unwrap();
    driver.handle(driver::Input::Leader(old()), BEGIN);
    let outputs = subscribed(&mut driver, &old());
    assert!(matches!(
        outputs[0],
        driver::Output::Subscribe { force: true, .. }
    ));
    assert_eq!(outputs[1].name(), "registered");
    // The other instance.
    let mut other = driver_of(&old());
    let leader = old();
    let from = (&leader).into();
    let why = "Framework failed over";
    let outputs = other.handle(driver::Input::Error { from, why }, BEGIN);
    let [driver::Output::Stop(stop)] = &outputs[..] else {
        panic!("{outputs:?}");
    };
    assert_eq!(stop.to_string(), "Got error 'Framework failed over'");
}

#[test]
fn disconnected_scheduler_launch() {
    let mut driver = driver_of(&old());
    let launch = driver::Input::Call(Call::Launch);
    assert_eq!(
        driver.handle(launch.clone(), BEGIN),
        [driver::Output::Send(old())]
    );
    driver.handle(driver::Input::NoLeader, BEGIN);
    assert_eq!(driver.handle(launch, BEGIN), [driver::Output::TasksLost]);
    assert_eq!(driver::MASTER_DISCONNECTED, "Master disconnected");
}

#[test]
fn slave_reregister_on_zk_expiration() {
    let mut agent = agent_of(&old());
    agent.handle(agent::Input::Leader(old()), BEGIN);
    let now = agent.due().unwrap();
    assert!(now.since(BEGIN) <= SECOND);
    let expected = agent::Output::Reregister {
        to: old(),
        id: "S1".into(),
    };
    assert_eq!(agent.handle(agent::Input::Tick, now), [expected]);
    assert_eq!(
        agent.handle(registers(&old()), now),
        [agent::Output::Reregistered]
    );
}

#[test]
fn split_brain_masters() {
    let driver = driver_of(&new());
    assert!(driver.accepts(&(&new()).into()));
    assert!(!driver.accepts(&(&old()).into()));
}

#[test]
fn ignore_non_leader_status_update_acknowledgement() {
    let agent = agent_of(&new());
    let (leader, deposed) = (new(), old());
    let spoofed = Sender {
        token: Some(1),
        ..(&leader).into()
    };
    for (sender, accepted) in [
        ((&leader).into(), true),
        ((&deposed).into(), false),
        (spoofed, false),
    ] {
        assert_eq!(agent.accepts(&sender), accepted, "{sender:?}");
    }
}

#[test]
fn ping_timeout_no_pings_some_pings() {
    let mut agent = agent_of(&old());
    let leader = old();
    let ping = agent::Input::Ping {
        from: (&leader).into(),
        connected: true,
    };
    // The leader gave 10 s; some pings come, then none.
    for seconds in [5, 12, 20] {
        let now = BEGIN + SECOND * seconds;
        assert_eq!(agent.handle(agent::Input::Tick, now), []);
        assert_eq!(
            agent.handle(ping.clone(), now),
            [agent::Output::Pong(old())]
        );
    }
    // A ping of another master does not count.
    let stranger = new();
    let foreign = agent::Input::Ping {
        from: (&stranger).into(),
        connected: true,
    };
    assert_eq!(
        agent.handle(foreign, BEGIN + SECOND * 25),
        [agent::Output::Ignored]
    );
    assert_eq!(agent.due(), Some(BEGIN + SECOND * 30));
    let outputs = agent.handle(agent::Input::Tick, BEGIN + SECOND * 30);
    assert_eq!(outputs, [agent::Output::Disconnected]);
    assert_eq!(agent.state(), RegistrationState::Reregistering);
    let now = agent.due().unwrap();
    assert_eq!(
        agent.handle(agent::Input::Tick, now)[0].name(),
        "re-register"
    );
}

/// An observer with agents that never answer, until this many seconds after the begin; gives the outputs
/// other than pings, with their seconds.
fn silence(observer: &mut Observer, seconds: u64) -> Vec<(u64, Output)> {
    let mut found = Vec::new();
    while let Some(due) = observer
        .due()
        .filter(|due| due.since(BEGIN).as_secs() <= seconds)
    {
        let mut outputs = Vec::new();
        observer.handle(Input::Tick, due, &mut outputs);
        let is_ping = |output: &Output| matches!(output, Output::Ping { .. });
        let others = outputs.into_iter().filter(|output| !is_ping(output));
        found.extend(others.map(|output| (due.since(BEGIN).as_secs(), output)));
    }
    found
}

fn observer_of(agents: usize, limit: Option<RemovalLimit>) -> (Observer, Vec<AgentKey>) {
    let options = Options {
        agent_removal_rate_limit: limit,
        ..Options::default()
    };
    let mut observer = Observer::new(options).unwrap();
    let keys = (0..agents).map(|_| observer.admit(BEGIN, &mut Vec::new()).unwrap());
    let keys = keys.collect();
    (observer, keys)
}

#[test]
fn partitioned_slave() {
    let (mut observer, keys) = observer_of(1, None);
    let (agent, reason) = (keys[0], Reason::NoPong);
    let expected = [
        (75, Output::Scheduled { agent, reason }),
        (75, Output::Unreachable { agent, reason }),
    ];
    assert_eq!(silence(&mut observer, 1_000), expected);
    assert_eq!(observer.options().total_ping_timeout(), SECOND * 75);
    assert_eq!(observer.due(), None);
}

#[test]
fn rate_limit_slave_removal() {
    let limit = RemovalLimit {
        agents: 1,
        each: SECOND * 20,
    };
    let (mut observer, _) = observer_of(3, Some(limit));
    let found = silence(&mut observer, 1_000);
    let lost = found
        .iter()
        .filter(|(_, output)| output.name() == "unreachable");
    let seconds: Vec<u64> = lost.map(|(second, _)| *second).collect();
    assert_eq!(seconds, [75, 95, 115]);
    // Each is scheduled once, however many pings fail while it waits.
    assert_eq!(found.len(), 6, "{found:?}");
}

#[test]
fn cancel_slave_removal() {
    let limit = RemovalLimit {
        agents: 1,
        each: SECOND * 20,
    };
    let (mut observer, keys) = observer_of(2, Some(limit));
    silence(&mut observer, 80);
    let mut outputs = Vec::new();
    observer.handle(Input::Pong(keys[1]), BEGIN + SECOND * 80, &mut outputs);
    assert_eq!(outputs, [Output::Canceled(keys[1])]);
    assert_eq!(observer.state(keys[1]), observer::State::Active);
    assert_eq!(silence(&mut observer, 130), []);
}

#[test]
fn one_way_partition_master_to_slave() {
    // The leader takes the connection for broken; the agent does not notice.
    let (mut observer, keys) = observer_of(1, None);
    let (mut agent, mut outputs) = (agent_of(&old()), Vec::new());
    observer.handle(Input::LinkLost(keys[0]), BEGIN, &mut outputs);
    let now = observer.due().unwrap();
    observer.handle(Input::Tick, now, &mut outputs);
    let [Output::Deactivated(_), Output::Ping { connected, .. }] = outputs[..] else {
        panic!("{outputs:?}");
    };
    let leader = old();
    let from = (&leader).into();
    let answers = agent.handle(agent::Input::Ping { from, connected }, now);
    assert_eq!(
        answers,
        [agent::Output::Pong(old()), agent::Output::Disconnected]
    );
    let now = agent.due().unwrap();
    assert_eq!(
        agent.handle(agent::Input::Tick, now)[0].name(),
        "re-register"
    );
    outputs.clear();
    observer.handle(Input::Registered(keys[0]), now, &mut outputs);
    assert_eq!(outputs, [Output::Activated(keys[0])]);
    assert_eq!(
        agent.handle(registers(&old()), now),
        [agent::Output::Reregistered]
    );
}
