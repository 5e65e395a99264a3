//! What users are told.

use super::error::Error;
use super::time::Time;
use crate::proto::path::{self, MemberName};
use std::time::Duration;

/// A member of a group: an ephemeral sequential znode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its znode.
    pub path: String,
    /// What stands before `_` in its name.
    pub label: Option<String>,
    /// The number that the server appended. It only proposes an order: the counter behind it
    /// wraps, and starts anew when the group's znode is deleted.
    pub sequence: i32,
    /// The `czxid` of the znode: the order of members, and the fencing token of its tenure.
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

/// By whose word a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiredBy {
    /// A server said so: everything of the session is gone.
    Server,
    /// Our own clock did: no server answered for the whole session timeout; or for so long that a
    /// server may have begun to end the session, or answers are too slow to make a leader of it again,
    /// and a contender needs one that lasts. What is left of the session is removed as soon as a server
    /// can be reached.
    LocalTimeout,
}

/// What happens to a client's session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionEvent {
    /// A new session is being asked for.
    Connecting,
    /// A session stands, new or kept.
    Connected {
        /// Its number.
        session: i64,
        /// The session timeout that the server granted.
        timeout: Duration,
    },
    /// The connection is lost; the session may live on.
    Suspended {
        /// Since when.
        since: Time,
        /// What ended it.
        error: String,
    },
    /// An attempt to connect failed; the next one follows by itself.
    Retrying {
        /// Number of attempts since the last connection.
        attempt: u32,
        /// Why this one failed.
        error: String,
    },
    /// The session is over; a new one follows by itself.
    Expired {
        /// By whose word.
        by: ExpiredBy,
    },
    /// The server refused the credentials; the client is of no more use.
    AuthFailed,
    /// The client was closed; the last event.
    Closed,
}

/// Why a candidacy ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostReason {
    /// The session is over.
    SessionExpired,
    /// The lease ended before it could be renewed, or none could be had because the own znode may not
    /// be read.
    LeaseLapsed,
    /// Somebody else deleted the znode.
    Evicted,
    /// `withdraw` was called.
    Withdrawn,
    /// The client was closed.
    Closed,
    /// The znode could not be created; trying again cannot help.
    Failed(Error),
}

/// What happens to a contender.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContenderEvent {
    /// A candidacy begins: its znode is being created.
    Enrolling,
    /// The znode stands; its rank is not known yet.
    Enrolled {
        /// The own znode.
        member: Member,
    },
    /// Somebody else leads.
    Standby {
        /// The own znode.
        member: Member,
        /// How many members stood before it when that was last looked at.
        ahead: usize,
    },
    /// This contender leads.
    Leading {
        /// The own znode.
        member: Member,
        /// Until when, unless renewed. Renewals are not events: ask `leadership`.
        lease_end: Time,
    },
    /// It leads, but its renewal is overdue or the connection is lost.
    Jeopardy {
        /// The own znode.
        member: Member,
        /// When leadership ends unless it is renewed before.
        deadline: Time,
    },
    /// The candidacy cannot go on for now; the error says why and what helps. It is tried again by
    /// itself; told once for each cause.
    Blocked {
        /// The own znode, if one stands.
        member: Option<Member>,
        /// Why.
        error: Error,
    },
    /// The candidacy is over; exactly one for each that was begun.
    Lost {
        /// The znode that was, if one stood.
        member: Option<Member>,
        /// Until when it led, if it did: the end of its lease, or the instant before that at
        /// which the library gave leadership up.
        led_until: Option<Time>,
        /// Why.
        reason: LostReason,
    },
}

/// Who leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    /// The znode of the leader.
    pub member: Member,
    /// Its payload, whatever it holds.
    pub data: Vec<u8>,
    /// The answer comes from a server that was asked at this instant.
    pub as_of: Time,
}

/// What a detector knows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DetectorEvent {
    /// It cannot know: no server has answered for too long. Not the same as nobody.
    Unknown {
        /// When what is known was last confirmed.
        since: Time,
    },
    /// The group is empty.
    None,
    /// Somebody leads; also when the payload of the same leader changes.
    Leader(Leader),
    /// It may not look; tried again by itself.
    Failed(Error),
}

/// What is known of a group's members.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupEvent {
    /// It cannot be known: no server has answered for too long.
    Unknown {
        /// When what is known was last confirmed.
        since: Time,
    },
    /// All members, oldest first.
    Members(Vec<Member>),
    /// It may not look; tried again by itself.
    Failed(Error),
    /// A membership that this group joined is over, and not by `cancel`.
    MembershipLost {
        /// The znode that was.
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
