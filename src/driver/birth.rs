//! In which process something was made.

use super::sys;

/// The process in which something was made: in a forked child no thread feeds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Birth(u32);

impl Birth {
    pub(crate) fn now() -> Self {
        sys::count_forks();
        // A process that has no mark yet gets it with the first thing that is made in it.
        sys::forks();
        Self(sys::mark())
    }

    /// Whether that was a parent of this process.
    pub(crate) fn is_foreign(self) -> bool {
        self.0 != sys::mark()
    }
}
