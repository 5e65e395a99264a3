//! The rules by which frames vanish.

use super::{Cut, Kind};

/// What happens to a connection after one of its frames vanished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing: the frames that follow are forwarded.
    Continue,
    /// It ends, on both sides.
    Cut(Cut),
    /// The whole proxy holds, as by [`Proxy::hold`](super::Proxy::hold).
    Hold,
    /// For a request alone: the server answers it with this error code, in its turn, and has not
    /// carried it out.
    Refuse(i32),
}

#[derive(Debug)]
struct Rule {
    kind: Kind,
    /// The path that a request must have.
    path: Option<String>,
    /// How many such frames are to come up to this one; 1 is the next.
    countdown: u32,
    then: Then,
}

/// The rules that were not used up yet.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    pub(super) fn add(&mut self, kind: Kind, path: Option<&str>, nth: u32, then: Then) {
        self.0.push(Rule {
            kind,
            path: path.map(str::to_owned),
            countdown: nth,
            then,
        });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts a frame, a request with its path; `Some` if it is to vanish.
    pub(super) fn apply(&mut self, kind: Kind, path: Option<&[u8]>) -> Option<Then> {
        let fits = |rule: &&mut Rule| {
            let of = rule.path.as_ref().map(String::as_bytes);
            rule.kind == kind && (of.is_none() || of == path)
        };
        for rule in self.0.iter_mut().filter(fits) {
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
        rules.add(Kind::Reply(1), None, 2, Then::Hold);
        rules.add(Kind::Request(3), Some("/a"), 1, Then::Continue);
        assert_eq!(rules.apply(Kind::Reply(2), None), None);
        assert_eq!(rules.apply(Kind::Reply(1), None), None);
        assert_eq!(rules.apply(Kind::Reply(1), None), Some(Then::Hold));
        assert_eq!(rules.apply(Kind::Reply(1), None), None);
        assert_eq!(rules.apply(Kind::Request(3), Some(b"/b")), None);
        let of_it = rules.apply(Kind::Request(3), Some(b"/a"));
        assert_eq!(of_it, Some(Then::Continue));
    }
}
