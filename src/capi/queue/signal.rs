//! A descriptor that is readable while there is something to fetch.

use crate::api::{Error, ErrorKind};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// An `eventfd(2)`: cheaper than a pipe, and it cannot fill up.
#[derive(Debug)]
pub(super) struct Signal(OwnedFd);

impl Signal {
    pub(super) fn new() -> Result<Self, Error> {
        // SAFETY: the call takes no pointers.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            let why = std::io::Error::last_os_error();
            return Err(Error::new(
                ErrorKind::System,
                format!("cannot open an event descriptor: {why}"),
            ));
        }
        // SAFETY: it was opened just now, and nobody else has it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    pub(super) fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Makes it readable, or not.
    pub(super) fn set(&self, readable: bool) {
        let mut count = 1_u64;
        let size = size_of::<u64>();
        // SAFETY: `count` has eight bytes and outlives the calls. Neither can fail in a way that
        // matters: one more than enough is refused, and so is taking what is not there.
        unsafe {
            if readable {
                libc::write(self.fd(), (&raw const count).cast(), size);
            } else {
                libc::read(self.fd(), (&raw mut count).cast(), size);
            }
        }
    }
}
