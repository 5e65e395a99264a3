//! The events of sessions, contenders, detectors and groups.

use super::{ExpiredBy, List, LostReason, ServerKind, Word};
use crate::error::Error;
use crate::event::{Leader, Member};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use tenure_session::Time;

const C_DOC: &str = "The kind of an event. Each kind names its main accessors after the colon. The numbers are \
                     permanent; new ones may come, so ignore unknown ones.";

/// A list of one of the handles: the lists share their type in C.
const fn list(noun: &'static str, prefix: &'static str, cpp_prefix: &'static str) -> List {
    List {
        noun,
        prefix,
        c_type: "tenure_event_kind",
        c_doc: C_DOC,
        cpp: "event_kind",
        cpp_prefix,
        words: &[],
        of_c: &[],
    }
}

words! {
    /// An event of a client's session.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum SessionEvent {
        /// The client asks for a new session.
        Connecting = (1, "connecting", python: "SessionConnecting"),
        /// A session is established, new or kept.
        Connected {
            /// The number of the session.
            session: i64,
            /// The session timeout that the server granted.
            timeout: Duration,
            /// The kind of the server.
            server: ServerKind,
        } = (2, "connected", python: "SessionConnected"),
        /// The connection is lost; the session may live on.
        Suspended {
            /// When the connection was lost.
            since: Time,
            /// What went wrong, in a sentence for people.
            error: String,
        } = (3, "suspended", python: "SessionSuspended"),
        /// An attempt to connect failed; the next one follows by itself.
        Retrying {
            /// How many attempts to connect have failed since the last connection, from 1.
            attempt: u32,
            /// What went wrong, in a sentence for people.
            error: String,
        } = (4, "retrying", python: "SessionRetrying", news: true),
        /// The session is over; a new one follows by itself.
        Expired {
            /// Which side declared it over.
            by: ExpiredBy,
        } = (5, "expired", python: "SessionExpired"),
        /// The server refused the credentials; the client is no longer usable.
        AuthFailed = (6, "auth_failed", python: "SessionAuthFailed"),
        /// The helper process that would close the session when this process is dead has ended, or could not be
        /// started. All else goes on as without it.
        UndertakerLost {
            /// What went wrong, and what follows, in a sentence for people.
            error: String,
        } = (8, "undertaker_lost", python: "SessionUndertakerLost", news: true,
            python_doc: "The helper process that would close the session when this process is dead has ended, or \
                         could not be started. All else goes on as without it. It is news, and no state: \
                         ``state`` stays as it was."),
        /// Another helper process has taken the place of a lost one: it closes the session when this process is
        /// dead.
        UndertakerReplaced = (9, "undertaker_replaced", python: "SessionUndertakerReplaced", news: true,
            python_doc: "Another helper process has taken the place of a lost one: it closes the session when this \
                         process is dead. It is news, and no state: ``state`` stays as it was."),
        /// The client was closed; this is the last event of the client itself.
        Closed = (7, "closed", python: "SessionClosed"),
    }
}

pub(super) const SESSION: List = List {
    words: SessionEvent::WORDS,
    of_c: &[],
    ..list("session event", "EVENT_SESSION", "session_")
};

words! {
    /// An event of a contender.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum ContenderEvent {
        /// A candidacy begins: its znode is being created.
        Enrolling = (20, "enrolling", python: "Enrolling"),
        /// The znode exists; its rank is not known yet.
        Enrolled {
            /// The own znode.
            member: Member,
        } = (21, "enrolled", python: "Enrolled"),
        /// Another member leads, or the contender waits for the lease of the leader before it.
        Standby {
            /// The own znode.
            member: Member,
            /// How many members were ahead of the own one at the last look.
            ahead: usize,
            /// With [`LeasePolicy::Guarded`](super::LeasePolicy::Guarded), if no member is ahead: until
            /// when it waits for the lease of the leader before it.
            waits_until: Option<Time>,
        } = (22, "standby", python: "Standby"),
        /// This contender leads.
        Leading {
            /// The own znode.
            member: Member,
            /// The end of its lease, unless it is renewed before. Renewals are no events: ask
            /// `leadership`.
            lease_end: Time,
        } = (23, "leading", python: "Leading",
            c_more: "Ask tenure_contender_is_leading before you act: events are news, the lease is the truth."),
        /// It leads, but a renewal is overdue or the connection is lost.
        Jeopardy {
            /// The own znode.
            member: Member,
            /// When leadership ends, unless it is renewed before.
            lease_end: Time,
        } = (24, "jeopardy", python: "Jeopardy",
            c_more: "LEADING with the same token follows, or LOST."),
        /// The candidacy cannot go on for now, and the contender tries again by itself; one event for
        /// each cause, and for the lack of a lease one in each session timeout. The error says why, and what
        /// helps.
        Blocked {
            /// The own znode, if it exists.
            member: Option<Member>,
            /// Why.
            error: Error,
        } = (26, "blocked", python: "Blocked", news: true,
            c: "The candidacy cannot go on for now, and the contender tries again by itself; one event for \
                each cause, and for the lack of a lease one in each session timeout.",
            python_doc: "The candidacy cannot go on for now, and the contender tries again by itself; one \
                         event for each cause, and for the lack of a lease one in each session timeout. The error says why, and what helps. It is news, and no state: \
                         ``state`` stays as it was."),
        /// The group's znode has children of another recipe, such as Curator's LeaderLatch, whose contenders
        /// and this one do not wait for each other; one event for each candidacy. The candidacy goes on.
        Strangers {
            /// The own znode, if it exists.
            member: Option<Member>,
            /// What was found, and what helps, in a sentence for people.
            error: String,
        } = (27, "strangers", python: "Strangers", news: true,
            c: "The group's znode has children of another recipe, such as Curator's LeaderLatch, whose contenders \
                and this one do not wait for each other; one event for each candidacy, which goes on.",
            python_doc: "The group's znode has children of another recipe, such as Curator's LeaderLatch, whose \
                         contenders and this one do not wait for each other; one event for each candidacy. \
                         It is news, and no state: ``state`` stays as it was."),
        /// The group's fencing token fell: the ensemble was emptied or restored. Resources that remember the
        /// old token refuse the new leader until they are reset.
        TokenFell {
            /// The own znode, with the new token.
            member: Member,
            /// The highest token that this contender saw before.
            before: u64,
        } = (28, "token_fell", python: "TokenFell", news: true,
            c: "The group's fencing token fell: the ensemble was emptied or restored. Resources that remember \
                the old token refuse the new leader until they are reset.",
            python_doc: "The group's fencing token fell: the ensemble was emptied or restored. Resources that \
                         remember the old token refuse the new leader until they are reset. It is news, and \
                         no state: ``state`` stays as it was."),
        /// The candidacy is over; exactly one event for each candidacy that began.
        Lost {
            /// The own znode, if one existed.
            member: Option<Member>,
            /// Until when it led, if it did: the end of its lease, or the earlier instant at which the
            /// library gave up leadership.
            led_until: Option<Time>,
            /// Why.
            reason: LostReason,
        } = (25, "lost", python: "Lost",
            c_more: "The lease end is that of the leadership, 0 if it did not lead."),
    }
}

pub(super) const CONTENDER: List = List {
    words: ContenderEvent::WORDS,
    of_c: &[],
    ..list("contender event", "EVENT_CONTENDER", "contender_")
};

words! {
    /// An event of a detector: its knowledge of the leader.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum DetectorEvent {
        /// The leader cannot be known: no server has answered for too long. It is not the same as
        /// `None`.
        Unknown {
            /// The last confirmation of the previous state.
            since: Time,
        } = (40, "unknown", python: "LeaderUnknown",
            c: "The leader cannot be known: no server has answered for too long. It is not the same as NONE.",
            python_doc: "The leader cannot be known: no server has answered for too long. It is not the same \
                         as :class:`NoLeader`."),
        /// No leader: the group is empty.
        None = (41, "none", python: "NoLeader"),
        /// A member leads, or the leader's payload has changed.
        Leader(leader: Leader) = (42, "leader", python: "LeaderKnown"),
        /// The group's fencing token fell: the ensemble was emptied or restored. Resources that remember the
        /// old token refuse the new leader until they are reset.
        TokenFell {
            /// The leader, with the new token.
            member: Member,
            /// The highest token that this detector saw before.
            before: u64,
        } = (44, "token_fell", python: "LeaderTokenFell", news: true,
            c: "The group's fencing token fell: the ensemble was emptied or restored. Resources that remember \
                the old token refuse the new leader until they are reset.",
            python_doc: "The group's fencing token fell: the ensemble was emptied or restored. Resources that \
                         remember the old token refuse the new leader until they are reset. It is news, and \
                         no state: ``state`` stays as it was."),
        /// The group cannot be read, and the library tries again by itself.
        Failed(error: Error) = (43, "failed", python: "DetectionFailed"),
    }
}

pub(super) const DETECTOR: List = List {
    words: DetectorEvent::WORDS,
    of_c: &[],
    ..list("detector event", "EVENT_DETECTOR", "detector_")
};

words! {
    /// An event of a group: its knowledge of the members, or the end of a membership.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum GroupEvent {
        /// The members cannot be known: no server has answered for too long.
        Unknown {
            /// The last confirmation of the previous state.
            since: Time,
        } = (60, "unknown", python: "MembersUnknown"),
        /// All members, oldest first.
        Members(members: Vec<Member>) = (61, "members", python: "MembersKnown"),
        /// The group cannot be read, and the library tries again by itself.
        Failed(error: Error) = (62, "failed", python: "ListingFailed"),
        /// A membership that this group joined has ended, and not by `cancel`.
        MembershipLost {
            /// The former member.
            member: Member,
            /// Why.
            reason: LostReason,
        } = (63, "membership_lost", python: "MembershipLost", news: true,
            c: "A membership that this group joined has ended, and not by tenure_group_cancel."),
    }
}

pub(super) const GROUP: List = List {
    words: GroupEvent::WORDS,
    of_c: &[],
    ..list("group event", "EVENT_GROUP", "group_")
};

/// The kinds of the C ABI that are not events of a handle.
pub(super) const CALL: List = List {
    words: &[],
    of_c: &[
        Word::of_c(0, "nothing", "No event: the kind of NULL."),
        Word::of_c(
            80,
            "call_done",
            "A call that a function ending in `_start` began has ended: tenure_event_call, \
             tenure_event_status, tenure_event_message, and the accessor that the function names for its \
             result.",
        ),
    ],
    ..list("event", "EVENT", "")
};
