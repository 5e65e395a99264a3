//! The clock of tenure's leases.

/// CLOCK_BOOTTIME in nanoseconds: comparable with `boottime_ns` and
/// `lease_end_boottime_ns` in the lines of every process of this machine.
#[must_use]
pub fn now_ns() -> u64 {
    crate::sys::boottime_ns()
}
