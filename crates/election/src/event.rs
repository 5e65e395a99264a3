//! The events that users receive. Their kinds are public words: `words/events.rs`.

pub use super::words::{
    ContenderEvent, DetectorEvent, ExpiredBy, GroupEvent, LostReason, SessionEvent,
};

use super::words::{Part, Word};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use tenure_proto::path::{self, MemberName};
use tenure_session::Time;

/// A member of a group: an ephemeral sequential znode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The path of its znode.
    pub path: String,
    /// The label: the part of its name before `_`.
    pub label: Option<String>,
    /// The number that the server appended to the name. It does not give the order: the counter behind it
    /// wraps, and starts again when the group's znode is deleted. `token` gives the order.
    pub sequence: i32,
    /// The `czxid` of the znode: the order of members, and the fencing token of its leadership.
    pub token: u64,
}

impl Member {
    pub(crate) fn new(path: &str, czxid: i64) -> Self {
        // Transaction numbers of a server are never negative.
        Self::known(path, u64::try_from(czxid).unwrap_or(0))
    }

    /// The member with this znode and this token, as another process or an earlier event named it.
    /// Nothing is checked here: methods of a group find out whether it exists.
    pub fn known(path: &str, token: u64) -> Self {
        let name = MemberName::parse(path::basename(path));
        Self {
            path: path.to_owned(),
            sequence: name.as_ref().map_or(0, |n| n.sequence),
            label: name.and_then(|n| n.label),
            token,
        }
    }
}

/// The leader of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    /// The znode of the leader.
    pub member: Member,
    /// Its payload: any bytes.
    pub data: Vec<u8>,
    /// How fresh the answer is: when the client asked the server that answered.
    pub as_of: Time,
}

impl ContenderEvent {
    /// The own znode, if the event names one.
    pub fn member(&self) -> Option<&Member> {
        match self.part("member") {
            Some(Part::Member(member)) => member,
            _ => None,
        }
    }
}

/// An event of one handle.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Event {
    Session(SessionEvent),
    Contender(ContenderEvent),
    Detector(DetectorEvent),
    Group(GroupEvent),
}

impl Event {
    /// Whether the event reports a state from now on, and not only an incident.
    #[doc(hidden)] // for the library
    pub fn is_state(&self) -> bool {
        !self.word().news
    }

    fn word(&self) -> &'static Word {
        match self {
            Self::Session(event) => event.word(),
            Self::Contender(event) => event.word(),
            Self::Detector(event) => event.word(),
            Self::Group(event) => event.word(),
        }
    }
}
