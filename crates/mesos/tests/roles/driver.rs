//! The scheduler driver's lines.

use crate::agent::{ID, NOW, last, next, sender, stranger};
use crate::table::{Played, Role};
use core::time::Duration;
use tenure_mesos::roles::driver::{Call, Driver, Input, Options};
use tenure_mesos::roles::{Leading, RegistrationState};

pub(crate) const ROLE: Role = Role {
    name: "driver",
    file: "driver.rs",
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
        "error: by the leader",
        "error: by another master",
        "link lost",
        "call: launch",
        "call: update of the framework",
        "call: any other",
        "stop",
        "tick: too early",
        "tick: due",
    ],
    play,
    answer,
};

fn reach(state: &str) -> Driver {
    let last = last();
    let from = (&last).into();
    let registered = || Input::Registered { from, id: ID };
    let leader = || Input::Leader(last.clone());
    let way = match state {
        "starting" => vec![],
        "registering" => vec![leader()],
        "registered" => vec![leader(), registered()],
        "re-registering" => vec![leader(), registered(), leader()],
        "moving" => vec![leader(), registered(), Input::Leader(next())],
        "lost" => vec![leader(), registered(), Input::NoLeader],
        "stopped" => vec![Input::Stop],
        other => panic!("{other}"),
    };
    let mut driver = Driver::new(Options::default(), 7).unwrap();
    for input in way {
        driver.handle(input, NOW);
    }
    assert_eq!(driver.state().name(), state);
    driver
}

fn answer(state: &str) -> &'static str {
    let driver = reach(state);
    let all = [last(), next(), stranger()];
    let accepted: Vec<&Leading> = all
        .iter()
        .filter(|l| driver.accepts(&(*l).into()))
        .collect();
    match accepted[..] {
        [] => "nobody",
        [one] => {
            assert_eq!(Some(one), driver.leader());
            "the leader"
        }
        _ => panic!("{accepted:?}"),
    }
}

fn play(state: &str, case: &str) -> Option<Played> {
    let mut driver = reach(state);
    let leader = driver.leader().cloned().unwrap_or_else(last);
    let stranger = stranger();
    let from = || sender(case, &leader, &stranger);
    let due = driver.due();
    let (input, now) = match case {
        "leader: the same" => (Input::Leader(last()), NOW),
        "leader: another" => (Input::Leader(stranger.clone()), NOW),
        "no leader" => (Input::NoLeader, NOW),
        "unknown" => (Input::Unknown, NOW),
        case if case.starts_with("registered: ") => {
            let id = if case.ends_with("another id") {
                "F2"
            } else {
                ID
            };
            let from = from();
            (Input::Registered { from, id }, NOW)
        }
        case if case.starts_with("error: ") => {
            let why = "Framework failed over";
            (Input::Error { from: from(), why }, NOW)
        }
        "link lost" => (Input::LinkLost, NOW),
        "call: launch" => (Input::Call(Call::Launch), NOW),
        "call: update of the framework" => (Input::Call(Call::UpdateFramework), NOW),
        "call: any other" => (Input::Call(Call::Other), NOW),
        "stop" => (Input::Stop, NOW),
        "tick: too early" => {
            let early = due.map_or(NOW, |due| due.before(Duration::from_nanos(1)));
            (Input::Tick, early)
        }
        "tick: due" => (Input::Tick, due.unwrap_or(NOW + Duration::from_secs(9_999))),
        other => panic!("{other}"),
    };
    let outputs = driver.handle(input, now);
    let names = outputs.iter().map(|output| output.name()).collect();
    Some((driver.state().name(), names))
}
