//! The choices of users.

use super::{List, Word};
use core::fmt;

choices! {
    /// When leadership ends if no server answers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    #[non_exhaustive]
    pub enum LeasePolicy {
        /// Leadership ends with its lease, which rests on writes that a quorum has committed. A
        /// connection that is lost and established again before that does no harm.
        @default Verified = (0, "verified",
            c: "Leadership ends with its lease, which rests on writes that a quorum has committed: before the \
                ensemble can elect another leader. The default.",
            python_doc: "with the lease that committed writes have proved",
            tool: "When its lease expires, before a successor can be elected"),
        /// Like `Verified`, and leadership also ends at once when the connection is lost.
        Strict = (1, "strict",
            c: "Like VERIFIED, and at once when the connection is lost.",
            python_doc: "also when the connection is lost",
            tool: "When the connection is lost, or its lease expires"),
        /// Leadership ends with the session, as in Mesos, when a server or the client's own clock
        /// declares the session over. This policy is kept for compatibility and is **not safe**: a
        /// successor may lead before that.
        Session = (2, "session",
            c: "Leadership ends with the session, as in Mesos. **Not safe**: a successor may lead before that.",
            cpp: "not safe",
            python_doc: "with the session, as in Mesos; **not safe**: a successor may lead before that",
            tool: "When the session is over, as in Mesos: not safe, a successor may lead before that"),
        /// Leadership ends with a lease that begins when a write is sent which a quorum commits, and whose
        /// length the group's znode tells every successor: each successor waits for it. Clocks of servers
        /// and their rules for the end of a session play no part, so this policy is also safe on servers
        /// that only speak ZooKeeper's protocol, and whatever removes a member. All contenders of the
        /// group must use it.
        Guarded = (3, "guarded",
            c: "Leadership ends with a lease whose length the group's znode tells every successor, which waits for \
                it: safe also on servers that are not ZooKeeper. All contenders of the group must use it.",
            cpp: "safe on every server; all contenders of the group must use it",
            python_doc: "with a lease whose length the group's znode tells every successor, which waits for it: \
                         safe also on servers that are not ZooKeeper; all contenders of the group must use it",
            tool: "When its lease expires, for which every successor waits: also on servers that are not ZooKeeper; \
                   all contenders of the group must use it"),
    }
}

pub(super) const POLICIES: List = List {
    noun: "policy",
    prefix: "POLICY",
    c_type: "tenure_policy",
    c_doc: "When leadership ends if no server answers. The numbers are permanent.",
    cpp: "policy",
    cpp_prefix: "",
    words: LeasePolicy::WORDS,
    of_c: &[],
};

choices! {
    /// Whether a contender enrols again after a lost candidacy.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum Reenrol {
        /// The contender enrols again by itself, with a new znode behind all other members.
        @default Always = (0, "always",
            c: "The contender enrols again by itself. The default.",
            tool: "Contend again, behind all other members"),
        /// The contender stops: the event was its last.
        Never = (1, "never",
            c: "The contender stops.",
            tool: "Exit with 1"),
    }
}

pub(super) const REENROL: List = List {
    noun: "choice to enrol again",
    prefix: "REENROL",
    c_type: "tenure_reenrol",
    c_doc: "Whether a contender enrols again after a lost candidacy. The numbers are permanent.",
    cpp: "reenrol",
    cpp_prefix: "",
    words: Reenrol::WORDS,
    of_c: &[],
};

choices! {
    /// The kind of the server that granted a session.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum ServerKind {
        /// A server of Apache ZooKeeper.
        ZooKeeper = (1, "zookeeper"),
        /// A server that speaks ZooKeeper's protocol and ends sessions by rules of its own, such as ClickHouse
        /// Keeper and RaftKeeper: only contenders with [`LeasePolicy::Guarded`] lead safely there.
        Other = (2, "other",
            c: "A server that speaks ZooKeeper's protocol and ends sessions by rules of its own, such as \
                ClickHouse Keeper: only contenders with the policy GUARDED lead safely there.",
            tool: "A server that only speaks ZooKeeper's protocol: `--policy guarded` alone is safe there."),
    }
}

impl From<tenure_session::ServerKind> for ServerKind {
    fn from(kind: tenure_session::ServerKind) -> Self {
        match kind {
            tenure_session::ServerKind::ZooKeeper => Self::ZooKeeper,
            tenure_session::ServerKind::Other => Self::Other,
        }
    }
}

pub(super) const SERVER_KINDS: List = List {
    noun: "server kind",
    prefix: "SERVER",
    c_type: "tenure_server_kind",
    c_doc: "The kind of the server that granted a session. The numbers are permanent.",
    cpp: "server_kind",
    cpp_prefix: "",
    words: ServerKind::WORDS,
    of_c: &[none("unknown", "None: the event is of another kind.")],
};

choices! {
    /// The severity of a log line. The names are those of `syslog` and of most logging libraries.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum LogLevel {
        /// Something does not work, and will not work by itself.
        Error = (1, "error"),
        /// Something is wrong: a connection lost, a leadership in jeopardy.
        Warn = (2, "warn"),
        /// Changes of state: sessions, leaderships, leaders.
        Info = (3, "info"),
        /// The steps between: each attempt, each step of a candidacy.
        Debug = (4, "debug"),
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

pub(super) const LOG_LEVELS: List = List {
    noun: "log level",
    prefix: "LOG_LEVEL",
    c_type: "tenure_log_level",
    c_doc: "The severity of a log line. The numbers are permanent.",
    cpp: "log_level",
    cpp_prefix: "",
    words: LogLevel::WORDS,
    of_c: &[],
};

/// The word of a number that is not a choice, in the C ABI alone.
pub(super) const fn none(name: &'static str, c: &'static str) -> Word {
    Word::of_c(0, name, c)
}
