//! A file descriptor that is readable while there is something to do.

use nix::sys::eventfd::{EfdFlags, EventFd};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::Arc;
use std::task::Wake;

/// An eventfd, as a flag. As a waker it sets the flag.
pub(crate) struct ReadyFd(EventFd);

impl ReadyFd {
    pub(crate) fn new() -> std::io::Result<Self> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        Ok(Self(EventFd::from_value_and_flags(0, flags)?))
    }

    /// Makes the descriptor readable.
    pub(crate) fn set(&self) {
        // The only error is a counter that is full, and that is readable, too.
        let _ = self.0.write(1);
    }

    /// Makes the descriptor unreadable, if it is not so already.
    pub(crate) fn clear(&self) {
        let _ = self.0.read();
    }

    pub(crate) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl AsFd for ReadyFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Wake for ReadyFd {
    fn wake(self: Arc<Self>) {
        self.set();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.set();
    }
}
