//! The only reader of a clock.

use crate::core::Time;

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
