//! The times of fail-overs, and their smallest margins.

use crate::check::Case;
use crate::history::{Entry, Phase, Plan};
use std::collections::BTreeMap;

/// The fail-overs of one kind of fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many times it came.
    pub faults: usize,
    /// How many leaders gave leadership up by themselves, as `tenure run` does after its command
    /// had to end. The succession after that is neither a fail-over nor a margin.
    pub given_up: usize,
    /// From the fault to the `leading` of each successor, in ns, sorted.
    pub failovers_ns: Vec<u64>,
    /// The smallest span between the end of a lease and the successor's `leading`, in ns;
    /// negative if they overlap.
    pub lease_margin_ns: Option<i64>,
    /// The smallest span between `lost` and the successor's `leading`.
    pub lost_margin_ns: Option<i64>,
}

/// The writes to the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writes {
    /// Writes that were done.
    pub done: usize,
    /// Stale ones that were refused.
    pub refused: usize,
}

/// The faults between two checks that all clients agree.
#[derive(Default)]
struct Round<'a> {
    /// When each began, and its name.
    faults: Vec<(u64, &'a str)>,
    until_ns: Option<u64>,
}

/// Figures for each kind of fault. A fail-over counts for each fault that had begun last: if two
/// began together, it counts for both.
#[must_use]
pub fn figures(case: &Case<'_>) -> BTreeMap<String, Figures> {
    let mut by_fault: BTreeMap<String, Figures> = BTreeMap::new();
    let mut rounds: Vec<Round<'_>> = vec![Round::default()];
    for (_, entry) in &case.history.entries {
        match entry {
            Entry::Fault {
                at_ns,
                fault,
                phase: Phase::Begin,
                ..
            } => {
                by_fault.entry(fault.clone()).or_default().faults += 1;
                if let Some(round) = rounds.last_mut() {
                    round.faults.push((*at_ns, fault));
                }
            }
            Entry::Truth { at_ns, .. } => {
                if let Some(round) = rounds.last_mut() {
                    round.until_ns = Some(*at_ns);
                }
                rounds.push(Round::default());
            }
            _ => {}
        }
    }
    for tenures in case.groups().values() {
        for pair in tenures.windows(2) {
            let [former, next] = pair else { continue };
            let holds = |round: &&Round<'_>| {
                let first = round.faults.first();
                first.is_some_and(|(at_ns, _)| *at_ns <= next.tenure.begin_ns)
                    && round
                        .until_ns
                        .is_none_or(|until| next.tenure.begin_ns <= until)
            };
            let Some(round) = rounds.iter().find(holds) else {
                continue;
            };
            let (group, began_ns) = (&former.group, former.tenure.begin_ns);
            let deposed = case.was_deposed(group, began_ns, next.tenure.begin_ns);
            for (at_ns, fault) in &round.faults {
                let Some(figures) = by_fault.get_mut(*fault) else {
                    continue;
                };
                if former.tenure.given_up {
                    figures.given_up += 1;
                    continue;
                }
                // In a campaign only the leaders of that time count: the fault is theirs.
                if case.history.header.plan != Plan::Chaos && began_ns > *at_ns {
                    continue;
                }
                // Leaders of a campaign are killed one after the other.
                let killing_ns = former.killing_ns.filter(|_| former.killed);
                let from_ns = killing_ns.map_or(*at_ns, |killing_ns| killing_ns.max(*at_ns));
                figures
                    .failovers_ns
                    .push(next.tenure.begin_ns.saturating_sub(from_ns));
                if former.killed || deposed {
                    continue;
                }
                let least = |least: &mut Option<i64>, end_ns: u64| {
                    let margin = next.tenure.begin_ns.cast_signed() - end_ns.cast_signed();
                    *least = Some(least.map_or(margin, |least| least.min(margin)));
                };
                least(&mut figures.lease_margin_ns, former.end_ns);
                if let (Some(lost_ns), true) = (former.tenure.lost_ns, former.stops.is_empty()) {
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
        sum.given_up += more.given_up;
        sum.failovers_ns.extend(more.failovers_ns);
        sum.failovers_ns.sort_unstable();
        let least = |one: Option<i64>, other: Option<i64>| one.into_iter().chain(other).min();
        sum.lease_margin_ns = least(sum.lease_margin_ns, more.lease_margin_ns);
        sum.lost_margin_ns = least(sum.lost_margin_ns, more.lost_margin_ns);
    }
}

/// The writes to the register.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::read_text;

    /// Each `a` leads until `lost`, then `b`; times in tenths of a second.
    fn figures_of(reason: &str, lost: u64, next: u64) -> Figures {
        figures_with(reason, lost, next, 80)
    }

    fn figures_with(reason: &str, lost: u64, next: u64, looked: u64) -> Figures {
        let line = |client: &str, event: &str, at: u64, token: u64, more: &str| {
            format!(
                r#"{{"kind":"client","client":"{client}","line":{{"event":"{event}","boottime_ns":{at}00000000,"token":"{token}","lease_end_boottime_ns":{at}00000000,"member":{{"path":"/g/x"}}{more}}}}}"#
            )
        };
        let started = |client: &str| {
            format!(
                r#"{{"kind":"process","at_ns":1,"client":"{client}","group":"/g","role":"contender","change":"started"}}"#
            )
        };
        let text = [
            r#"{"kind":"run","version":1,"plan":"chaos","seed":7,"session_timeout_ms":4000,"tick_ms":500,"slack_ms":1}"#.to_owned(),
            started("a"),
            started("b"),
            line("a", "leading", 10, 5, ""),
            r#"{"kind":"fault","at_ns":2000000000,"id":1,"fault":"x","phase":"begin","target":"y"}"#.to_owned(),
            line("a", "lost", lost, 5, &format!(r#","reason":"{reason}""#)),
            line("b", "leading", next, 7, ""),
            format!(r#"{{"kind":"truth","at_ns":{looked}00000000,"group":"/g","token":7,"members":2}}"#),
            r#"{"kind":"end","at_ns":90000000000,"lines":9}"#.to_owned(),
        ];
        let history = read_text(&(text.join("\n") + "\n")).unwrap();
        figures(&Case::new(&history)).remove("x").unwrap()
    }

    #[test]
    fn failovers_are_measured_from_the_fault_and_margins_from_the_loss() {
        let figures = figures_of("lease_lapsed", 50, 63);
        assert_eq!((figures.faults, figures.given_up), (1, 0));
        assert_eq!(figures.failovers_ns, [4_300_000_000]);
        assert_eq!(figures.lease_margin_ns, Some(1_300_000_000));
        assert_eq!(figures.lost_margin_ns, Some(1_300_000_000));
        let overlap = figures_of("lease_lapsed", 65, 63);
        assert_eq!(overlap.lost_margin_ns, Some(-200_000_000));
    }

    #[test]
    fn what_follows_the_look_is_not_the_faults() {
        let figures = figures_with("lease_lapsed", 50, 63, 60);
        assert_eq!((figures.faults, figures.failovers_ns.len()), (1, 0));
    }

    #[test]
    fn who_gives_leadership_up_is_counted_apart() {
        let figures = figures_of("withdrawn", 50, 51);
        assert_eq!((figures.given_up, figures.failovers_ns.len()), (1, 0));
        assert_eq!(figures.lease_margin_ns, None);
    }
}
