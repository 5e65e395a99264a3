//! A short slice of the simulation: always the same worlds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use std::collections::BTreeSet;
use tenure_mutants::Mutant;
use tenure_sim::Wanted;

/// The number of worlds within which each mistake is detected, from either seed on: all mistakes.
/// The numbers leave room for worlds that change; `docs/simulation.md` has the numbers as counted.
const CAUGHT: &[(&str, u64)] = &[
    ("lease-from-answers", 2000),
    ("lease-from-sends-before-proof", 2000),
    ("reply-time-for-send-time", 2000),
    ("timer-from-disconnect", 2000),
    ("mesos-timer", 2000),
    ("cached-flag", 2000),
    ("one-step-back", 2000),
    ("proofs-back-to-back", 2000),
    ("no-step-back", 2000),
    ("no-relay-time", 2000),
    ("handshake-proves", 2000),
    ("read-proves", 2000),
    ("failed-check-proves", 2000),
    ("revived-lease", 2000),
    ("release-after-delete", 2000),
    ("strict-waits", 2000),
    ("vanished-predecessor-leads", 2000),
    ("stale-watch", 2000),
    ("watch-not-rearmed", 2000),
    ("own-znode-unwatched", 2000),
    ("sequence-at-the-wrap", 2000),
    ("any-owner", 2000),
    ("create-again", 2000),
    ("delete-once", 2000),
    ("missing-path-refused", 2000),
    ("missing-path-unwatched", 2000),
    ("session-never-over", 2000),
    ("view-never-stale", 2000),
    ("timeout-of-the-connection", 2000),
    ("as-of-the-arrival", 2000),
    ("late-address-thrown-away", 2000),
    ("long-answer-ends-the-connection", 2000),
    ("proofs-behind-bulk-reads", 2000),
    ("error-counts-as-gone", 2000),
    ("any-code-decides", 2000),
    ("asked-again-at-once", 2000),
    ("culprit-takes-all", 2000),
    ("doomed-connection-counts", 2000),
    ("newest-touch-counts", 2000),
    ("more-than-known-forgotten", 2000),
    ("jeopardy-unreported", 2000),
    ("newest-zxid-unnamed", 2000),
    ("sent-before-known", 2000),
    ("connect-from-its-answer", 2000),
    ("xids-begin-again", 2000),
    ("token-change-is-a-fall", 2000),
    ("guard-wait-from-create", 2000),
    ("mark-while-waiting", 2000),
    ("mark-state-ignored", 2000),
    ("own-lease-waited", 2000),
    ("guard-from-reply", 2000),
    ("newcomer-leads", 2000),
    ("short-cap", 2000),
    ("released-while-waiting", 2000),
    ("leads-before-mark", 2000),
    ("unknown-operations-tried", 2000),
    ("idle-reads-for-pings", 2000),
    ("foreign-payload-stays", 2000),
];

/// The mistakes that one world in many thousands shows: the kept worlds detect them.
const RARE: &[&str] = &[
    "late-create-looked-for-once",
    "payload-unseen",
    "earlier-group-trusted",
    "deposed-without-version",
];

/// The seeds at which the worlds begin.
const SEEDS: [u64; 2] = [1, 5000];

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
    let caught = CAUGHT.iter().map(|(name, _)| name);
    let listed: BTreeSet<&str> = caught.chain(RARE).copied().collect();
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
    for (name, within) in CAUGHT {
        let wanted = tenure_sim_mutated::Wanted {
            mutant: Some(Mutant::named(name).unwrap()),
            ..Default::default()
        };
        for seed in SEEDS {
            let summary = tenure_sim_mutated::run(seed, *within, 2, wanted, |_| {});
            let caught = summary.violation.is_some();
            assert!(caught, "{name} in {within} worlds from seed {seed}");
        }
    }
}
