//! The errors that a caller sees. Their kinds are public words: `words/errors.rs`.

pub use super::words::ErrorKind;

use alloc::format;
use alloc::string::String;
use core::fmt;
use tenure_proto::ServerError;

/// An error: its kind, and a sentence that says what to do. It never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl Error {
    /// An error of this kind with this message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// The error for a server's answer to `act` on `path`.
    pub(crate) fn from_server(error: ServerError, act: &str, path: &str) -> Self {
        let kind = match error {
            ServerError::NoAuth => ErrorKind::NoAuth,
            ServerError::NoNode => ErrorKind::NoNode,
            ServerError::AuthFailed => ErrorKind::AuthFailed,
            ServerError::SessionExpired => ErrorKind::SessionExpired,
            ServerError::BadVersion
            | ServerError::NoChildrenForEphemerals
            | ServerError::NodeExists
            | ServerError::NotEmpty
            | ServerError::InvalidAcl
            | ServerError::SessionMoved
            | ServerError::Unimplemented
            | ServerError::BadArguments
            | ServerError::TooLarge { .. }
            | ServerError::HungUp
            | ServerError::Malformed
            | ServerError::Other(_) => ErrorKind::Server,
            ServerError::TooSlow => ErrorKind::Timeout,
            ServerError::TooMany => ErrorKind::System,
        };
        Self::new(kind, format!("cannot {act} {path}: {error}"))
    }

    /// The ACL of a znode does not allow to read it.
    pub(crate) fn unreadable(path: &str) -> Self {
        Self::new(
            ErrorKind::NoAuth,
            format!(
                "cannot read {path}: {}; READ permission on it is needed",
                ServerError::NoAuth
            ),
        )
    }

    /// The error to report while `act` on `path` is repeated because `error` decides nothing.
    pub(crate) fn undecided(error: ServerError, act: &str, path: &str) -> Self {
        match error {
            ServerError::NoAuth => Self::unreadable(path),
            other => {
                let error = Self::from_server(other, act, path);
                Self::new(error.kind, format!("{}; it is tried again", error.message))
            }
        }
    }

    #[doc(hidden)] // for the library
    pub fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the client is closed")
    }

    #[doc(hidden)] // for the library
    pub fn forked() -> Self {
        Self::new(
            ErrorKind::Forked,
            "this handle was made before a fork, by the parent of this process, and works only \
             there; open a client in this process",
        )
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}
