//! The clock that measures leases.

use crate::core::Time;
use crate::driver;

/// The current time, on the clock of [`Leadership::lease_end`](super::Leadership::lease_end) and of
/// the times in events. It asks the system, never blocks, and may be called from any thread.
///
/// ```
/// let start = tenure::now();
/// assert!(tenure::now() >= start);
/// ```
#[must_use]
pub fn now() -> Time {
    driver::now()
}
