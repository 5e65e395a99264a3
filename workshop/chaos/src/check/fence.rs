//! The register does no write with a lower token than it has seen, refuses none with a higher one,
//! and each token in a write is one with which a contender led.

use super::{Case, Violation};
use crate::history::Entry;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let known: BTreeSet<_> = case
        .tenures
        .iter()
        .map(|led| (led.group.as_str(), led.tenure.token))
        .collect();
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for (line, entry) in &case.history.entries {
        let Entry::Write {
            group,
            token,
            highest,
            accepted,
            ..
        } = entry
        else {
            continue;
        };
        let before = seen.get(group.as_str()).copied().unwrap_or(0);
        let mut wrong = Vec::new();
        if *highest != before {
            wrong.push(format!(
                "the register says that {highest} was the highest token in {group}; {before} was"
            ));
        }
        if *accepted && *token < before {
            wrong.push(format!(
                "a write to {group} with token {token} was done after one with {before}"
            ));
        }
        if !*accepted && *token >= before {
            wrong.push(format!(
                "a write to {group} with token {token} was refused although {before} was the highest"
            ));
        }
        if !known.contains(&(group.as_str(), *token)) {
            wrong.push(format!(
                "a write to {group} has the token {token}, and no contender led with it"
            ));
        }
        seen.insert(group, before.max(*token));
        violations.extend(wrong.into_iter().map(|what| Violation {
            invariant: "stale writes are refused",
            line: *line,
            what,
        }));
    }
    violations
}
