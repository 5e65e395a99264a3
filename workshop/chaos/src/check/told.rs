//! A leader reports its loss before its successor leads.
//!
//! A stopped process cannot report it, a killed one does not, and one whose znode a stranger deleted learns it as
//! late as its successor does, unless its lease is guarded: then the successor waits. A leader that gives
//! leadership up by itself ends its lease first, but its line and its successor's are only milliseconds apart, and
//! either may be printed late. The check of their beliefs covers all of these.

use super::{Case, Violation, span};
use crate::tenures::Led;

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (group, tenures) in case.groups() {
        for pair in tenures.windows(2) {
            let [former, next] = pair else { continue };
            if excused(case, former, next) {
                continue;
            }
            let late = match former.tenure.lost_ns {
                Some(lost_ns) if lost_ns < next.tenure.begin_ns => continue,
                Some(lost_ns) => {
                    format!("{} before it said so", span(next.tenure.begin_ns, lost_ns))
                }
                None => "and it never said so".to_owned(),
            };
            violations.push(Violation {
                invariant: "lost is said in time",
                line: next.line,
                what: format!(
                    "{} lost {group} (token {}) to {} (token {}), which led {late}",
                    former.client, former.tenure.token, next.client, next.tenure.token
                ),
            });
        }
    }
    violations
}

fn excused(case: &Case<'_>, former: &Led, next: &Led) -> bool {
    former.killed
        || former.tenure.given_up
        || !former.stops.is_empty()
        || case.was_deposed(&former.group, former.tenure.begin_ns, next.tenure.begin_ns)
}
