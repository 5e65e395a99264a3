//! The ends of candidacies, memberships and sessions.

use super::List;
use super::choices::none;
use crate::error::Error;
use tenure_session as session;

words! {
    /// Why a candidacy or a membership ended.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum LostReason {
        /// The session is over.
        SessionExpired = (1, "session_expired",
            ending: Some(Ending::Involuntary), log: "the session expired"),
        /// The lease ended before it could be renewed, or the contender could not get a lease because it
        /// may not read its own znode.
        LeaseLapsed = (2, "lease_lapsed",
            ending: Some(Ending::Involuntary), log: "the lease ended before it could be renewed"),
        /// Another party deleted the znode.
        Evicted = (3, "evicted",
            ending: Some(Ending::Involuntary), log: "another party deleted its znode"),
        /// `withdraw` was called.
        Withdrawn = (4, "withdrawn",
            ending: Some(Ending::Wanted), log: "withdrawn",
            c: "tenure_contender_withdraw was called.",
            tool: "The contender withdrew."),
        /// The client was closed.
        Closed = (5, "closed",
            ending: Some(Ending::Wanted), log: "the client was closed"),
        /// The candidacy cannot succeed, and trying again cannot help: the znode may not be created, the
        /// members may not be listed, the times do not fit the session timeout, or the policy is not safe on
        /// this server.
        Failed(error: Error) = (6, "failed",
            ending: Some(Ending::Final), log: "failed",
            c_more: "tenure_event_status says why."),
    }
}

pub(super) const LOST_REASONS: List = List {
    noun: "lost reason",
    prefix: "LOST_REASON",
    c_type: "tenure_lost_reason",
    c_doc: "Why a candidacy or a membership ended. The numbers are permanent.",
    cpp: "lost_reason",
    cpp_prefix: "",
    words: LostReason::WORDS,
    of_c: &[none(
        "none",
        "The event is not the end of a candidacy or membership.",
    )],
};

/// The consequence of the loss of a candidacy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The user did not ask for the end: the contender enrols again, if it may.
    Involuntary,
    /// The user ended it, and no candidacy follows.
    Wanted,
    /// Trying again cannot help, and no candidacy follows.
    Final,
}

impl LostReason {
    /// The consequence of the loss.
    #[doc(hidden)] // for the library
    pub fn ending(&self) -> Ending {
        // Every row has one: a check below fails to compile otherwise.
        self.word().ending.unwrap_or(Ending::Final)
    }
}

const _: () = {
    let mut at = 0;
    while at < LostReason::WORDS.len() {
        let word = &LostReason::WORDS[at];
        assert!(word.ending.is_some(), "a lost reason has no `ending`");
        assert!(!word.log.is_empty(), "a lost reason has no `log`");
        at += 1;
    }
};

choices! {
    /// Which side declared a session over.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ExpiredBy {
        /// A server: everything of the session is gone. On a server that cannot reattach sessions, such as
        /// ClickHouse Keeper, each lost connection ends the session, and the client then deletes the znodes
        /// that it knows.
        Server = (1, "server",
            tool: "A server reported it."),
        /// The client's own clock: no server answered for 4/3 of the session timeout; or a contender
        /// needs a session that lasts, and this one may not: no server answered for so long that a
        /// server may have begun to end it, or answers are too slow for a contender to lead with it again.
        /// The rest of the session is removed as soon as a server can be reached.
        LocalTimeout = (2, "local_timeout",
            c: "The client's own clock: no server answered for too long.",
            tool: "No server answered for 4/3 T, or a server may have begun to end the session."),
    }
}

impl From<session::ExpiredBy> for ExpiredBy {
    fn from(by: session::ExpiredBy) -> Self {
        match by {
            session::ExpiredBy::Server => Self::Server,
            session::ExpiredBy::LocalTimeout => Self::LocalTimeout,
            session::ExpiredBy::Replaced => Self::Server,
        }
    }
}

pub(super) const EXPIRED_BY: List = List {
    noun: "expired by",
    prefix: "EXPIRED_BY",
    c_type: "tenure_expired_by",
    c_doc: "Which side declared a session over. The numbers are permanent.",
    cpp: "expired_by",
    cpp_prefix: "",
    words: ExpiredBy::WORDS,
    of_c: &[none("nobody", "Neither: the event is of another kind.")],
};
