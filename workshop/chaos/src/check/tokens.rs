//! Tokens rise from tenure to tenure.

use super::{Case, Violation};

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (group, tenures) in case.groups() {
        for pair in tenures.windows(2) {
            let [earlier, later] = pair else { continue };
            if later.tenure.token <= earlier.tenure.token {
                violations.push(Violation {
                    invariant: "tokens rise",
                    line: later.line,
                    what: format!(
                        "{} leads {group} with token {} after {} led with {}",
                        later.client, later.tenure.token, earlier.client, earlier.tenure.token
                    ),
                });
            }
        }
    }
    violations
}
