//! Random walks, and the promises that must hold at each step.

use crate::master::{leading, member};
use core::time::Duration;
use fastrand::Rng;
use std::collections::BTreeMap;
use tenure_election::{LostReason, Time};
use tenure_mesos::roles::agent::{self, Agent};
use tenure_mesos::roles::driver::{self, Call, Driver};
use tenure_mesos::roles::master::{self, Master, Requests};
use tenure_mesos::roles::observer::{
    AgentKey, Input, Observer, Options, Output, RemovalLimit, State,
};
use tenure_mesos::roles::{Leading, MemberId, RegistrationState, Sender};

const WALKS: u64 = 300;
const STEPS: usize = 300;

/// Masters of which some share an address, and some a token's neighbourhood.
fn masters() -> Vec<Leading> {
    (1..=6)
        .map(|token| leading(token, ["a", "b", "c"][token as usize % 3]))
        .collect()
}

fn pick<'a, T>(rng: &mut Rng, all: &'a [T]) -> &'a T {
    &all[rng.usize(..all.len())]
}

/// The newest detection: `None` while the leader is not known.
type Known = Option<Leading>;

/// At most one sender is accepted, the detected leader, and none while it is unknown.
fn assert_accepts_one(known: &Known, accepts: impl Fn(&Sender<'_>) -> bool, seed: u64) {
    let all = masters();
    let accepted: Vec<&Leading> = all.iter().filter(|one| accepts(&(*one).into())).collect();
    assert!(
        accepted.len() <= 1,
        "seed {seed}: two senders: {accepted:?}"
    );
    for one in accepted {
        assert_eq!(Some(one), known.as_ref(), "seed {seed}: not the leader");
    }
    for one in &all {
        // As a message of Mesos, without a token.
        let sender = Sender {
            address: &one.address,
            token: None,
        };
        let from_leader = known
            .as_ref()
            .is_some_and(|known| known.address == one.address);
        assert!(from_leader || !accepts(&sender), "seed {seed}: {one:?}");
    }
}

#[test]
fn an_agent_accepts_the_detected_leader_alone() {
    let mut accepted = 0;
    for seed in 0..WALKS {
        let mut rng = Rng::with_seed(seed);
        let (all, mut known) = (masters(), None);
        let mut now = Time::from_nanos(1);
        let mut agent = Agent::new(agent::Options::default(), seed).unwrap();
        let mut id = None;
        for _ in 0..STEPS {
            now = now + Duration::from_millis(rng.u64(..20_000));
            // Mostly from the leader, so that the walk gets somewhere.
            let sender = match &known {
                Some(leader) if rng.u8(..4) > 0 => Leading::clone(leader),
                _ => pick(&mut rng, &all).clone(),
            };
            let from = Sender::from(&sender);
            let input = match rng.u8(..12) {
                0 | 1 => {
                    let leader = pick(&mut rng, &all).clone();
                    known = Some(leader.clone());
                    agent::Input::Leader(leader)
                }
                2 => {
                    known = None;
                    agent::Input::NoLeader
                }
                3 => {
                    known = None;
                    agent::Input::Unknown
                }
                4..=6 => agent::Input::Registered {
                    from,
                    id: if rng.u8(..60) == 0 { "S2" } else { "S1" },
                    ping_timeout: rng.bool().then(|| Duration::from_secs(rng.u64(..100))),
                },
                7 | 8 => {
                    let connected = rng.bool();
                    agent::Input::Ping { from, connected }
                }
                9 => agent::Input::LinkLost,
                10 if rng.u8(..30) == 0 => agent::Input::Shutdown { from: Some(from) },
                _ => agent::Input::Tick,
            };
            let outputs = agent.handle(input, now);
            let stopped = agent.state() == RegistrationState::Stopped;
            if stopped {
                known = None;
            }
            assert_accepts_one(&known, |sender| agent.accepts(sender), seed);
            if let Some(leader) = &known {
                assert!(
                    agent.accepts(&leader.into()),
                    "seed {seed}: the leader is ignored"
                );
                accepted += 1;
            }
            for output in outputs {
                // Nothing is sent but to the leader, and an id is never exchanged.
                match output {
                    agent::Output::Register(to) => {
                        assert_eq!((Some(to), agent.id()), (known.clone(), None), "seed {seed}");
                    }
                    agent::Output::Reregister { to, .. } | agent::Output::Pong(to) => {
                        assert_eq!(Some(to), known, "seed {seed}");
                    }
                    agent::Output::Disconnected
                    | agent::Output::NewLeader(_)
                    | agent::Output::SameLeader(_)
                    | agent::Output::Lost
                    | agent::Output::Registered { .. }
                    | agent::Output::Reregistered
                    | agent::Output::Ignored
                    | agent::Output::Stop(_) => {}
                }
            }
            assert!(
                id.is_none() || id.as_deref() == agent.id(),
                "seed {seed}: another id"
            );
            id = agent.id().map(str::to_owned);
            // An agent that knows a leader always has a next step.
            assert_eq!(
                agent.due().is_some(),
                known.is_some(),
                "seed {seed}: {agent:?}"
            );
        }
    }
    assert!(accepted > 10_000, "the walks went nowhere: {accepted}");
}

#[test]
fn a_driver_passes_on_the_leader_alone_and_keeps_its_id() {
    let mut registered = 0;
    for seed in 0..WALKS {
        let mut rng = Rng::with_seed(seed);
        let (all, mut known) = (masters(), None);
        let mut now = Time::from_nanos(1);
        let options = driver::Options {
            id: rng.bool().then(|| "F1".to_owned()),
            failover_timeout: Duration::from_secs(rng.u64(..1000)),
            ..driver::Options::default()
        };
        let mut driver = Driver::new(options, seed).unwrap();
        // Whether the scheduler believes to be connected, and the leader of its last registration.
        let (mut connected, mut last) = (false, None::<MemberId>);
        for _ in 0..STEPS {
            now = now + Duration::from_millis(rng.u64(..20_000));
            let sender = match &known {
                Some(leader) if rng.u8(..4) > 0 => Leading::clone(leader),
                _ => pick(&mut rng, &all).clone(),
            };
            let from = Sender::from(&sender);
            let input = match rng.u8(..12) {
                0 | 1 => {
                    let leader = pick(&mut rng, &all).clone();
                    known = Some(leader.clone());
                    driver::Input::Leader(leader)
                }
                2 => {
                    known = None;
                    driver::Input::NoLeader
                }
                3 => {
                    known = None;
                    driver::Input::Unknown
                }
                4..=7 => {
                    let id = if rng.u8(..60) == 0 { "F2" } else { "F1" };
                    driver::Input::Registered { from, id }
                }
                8 if rng.u8(..30) == 0 => driver::Input::Error { from, why: "no" },
                9 => driver::Input::LinkLost,
                10 => {
                    let calls = [Call::Launch, Call::UpdateFramework, Call::Other];
                    driver::Input::Call(*pick(&mut rng, &calls))
                }
                _ => driver::Input::Tick,
            };
            for output in driver.handle(input, now) {
                match output {
                    driver::Output::Disconnected => {
                        assert!(connected, "seed {seed}: disconnected twice");
                        connected = false;
                    }
                    driver::Output::Registered { leader, id } => {
                        assert!(!connected, "seed {seed}: registered twice");
                        assert_eq!(Some(&leader), known.as_ref(), "seed {seed}");
                        assert_ne!(Some(&leader.member), last.as_ref(), "seed {seed}");
                        assert_eq!(driver.id(), Some(&*id));
                        (connected, last) = (true, Some(leader.member));
                        registered += 1;
                    }
                    driver::Output::Reregistered(leader) => {
                        assert!(!connected, "seed {seed}: registered twice");
                        assert_eq!(Some(&leader.member), last.as_ref(), "seed {seed}");
                        connected = true;
                        registered += 1;
                    }
                    driver::Output::Send(to) => {
                        assert!(connected, "seed {seed}");
                        assert_eq!(Some(to), known, "seed {seed}");
                    }
                    driver::Output::Subscribe { to, force, .. } => {
                        assert_eq!(Some(to), known, "seed {seed}");
                        assert!(!force || last.is_none(), "seed {seed}: forced again");
                    }
                    driver::Output::Dropped
                    | driver::Output::TasksLost
                    | driver::Output::Postponed => assert!(!connected, "seed {seed}"),
                    driver::Output::Ignored => {}
                    driver::Output::Stop(_) => (known, connected) = (None, false),
                }
            }
            let passes = if connected { known.clone() } else { None };
            assert_accepts_one(&passes, |sender| driver.accepts(sender), seed);
            if let Some(leader) = &passes {
                assert!(
                    driver.accepts(&leader.into()),
                    "seed {seed}: the leader is ignored"
                );
            }
        }
    }
    assert!(registered > 1_000, "the walks went nowhere: {registered}");
}

#[test]
fn a_master_that_led_and_lost_never_leads_again() {
    let (mut led, mut lost) = (0, 0);
    for seed in 0..WALKS {
        let mut rng = Rng::with_seed(seed);
        let all = masters();
        let mut master = Master::new();
        let mut now = Time::from_nanos(1);
        let mut leads = false;
        let mut over = false;
        for _ in 0..STEPS {
            now = now + Duration::from_millis(rng.u64(..1000));
            let some = member(rng.u64(1..=6));
            let lease_end = now + Duration::from_millis(rng.u64(..5000));
            let input = match rng.u8(..24) {
                0 => master::Input::Enrolling,
                1 => master::Input::Enrolled(some),
                2 => master::Input::Behind(some),
                3 => {
                    let member = some;
                    master::Input::Leading { member, lease_end }
                }
                4 => {
                    let member = some;
                    master::Input::Jeopardy { member, lease_end }
                }
                // Of its own member, so that a leadership lasts for a while.
                5..=10 => match master.member().cloned() {
                    Some(member) if rng.bool() => master::Input::Leading { member, lease_end },
                    Some(member) => master::Input::Jeopardy { member, lease_end },
                    None => master::Input::Tick,
                },
                11 => master::Input::Lost(LostReason::LeaseLapsed),
                12..=15 => master::Input::Leader(pick(&mut rng, &all).clone()),
                16 => master::Input::NoLeader,
                17 => master::Input::Unknown,
                18 if rng.u8(..30) == 0 => master::Input::Ended("closed".into()),
                _ => master::Input::Tick,
            };
            let loses = matches!(input, master::Input::Lost(_) | master::Input::Ended(_));
            let due = master.due();
            let outputs = master.handle(input.clone(), now);
            let names: Vec<&str> = outputs.iter().map(|output| output.name()).collect();
            let here = master.requests() == Requests::Here;
            if here && !leads {
                assert!(!over, "seed {seed}: it leads again, by {input:?}");
                assert_eq!(names, ["elected"], "seed {seed}");
                led += 1;
            }
            if leads && !here {
                assert_eq!(names, ["stop"], "seed {seed}: {input:?}");
                over = true;
                lost += 1;
            }
            assert!(
                !(here && leads && loses),
                "seed {seed}: it leads on after {input:?}"
            );
            if let (Some(due), master::Input::Tick, true) = (due, &input, here) {
                assert!(now < due, "seed {seed}: it leads on after its lease");
            }
            if let Requests::To(leader) = master.requests() {
                assert_ne!(
                    Some(&leader.member),
                    master.member(),
                    "seed {seed}: to itself"
                );
            }
            leads = here;
        }
    }
    assert!(
        led > 100 && lost > 100,
        "the walks went nowhere: {led}, {lost}"
    );
}

/// An agent in the books of a walk, which share no code with the observer.
struct Watched {
    /// Whether its newest ping is not answered.
    owes: bool,
    /// How many pings in a row before that one were not.
    missed: u32,
    /// When it must have registered again.
    deadline: Option<Time>,
    /// Only `Unreachable` matters.
    state: State,
}

/// How many of the agents become unreachable, are called off, and come back in the walks.
#[derive(Default)]
struct Seen {
    unreachable: usize,
    canceled: usize,
    readmitted: usize,
    unknown: usize,
}

#[test]
fn an_observer_never_loses_an_agent_that_answers_in_time() {
    let mut seen = Seen::default();
    for seed in 0..WALKS {
        walk_of_an_observer(seed, &mut seen);
    }
    let counts = [
        seen.unreachable,
        seen.canceled,
        seen.readmitted,
        seen.unknown,
    ];
    assert!(
        counts.iter().all(|count| *count > 100),
        "the walks went nowhere: {counts:?}"
    );
}

fn walk_of_an_observer(seed: u64, seen: &mut Seen) {
    let mut rng = Rng::with_seed(seed);
    let options = Options {
        agent_ping_timeout: Duration::from_secs(rng.u64(1..20)),
        max_agent_ping_timeouts: rng.u32(1..6),
        agent_reregister_timeout: Duration::from_secs(rng.u64(1..200)),
        agent_removal_rate_limit: rng.bool().then(|| RemovalLimit {
            agents: rng.u32(1..4),
            each: Duration::from_secs(rng.u64(1..300)),
        }),
    };
    let pause = options
        .agent_removal_rate_limit
        .map(|limit| limit.each / limit.agents);
    let mut observer = Observer::new(options).unwrap();
    let mut agents = BTreeMap::<AgentKey, Watched>::new();
    let (mut now, mut outputs) = (Time::from_nanos(1), Vec::new());
    let mut last_removal = None::<Time>;
    for _ in 0..STEPS {
        // An agent answers, breaks off, comes back, goes; or time passes.
        let keys: Vec<AgentKey> = agents.keys().copied().collect();
        let key = match keys.is_empty() || rng.u8(..20) == 0 {
            true => AgentKey::from_u64(rng.u64(..)),
            false => *pick(&mut rng, &keys),
        };
        outputs.clear();
        let act = rng.u8(..20);
        let mut input = None;
        match act {
            0 if agents.len() < 8 => {
                let key = observer.admit(now, &mut outputs).unwrap();
                agents.insert(key, watched(State::Active, None));
            }
            1 if agents.len() < 8 => {
                let key = observer.expect(now).unwrap();
                let deadline = now + options.agent_reregister_timeout;
                agents.insert(key, watched(State::Expected, Some(deadline)));
            }
            2 => input = Some(Input::LinkLost(key)),
            3 => input = Some(Input::Registered(key)),
            4 if rng.u8(..5) == 0 => input = Some(Input::Removed(key)),
            5..=12 => input = Some(Input::Pong(key)),
            _ => {
                let due = observer.due().unwrap_or(now);
                now = now.max(due) + Duration::from_millis(rng.u64(..3) * 700);
                input = Some(Input::Tick);
            }
        }
        if let Some(input) = input {
            observer.handle(input, now, &mut outputs);
            told(&mut agents, input, now, options.agent_reregister_timeout);
        }
        for output in &outputs {
            match *output {
                Output::Ping { agent, .. } => {
                    let known = agents.get_mut(&agent).expect("a ping of an unknown agent");
                    known.missed = if known.owes { known.missed + 1 } else { 0 };
                    known.owes = true;
                }
                Output::Unreachable { agent, .. } => {
                    seen.unreachable += 1;
                    let known = agents.get_mut(&agent).expect("an unknown agent");
                    // This ping is the last one: none follows it.
                    let missed = known.missed + u32::from(known.owes);
                    let silent = missed >= options.max_agent_ping_timeouts;
                    let late = known.deadline.is_some_and(|deadline| deadline <= now);
                    assert!(
                        silent || late,
                        "seed {seed}: lost {agent:?}, which was in time"
                    );
                    assert_ne!(known.state, State::Unreachable, "seed {seed}: lost twice");
                    if let (Some(pause), Some(last)) = (pause, last_removal) {
                        assert!(now.since(last) >= pause, "seed {seed}: against the limit");
                    }
                    last_removal = Some(now);
                    known.state = State::Unreachable;
                }
                Output::Canceled(_) => seen.canceled += 1,
                Output::Readmitted(agent) => {
                    seen.readmitted += 1;
                    assert_eq!(input, Some(Input::Registered(agent)), "seed {seed}");
                }
                Output::Unknown(agent) => {
                    seen.unknown += 1;
                    assert!(
                        !agents.contains_key(&agent),
                        "seed {seed}: {agent:?} is known"
                    );
                }
                Output::Activated(_) | Output::Deactivated(_) | Output::Scheduled { .. } => {}
            }
        }
        assert_eq!(observer.agents(), agents.len(), "seed {seed}");
        // Nothing that is due is left, and every agent that is pinged has its timer.
        if matches!(input, Some(Input::Tick)) {
            assert!(observer.due().is_none_or(|due| due > now), "seed {seed}");
        }
        for (key, known) in &agents {
            let lost = observer.state(*key) == State::Unreachable;
            assert_eq!(
                lost,
                known.state == State::Unreachable,
                "seed {seed}: {key:?}"
            );
        }
    }
}

fn watched(state: State, deadline: Option<Time>) -> Watched {
    Watched {
        // The ping at the admission was seen as an output.
        owes: false,
        missed: 0,
        deadline,
        state,
    }
}

/// Takes an input into the books of the walk.
fn told(agents: &mut BTreeMap<AgentKey, Watched>, input: Input, now: Time, time: Duration) {
    match input {
        Input::Pong(key) | Input::Registered(key) => {
            let Some(known) = agents.get_mut(&key) else {
                return;
            };
            (known.owes, known.missed) = (false, 0);
            if matches!(input, Input::Registered(_)) {
                known.deadline = None;
                known.state = State::Active;
            }
        }
        Input::LinkLost(key) => {
            if let Some(known) = agents.get_mut(&key) {
                // Counts from the first report.
                let lost = known.state == State::Unreachable;
                let deadline = known.deadline.or(Some(now + time)).filter(|_| !lost);
                known.deadline = deadline;
            }
        }
        Input::Removed(key) => {
            agents.remove(&key);
        }
        Input::Tick => {}
    }
}
