//! The errors that a server answers.

use std::fmt;

/// An error that a server answered (`KeeperException.Code`).
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

    /// The number of the error.
    pub fn code(self) -> i32 {
        match self {
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
            Self::BadArguments => "the server calls the arguments bad",
            Self::Other(code) => match words(*code) {
                Some(words) => words,
                None => return write!(f, "ZooKeeper error {code}"),
            },
        };
        write!(f, "{words} ({})", self.code())
    }
}

/// What the numbers mean that nobody decides by.
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
        -124 => "the server wants clients to authenticate by SASL",
        -125 => "a quota of the znode is used up",
        -127 => "the server throttles requests",
        _ => return None,
    })
}
