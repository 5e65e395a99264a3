//! The wakers of one event loop, and the inbox that they fill. It knows nothing of Python.

use crate::ready_fd::ReadyFd;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Wake;

/// The slots that were woken: wakers on any thread add them, the loop takes them.
pub(crate) struct LoopInbox {
    ready: ReadyFd,
    woken: Mutex<Vec<Arc<Slot>>>,
}

/// The calls that are woken together: all that wait for the same handle, or one call.
pub(crate) struct Slot {
    number: u64,
    queued: AtomicBool,
    /// Weak: a loop that is gone needs no waking.
    inbox: Weak<LoopInbox>,
}

impl LoopInbox {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self {
            ready: ReadyFd::new()?,
            woken: Mutex::default(),
        })
    }

    /// The descriptor that is readable while slots wait.
    pub(crate) fn fd(&self) -> RawFd {
        self.ready.number()
    }

    /// Takes the slots that were woken. A slot that is woken from now on comes again.
    pub(crate) fn take(&self) -> Vec<Arc<Slot>> {
        self.ready.clear();
        let woken = std::mem::take(&mut *self.lock());
        for slot in &woken {
            slot.queued.store(false, Ordering::Release);
        }
        woken
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Slot>>> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    pub(crate) fn new(number: u64, inbox: &Arc<LoopInbox>) -> Arc<Self> {
        Arc::new(Self {
            number,
            queued: AtomicBool::new(false),
            inbox: Arc::downgrade(inbox),
        })
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn is_of(&self, inbox: &Arc<LoopInbox>) -> bool {
        Weak::ptr_eq(&self.inbox, &Arc::downgrade(inbox))
    }
}

impl Wake for Slot {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Some(inbox) = self.inbox.upgrade() {
            inbox.lock().push(Arc::clone(self));
            inbox.ready.set();
        }
    }
}
