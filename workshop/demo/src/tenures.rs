//! Who led from when until when, as the contenders themselves say.

use crate::actor::Actor;
use crate::event::{Kind, Member};
use crate::human;

/// One contender's time as leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tenure {
    /// The place of the contender in the cast.
    pub(crate) actor: usize,
    pub(crate) name: &'static str,
    pub(crate) token: u64,
    pub(crate) member: Option<Member>,
    pub(crate) from_ns: u64,
    /// `None` while it lasts.
    pub(crate) until_ns: Option<u64>,
}

/// All tenures so far, in the order of their beginnings.
pub(crate) fn all(cast: &[Actor]) -> Vec<Tenure> {
    let each = cast.iter().enumerate();
    let mut tenures: Vec<Tenure> = each
        .flat_map(|(place, actor)| of_one(place, actor))
        .collect();
    tenures.sort_by_key(|tenure| tenure.from_ns);
    tenures
}

fn of_one(place: usize, actor: &Actor) -> Vec<Tenure> {
    let mut tenures: Vec<Tenure> = Vec::new();
    for event in actor.events() {
        let open = tenures.last_mut().filter(|last| last.until_ns.is_none());
        match (event.kind, event.token, open) {
            // It leads on.
            (Kind::Leading, Some(token), Some(open)) if open.token == token => {}
            (Kind::Leading, Some(token), open) => {
                if let Some(open) = open {
                    open.until_ns = Some(event.boottime_ns);
                }
                tenures.push(Tenure {
                    actor: place,
                    name: actor.name,
                    token,
                    member: event.member.clone(),
                    from_ns: event.boottime_ns,
                    until_ns: None,
                });
            }
            // The line may be written late; what it says of the end of the lease counts.
            (Kind::Lost, _, Some(open)) => {
                open.until_ns = Some(event.lease_end_ns.unwrap_or(event.boottime_ns));
            }
            _ => {}
        }
    }
    if let (Some(last), Some(killed_ns)) = (tenures.last_mut(), actor.killed_ns()) {
        last.until_ns.get_or_insert(killed_ns);
    }
    tenures
}

/// What is wrong with these tenures, if anything is: two at a time, or a token that did not rise.
pub(crate) fn conflict(tenures: &[Tenure]) -> Option<String> {
    tenures.windows(2).find_map(|pair| {
        let [old, new] = pair else { return None };
        let who = |tenure: &Tenure| format!("{} (token {})", tenure.name, tenure.token);
        match old.until_ns {
            None => Some(format!(
                "{} leads while {} has not ended",
                who(new),
                who(old)
            )),
            Some(until_ns) if until_ns > new.from_ns => Some(format!(
                "{} led for {} more when {} led already",
                who(old),
                human::span(human::between(new.from_ns, until_ns)),
                who(new)
            )),
            Some(_) if new.token <= old.token => {
                Some(format!("{} led after {}", who(new), who(old)))
            }
            Some(_) => None,
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may panic

    use super::*;

    fn tenure(name: &'static str, token: u64, from_ns: u64, until_ns: Option<u64>) -> Tenure {
        let (actor, member) = (0, None);
        Tenure {
            actor,
            name,
            token,
            member,
            from_ns,
            until_ns,
        }
    }

    #[test]
    fn one_after_the_other_is_as_it_should_be() {
        let good = [tenure("w1", 3, 10, Some(20)), tenure("w2", 4, 21, None)];
        assert_eq!(conflict(&good), None);
        assert_eq!(conflict(&[]), None);
    }

    #[test]
    fn overlaps_and_falling_tokens_are_found() {
        let first = |until| tenure("w1", 3, 10, until);
        for (bad, word) in [
            ([first(None), tenure("w2", 4, 30, None)], "has not ended"),
            (
                [first(Some(31)), tenure("w2", 4, 30, None)],
                "for 0 µs more",
            ),
            ([first(Some(20)), tenure("w2", 3, 30, None)], "led after"),
        ] {
            let found = conflict(&bad).unwrap();
            assert!(found.contains(word), "{found}");
        }
    }
}
