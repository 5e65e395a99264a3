//! The two system calls that the standard library does not offer.
#![allow(unsafe_code)] // each block says why it is sound

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// `CLOCK_BOOTTIME` in nanoseconds: the clock that leases are read from.
pub(crate) fn boottime_ns() -> u64 {
    let mut spec = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `spec` is a valid timespec that outlives the call. Linux has had this clock since
    // 2.6.39, so the call cannot fail.
    unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut spec) };
    let seconds = u64::try_from(spec.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(spec.tv_nsec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
}

/// Blocks until nobody reads any more what is written to the pipe `fd`. For a file that is for
/// ever.
///
/// # Errors
/// When `fd` is none that can be waited on.
pub(crate) fn wait_reader_gone(fd: BorrowedFd<'_>) -> io::Result<()> {
    let mut poll = libc::pollfd {
        fd: fd.as_raw_fd(),
        events: 0, // an end that is gone is reported all the same
        revents: 0,
    };
    loop {
        // SAFETY: `poll` is one valid pollfd that outlives the call, and `fd` is open while it is
        // borrowed.
        let ready = unsafe { libc::poll(&raw mut poll, 1, -1) };
        if ready < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        } else if poll.revents & libc::POLLNVAL != 0 {
            return Err(io::Error::from_raw_os_error(libc::EBADF));
        } else if poll.revents & (libc::POLLERR | libc::POLLHUP) != 0 {
            return Ok(());
        }
    }
}
