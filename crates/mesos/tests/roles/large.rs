//! Ten thousand agents, and an hour of their pings.

use core::time::Duration;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use tenure_election::Time;
use tenure_mesos::roles::observer::{
    AgentKey, Input, Observer, Options, Output, RemovalLimit, State, TICK_MAX,
};

const AGENTS: usize = 10_000;
const HOUR: Duration = Duration::from_secs(3_600);
const BEGIN: Time = Time::from_nanos(1_000_000_000);

/// Plays an hour. Each agent answers after a moment of its own, less than 14 s, except that the `deaf` ones
/// do not answer from the tenth minute to the twentieth, and register again in the thirtieth.
/// Gives the number of outputs by name, and how often each timer was asked for.
fn hour(deaf: usize, limit: Option<RemovalLimit>) -> (BTreeMap<&'static str, usize>, usize) {
    let mut rng = fastrand::Rng::with_seed(3);
    let options = Options {
        agent_removal_rate_limit: limit,
        ..Options::default()
    };
    let mut observer = Observer::new(options).unwrap();
    let (mut outputs, mut counts) = (Vec::new(), BTreeMap::new());
    let mut answers = BinaryHeap::new();
    let mut keys = Vec::new();
    let mut now = BEGIN;
    for _ in 0..AGENTS {
        // All within a second: a cluster after a fail-over.
        now = now + Duration::from_micros(100);
        keys.push(observer.admit(now, &mut outputs).unwrap());
    }
    let is_deaf: BTreeMap<AgentKey, bool> = keys
        .iter()
        .enumerate()
        .map(|(at, key)| (*key, at < deaf))
        .collect();
    let (from, to) = (BEGIN + HOUR / 6, BEGIN + HOUR / 3);
    let mut ticks = 0;
    let mut back = Some(BEGIN + HOUR / 2);
    loop {
        for output in outputs.drain(..) {
            *counts.entry(output.name()).or_insert(0) += 1;
            if let Output::Ping { agent, .. } = output {
                let hears = !is_deaf[&agent] || now < from || now >= to;
                if hears {
                    let delay = Duration::from_millis(rng.u64(..14_000));
                    answers.push(Reverse((now + delay, agent)));
                }
            }
        }
        let pong = answers.peek().map(|Reverse((at, _))| *at);
        let tick = observer.due();
        let next = [pong, tick, back].into_iter().flatten().min().unwrap();
        if next > BEGIN + HOUR {
            break;
        }
        now = now.max(next);
        if back.is_some_and(|at| at <= now) {
            back = None;
            for key in keys.iter().take(deaf) {
                observer.handle(Input::Registered(*key), now, &mut outputs);
            }
        } else if pong.is_some_and(|at| at <= now) {
            let Some(Reverse((_, agent))) = answers.pop() else {
                panic!();
            };
            observer.handle(Input::Pong(agent), now, &mut outputs);
        } else {
            ticks += 1;
            observer.handle(Input::Tick, now, &mut outputs);
            assert!(outputs.len() <= 2 * TICK_MAX, "{} outputs", outputs.len());
            assert!(!outputs.is_empty(), "a tick that was due did nothing");
        }
    }
    let states = keys.iter().map(|key| observer.state(*key));
    assert!(states.into_iter().all(|state| state == State::Active));
    (counts, ticks)
}

#[test]
fn ten_thousand_agents_that_answer_are_pinged_for_an_hour_and_kept() {
    let (counts, ticks) = hour(0, None);
    // One at the admission, and one each 15 s.
    let pings = AGENTS * (3_600 / 15);
    assert!(
        (pings - AGENTS..=pings + AGENTS).contains(&counts["ping"]),
        "{counts:?}"
    );
    assert_eq!(counts.len(), 1, "{counts:?}");
    // A tick serves at least one of them, so the work is that of the pings.
    assert!(ticks <= counts["ping"], "{ticks}");
}

#[test]
fn those_that_do_not_answer_are_lost_and_readmitted() {
    let (counts, _) = hour(500, None);
    for name in ["scheduled", "unreachable", "readmitted"] {
        assert_eq!(counts[name], 500, "{name}: {counts:?}");
    }
    assert!(!counts.contains_key("canceled"), "{counts:?}");
}

#[test]
fn the_rate_limit_keeps_most_of_those_that_answer_again() {
    let limit = RemovalLimit {
        agents: 10,
        each: Duration::from_secs(60),
    };
    let (counts, _) = hour(500, Some(limit));
    // From 75 s after the tenth minute to the twentieth, each 6 s one; the others answer again then.
    let lost = counts["unreachable"];
    assert!((80..=95).contains(&lost), "{counts:?}");
    assert_eq!(counts["readmitted"], lost, "{counts:?}");
    assert_eq!(counts["canceled"] + lost, 500, "{counts:?}");
}

#[test]
fn a_tick_serves_a_bounded_number_of_agents() {
    let mut observer = Observer::new(Options::default()).unwrap();
    let mut outputs = Vec::new();
    for _ in 0..AGENTS {
        observer.admit(BEGIN, &mut outputs).unwrap();
    }
    let now = BEGIN + Duration::from_secs(15);
    let (mut ticks, mut pings) = (0, 0);
    while observer.due().is_some_and(|due| due <= now) {
        outputs.clear();
        observer.handle(Input::Tick, now, &mut outputs);
        assert!(outputs.len() <= TICK_MAX);
        (ticks, pings) = (ticks + 1, pings + outputs.len());
    }
    assert_eq!((ticks, pings), (AGENTS.div_ceil(TICK_MAX), AGENTS));
}

#[test]
fn places_of_removed_agents_are_used_again_and_their_keys_are_not() {
    let mut observer = Observer::new(Options::default()).unwrap();
    let mut outputs = Vec::new();
    let mut before = Vec::new();
    for round in 0..1_000 {
        let key = observer.admit(BEGIN, &mut outputs).unwrap();
        assert!(!before.contains(&key), "round {round}");
        assert_eq!(AgentKey::from_u64(key.as_u64()), key);
        assert_ne!(key.as_u64(), 0, "0 is no agent in C");
        observer.handle(Input::Removed(key), BEGIN, &mut outputs);
        before.push(key);
    }
    assert_eq!((observer.agents(), observer.due()), (0, None));
    outputs.clear();
    observer.admit(BEGIN, &mut outputs).unwrap();
    for key in before {
        outputs.clear();
        observer.handle(Input::Pong(key), BEGIN, &mut outputs);
        assert_eq!(outputs, [Output::Unknown(key)]);
    }
}
