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
            Self::Other(code) => return write!(f, "ZooKeeper error {code}"),
        };
        write!(f, "{words} ({})", self.code())
    }
}
