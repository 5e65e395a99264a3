//! The master's lines.

use crate::table::{Played, Role};
use tenure_election::{Error, ErrorKind, LostReason, Time};
use tenure_mesos::roles::master::{Input, Master, Requests, State};
use tenure_mesos::roles::{Leading, MemberId};

pub(crate) const ROLE: Role = Role {
    name: "master",
    file: "master.rs",
    states: State::NAMES,
    inputs: Input::NAMES,
    cases: &[
        "enrolling",
        "enrolled: its member",
        "enrolled: a member it may follow",
        "behind: its member",
        "leading: its member",
        "leading: another member",
        "jeopardy: its member",
        "jeopardy: another member",
        "lost: it enrols again",
        "lost: it was asked to",
        "lost: for good",
        "leader: itself",
        "leader: older",
        "leader: older at another address",
        "leader: younger",
        "no leader",
        "unknown",
        "ended",
        "tick: before the end of the lease",
        "tick: at the end of the lease",
    ],
    play,
    answer: |state| match reach(state).requests() {
        Requests::Here => "here",
        Requests::To(leader) => {
            assert_eq!(leader, &leading(OLDER, "b"));
            "the leader"
        }
        Requests::Nowhere => "503",
    },
};

/// Its own member, and those of masters that came before and after it.
const OWN: u64 = 10;
const OLDER: u64 = 5;
const YOUNGER: u64 = 20;

const NOW: Time = Time::from_nanos(1_000);
const END: Time = Time::from_nanos(5_000);

pub(crate) fn member(token: u64) -> MemberId {
    MemberId {
        path: format!("/mesos/json.info_{token:010}"),
        token,
    }
}

pub(crate) fn leading(token: u64, address: &str) -> Leading {
    Leading {
        member: member(token),
        address: address.into(),
    }
}

fn reach(state: &str) -> Master {
    let leads = Input::Leading {
        member: member(OWN),
        lease_end: END,
    };
    let doubts = Input::Jeopardy {
        member: member(OWN),
        lease_end: END,
    };
    let way = match state {
        "candidate" => vec![],
        "standby" => vec![Input::Leader(leading(OLDER, "b"))],
        "leaderless" => vec![Input::NoLeader],
        "leader" => vec![leads],
        "jeopardy" => vec![leads, doubts],
        "stopped" => vec![leads, Input::Lost(LostReason::Evicted)],
        other => panic!("{other}"),
    };
    let mut master = Master::new();
    master.handle(Input::Enrolling, NOW);
    master.handle(Input::Enrolled(member(OWN)), NOW);
    for input in way {
        master.handle(input, NOW);
    }
    assert_eq!(master.state().name(), state);
    master
}

fn play(state: &str, case: &str) -> Option<Played> {
    let mut master = reach(state);
    let lease_end = Time::from_nanos(9_000);
    let (input, now) = match case {
        "enrolling" => (Input::Enrolling, NOW),
        "enrolled: its member" => (Input::Enrolled(member(OWN)), NOW),
        "enrolled: a member it may follow" => (Input::Enrolled(member(OLDER)), NOW),
        "behind: its member" => (Input::Behind(member(OWN)), NOW),
        "leading: its member" => {
            let member = member(OWN);
            (Input::Leading { member, lease_end }, NOW)
        }
        "leading: another member" => {
            let member = member(YOUNGER);
            (Input::Leading { member, lease_end }, NOW)
        }
        "jeopardy: its member" => {
            let member = member(OWN);
            (Input::Jeopardy { member, lease_end }, NOW)
        }
        "jeopardy: another member" => {
            let member = member(YOUNGER);
            (Input::Jeopardy { member, lease_end }, NOW)
        }
        "lost: it enrols again" => (Input::Lost(LostReason::SessionExpired), NOW),
        "lost: it was asked to" => (Input::Lost(LostReason::Withdrawn), NOW),
        "lost: for good" => {
            let error = Error::new(ErrorKind::NoAuth, "the group may not be written".to_owned());
            (Input::Lost(LostReason::Failed(error)), NOW)
        }
        "leader: itself" => (Input::Leader(leading(OWN, "a")), NOW),
        "leader: older" => (Input::Leader(leading(OLDER, "b")), NOW),
        "leader: older at another address" => (Input::Leader(leading(OLDER, "bb")), NOW),
        "leader: younger" => (Input::Leader(leading(YOUNGER, "c")), NOW),
        "no leader" => (Input::NoLeader, NOW),
        "unknown" => (Input::Unknown, NOW),
        "ended" => (Input::Ended("the credentials were refused".into()), NOW),
        "tick: before the end of the lease" => (Input::Tick, Time::from_nanos(4_999)),
        "tick: at the end of the lease" => (Input::Tick, END),
        other => panic!("{other}"),
    };
    let outputs = master.handle(input, now);
    let names = outputs.iter().map(|output| output.name()).collect();
    Some((master.state().name(), names))
}
