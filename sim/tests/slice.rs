//! A short slice of the simulation: always the same worlds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

use tenure::core::mutant::Mutant;
use tenure_sim::{Summary, Wanted};

/// Within how many worlds, from seed 1 on, each mistake is noticed. What needs more than the slice
/// has is in `docs/simulation.md`.
const CAUGHT: &[(&str, u64)] = &[
    ("cached-flag", 20),
    ("release-after-delete", 20),
    ("revived-lease", 20),
    ("vanished-predecessor-leads", 20),
    ("delete-once", 20),
    ("session-never-over", 20),
    ("view-never-stale", 20),
    ("strict-waits", 20),
    ("sequence-at-the-wrap", 20),
    ("watch-not-rearmed", 30),
    ("create-again", 40),
    ("lease-from-answers", 50),
    ("timer-from-disconnect", 50),
    ("any-owner", 50),
    ("failed-check-proves", 80),
    ("own-znode-unwatched", 80),
    ("missing-path-unwatched", 300),
    ("missing-path-refused", 500),
];

fn wanted(mutant: Option<Mutant>) -> Wanted {
    Wanted {
        mutant,
        broken: None,
        told: 0,
    }
}

fn run(count: u64, mutant: Option<Mutant>) -> Summary {
    tenure_sim::run(1, count, 2, wanted(mutant), |_| {})
}

#[test]
fn worlds_keep_every_promise() {
    let summary = run(600, None);
    assert_eq!(summary.violation, None);
    assert_eq!(summary.worlds, 600);
    assert!(summary.lasted / 1_000_000_000 >= 600 * 60);
}

#[test]
fn the_same_seed_makes_the_same_history() {
    for seed in 1..40 {
        let history = || tenure_sim::world(seed, wanted(None)).history;
        assert_eq!(history(), history(), "seed {seed}");
    }
}

#[test]
fn known_mistakes_are_noticed() {
    for (name, within) in CAUGHT {
        let mutant = Mutant::ALL.iter().find(|m| m.name() == *name);
        let mutant = *mutant.unwrap_or_else(|| panic!("there is no mistake {name}"));
        let summary = run(*within, Some(mutant));
        assert!(summary.violation.is_some(), "{name} in {within} worlds");
    }
}
