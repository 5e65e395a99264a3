//! The plan of faults: a function of the seed.

use crate::faults::{Fault, Side};
use fastrand::Rng;
use std::collections::VecDeque;
use std::time::Duration;

/// One round of a run: its faults begin together, and end together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Round {
    pub(crate) acts: Vec<Act>,
    /// The pause before the round.
    pub(crate) calm: Duration,
}

/// One fault of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) fault: Fault,
    pub(crate) hold: Duration,
    /// Chooses its target.
    pub(crate) pick: u64,
}

/// How many rounds in a hundred have two faults.
const PAIRS_PERCENT: u32 = 25;
/// The longest pause between two rounds.
const CALM_MS_MAX: u64 = 1000;

/// All rounds, an endless sequence.
pub(crate) struct Rounds {
    rng: Rng,
    faults: Vec<Fault>,
    timeout: Duration,
    /// Each fault comes once before any comes again.
    next: VecDeque<Fault>,
}

impl Rounds {
    /// `faults` must not be empty.
    pub(crate) fn new(seed: u64, faults: &[Fault], timeout: Duration) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            faults: faults.to_vec(),
            timeout,
            next: VecDeque::new(),
        }
    }

    fn act(&mut self) -> Act {
        if self.next.is_empty() {
            let mut faults = self.faults.clone();
            self.rng.shuffle(&mut faults);
            self.next = faults.into();
        }
        let fault = self.next.pop_front().unwrap_or(Fault::ClientCut);
        self.one(fault)
    }

    fn one(&mut self, fault: Fault) -> Act {
        Act {
            fault,
            hold: fault.hold(self.timeout, self.rng.f64()),
            pick: self.rng.u64(..),
        }
    }
}

impl Iterator for Rounds {
    type Item = Round;

    fn next(&mut self) -> Option<Round> {
        let first = self.act();
        let other = match first.fault.side() {
            Side::Clients => Side::Servers,
            Side::Servers => Side::Clients,
        };
        let others = self.faults.iter().filter(|fault| fault.side() == other);
        let others: Vec<Fault> = others.copied().collect();
        let mut acts = vec![first];
        if self.rng.u32(..100) < PAIRS_PERCENT
            && let Some(fault) = self.rng.choice(others)
        {
            acts.push(self.one(fault));
        }
        Some(Round {
            acts,
            calm: Duration::from_millis(self.rng.u64(..CALM_MS_MAX)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Duration = Duration::from_secs(4);

    fn rounds(seed: u64) -> Vec<Round> {
        Rounds::new(seed, Fault::ALL, T).take(100).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_plan() {
        assert_eq!(rounds(1), rounds(1));
        assert_ne!(rounds(1), rounds(2));
    }

    #[test]
    fn every_fault_comes_before_any_comes_again() {
        let all = rounds(3);
        let firsts = all.chunks_exact(Fault::ALL.len());
        for cycle in firsts {
            let mut faults: Vec<Fault> = cycle.iter().map(|round| round.acts[0].fault).collect();
            faults.sort();
            assert_eq!(faults, Fault::ALL);
        }
    }

    #[test]
    fn two_faults_of_a_round_are_of_two_sides() {
        let pairs: Vec<_> = rounds(4)
            .into_iter()
            .filter(|r| r.acts.len() == 2)
            .collect();
        assert!(pairs.len() > 10);
        for pair in pairs {
            assert_ne!(pair.acts[0].fault.side(), pair.acts[1].fault.side());
        }
        let alone = Rounds::new(5, &[Fault::ClientCut, Fault::Expire], T);
        assert!(alone.take(100).all(|round| round.acts.len() == 1));
    }

    #[test]
    fn stops_outlast_the_session() {
        for chance in [0.0, 0.5, 1.0] {
            assert!(Fault::ClientStop.hold(T, chance) > T);
            assert!(Fault::ClientFreeze.hold(T, chance) > T);
        }
    }
}
