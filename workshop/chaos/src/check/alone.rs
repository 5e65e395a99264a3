//! One leader: no two tenures of a group overlap.
//!
//! Where a stranger has deleted the leader's znode or ended its session, they may, for one lease at
//! most; no lease is longer than a session timeout. Guarded leases never overlap.

use super::{Case, Violation, span};

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let lease_max = case.history.header.session_timeout_ns();
    for (group, tenures) in case.groups() {
        for (index, later) in tenures.iter().enumerate() {
            for earlier in &tenures[..index] {
                let both_until = earlier.end_ns.min(later.end_ns);
                let both = both_until.saturating_sub(later.tenure.begin_ns);
                if both == 0 {
                    continue;
                }
                let deposed =
                    case.was_deposed(group, earlier.tenure.begin_ns, later.tenure.begin_ns);
                if deposed && both <= lease_max {
                    continue;
                }
                violations.push(Violation {
                    invariant: "one leader",
                    line: later.line,
                    what: format!(
                        "{} leads {group} with token {} while {} still believes with token {}, \
                         for {}{}",
                        later.client,
                        later.tenure.token,
                        earlier.client,
                        earlier.tenure.token,
                        span(later.tenure.begin_ns, both_until),
                        if deposed {
                            ", which is more than a lease"
                        } else {
                            ""
                        }
                    ),
                });
            }
        }
    }
    violations
}
