//! The promises of the plans of one fault, beyond those of every history: in each group the fault
//! had the intended effect.

use super::{Case, Violation, span};
use crate::history::{Entry, Header, Phase, Plan};
use std::time::Duration;
use tenure_field::tool::What;

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let plan = case.history.header.plan;
    if plan == Plan::Chaos {
        return Vec::new();
    }
    let violation = |line: usize, what: String| Violation {
        invariant: "the campaign did what it is there for",
        line,
        what,
    };
    let begins = case.history.entries.iter().filter_map(|(line, entry)| {
        let Entry::Fault { id, at_ns, phase: Phase::Begin, .. } = entry else {
            return None;
        };
        let ends = |(_, entry): &&(usize, Entry)| {
            matches!(entry, Entry::Fault { id: of, phase: Phase::End, .. } if of == id)
        };
        let end = case.history.entries.iter().find(ends);
        let end_ns = end.and_then(|(_, entry)| match entry {
            Entry::Fault { at_ns, .. } => Some(*at_ns),
            _ => None,
        });
        Some((*line, *at_ns, end_ns.unwrap_or(case.history.end_ns)))
    });
    let begins: Vec<_> = begins.collect();
    if begins.is_empty() {
        return vec![violation(1, "there was no fault".to_owned())];
    }
    let mut violations = Vec::new();
    for (line, begin_ns, end_ns) in begins {
        for (group, tenures) in case.groups() {
            let led = |at_ns: u64| {
                tenures
                    .iter()
                    .rfind(|led| led.tenure.begin_ns <= at_ns)
                    .map(|led| led.tenure.token)
            };
            let (before, after) = (led(begin_ns), led(end_ns));
            let lost = tenures.iter().find(|led| {
                let over = begin_ns..=end_ns;
                led.tenure.lost_ns.is_some_and(|lost| over.contains(&lost))
            });
            let led_ns = tenures
                .iter()
                .find(|led| led.tenure.begin_ns > begin_ns)
                .map(|led| led.tenure.begin_ns.saturating_sub(begin_ns));
            let patience = patience(case)
                .zip(led_ns)
                .filter(|(most, took)| took > most);
            violations.extend(patience.map(|(most, took)| {
                let (took, most) = (span(0, took), span(0, most));
                violation(
                    line,
                    format!("{group} got a new leader after {took}; {most} are allowed"),
                )
            }));
            match (plan, before) {
                (_, None) => {
                    violations.push(violation(line, format!("no contender led {group} before")));
                }
                (Plan::AnotherServer, Some(token)) => {
                    violations.extend(lost.map(|led| {
                        let who = &led.client;
                        violation(
                            line,
                            format!("{who} lost {group}, and should have kept leading it"),
                        )
                    }));
                    if !was_in_doubt(case, token, begin_ns, end_ns) {
                        let what = format!("the leader of {group} did not notice the fault");
                        violations.push(violation(line, what));
                    }
                }
                (_, Some(_)) if after == before => {
                    violations.push(violation(line, format!("{group} got no new leader")));
                }
                (_, Some(_)) => {}
            }
        }
    }
    violations
}

/// The longest time from the fault to the successor's leadership, if the plan needs no session to time out.
fn patience(case: &Case<'_>) -> Option<u64> {
    let Header { plan, slack_ms, .. } = &case.history.header;
    let slack = Duration::from_millis(*slack_ms);
    let most = match (plan.fail_over(), plan) {
        (Some(within), _) => within + slack,
        (None, Plan::Kill) => slack,
        (None, Plan::GuardedDeletion) => slack + *case.guarded.values().max()?,
        (None, _) => return None,
    };
    u64::try_from(most.as_nanos()).ok()
}

/// Whether the holder of `token` reported in that time that its renewal is overdue.
fn was_in_doubt(case: &Case<'_>, token: u64, begin_ns: u64, end_ns: u64) -> bool {
    let mut events = case.clients.values().flat_map(|client| &client.events);
    events.any(|(_, event)| match &event.what {
        What::Jeopardy(lead) => lead.token == token && (begin_ns..=end_ns).contains(&event.at_ns),
        _ => false,
    })
}
