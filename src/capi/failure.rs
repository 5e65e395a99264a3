//! Why a function failed: a status and a sentence, before they become an object of C.

use super::status::{self, TENURE_ERR_INVALID_ARGUMENT, tenure_status};
use crate::api::Error;
use std::borrow::Cow;

/// The failure of a function. See [`tenure_error`](super::error::tenure_error), which shows it to C.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: tenure_status,
    pub(super) message: Cow<'static, str>,
    /// Whether the same call can succeed later.
    pub(super) retriable: bool,
}

impl Failure {
    pub(super) fn new(status: tenure_status, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            message: message.into(),
            retriable: false,
        }
    }

    pub(super) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(TENURE_ERR_INVALID_ARGUMENT, message)
    }

    pub(super) fn null(name: &str) -> Self {
        Self::invalid(format!("{name} is NULL"))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            status: status::of(error.kind()),
            message: error.message().to_owned().into(),
            retriable: error.kind().is_retriable(),
        }
    }
}
