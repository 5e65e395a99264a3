//! The worlds that are kept: `workshop/sim/seeds.txt`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use tenure_mutants::Mutant;
/// Seed and mistake, line by line.
fn seeds() -> Vec<(u64, Option<Mutant>)> {
    let lines = include_str!("../seeds.txt").lines();
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    kept.map(|line| {
        let mut words = line.split_whitespace();
        let (seed, name) = (words.next().unwrap(), words.next().unwrap());
        assert!(words.next().is_some(), "what did it find? {line}");
        let mutant = match name {
            "-" => None,
            name => Some(Mutant::named(name).expect(line)),
        };
        (seed.parse().expect(line), mutant)
    })
    .collect()
}

#[test]
fn kept_worlds_keep_every_promise() {
    let seeds = seeds();
    assert!(!seeds.is_empty());
    for (seed, _) in seeds {
        let verdict = tenure_sim::world(seed, tenure_sim::Wanted::default());
        assert_eq!(verdict.violation, None, "seed {seed}");
    }
}

#[test]
fn mistakes_are_noticed_in_the_worlds_that_are_kept_for_them() {
    let blind: Vec<String> = seeds()
        .into_iter()
        .filter_map(|(seed, mutant)| Some((seed, mutant?)))
        .filter(|(seed, mutant)| {
            let wanted = tenure_sim_mutated::Wanted {
                mutant: Some(*mutant),
                ..Default::default()
            };
            let verdict = tenure_sim_mutated::world(*seed, wanted);
            verdict.violation.is_none()
        })
        .map(|(seed, mutant)| format!("{seed} {}", mutant.name()))
        .collect();
    assert!(
        blind.is_empty(),
        "these worlds have changed and want a successor (`workshop/sim/seeds.txt` says how): {blind:?}"
    );
}
