//! The agent's lines.

use crate::master::leading;
use crate::table::{Played, Role};
use core::time::Duration;
use tenure_election::Time;
use tenure_mesos::roles::agent::{Agent, Input, Options};
use tenure_mesos::roles::{Leading, RegistrationState, Sender};

pub(crate) const ROLE: Role = Role {
    name: "agent",
    file: "agent.rs",
    states: RegistrationState::NAMES,
    inputs: Input::NAMES,
    cases: &[
        "leader: the same",
        "leader: another",
        "no leader",
        "unknown",
        "registered: by the leader",
        "registered: by the leader under another id",
        "registered: by another master",
        "registered: by an old master at the leader's address",
        "refused: by the leader",
        "refused: by another master",
        "ping: from the leader",
        "ping: from the leader that has lost the agent",
        "ping: from another master",
        "ping: from an old master at the leader's address",
        "link lost",
        "shutdown: by the host",
        "shutdown: by the leader",
        "shutdown: by another master",
        "tick: too early",
        "tick: due",
    ],
    play,
    answer,
};

pub(crate) const NOW: Time = Time::from_nanos(1_000);
pub(crate) const ID: &str = "S1";

/// The leader of the last registration, another one, and one that never led this agent.
pub(crate) fn last() -> Leading {
    leading(10, "a")
}

pub(crate) fn next() -> Leading {
    leading(20, "b")
}

pub(crate) fn stranger() -> Leading {
    leading(30, "c")
}

/// The sender at the end of a case's name, where `leader` is the present one, or would be.
pub(crate) fn sender<'a>(case: &str, leader: &'a Leading, stranger: &'a Leading) -> Sender<'a> {
    match case.split_once(": ").unwrap().1 {
        "by another master" | "from another master" => stranger.into(),
        "by an old master at the leader's address"
        | "from an old master at the leader's address" => Sender {
            address: &leader.address,
            token: Some(1),
        },
        // As a message of Mesos, without a token.
        _ => Sender {
            address: &leader.address,
            token: None,
        },
    }
}

fn registers<'a>(from: Sender<'a>, id: &'a str) -> Input<'a> {
    let ping_timeout = Some(Duration::from_secs(10));
    Input::Registered {
        from,
        id,
        ping_timeout,
    }
}

fn reach(state: &str) -> Agent {
    let last = last();
    let registered = || registers((&last).into(), ID);
    let leader = || Input::Leader(last.clone());
    let way = match state {
        "starting" => vec![],
        "registering" => vec![leader()],
        "registered" => vec![leader(), registered()],
        "re-registering" => vec![leader(), registered(), leader()],
        "moving" => vec![leader(), registered(), Input::Leader(next())],
        "lost" => vec![leader(), registered(), Input::NoLeader],
        "stopped" => vec![Input::Shutdown { from: None }],
        other => panic!("{other}"),
    };
    let mut agent = Agent::new(Options::default(), 7).unwrap();
    for input in way {
        agent.handle(input, NOW);
    }
    assert_eq!(agent.state().name(), state);
    agent
}

fn answer(state: &str) -> &'static str {
    let agent = reach(state);
    let all = [last(), next(), stranger()];
    let accepted: Vec<&Leading> = all.iter().filter(|l| agent.accepts(&(*l).into())).collect();
    match agent.leader() {
        None => {
            assert_eq!(accepted, Vec::<&Leading>::new());
            "nobody"
        }
        Some(leader) => {
            assert_eq!(accepted, [leader]);
            "the leader"
        }
    }
}

fn play(state: &str, case: &str) -> Option<Played> {
    let mut agent = reach(state);
    let leader = agent.leader().cloned().unwrap_or_else(last);
    let stranger = stranger();
    let from = || sender(case, &leader, &stranger);
    let due = agent.due();
    let (input, now) = match case {
        "leader: the same" => (Input::Leader(last()), NOW),
        "leader: another" => (Input::Leader(stranger.clone()), NOW),
        "no leader" => (Input::NoLeader, NOW),
        "unknown" => (Input::Unknown, NOW),
        "registered: by the leader under another id" => (registers(from(), "S2"), NOW),
        case if case.starts_with("registered: ") => (registers(from(), ID), NOW),
        case if case.starts_with("refused: ") => {
            let why = "no such principal";
            (Input::Refused { from: from(), why }, NOW)
        }
        case if case.starts_with("ping: ") => {
            let connected = !case.ends_with("has lost the agent");
            let from = from();
            (Input::Ping { from, connected }, NOW)
        }
        "link lost" => (Input::LinkLost, NOW),
        "shutdown: by the host" => (Input::Shutdown { from: None }, NOW),
        case if case.starts_with("shutdown: ") => {
            let from = Some(from());
            (Input::Shutdown { from }, NOW)
        }
        "tick: too early" => {
            let early = due.map_or(NOW, |due| due.before(Duration::from_nanos(1)));
            (Input::Tick, early)
        }
        "tick: due" => (Input::Tick, due.unwrap_or(NOW + Duration::from_secs(9_999))),
        other => panic!("{other}"),
    };
    let outputs = agent.handle(input, now);
    let names = outputs.iter().map(|output| output.name()).collect();
    Some((agent.state().name(), names))
}
