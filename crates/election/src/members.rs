//! Finds the children of a group's znode that are members, and their order.
//!
//! A name is only a hint: a child may be a member if its name ends in a number, and numbers give the
//! order as long as none is negative (the server's counter is an `i32` that wraps). The stat of each
//! child decides: `czxid` gives the order, and a child without an owner is not a member.

use super::error::Error;
use super::event::Member;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use tenure_proto::path::{self, MemberName};
use tenure_proto::{Response, ServerError, Stat};

/// The paths of the children that may be members, in the order of their numbers.
pub(crate) fn candidates(group: &str, children: &[String]) -> Vec<(i32, String)> {
    let mut found: Vec<(i32, String)> = children
        .iter()
        .filter_map(|name| {
            let member = MemberName::parse(name)?;
            Some((member.sequence, path::child(group, name)))
        })
        .collect();
    found.sort();
    found
}

/// Whether the numbers may have wrapped, so that they do not give the order.
pub(crate) fn wrapped(candidates: &[(i32, String)]) -> bool {
    candidates.iter().any(|(sequence, _)| *sequence < 0)
}

/// The stats of all candidates, which come with one answer after another.
#[derive(Debug, Default)]
pub(crate) struct MemberStats {
    waiting: usize,
    known: BTreeMap<String, Stat>,
    /// The candidates whose answers decide nothing. Only a znode that does not exist is gone.
    unknown: BTreeMap<String, ServerError>,
}

impl MemberStats {
    /// Starts with the known stats of some candidates, and expects an answer for each of `asked` others.
    pub(crate) fn new(known: BTreeMap<String, Stat>, asked: usize) -> Self {
        Self {
            waiting: asked,
            known,
            unknown: BTreeMap::new(),
        }
    }

    /// Records one answer; a child that has vanished is left out.
    pub(crate) fn record(&mut self, path: &str, result: Result<Response, ServerError>) {
        self.waiting = self.waiting.saturating_sub(1);
        match result {
            Ok(Response::Stat(stat)) => {
                self.known.insert(path.to_owned(), stat);
            }
            Err(ServerError::NoNode) => {}
            Ok(_) => {
                let error = ServerError::Other(0);
                self.unknown.insert(path.to_owned(), error);
            }
            Err(error) => {
                self.unknown.insert(path.to_owned(), error);
            }
        }
    }

    /// Whether the answers for all candidates are there.
    pub(crate) fn is_complete(&self) -> bool {
        self.waiting == 0
    }

    /// The reason why the members are not known although all answers are there, if so: a candidate may
    /// not be read, or no answer decided it. The latter comes first.
    pub(crate) fn flaw(&self) -> Option<Error> {
        let undecided = self
            .unknown
            .iter()
            .find(|(_, e)| **e != ServerError::NoAuth);
        let (path, error) = undecided.or_else(|| self.unknown.iter().next())?;
        Some(Error::undecided(*error, "look at", path))
    }

    /// The candidates that must be asked for again; an answer is expected for each.
    pub(crate) fn ask_again(&mut self) -> Vec<String> {
        let unknown = core::mem::take(&mut self.unknown);
        self.waiting += unknown.len();
        unknown.into_keys().collect()
    }

    pub(crate) fn known(&self) -> &BTreeMap<String, Stat> {
        &self.known
    }

    /// The members, oldest first.
    pub(crate) fn members(&self) -> Vec<Member> {
        let mut members: Vec<Member> = self
            .known
            .iter()
            .filter(|(_, stat)| stat.ephemeral_owner != 0)
            .map(|(path, stat)| Member::new(path, stat.czxid))
            .collect();
        members.sort_by_key(|member| member.token);
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_left_out_and_numbers_compare_as_numbers() {
        let children = [
            "log_replicas",
            "b_0000000010",
            "a_0000000009",
            "0000000011",
            "foo",
        ]
        .map(str::to_owned);
        let found = candidates("/g", &children);
        let paths: Vec<&str> = found.iter().map(|(_, p)| p.as_str()).collect();
        assert_eq!(
            paths,
            ["/g/a_0000000009", "/g/b_0000000010", "/g/0000000011"]
        );
        assert!(!wrapped(&found));
        assert!(wrapped(&candidates("/g", &["x_-2147483648".to_owned()])));
    }

    #[test]
    fn only_a_znode_that_does_not_exist_is_gone() {
        for code in [-102, -127, -4, -7, -1, -999] {
            let mut stats = MemberStats::new(BTreeMap::new(), 2);
            stats.record("/g/a_-000000001", Err(ServerError::from_code(code)));
            stats.record("/g/a_-000000002", Err(ServerError::NoNode));
            assert!(stats.is_complete());
            let flaw = stats.flaw().expect("one is not known");
            assert!(flaw.message().contains("/g/a_-000000001"), "{flaw}");
            assert_eq!(stats.ask_again(), ["/g/a_-000000001"]);
            assert!(!stats.is_complete());
            stats.record("/g/a_-000000001", Err(ServerError::NoNode));
            assert!(stats.is_complete() && stats.flaw().is_none());
        }
    }

    #[test]
    fn members_are_in_the_order_of_czxid_and_what_has_no_owner_is_left_out() {
        let stat = |czxid, ephemeral_owner| {
            Response::Stat(Stat {
                czxid,
                ephemeral_owner,
                ..Stat::default()
            })
        };
        let mut stats = MemberStats::new(BTreeMap::new(), 4);
        stats.record("/g/a_2147483647", Ok(stat(5, 1)));
        stats.record("/g/a_-2147483648", Ok(stat(6, 1)));
        stats.record("/g/a_0000000001", Ok(stat(1, 0)));
        assert!(!stats.is_complete());
        stats.record("/g/a_0000000002", Err(ServerError::NoNode));
        assert!(stats.is_complete());
        let order: Vec<i32> = stats.members().iter().map(|m| m.sequence).collect();
        assert_eq!(order, [i32::MAX, i32::MIN]);
    }
}
