//! The kinds of errors.

use super::{List, Word};

choices! {
    /// The kinds of errors; the set is closed, and each kind says whether trying again can help.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum ErrorKind {
        /// An argument can never work. Nothing was sent.
        InvalidInput = (-1, "invalid_argument", python: "InvalidInputError", python_base: "ValueError",
            c: "An argument can never work: NULL where it is not allowed, text that is not UTF-8, a path that \
                ZooKeeper does not allow, a duration out of range. Nothing was sent."),
        /// The ACL of a znode does not allow it.
        NoAuth = (-40, "no_auth", python: "NoAuthError",
            c: "The ACL of a znode does not allow it; the message names path and permission."),
        /// The znode does not exist.
        NoNode = (-41, "no_node", python: "NoNodeError"),
        /// The server refused the credentials.
        AuthFailed = (-22, "auth_failed", python: "AuthFailedError",
            c: "The server refused the credentials of the URL.",
            python_doc: "The server refused the credentials; the client is no longer usable."),
        /// The session is over, and the call belonged to it.
        SessionExpired = (-21, "session_expired", python: "SessionExpiredError", retriable: true,
            c: "The session is over, and the call belonged to it. A new session follows by itself."),
        /// The client was closed.
        Closed = (-2, "closed", python: "ClosedError",
            c: "The client was closed; for tenure_client_next_event: no event will ever follow.",
            python_doc: "The client was closed, or the handle: no event or answer will follow."),
        /// The result was not known in time. The operation may have happened, or may still happen.
        Timeout = (-20, "timeout", python: "TimeoutError", python_base: "builtins.TimeoutError",
            retriable: true),
        /// A server refused for another reason; the message names the server's error.
        Server = (-42, "server", python: "ServerError"),
        /// The operating system refused a resource (a thread, a file descriptor), or the library did
        /// because too much is under way.
        System = (-23, "system", python: "ResourceError", retriable: true,
            c: "The operating system refused a resource (a thread, a file descriptor, memory), or the library \
                did because too much is under way."),
        /// The handle was made before a `fork`, by the parent of this process, and is not usable here.
        /// Open a client in this process.
        Forked = (-6, "forked", python: "ForkedError",
            c: "The handle was made before a fork, by the parent of this process. Open a client in this \
                process."),
    }
}

impl ErrorKind {
    /// Whether the same call can succeed later without any change.
    pub fn is_retriable(self) -> bool {
        self.word().retriable
    }
}

/// From -1 on: the caller's mistakes; from -20 on: sessions, the network, the system; from -40 on: what a
/// server refuses.
pub(super) const LIST: List = List {
    noun: "error",
    prefix: "ERR",
    c_type: "tenure_status",
    c_doc: "The result of a call: 0 is success, every failure is negative. The numbers are permanent. New \
            ones may come; treat unknown ones as failures.",
    cpp: "errc",
    cpp_prefix: "",
    words: ErrorKind::WORDS,
    of_c: &[
        Word::of_c(0, "ok", "It worked."),
        Word::of_c(
            -3,
            "busy",
            "The handle has a callback already. A handle has at most one, and its events then do not come \
             to the queue.",
        ),
        Word::of_c(
            -4,
            "reentrant",
            "A callback called a function that would block. Give 0 as the timeout, or use the form of the \
             function that ends in `_start`.",
        ),
        Word::of_c(
            -5,
            "poisoned",
            "An earlier call on this handle hit a defect of the library (TENURE_ERR_PANIC). The handle no \
             longer leads; free it.",
        ),
        Word::of_c(
            -90,
            "panic",
            "A defect of the library. The handle that was called is no longer usable; the process and all \
             other handles are safe.",
        ),
    ],
};
