//! The leaderships with their times, as the contenders report them.

use tenure_field::tool::{Actor, Tenure};

use crate::human;

/// A leadership, and its contender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Led {
    /// The place of the contender in the cast.
    pub(crate) actor: usize,
    pub(crate) name: String,
    pub(crate) tenure: Tenure,
}

/// All leaderships so far, in the order of their beginnings.
pub(crate) fn all(cast: &[Actor]) -> Vec<Led> {
    let of_one = |(place, actor): (usize, &Actor)| {
        let name = actor.name().to_owned();
        let tenures = actor.tenures().into_iter();
        let led = tenures.map(move |tenure| Led {
            actor: place,
            name: name.clone(),
            tenure,
        });
        led.collect::<Vec<_>>()
    };
    let mut all: Vec<Led> = cast.iter().enumerate().flat_map(of_one).collect();
    all.sort_by_key(|led| led.tenure.begin_ns);
    all
}

/// The error in these leaderships, if there is one: two at a time, or a token that did not rise.
pub(crate) fn conflict(tenures: &[Led]) -> Option<String> {
    tenures.windows(2).find_map(|pair| {
        let [old, new] = pair else { return None };
        let name = |led: &Led| format!("{} (token {})", led.name, led.tenure.token);
        let began_ns = new.tenure.begin_ns;
        match old.tenure.end_ns {
            None => Some(format!(
                "{} leads while {} has not ended",
                name(new),
                name(old)
            )),
            Some(end_ns) if end_ns > began_ns => Some(format!(
                "{} led for {} more when {} led already",
                name(old),
                human::span(human::between(began_ns, end_ns)),
                name(new)
            )),
            Some(_) if new.tenure.token <= old.tenure.token => {
                Some(format!("{} led after {}", name(new), name(old)))
            }
            Some(_) => None,
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may panic

    use super::*;
    use tenure_field::tool::Member;

    fn tenure(name: &str, token: u64, begin_ns: u64, end_ns: Option<u64>) -> Led {
        let tenure = Tenure {
            token,
            member: Member {
                path: format!("/g/{name}"),
                label: None,
            },
            event: 0,
            begin_ns,
            end_ns,
            lost_ns: None,
            given_up: false,
            open: end_ns.is_none(),
        };
        Led {
            actor: 0,
            name: name.to_owned(),
            tenure,
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
