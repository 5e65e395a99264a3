//! The worlds that are kept: `workshop/sim/seeds.txt`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use tenure::core::mutant::Mutant;
use tenure_sim::Wanted;

fn wanted(mutant: Option<Mutant>) -> Wanted {
    Wanted {
        mutant,
        broken: None,
        hazard: None,
        told: 0,
    }
}

/// Seed and mistake, one line each.
fn seeds() -> Vec<(u64, Option<Mutant>)> {
    let lines = include_str!("../seeds.txt").lines();
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    kept.map(|line| {
        let mut words = line.split_whitespace();
        let (seed, name) = (words.next().unwrap(), words.next().unwrap());
        assert!(words.next().is_some(), "what did it find? {line}");
        let mutant = Mutant::ALL.iter().find(|mutant| mutant.name() == name);
        assert!(name == "-" || mutant.is_some(), "no such mistake: {line}");
        (seed.parse().expect(line), mutant.copied())
    })
    .collect()
}

#[test]
fn kept_worlds_keep_every_promise() {
    let seeds = seeds();
    assert!(!seeds.is_empty());
    for (seed, _) in seeds {
        let verdict = tenure_sim::world(seed, wanted(None));
        assert_eq!(verdict.violation, None, "seed {seed}");
    }
}

#[test]
fn mistakes_are_noticed_in_the_worlds_that_are_kept_for_them() {
    let blind: Vec<String> = seeds()
        .into_iter()
        .filter_map(|(seed, mutant)| Some((seed, mutant?)))
        .filter(|(seed, m)| {
            tenure_sim::world(*seed, wanted(Some(*m)))
                .violation
                .is_none()
        })
        .map(|(seed, mutant)| format!("{seed} {}", mutant.name()))
        .collect();
    assert!(
        blind.is_empty(),
        "these worlds have changed and want a successor (`workshop/sim/seeds.txt` says how): {blind:?}"
    );
}
