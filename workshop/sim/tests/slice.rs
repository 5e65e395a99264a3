//! A short slice of the simulation: always the same worlds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use std::collections::BTreeSet;
use tenure_mutants::Mutant;
use tenure_sim::Wanted;

/// The mistakes that few worlds show: all but the rare ones. `docs/simulation.md` has the numbers as counted.
const CAUGHT: &[&str] = &[
    "lease-from-answers",
    "lease-from-sends-before-proof",
    "timer-from-disconnect",
    "mesos-timer",
    "cached-flag",
    "one-step-back",
    "proofs-back-to-back",
    "no-step-back",
    "no-relay-time",
    "handshake-proves",
    "read-proves",
    "failed-check-proves",
    "revived-lease",
    "release-after-delete",
    "strict-waits",
    "vanished-predecessor-leads",
    "stale-watch",
    "watch-not-rearmed",
    "own-znode-unwatched",
    "sequence-at-the-wrap",
    "any-owner",
    "create-again",
    "delete-once",
    "missing-path-refused",
    "missing-path-unwatched",
    "session-never-over",
    "view-never-stale",
    "timeout-of-the-connection",
    "as-of-the-arrival",
    "late-address-thrown-away",
    "long-answer-ends-the-connection",
    "proofs-behind-bulk-reads",
    "any-code-decides",
    "asked-again-at-once",
    "culprit-takes-all",
    "doomed-connection-counts",
    "more-than-known-forgotten",
    "jeopardy-unreported",
    "sent-before-known",
    "connect-from-its-answer",
    "xids-begin-again",
    "token-change-is-a-fall",
    "guard-wait-from-create",
    "mark-while-waiting",
    "mark-state-ignored",
    "own-lease-waited",
    "guard-from-reply",
    "newcomer-leads",
    "short-cap",
    "released-while-waiting",
    "leads-before-mark",
    "unknown-operations-tried",
    "idle-reads-for-pings",
    "foreign-payload-stays",
];

/// The mistakes that one world in hundreds or thousands shows: the kept worlds detect them.
const RARE: &[&str] = &[
    "reply-time-for-send-time",
    "newest-zxid-unnamed",
    "newest-touch-counts",
    "error-counts-as-gone",
    "late-create-looked-for-once",
    "payload-unseen",
    "earlier-group-trusted",
    "deposed-without-version",
    "release-unseen",
];

/// The seeds at which the worlds begin.
const SEEDS: [u64; 2] = [1, 5000];

/// How many worlds from each of them detect a mistake at the latest: with room for worlds that change.
const WORLDS: u64 = 1000;

/// How many worlds from one seed are simulated before it is the other one's turn.
const TURN: u64 = 50;

#[test]
fn worlds_keep_every_promise() {
    let summary = tenure_sim::run(1, 600, 2, Wanted::default(), |_| {});
    assert_eq!(summary.violation, None);
    assert_eq!(summary.worlds, 600);
    assert!(summary.lasted / 1_000_000_000 >= 600 * 60);
}

#[test]
fn the_same_seed_makes_the_same_history() {
    for seed in 1..40 {
        let history = || tenure_sim::world(seed, Wanted::default()).history;
        assert_eq!(history(), history(), "seed {seed}");
    }
}

#[test]
fn the_mutated_core_makes_the_same_history_as_the_shipped_one_while_no_mistake_is_made() {
    let shipped = tenure_sim::run(1, 200, 2, Wanted::default(), |_| {});
    let wanted = tenure_sim_mutated::Wanted::default();
    let mutated = tenure_sim_mutated::run(1, 200, 2, wanted, |_| {});
    assert_eq!(mutated.violation, None);
    assert_eq!(mutated.worlds, 200);
    assert_eq!(mutated.history, shipped.history);
}

#[test]
fn every_mistake_is_in_the_table() {
    let listed: BTreeSet<&str> = CAUGHT.iter().chain(RARE).copied().collect();
    let all: BTreeSet<&str> = Mutant::ALL.iter().map(|mutant| mutant.name()).collect();
    assert_eq!(listed, all);
    assert_eq!(CAUGHT.len() + RARE.len(), all.len(), "one is there twice");
}

#[test]
fn every_rare_mistake_has_a_world() {
    let seeds = include_str!("../seeds.txt");
    for name in RARE {
        let mut lines = seeds.lines();
        let kept = lines.any(|line| line.split(' ').nth(1) == Some(name));
        assert!(kept, "no line of seeds.txt detects {name}");
    }
}

#[test]
fn known_mistakes_are_noticed() {
    for name in CAUGHT {
        let wanted = tenure_sim_mutated::Wanted {
            mutant: Some(Mutant::named(name).unwrap()),
            ..Default::default()
        };
        let mut turns = (0..WORLDS).step_by(TURN as usize);
        let caught = turns.any(|done| {
            SEEDS.iter().any(|seed| {
                let summary = tenure_sim_mutated::run(seed + done, TURN, 2, wanted, |_| {});
                summary.violation.is_some()
            })
        });
        assert!(caught, "{name} in {WORLDS} worlds from either seed");
    }
}
