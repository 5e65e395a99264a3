//! Clients print the documented lines, and nothing else: no panic, no half line.

use super::{Case, Violation};
use crate::history::Entry;
use tenure_field::tool::Event;

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (line, entry) in &case.history.entries {
        let Entry::Client { client, line: said } = entry else {
            continue;
        };
        let why = match Event::read(said) {
            Ok(_) if case.clients.contains_key(client) => continue,
            Ok(_) => "it was never started".to_owned(),
            Err(bad) => bad.to_string(),
        };
        violations.push(Violation {
            invariant: "clients print the documented lines",
            line: *line,
            what: format!("{client}: {why}"),
        });
    }
    violations
}
