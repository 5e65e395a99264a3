//! The reports of a session to the machines above it.

use crate::time::Time;
use crate::watch::WatchKind;
use alloc::string::String;
use tenure_proto::{Response, ServerError, WatchEvent};

/// Which side declared a session over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiredBy {
    /// A server: everything of the session is gone.
    Server,
    /// The client's own clock: no server answered for the whole session timeout; or a contender
    /// needs a session that lasts, and this one may not: no server answered for so long that a
    /// server may have begun to end it, or answers are too slow for a contender to lead with it again.
    /// The rest of the session is removed as soon as a server can be reached.
    LocalTimeout,
    /// A server, by granting another session: it cannot reattach sessions. The znodes of this one stand until
    /// it times out there, or are deleted before.
    Replaced,
}

/// The kind of the server that granted a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerKind {
    /// Apache ZooKeeper.
    #[default]
    ZooKeeper,
    /// A server that speaks ZooKeeper's protocol and ends sessions by rules of its own (ClickHouse Keeper,
    /// RaftKeeper): the verified lease does not hold there, and it may not know every operation. Its
    /// passwords are 16 zero bytes.
    Other,
}

/// What happened to the session, in order.
#[derive(Debug)]
pub enum Signal<Q> {
    /// A new session is asked for.
    Connecting,
    /// An attempt to connect failed; the next one follows by itself.
    Retrying {
        /// How many attempts have failed since the last connection, from 1.
        attempt: u32,
        /// What went wrong, for people.
        error: String,
    },
    /// Requests may be sent. No watch of an earlier connection is armed, and no request of it is in
    /// flight.
    Attached,
    /// The connection is lost; requests in flight have an unknown outcome.
    Detached {
        /// What went wrong, for people.
        why: String,
    },
    /// The session is over.
    Expired {
        /// Which side declared it over.
        by: ExpiredBy,
    },
    /// A session that was over by the client's own clock is now surely gone.
    Buried,
    /// A question was answered, by a server or in its place.
    Reply {
        /// The question.
        question: Q,
        /// The answer.
        result: Result<Response, ServerError>,
        /// When its request was sent; nothing in the answer is older.
        sent: Time,
        /// The server's newest transaction when it answered; 0 for an answer in the place of a server.
        zxid: i64,
        /// The number of the operation.
        op: i32,
        /// The watch that the answer armed, and its path.
        watch: Option<(WatchKind, String)>,
    },
    /// A watch has fired.
    Watch(WatchEvent),
    /// A server refused the credentials; the session has ended.
    AuthFailed,
    /// The session has ended for good.
    Ended {
        /// Whether a server confirmed it.
        clean: bool,
    },
}
