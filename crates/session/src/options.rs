//! What a session is opened with.

use crate::secret::Secret;
use crate::servers::Host;
use alloc::vec::Vec;
use core::time::Duration;

/// How many bytes an answer may have at most if nothing else is said: the names of 20,000 members
/// have 5 MB if they are long. Servers do not bound their answers.
pub const ANSWER_BYTES_MAX: usize = 16 << 20;

/// What a session is opened with.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// The servers; at least one.
    pub servers: Vec<Host>,
    /// The session timeout to ask for.
    pub timeout: Duration,
    /// `user:password` for digest authentication.
    pub credentials: Option<Secret>,
    /// The servers' `tickTime`, if it is known: the shorter it is, the longer a verified lease
    /// lasts. Half of the session timeout is assumed without it.
    pub tick: Option<Duration>,
    /// How many bytes an answer may have. The body of one that is longer is read past, and its
    /// request fails alone.
    pub answer_bytes_max: usize,
}
