//! What only the operating system can tell: the time, and whether this process is a fork of the
//! one that started the library. The only file of the library proper with `unsafe` in it.

use crate::core::Time;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// `CLOCK_BOOTTIME`, now. Rust's `Instant` is `CLOCK_MONOTONIC` on Linux, which stands still
/// while the machine sleeps: a lease must not.
#[allow(unsafe_code)] // There is no safe call for this clock in the standard library.
pub(crate) fn now() -> Time {
    let mut spec = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `spec` is a valid timespec that outlives the call.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut spec) };
    debug_assert_eq!(failed, 0, "Linux has had this clock since 2.6.39");
    let seconds = u64::try_from(spec.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(spec.tv_nsec).unwrap_or(0);
    Time::from_nanos(seconds.saturating_mul(1_000_000_000).saturating_add(nanos))
}

static GENERATION: AtomicU32 = AtomicU32::new(0);

/// How many forks lie between the process that loaded the library and this one. What was made in
/// another generation belongs to another process: its threads are not here, and its locks may be
/// held for ever. A load of one word: `is_leading()` asks it too.
pub(super) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

extern "C" fn forked() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// Has forks counted from now on. To be called before anything is made that a fork would break.
#[allow(unsafe_code)] // There is no safe call for this either.
pub(super) fn count_forks() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: `forked` does nothing that is not allowed after a fork, and never goes away: a
        // library with threads cannot be unloaded (it is linked with `-z nodelete`).
        let failed = unsafe { libc::pthread_atfork(None, None, Some(forked)) };
        // It fails for want of memory only; forks then go unnoticed, as in most libraries.
        debug_assert_eq!(failed, 0);
    });
}

/// Leaves all signals to the threads of the host: a handler of the host's never runs on this one.
#[allow(unsafe_code)] // There is no safe call for this either.
pub(super) fn block_signals() {
    let mut all = std::mem::MaybeUninit::uninit();
    // SAFETY: the set is filled by the first call before the second reads it, and outlives both.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), std::ptr::null_mut());
    }
}
