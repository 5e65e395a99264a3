//! A history without a leader, or without a look at the ensemble, proves nothing.

use super::{Case, Violation};
use crate::history::Entry;

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let violation = |what: &str| Violation {
        invariant: "something happened",
        line: case.history.entries.last().map_or(1, |(line, _)| *line),
        what: what.to_owned(),
    };
    let mut violations = Vec::new();
    if case.tenures.is_empty() {
        violations.push(violation("no contender ever led, so nothing was checked"));
    }
    let looked = |(_, entry): &(usize, Entry)| matches!(entry, Entry::Truth { .. });
    if !case.history.entries.iter().any(looked) {
        violations.push(violation("the history has no look at the ensemble"));
    }
    violations
}
