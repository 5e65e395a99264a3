//! By what servers know a session.

use crate::secret::Secret;
use core::time::Duration;

/// By what servers know a session: who has it may attach to the session, and close it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The number of the session, never 0.
    pub id: i64,
    /// Its password.
    pub password: Secret,
    /// The smallest session timeout that a server ever granted for it: a longer one on a later connection
    /// does not lengthen what rests on an earlier one.
    pub timeout: Duration,
}
