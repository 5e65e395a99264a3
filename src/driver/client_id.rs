//! The number of a client, which names it in the log and to the I/O thread.

use std::sync::atomic::{AtomicU64, Ordering};

pub(super) type ClientId = u64;

/// The next number: from 1, in the order of opening.
pub(super) fn fresh() -> ClientId {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}
