//! Why there is no helper.

use crate::core::Error;
use std::io;

/// Why there is no helper.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The program cannot be a helper, and never will.
    Bad(Error),
    /// The system does not allow one now.
    Unable(String),
}

impl Refused {
    pub(super) fn unable(what: &str, error: io::Error) -> Self {
        Self::Unable(format!("cannot {what}: {error}"))
    }
}
