//! What acts under the lease of a dead principal must end before its sessions are closed.

use super::Session;
use crate::core::Time;
use crate::driver::now;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::time::Duration;

/// The reading end of the pipe in which a byte says so.
pub(super) struct Held(Option<OwnedFd>);

impl Held {
    pub(super) fn by(pipe: OwnedFd) -> Self {
        Self(Some(pipe))
    }

    /// Without a pipe nothing can say so.
    pub(super) fn lost() -> Self {
        Self(None)
    }

    /// Waits for the byte until `end`. `false` if it does not come: then something may still act.
    fn is_done(&self, end: Time) -> bool {
        let Some(pipe) = &self.0 else {
            return false;
        };
        loop {
            let left = end.since(now());
            if left.is_zero() {
                return false;
            }
            let limit = Timespec::try_from(left).ok();
            let mut waited = [PollFd::new(pipe, PollFlags::IN)];
            match poll(&mut waited, limit.as_ref()) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => {
                    let mut byte = [0];
                    return rustix::io::read(pipe, &mut byte) == Ok(1);
                }
                Err(_) => return false,
            }
        }
    }
}

/// Waits until every hold has its byte, for at most as long as one of the sessions may live. `false` if one
/// has none.
pub(super) fn wait<'a>(
    holds: BTreeMap<u64, Held>,
    died: Time,
    sessions: impl Iterator<Item = &'a Session>,
) -> bool {
    let longest = sessions.map(|session| session.identity.timeout).max();
    let end = died + longest.unwrap_or(Duration::ZERO);
    holds.into_values().all(|held| held.is_done(end))
}
