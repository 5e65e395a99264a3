//! The tasks and threads that wait for the next change of a mailbox.

use std::task::Waker;

/// How many are woken by the next change. If one more comes, the one that has waited longest is woken
/// before, and asks again if it still waits: so the wakers that dropped futures leave behind do not
/// pile up.
const WAKERS_MAX: usize = 4096;

/// See the [module](self).
#[derive(Default)]
pub(super) struct Wakers(Vec<Waker>);

impl Wakers {
    /// Whether the task of this waker is woken already.
    pub(super) fn has(&self, waker: &Waker) -> bool {
        self.0.iter().any(|known| known.will_wake(waker))
    }

    /// Adds a waker. The waker that is returned must be woken, without a lock: it gives up its place.
    #[must_use]
    pub(super) fn add(&mut self, waker: Waker) -> Option<Waker> {
        let crowded_out = (self.0.len() >= WAKERS_MAX).then(|| self.0.remove(0));
        self.0.push(waker);
        crowded_out
    }

    /// Takes all of them.
    pub(super) fn take(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.0)
    }
}
