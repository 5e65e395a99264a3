//! The clock that measures leases.

use crate::core::Time;
use crate::driver;

impl Time {
    /// The current time, on the clock of [`Leadership::lease_end`](super::Leadership::lease_end) and of
    /// the times in events. It asks the system, never blocks, and may be called from any thread.
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
