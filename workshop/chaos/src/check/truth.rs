//! In the end all clients agree with the ensemble, in time: detectors name its leader, that leader
//! and no other client believes that it leads, and each znode belongs to a contender.

use super::{Case, Violation, span};
use crate::history::{Entry, LEASE_MAX};
use crate::tenures::Client;
use std::collections::BTreeSet;
use std::time::Duration;
use tenure_field::tool::{Role, What};

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut healed_ns = None;
    let mut razed: BTreeSet<&str> = BTreeSet::new();
    for (line, entry) in &case.history.entries {
        match entry {
            Entry::Fault { razed: groups, .. } => razed.extend(groups.iter().map(String::as_str)),
            Entry::Healed { at_ns } => healed_ns = Some(*at_ns),
            Entry::Truth {
                at_ns,
                group,
                token,
                members,
            } => {
                let look = Look {
                    at_ns: *at_ns,
                    group,
                    token: *token,
                    members: *members,
                    // Whoever comes first in a group that lost its mark waits for the longest lease.
                    lease: match (case.guarded.get(group), razed.remove(group.as_str())) {
                        (Some(_), true) => LEASE_MAX,
                        (Some(lease), false) => *lease,
                        (None, _) => Duration::ZERO,
                    },
                };
                let wrong = look.disagreements(case, healed_ns);
                violations.extend(wrong.into_iter().map(|what| Violation {
                    invariant: "all agree in the end",
                    line: *line,
                    what,
                }));
            }
            _ => {}
        }
    }
    violations
}

struct Look<'a> {
    at_ns: u64,
    group: &'a str,
    token: Option<u64>,
    members: usize,
    /// The lease for which contenders of the group may have to wait.
    lease: Duration,
}

impl Look<'_> {
    fn disagreements(&self, case: &Case<'_>, healed_ns: Option<u64>) -> Vec<String> {
        let (group, at_ns) = (self.group, self.at_ns);
        let mut wrong = Vec::new();
        let healing = case.history.header.healing(self.lease);
        let healing_ns = u64::try_from(healing.as_nanos()).unwrap_or(u64::MAX);
        match healed_ns {
            Some(healed) if at_ns <= healed + healing_ns => {}
            Some(healed) => wrong.push(format!(
                "{group} was looked at {} after the faults had ended; {} are allowed",
                span(healed, at_ns),
                span(0, healing_ns)
            )),
            None => wrong.push(format!("{group} was looked at before anything had healed")),
        }
        let here = |client: &Client| {
            client.group == group
                && client.started_ns < at_ns
                && client.ended_ns.is_none_or(|ended| ended > at_ns)
        };
        let (mut contenders, mut detectors) = (0, 0);
        for (name, client) in case.clients.iter().filter(|(_, client)| here(client)) {
            match client.role {
                Role::Contender => contenders += 1,
                Role::Detector => {
                    detectors += 1;
                    wrong.extend(self.detector_is_wrong(name, client));
                }
            }
        }
        let believing = case
            .tenures
            .iter()
            .filter(|led| led.group == group && led.tenure.begin_ns <= at_ns && led.end_ns > at_ns);
        let believing: Vec<_> = believing.collect();
        if let [one] = believing[..] {
            if Some(one.tenure.token) != self.token {
                wrong.push(format!(
                    "{} believes to lead {group} with token {}, the ensemble says {}",
                    one.client,
                    one.tenure.token,
                    shown(self.token)
                ));
            }
        } else if contenders > 0 {
            wrong.push(format!(
                "{} clients believe to lead {group}; the ensemble says {}",
                believing.len(),
                shown(self.token)
            ));
        }
        if self.members != contenders {
            let members = self.members;
            wrong.push(format!(
                "{group} has {members} members, and {contenders} contenders are there"
            ));
        }
        if contenders + detectors == 0 {
            wrong.push(format!("{group} has no member"));
        }
        wrong
    }

    fn detector_is_wrong(&self, name: &str, client: &Client) -> Option<String> {
        let said = client
            .events
            .iter()
            .filter_map(|(_, event)| match &event.what {
                What::Leader(leader) => Some((event.at_ns, Some(leader.token), "names")),
                What::None => Some((event.at_ns, None, "says none")),
                What::Unknown => Some((event.at_ns, None, "does not know")),
                _ => None,
            });
        let last = said.take_while(|(at_ns, ..)| *at_ns <= self.at_ns).last();
        let right = match last {
            Some((_, Some(token), _)) => Some(token) == self.token,
            Some((_, None, word)) => self.token.is_none() && word == "says none",
            None => false,
        };
        let seen = match last {
            Some((_, Some(token), word)) => format!("{word} token {token}"),
            Some((_, None, word)) => word.to_owned(),
            None => "has said nothing".to_owned(),
        };
        (!right).then(|| {
            format!(
                "{name} {seen} in {}, the ensemble says {}",
                self.group,
                shown(self.token)
            )
        })
    }
}

fn shown(token: Option<u64>) -> String {
    token.map_or_else(|| "none".to_owned(), |token| format!("token {token}"))
}
