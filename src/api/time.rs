//! The clock by which leases are measured.

use crate::core::Time;
use crate::driver;

impl Time {
    /// This instant, by the clock of [`Leadership::lease_end`](super::Leadership::lease_end) and of the
    /// times in events. It asks the system, never blocks, and may be called from any thread.
    ///
    /// ```
    /// use tenure::Time;
    ///
    /// let start = Time::now();
    /// assert!(Time::now() >= start);
    /// ```
    #[must_use]
    pub fn now() -> Self {
        driver::now()
    }
}
