//! The life of one world, from its seed to its result.

use crate::acts;
use crate::hazards::{Authenticated, Hazard};
use crate::marks::Marks;
use crate::options::Break;
use crate::plan::Plan;
use crate::plots;
use crate::settle;
use crate::trial::Trial;
use crate::trouble;
use tenure_mutants::Mutant;
use tenure_worlds::{MS, Nanos, SECOND, span};

/// How a world is to be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The mistake that its clients make, where the simulation runs over the mutated core.
    pub mutant: Option<Mutant>,
    /// The assumption that does not hold in it.
    pub broken: Option<Break>,
    /// The only hazard in it; without it the dice choose the hazards.
    pub hazard: Option<Hazard>,
    /// How many of the last events to keep in words.
    pub told: usize,
}

/// The result of a world.
#[derive(Debug)]
pub struct Verdict {
    /// The promise that was broken.
    pub violation: Option<String>,
    /// A number that two runs of the same world share.
    pub history: u64,
    /// Its length, in simulated nanoseconds.
    pub lasted: u64,
    /// The time from the last fault to order.
    pub settled: u64,
    /// The last events in words, if `kept` asked for them.
    pub words: Vec<String>,
    pub(crate) marks: Marks,
}

/// Runs one world.
#[must_use]
pub fn run(seed: u64, wanted: Wanted) -> Verdict {
    tenure_mutants::set(wanted.mutant);
    let plan = Plan::new(seed, wanted.broken, wanted.hazard);
    let cached_flag = wanted.mutant == Some(Mutant::CachedFlag);
    let mut trial = Trial::new(seed, plan, wanted.told, cached_flag);
    let words = format!("{:?}", trial.plan);
    trial.world.note(|| words);
    trouble::begin(&mut trial);
    begin(&mut trial);
    let end = trial.world.now + trial.plan.safety;
    while trial.world.now < end && trial.world.broken().is_none() {
        if trouble::is_due(&mut trial) {
            trouble::any(&mut trial);
        } else if trial.world.dice.u8(0..100) < trial.plan.plots {
            plots::any(&mut trial);
        } else {
            acts::any(&mut trial);
        }
        let length = pause(&mut trial);
        trial.run(length);
    }
    plots::last(&mut trial);
    plots::meddle_last(&mut trial);
    if trial.world.broken().is_none() {
        settle::settle(&mut trial);
    }
    tenure_mutants::set(None);
    if !trial.plan.unknown.is_empty() {
        trial.judge.marks.hit("old-server");
    }
    Verdict {
        violation: trial.world.broken().cloned(),
        history: trial.world.record.number(),
        lasted: trial.world.now - SECOND,
        settled: trial.settled,
        words: trial.world.record.words(),
        marks: trial.judge.marks,
    }
}

fn begin(trial: &mut Trial) {
    if trial.plan.hazards.credentials == Some(Authenticated::Some) {
        // The creator of a group excludes others from it: here another creator comes first.
        trial.run_until(10 * SECOND, |w| w.world.ensemble.leader().is_some());
        let groups = trial.plan.groups.clone();
        for path in std::iter::once("/app".to_owned()).chain(groups) {
            let _ = trial
                .world
                .ensemble
                .create(&path, b"", span(trial.world.now));
            trial.run(100 * MS);
        }
    }
    let mut nodes: Vec<usize> = (0..trial.plan.nodes.len()).collect();
    trial.world.dice.shuffle(&mut nodes);
    for (n, node) in nodes.into_iter().enumerate() {
        trial.start(node);
        let late = trial.world.dice.u64(0..200 * MS);
        trial.run(late);
        if trial.plan.wraps && n < 2 {
            // After the first process has created the path.
            trial.run(2 * SECOND);
            plots::wrap(trial, n > 0);
        }
    }
}

/// The pause between two faults.
fn pause(trial: &mut Trial) -> Nanos {
    let timeout = trial.plan.timeout();
    match trial.world.dice.u8(0..4) {
        0 => 0,
        1 => trial.world.dice.u64(0..5 * MS),
        2 => trial.world.dice.u64(0..500 * MS),
        _ => trial.world.dice.u64(0..timeout * 4 / 3),
    }
}
