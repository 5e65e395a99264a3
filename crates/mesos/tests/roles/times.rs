//! Instants, options and their ranges, and texts.

use crate::master::{leading, member};
use core::time::Duration;
use tenure_election::{LostReason, Time};
use tenure_mesos::roles::agent::{self, Agent};
use tenure_mesos::roles::driver::{self, Driver};
use tenure_mesos::roles::master::{Input, Master, Requests};
use tenure_mesos::roles::observer::{self, Observer, Reason, RemovalLimit};

const NOW: Time = Time::from_nanos(1_000);
const SECOND: Duration = Duration::from_secs(1);

/// An agent that is registered, with the ping timeout that the leader gave.
fn registered(ping_timeout: Option<Duration>) -> Agent {
    let leader = leading(1, "a");
    let mut agent = Agent::new(agent::Options::default(), 1).unwrap();
    agent.handle(agent::Input::Leader(leader.clone()), NOW);
    let registered = agent::Input::Registered {
        from: (&leader).into(),
        id: "S1",
        ping_timeout,
    };
    agent.handle(registered, NOW);
    agent
}

#[test]
fn a_master_has_a_deadline_in_jeopardy_only() {
    let lease_end = NOW + SECOND;
    let mut master = Master::new();
    let leads = Input::Leading {
        member: member(1),
        lease_end,
    };
    master.handle(leads.clone(), NOW);
    assert_eq!(master.due(), None);
    for later in [1, 2] {
        let doubts = Input::Jeopardy {
            member: member(1),
            lease_end: lease_end + SECOND * later,
        };
        master.handle(doubts, NOW);
        assert_eq!(master.due(), Some(lease_end + SECOND * later));
    }
    master.handle(leads, NOW);
    assert_eq!(master.due(), None);
}

#[test]
fn a_master_does_not_follow_its_own_member_of_a_lost_candidacy() {
    let mut master = Master::new();
    for input in [
        Input::Enrolled(member(1)),
        Input::Leader(leading(1, "a")),
        Input::Lost(LostReason::SessionExpired),
        Input::Enrolling,
        Input::Leader(leading(1, "a")),
    ] {
        assert_eq!(master.handle(input, NOW), []);
        assert_eq!(master.requests(), Requests::Nowhere);
    }
    master.handle(Input::Enrolled(member(2)), NOW);
    assert_eq!(master.member(), Some(&member(2)));
}

#[test]
fn time_that_runs_backwards_is_the_latest_time() {
    let mut agent = registered(Some(SECOND * 10));
    let leader = leading(1, "a");
    let ping = agent::Input::Ping {
        from: (&leader).into(),
        connected: true,
    };
    agent.handle(ping.clone(), NOW + SECOND * 5);
    agent.handle(ping, NOW);
    assert_eq!(agent.due(), Some(NOW + SECOND * 15));
}

#[test]
fn the_ping_timeout_of_the_leader_counts_within_its_range() {
    for (given, taken) in [
        (None, 75),
        (Some(SECOND * 10), 10),
        (Some(Duration::ZERO), 1),
        (Some(Duration::MAX), 86_400),
    ] {
        assert_eq!(
            registered(given).due(),
            Some(NOW + SECOND * taken),
            "{given:?}"
        );
    }
}

#[test]
fn attempts_come_after_random_parts_of_spans_that_double() {
    let mut longest = [Duration::ZERO; 10];
    for seed in 0..2_000 {
        let mut agent = Agent::new(agent::Options::default(), seed).unwrap();
        let mut now = NOW;
        agent.handle(agent::Input::Leader(leading(1, "a")), now);
        for (attempt, longest) in longest.iter_mut().enumerate() {
            let due = agent.due().unwrap();
            let most = SECOND * (1_u32 << attempt).min(60);
            let delay = due.since(now);
            assert!(delay <= most, "seed {seed}, attempt {attempt}: {delay:?}");
            *longest = delay.max(*longest);
            now = due;
            let outputs = agent.handle(agent::Input::Tick, now);
            assert!(
                matches!(outputs[..], [agent::Output::Register(_)]),
                "{outputs:?}"
            );
        }
    }
    for (attempt, longest) in longest.iter().enumerate() {
        let most = SECOND * (1_u32 << attempt).min(60);
        assert!(*longest > most * 9 / 10, "attempt {attempt}: {longest:?}");
    }
}

#[test]
fn a_driver_asks_at_least_ten_times_before_its_framework_is_removed() {
    let options = driver::Options {
        failover_timeout: SECOND * 50,
        ..driver::Options::default()
    };
    let mut driver = Driver::new(options, 3).unwrap();
    let mut now = NOW;
    driver.handle(driver::Input::Leader(leading(1, "a")), now);
    for _ in 0..100 {
        let due = driver.due().unwrap();
        assert!(due.since(now) <= SECOND * 5);
        now = due;
        assert_eq!(driver.handle(driver::Input::Tick, now).len(), 1);
    }
}

/// The name of an option, and a change that takes it out of its range.
type Change<O> = (&'static str, fn(&mut O));

/// A refusal, in words.
fn refused<T>(result: Result<T, tenure_mesos::roles::OutOfRange>) -> String {
    result
        .err()
        .map_or_else(String::new, |error| error.to_string())
}

#[test]
fn options_out_of_range_are_refused_by_name() {
    let agents: [Change<agent::Options>; 5] = [
        ("registration_backoff_factor", |o| o.backoff = Duration::MAX),
        ("registration_backoff_max", |o| {
            o.backoff_max = Duration::ZERO
        }),
        ("registration_backoff_max", |o| o.backoff_max = SECOND * 901),
        ("ping_timeout", |o| o.ping_timeout = Duration::ZERO),
        ("ping_timeout", |o| o.ping_timeout = Duration::MAX),
    ];
    for (name, change) in agents {
        let mut options = agent::Options::default();
        change(&mut options);
        let why = refused(Agent::new(options, 1));
        assert!(
            why.starts_with(&format!("the option {name} must be from ")),
            "{why:?}"
        );
    }
    let drivers: [Change<driver::Options>; 2] = [
        ("registration_backoff_factor", |o| o.backoff = SECOND * 901),
        ("failover_timeout", |o| o.failover_timeout = Duration::MAX),
    ];
    for (name, change) in drivers {
        let mut options = driver::Options::default();
        change(&mut options);
        let why = refused(Driver::new(options, 1));
        assert!(
            why.starts_with(&format!("the option {name} must be from ")),
            "{why:?}"
        );
    }
    fn limit(agents: u32, each: Duration) -> Option<RemovalLimit> {
        Some(RemovalLimit { agents, each })
    }
    let observers: [Change<observer::Options>; 8] = [
        ("agent_ping_timeout", |o| o.agent_ping_timeout = SECOND / 2),
        ("agent_ping_timeout", |o| {
            o.agent_ping_timeout = SECOND * 901
        }),
        ("max_agent_ping_timeouts", |o| o.max_agent_ping_timeouts = 0),
        ("max_agent_ping_timeouts", |o| {
            o.max_agent_ping_timeouts = u32::MAX
        }),
        ("agent_reregister_timeout", |o| {
            o.agent_reregister_timeout = Duration::ZERO
        }),
        ("agent_reregister_timeout", |o| {
            o.agent_reregister_timeout = Duration::MAX
        }),
        ("agent_removal_rate_limit", |o| {
            o.agent_removal_rate_limit = limit(0, SECOND)
        }),
        ("agent_removal_rate_limit", |o| {
            o.agent_removal_rate_limit = limit(1, SECOND / 2)
        }),
    ];
    for (name, change) in observers {
        let mut options = observer::Options::default();
        change(&mut options);
        let why = refused(Observer::new(options));
        assert!(
            why.starts_with(&format!("the option {name} must be from ")),
            "{why:?}"
        );
    }
    let least = observer::Options {
        agent_ping_timeout: SECOND,
        max_agent_ping_timeouts: 1,
        agent_reregister_timeout: SECOND,
        agent_removal_rate_limit: limit(1, SECOND),
    };
    assert_eq!(refused(Observer::new(least)), "");
    assert_eq!(least.total_ping_timeout(), SECOND);
    let given = observer::Options {
        max_agent_ping_timeouts: 0,
        ..least
    };
    let text = "the option max_agent_ping_timeouts must be from 1 to 1000000, not 0";
    assert_eq!(refused(Observer::new(given)), text);
}

#[test]
fn reasons_have_the_texts_of_mesos() {
    for (reason, text) in [
        (Reason::NoPong, "health check timed out"),
        (
            Reason::Disconnected(SECOND * 600),
            "agent did not reregister within 10mins after disconnecting",
        ),
        (
            Reason::Failover(SECOND * 7_200),
            "did not reregister within 2hrs after master failover",
        ),
        (
            Reason::Failover(Duration::from_millis(1_500)),
            "did not reregister within 1500ms after master failover",
        ),
        (
            Reason::Failover(Duration::from_nanos(1)),
            "did not reregister within 1ns after master failover",
        ),
    ] {
        assert_eq!(reason.to_string(), text);
    }
}
