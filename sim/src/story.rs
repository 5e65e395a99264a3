//! The life of one world, from its seed to its verdict.

use crate::acts;
use crate::clock::{MS, Nanos, SECOND};
use crate::hazards::{Authenticated, Hazard};
use crate::marks::Marks;
use crate::options::Break;
use crate::plan::Plan;
use crate::plots;
use crate::settle;
use crate::trouble;
use crate::world::{World, span};
use tenure_mutants::Mutant;

/// How a world is to be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The mistake that its clients make, where the simulation runs over the mutated core.
    pub mutant: Option<Mutant>,
    /// The assumption that does not hold in it.
    pub broken: Option<Break>,
    /// The only hazard in it; the dice say which if nobody else does.
    pub hazard: Option<Hazard>,
    /// How many of the last events are to be told in words.
    pub told: usize,
}

/// How a world went.
#[derive(Debug)]
pub struct Verdict {
    /// The promise that was broken.
    pub violation: Option<String>,
    /// A number that two runs of the same world have in common.
    pub history: u64,
    /// How long it lasted, in simulated nanoseconds.
    pub lasted: u64,
    /// How long after the last fault all was in order.
    pub settled: u64,
    /// What happened last, if that was wanted.
    pub words: Vec<String>,
    pub(crate) marks: Marks,
}

/// Runs one world.
#[must_use]
pub fn run(seed: u64, wanted: Wanted) -> Verdict {
    tenure_mutants::set(wanted.mutant);
    let plan = Plan::new(seed, wanted.broken, wanted.hazard);
    let cached_flag = wanted.mutant == Some(Mutant::CachedFlag);
    let mut world = World::new(seed, plan, wanted.told, cached_flag);
    let words = format!("{:?}", world.plan);
    world.note(|| words);
    trouble::begin(&mut world);
    begin(&mut world);
    let end = world.now + world.plan.safety;
    while world.now < end && world.broken.is_none() {
        if trouble::is_due(&mut world) {
            trouble::any(&mut world);
        } else if world.dice.u8(0..100) < world.plan.plots {
            plots::any(&mut world);
        } else {
            acts::any(&mut world);
        }
        let length = pause(&mut world);
        world.run(length);
    }
    plots::last(&mut world);
    plots::meddle_last(&mut world);
    if world.broken.is_none() {
        settle::settle(&mut world);
    }
    tenure_mutants::set(None);
    if !world.plan.unknown.is_empty() {
        world.marks.hit("old-server");
    }
    Verdict {
        violation: world.broken,
        history: world.history.number(),
        lasted: world.now - SECOND,
        settled: world.settled,
        words: world.history.words(),
        marks: world.marks,
    }
}

fn begin(world: &mut World) {
    if world.plan.hazards.credentials == Some(Authenticated::Some) {
        // Whoever creates a group keeps others out of it: here somebody else has done it.
        world.run_until(10 * SECOND, |w| w.ensemble.leader().is_some());
        let groups = world.plan.groups.clone();
        for path in std::iter::once("/app".to_owned()).chain(groups) {
            let _ = world.ensemble.create(&path, b"", span(world.now));
            world.run(100 * MS);
        }
    }
    let mut nodes: Vec<usize> = (0..world.nodes.len()).collect();
    world.dice.shuffle(&mut nodes);
    for (n, node) in nodes.into_iter().enumerate() {
        world.start(node);
        let late = world.dice.u64(0..200 * MS);
        world.run(late);
        if world.plan.wraps && n < 2 {
            // After the first has made the path.
            world.run(2 * SECOND);
            plots::wrap(world, n > 0);
        }
    }
}

/// Between two faults.
fn pause(world: &mut World) -> Nanos {
    let timeout = world.plan.timeout();
    match world.dice.u8(0..4) {
        0 => 0,
        1 => world.dice.u64(0..5 * MS),
        2 => world.dice.u64(0..500 * MS),
        _ => world.dice.u64(0..timeout * 4 / 3),
    }
}
