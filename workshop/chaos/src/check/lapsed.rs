//! A tenure that is over stays over: a contender that lost it, let its lease expire, or was stopped
//! for longer than any lease never prints `leading` with the same token again.

use super::{Case, Violation, span};
use std::collections::BTreeSet;
use tenure_field::tool::What;

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let timeout_ns = case.history.header.session_timeout_ns();
    for (name, client) in &case.clients {
        let guarded = client
            .lease
            .map(|lease| u64::try_from(lease.as_nanos()).unwrap_or(u64::MAX));
        let lease_max = guarded.unwrap_or(timeout_ns);
        let mut lost = BTreeSet::new();
        // The tenure, its last lease end in jeopardy, and the time of its last line.
        let mut led: Option<(u64, Option<u64>, u64)> = None;
        for (line, event) in &client.events {
            let at_ns = event.at_ns;
            match &event.what {
                What::Leading(lead) => {
                    let token = lead.token;
                    let of_it = led.filter(|(led, ..)| *led == token);
                    let lapsed = of_it.and_then(|(_, doubted, _)| doubted);
                    let lapsed = lapsed.filter(|end| *end < at_ns);
                    let stopped = of_it.and_then(|(_, _, said)| {
                        let over = |(from, to): &&(u64, u64)| {
                            *from >= said && *to <= at_ns && to - from > lease_max
                        };
                        client.stops.iter().find(over)
                    });
                    let why = if lost.contains(&token) {
                        Some("after it had said that this is lost".to_owned())
                    } else if let Some(end) = lapsed {
                        Some(format!("{} after this lease had ended", span(end, at_ns)))
                    } else {
                        stopped.map(|(from, to)| {
                            format!("after it had been stopped for {}", span(*from, *to))
                        })
                    };
                    violations.extend(why.map(|why| Violation {
                        invariant: "what has lapsed stays over",
                        line: *line,
                        what: format!("{name} says that it leads with token {token} {why}"),
                    }));
                    led = Some((token, None, at_ns));
                }
                What::Jeopardy(lead) => led = Some((lead.token, Some(lead.lease_end_ns), at_ns)),
                What::Lost(loss) => {
                    lost.extend(loss.token);
                    led = None;
                }
                _ => {}
            }
        }
    }
    violations
}
