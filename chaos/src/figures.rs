//! How long fail-overs took, and how narrow it was.

use crate::check::Case;
use crate::history::{Entry, Phase};
use std::collections::BTreeMap;

/// What one kind of fault led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How often it happened.
    pub faults: usize,
    /// From the fault to the `leading` of each successor, in ns, sorted.
    pub failovers_ns: Vec<u64>,
    /// The smallest span between the end of a lease and the successor's `leading`, in ns;
    /// negative if they overlap.
    pub lease_margin_ns: Option<i64>,
    /// The smallest span between `lost` and the successor's `leading`.
    pub lost_margin_ns: Option<i64>,
}

/// What came to the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writes {
    /// Writes that were done.
    pub done: usize,
    /// Stale ones that were refused.
    pub refused: usize,
}

/// Figures for each kind of fault. A fail-over counts for each fault that had begun last: two
/// that began together both count it.
#[must_use]
pub fn figures(case: &Case<'_>) -> BTreeMap<String, Figures> {
    let mut by_fault: BTreeMap<String, Figures> = BTreeMap::new();
    // Rounds of faults: between two moments at which all had healed.
    let mut rounds: Vec<Vec<(u64, &str, bool)>> = vec![Vec::new()];
    for (_, entry) in &case.history.entries {
        match entry {
            Entry::Fault {
                at_ns,
                fault,
                phase: Phase::Begin,
                deposed,
                ..
            } => {
                by_fault.entry(fault.clone()).or_default().faults += 1;
                if let Some(round) = rounds.last_mut() {
                    round.push((*at_ns, fault, !deposed.is_empty()));
                }
            }
            Entry::Healed { .. } => rounds.push(Vec::new()),
            _ => {}
        }
    }
    for tenures in case.groups().values() {
        for pair in tenures.windows(2) {
            let [former, next] = pair else { continue };
            let begun = |round: &&Vec<(u64, &str, bool)>| {
                round
                    .first()
                    .is_some_and(|(at_ns, ..)| *at_ns <= next.begin_ns)
            };
            let Some(round) = rounds.iter().rfind(begun) else {
                continue;
            };
            let deposed = round.iter().any(|(.., deposed)| *deposed);
            for (at_ns, fault, _) in round {
                let Some(figures) = by_fault.get_mut(*fault) else {
                    continue;
                };
                figures
                    .failovers_ns
                    .push(next.begin_ns.saturating_sub(*at_ns));
                if former.killed || deposed {
                    continue;
                }
                let least = |least: &mut Option<i64>, end_ns: u64| {
                    let margin = next.begin_ns.cast_signed() - end_ns.cast_signed();
                    *least = Some(least.map_or(margin, |least| least.min(margin)));
                };
                least(&mut figures.lease_margin_ns, former.end_ns);
                if let (Some(lost_ns), true) = (former.lost_ns, former.stops.is_empty()) {
                    least(&mut figures.lost_margin_ns, lost_ns);
                }
            }
        }
    }
    for figures in by_fault.values_mut() {
        figures.failovers_ns.sort_unstable();
    }
    by_fault
}

/// Adds the figures of another run.
pub fn add(to: &mut BTreeMap<String, Figures>, more: BTreeMap<String, Figures>) {
    for (fault, more) in more {
        let sum = to.entry(fault).or_default();
        sum.faults += more.faults;
        sum.failovers_ns.extend(more.failovers_ns);
        sum.failovers_ns.sort_unstable();
        let least = |one: Option<i64>, other: Option<i64>| one.into_iter().chain(other).min();
        sum.lease_margin_ns = least(sum.lease_margin_ns, more.lease_margin_ns);
        sum.lost_margin_ns = least(sum.lost_margin_ns, more.lost_margin_ns);
    }
}

/// What came to the register.
#[must_use]
pub fn writes(case: &Case<'_>) -> Writes {
    let mut writes = Writes::default();
    for (_, entry) in &case.history.entries {
        if let Entry::Write { accepted, .. } = entry {
            if *accepted {
                writes.done += 1;
            } else {
                writes.refused += 1;
            }
        }
    }
    writes
}
