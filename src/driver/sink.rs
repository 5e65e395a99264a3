//! Where the events and the lease of one handle go: the I/O thread writes, the user's side reads.

use super::birth::Birth;
use super::dispatch::{self, Deliver, Job};
use super::guard;
use super::lease_cell::{LeaseCell, Renewals};
use super::mailbox::{Callback, Change, Mailbox};
use crate::core::Event;
use std::sync::Arc;

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct Sink {
    pub(crate) mailbox: Mailbox,
    pub(crate) lease: LeaseCell,
    /// The group that the handle is about, for the log; empty for a client.
    pub(super) about: Box<str>,
    birth: Birth,
}

impl Sink {
    /// For a handle about this group, of a client that renews its leases here.
    pub(crate) fn new(about: &str, renewals: Arc<Renewals>) -> Self {
        Self {
            mailbox: Mailbox::default(),
            lease: LeaseCell::new(renewals),
            about: about.into(),
            birth: Birth::now(),
        }
    }

    /// Whether the handle was made by the parent of this process.
    pub(crate) fn is_foreign(&self) -> bool {
        self.birth.is_foreign()
    }

    /// Adds an event. Called by the I/O thread; for a handle without it, by the thread that ends the
    /// handle.
    pub(crate) fn push(self: &Arc<Self>, event: Event) {
        self.announce(self.mailbox.push(event));
    }

    /// Adds an event without a call of foreign code, for a thread that holds a lock: it
    /// [`announce`](Self::announce)s the change when it holds none.
    #[cfg(feature = "mesos")]
    pub(crate) fn put(&self, event: Event) -> Change {
        self.mailbox.push(event)
    }

    /// Declares that no event will follow.
    pub(crate) fn end(self: &Arc<Self>) {
        self.announce(self.mailbox.end());
    }

    /// Drops the events that wait and those that follow: no call of a callback begins from now on.
    #[cfg(any(feature = "capi", test))]
    pub(crate) fn silence(self: &Arc<Self>) {
        self.announce(self.mailbox.silence());
    }

    /// Has the dispatch thread call `callback` with every event that waits or follows. `false` if the
    /// handle has a callback already: it has at most one for life.
    pub(crate) fn set_callback(self: &Arc<Self>, callback: Callback) -> bool {
        let change = self.mailbox.set_callback(callback);
        let is_set = change.is_some();
        change.into_iter().for_each(|change| self.announce(change));
        is_set
    }

    /// Wakes the threads, the tasks and the callback that a change concerns; no lock is held.
    pub(crate) fn announce(self: &Arc<Self>, change: Change) {
        guard::wake(change.wakers);
        if change.must_call {
            dispatch::schedule(Job::Deliver(Arc::<Self>::clone(self)));
        }
    }
}

impl Deliver for Sink {
    fn deliver(&self) -> bool {
        self.mailbox.deliver()
    }
}
