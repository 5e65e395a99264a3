//! Processor time of this process.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::time::Duration;

/// The processor time that this process has used, in user and in kernel mode.
pub(crate) fn processor_time() -> Result<Duration, String> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).map_err(|e| format!("getrusage: {e}"))?;
    let spent = usage.user_time() + usage.system_time();
    Ok(Duration::from_micros(
        spent.num_microseconds().unsigned_abs(),
    ))
}
