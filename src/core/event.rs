//! The events that users receive.

use super::error::Error;
pub use super::session::ExpiredBy;
use super::time::Time;
use crate::proto::path::{self, MemberName};
use std::time::Duration;

/// A member of a group: an ephemeral sequential znode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The path of its znode.
    pub path: String,
    /// The label: the part of its name before `_`.
    pub label: Option<String>,
    /// The number that the server appended to the name. It is no reliable order: the counter
    /// behind it wraps, and starts again when the group's znode is deleted. `token` gives the order.
    pub sequence: i32,
    /// The `czxid` of the znode: the order of members, and the fencing token of its leadership.
    pub token: u64,
}

impl Member {
    pub(crate) fn new(path: &str, czxid: i64) -> Self {
        let name = MemberName::parse(path::basename(path));
        Self {
            path: path.to_owned(),
            sequence: name.as_ref().map_or(0, |n| n.sequence),
            label: name.and_then(|n| n.label),
            // Transaction numbers of a server are never negative.
            token: u64::try_from(czxid).unwrap_or(0),
        }
    }
}

/// An event of a client's session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionEvent {
    /// The client asks for a new session.
    Connecting,
    /// A session is established, new or kept.
    Connected {
        /// The number of the session.
        session: i64,
        /// The session timeout that the server granted.
        timeout: Duration,
    },
    /// The connection is lost; the session may live on.
    Suspended {
        /// When the connection was lost.
        since: Time,
        /// What went wrong, in a sentence for people.
        error: String,
    },
    /// An attempt to connect failed; the next one follows by itself.
    Retrying {
        /// How many attempts to connect have failed since the last connection, from 1.
        attempt: u32,
        /// What went wrong, in a sentence for people.
        error: String,
    },
    /// The session is over; a new one follows by itself.
    Expired {
        /// Which side declared it over.
        by: ExpiredBy,
    },
    /// The server refused the credentials; the client is no longer usable.
    AuthFailed,
    /// The client was closed; this is the last event of the client itself.
    Closed,
}

/// Why a candidacy or a membership ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostReason {
    /// The session is over.
    SessionExpired,
    /// The lease ended before it could be renewed, or the contender could not get a lease because it
    /// may not read its own znode.
    LeaseLapsed,
    /// Somebody else deleted the znode.
    Evicted,
    /// `withdraw` was called.
    Withdrawn,
    /// The client was closed.
    Closed,
    /// The znode could not be created, and trying again cannot help.
    Failed(Error),
}

/// An event of a contender.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContenderEvent {
    /// A candidacy begins: its znode is being created.
    Enrolling,
    /// The znode exists; its rank is not known yet.
    Enrolled {
        /// The own znode.
        member: Member,
    },
    /// Another member leads.
    Standby {
        /// The own znode.
        member: Member,
        /// How many members were ahead of the own one at the last look.
        ahead: usize,
    },
    /// This contender leads.
    Leading {
        /// The own znode.
        member: Member,
        /// The end of its lease, unless it is renewed before. Renewals are no events: ask
        /// `leadership`.
        lease_end: Time,
    },
    /// It leads, but a renewal is overdue or the connection is lost.
    Jeopardy {
        /// The own znode.
        member: Member,
        /// When leadership ends, unless it is renewed before.
        lease_end: Time,
    },
    /// The candidacy cannot go on for now, and the contender tries again by itself; one event for
    /// each cause. The error says why, and what helps.
    Blocked {
        /// The own znode, if it exists.
        member: Option<Member>,
        /// Why.
        error: Error,
    },
    /// The candidacy is over; exactly one event for each candidacy that began.
    Lost {
        /// The own znode, if one existed.
        member: Option<Member>,
        /// Until when it led, if it did: the end of its lease, or the earlier instant at which the
        /// library gave up leadership.
        led_until: Option<Time>,
        /// Why.
        reason: LostReason,
    },
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

/// An event of a detector: its knowledge of the leader.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DetectorEvent {
    /// The leader cannot be known: no server has answered for too long. It is not the same as
    /// `None`.
    Unknown {
        /// The last confirmation of the previous state.
        since: Time,
    },
    /// No leader: the group is empty.
    None,
    /// A member leads, or the leader's payload has changed.
    Leader(Leader),
    /// The group cannot be read, and the library tries again by itself.
    Failed(Error),
}

/// An event of a group: its knowledge of the members, or the end of a membership.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupEvent {
    /// The members cannot be known: no server has answered for too long.
    Unknown {
        /// The last confirmation of the previous state.
        since: Time,
    },
    /// All members, oldest first.
    Members(Vec<Member>),
    /// The group cannot be read, and the library tries again by itself.
    Failed(Error),
    /// A membership that this group joined has ended, and not by `cancel`.
    MembershipLost {
        /// The former member.
        member: Member,
        /// Why.
        reason: LostReason,
    },
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
    /// Whether the event says how things are from now on, and not only that something happened.
    pub(crate) fn is_state(&self) -> bool {
        !matches!(
            self,
            Self::Session(SessionEvent::Retrying { .. })
                | Self::Contender(ContenderEvent::Blocked { .. })
                | Self::Group(GroupEvent::MembershipLost { .. })
        )
    }
}
