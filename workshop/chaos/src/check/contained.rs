//! The command of a tenure works no longer than it: after `ended` nothing of it is left to write, and no
//! write comes when another leads. Only a command that was stopped together with its guardian may wake
//! first, and one whose leader was deposed by a stranger has its time to drain, unless the lease is guarded: the
//! register refuses their writes.

use super::{Case, Violation, span};
use crate::history::Entry;
use std::collections::BTreeMap;

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let slack = case.history.header.slack_ms * 1_000_000;
    // Group and token of a command that has ended, and when that was said.
    let mut ended: BTreeMap<(&str, u64), u64> = BTreeMap::new();
    for (line, entry) in &case.history.entries {
        let what = match entry {
            Entry::Client { client, line } if line["event"] == "ended" => {
                let token = line["token"].as_str().and_then(|token| token.parse().ok());
                let group = case.clients.get(client).map(|client| client.group.as_str());
                if let (Some(token), Some(group), Some(at_ns)) =
                    (token, group, line["boottime_ns"].as_u64())
                {
                    ended.insert((group, token), at_ns);
                }
                None
            }
            Entry::Write {
                at_ns,
                group,
                token,
                highest,
                accepted,
            } => {
                let late = ended.get(&(group.as_str(), *token)).copied();
                let late = late.filter(|ended| at_ns.saturating_sub(*ended) > slack);
                let led = case
                    .tenures
                    .iter()
                    .find(|led| (led.group.as_str(), led.tenure.token) == (group.as_str(), *token));
                let excused = led.is_none_or(|led| {
                    !led.stops.is_empty() || case.was_deposed(group, led.tenure.begin_ns, *at_ns)
                });
                match late {
                    Some(ended) => Some(format!(
                        "a write to {group} with token {token} came {} after its command had ended",
                        span(ended, *at_ns)
                    )),
                    None if !*accepted && token < highest && !excused => Some(format!(
                        "a write to {group} with token {token} came when another led"
                    )),
                    None => None,
                }
            }
            _ => None,
        };
        violations.extend(what.map(|what| Violation {
            invariant: "a command works no longer than its tenure",
            line: *line,
            what,
        }));
    }
    violations
}
