//! Which frames vanish.

use super::{Cut, Kind};

/// What happens to a connection after one of its frames vanished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing: the frames that follow are forwarded.
    Continue,
    /// It ends, on both sides.
    Cut(Cut),
    /// The whole proxy holds, as [`Proxy::hold`](super::Proxy::hold) makes it.
    Hold,
}

#[derive(Debug)]
struct Rule {
    kind: Kind,
    /// How many such frames are still to come until this one; 1 is the next.
    countdown: u32,
    then: Then,
}

/// The rules that were not used up yet.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    pub(super) fn add(&mut self, kind: Kind, nth: u32, then: Then) {
        self.0.push(Rule {
            kind,
            countdown: nth,
            then,
        });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a frame; `Some` if it is to vanish.
    pub(super) fn apply(&mut self, kind: Kind) -> Option<Then> {
        for rule in self.0.iter_mut().filter(|rule| rule.kind == kind) {
            rule.countdown -= 1;
        }
        let used_up: Vec<Rule> = self.0.extract_if(.., |rule| rule.countdown == 0).collect();
        used_up.first().map(|rule| rule.then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_waits_for_its_frame_and_is_used_up() {
        let mut rules = Rules::default();
        rules.add(Kind::Reply(1), 2, Then::Hold);
        assert_eq!(rules.apply(Kind::Reply(2)), None);
        assert_eq!(rules.apply(Kind::Reply(1)), None);
        assert_eq!(rules.apply(Kind::Reply(1)), Some(Then::Hold));
        assert_eq!(rules.apply(Kind::Reply(1)), None);
    }
}
