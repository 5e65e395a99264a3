//! The errors that a server answers.

use core::fmt;

/// An error that a server answered (`KeeperException.Code`), or that the session answers in place
/// of a server ([`is_local`](Self::is_local)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ServerError {
    NoNode,
    NoAuth,
    BadVersion,
    NoChildrenForEphemerals,
    NodeExists,
    NotEmpty,
    SessionExpired,
    InvalidAcl,
    AuthFailed,
    SessionMoved,
    Unimplemented,
    BadArguments,
    Other(i32),
    /// The answer arrived, and is longer than the limit.
    TooLarge {
        bytes: usize,
        limit: usize,
    },
    /// The server ended one connection after the other upon this request.
    HungUp,
    /// The answer to this request repeatedly did not arrive in time.
    TooSlow,
    /// The answer to this request repeatedly could not be read.
    Malformed,
    /// Too many requests wait to be sent.
    TooMany,
}

impl ServerError {
    /// The error with this number.
    pub fn from_code(code: i32) -> Self {
        match code {
            -6 => Self::Unimplemented,
            -8 => Self::BadArguments,
            -101 => Self::NoNode,
            -102 => Self::NoAuth,
            -103 => Self::BadVersion,
            -108 => Self::NoChildrenForEphemerals,
            -110 => Self::NodeExists,
            -111 => Self::NotEmpty,
            -112 => Self::SessionExpired,
            -114 => Self::InvalidAcl,
            -115 => Self::AuthFailed,
            -118 => Self::SessionMoved,
            other => Self::Other(other),
        }
    }

    /// Whether the error is the session's own: the request has failed alone, so that others go on,
    /// and to ask again soon is useless. The server may have carried it out or not.
    pub fn is_local(self) -> bool {
        match self {
            Self::TooLarge { .. }
            | Self::HungUp
            | Self::TooSlow
            | Self::Malformed
            | Self::TooMany => true,
            Self::NoNode
            | Self::NoAuth
            | Self::BadVersion
            | Self::NoChildrenForEphemerals
            | Self::NodeExists
            | Self::NotEmpty
            | Self::SessionExpired
            | Self::InvalidAcl
            | Self::AuthFailed
            | Self::SessionMoved
            | Self::Unimplemented
            | Self::BadArguments
            | Self::Other(_) => false,
        }
    }

    /// The number of the error; for the session's own errors, the number of the nearest client-side
    /// error.
    pub fn code(self) -> i32 {
        match self {
            Self::TooLarge { .. } | Self::Malformed => -5,
            Self::HungUp => -4,
            Self::TooSlow => -7,
            Self::TooMany => -1,
            Self::Unimplemented => -6,
            Self::BadArguments => -8,
            Self::NoNode => -101,
            Self::NoAuth => -102,
            Self::BadVersion => -103,
            Self::NoChildrenForEphemerals => -108,
            Self::NodeExists => -110,
            Self::NotEmpty => -111,
            Self::SessionExpired => -112,
            Self::InvalidAcl => -114,
            Self::AuthFailed => -115,
            Self::SessionMoved => -118,
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::NoNode => "the znode does not exist",
            Self::NoAuth => "not authorised by the znode's ACL",
            Self::BadVersion => "the znode has another version",
            Self::NoChildrenForEphemerals => "the parent is ephemeral and cannot have children",
            Self::NodeExists => "the znode exists already",
            Self::NotEmpty => "the znode has children",
            Self::SessionExpired => "the session has expired",
            Self::InvalidAcl => "the ACL is not valid",
            Self::AuthFailed => "authentication failed",
            Self::SessionMoved => "the session has moved to another server",
            Self::Unimplemented => "the server does not know this operation",
            Self::BadArguments => "the server rejects the arguments",
            Self::Other(code) => match words(*code) {
                Some(words) => words,
                None => return write!(f, "ZooKeeper error {code}"),
            },
            Self::TooLarge { bytes, limit } => {
                return write!(
                    f,
                    "the answer has {bytes} bytes, and at most {limit} are accepted; remove stale \
                     znodes there, shorten the names, or spread the members over several groups"
                );
            }
            Self::HungUp => {
                return f.write_str(
                    "the server closed one connection after the other upon this request; is the \
                     payload or the listing longer than its jute.maxbuffer?",
                );
            }
            Self::TooSlow => {
                return f.write_str(
                    "the answer did not arrive in time on one connection after the other; it is too \
                     long for this network, or the session timeout is too short for it",
                );
            }
            Self::Malformed => {
                return f.write_str(
                    "the answer could not be read on one connection after the other; is the server \
                     a ZooKeeper server, of version 3.4 or later?",
                );
            }
            Self::TooMany => {
                return f.write_str(
                    "too many requests of this client wait to be sent; wait for answers before \
                     sending more",
                );
            }
        };
        write!(f, "{words} ({})", self.code())
    }
}

/// The meaning of the numbers on which no decision depends.
fn words(code: i32) -> Option<&'static str> {
    Some(match code {
        -1 => "the server has a system error",
        -2 => "the server found an inconsistency while it ran",
        -3 => "the server found its data inconsistent",
        -4 => "the server has lost its connection to the others",
        -5 => "the server could not read the request",
        -7 => "the server took too long",
        -13 => "no quorum of the new configuration is in step",
        -119 => "the server is read-only for now",
        -120 => "this session may not create ephemeral znodes",
        -124 => "the server requires clients to authenticate by SASL",
        -125 => "a quota of the znode is used up",
        -127 => "the server throttles requests",
        _ => return None,
    })
}
