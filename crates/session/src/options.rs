//! The options of a session.

use crate::secret::Secret;
use crate::servers::Host;
use alloc::vec::Vec;
use core::time::Duration;

/// The default limit of the length of an answer, in bytes: the names of 20,000 members take 5 MB if they
/// are long. Servers do not limit their answers.
pub const ANSWER_BYTES_MAX: usize = 16 << 20;

/// The options of a session.
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
    /// The most bytes that an answer may have. The session skips the body of a longer one, and only its
    /// request fails.
    pub answer_bytes_max: usize,
}
