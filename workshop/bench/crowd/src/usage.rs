//! Processor time and memory of this process.

use nix::sys::resource::{UsageWho, getrusage};
use std::time::{Duration, Instant};

/// The length of one sample of the processor time.
const SLICE: Duration = Duration::from_millis(100);
/// How many samples in a row must find the process at rest.
const QUIET_SLICES: u32 = 5;
/// At rest the process uses at most this part of one processor: its lease is renewed.
const QUIET_PART: u32 = 20;

/// The processor time that this process and the kernel for it have used.
pub(crate) fn processor_time() -> Result<Duration, String> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).map_err(|e| format!("getrusage: {e}"))?;
    let of = |value: nix::sys::time::TimeVal| {
        Duration::from_secs(value.tv_sec().unsigned_abs())
            + Duration::from_micros(value.tv_usec().unsigned_abs())
    };
    Ok(of(usage.user_time()) + of(usage.system_time()))
}

/// The resident memory of this process, in bytes.
pub(crate) fn memory() -> Result<u64, String> {
    let status = std::fs::read_to_string("/proc/self/status")
        .map_err(|e| format!("cannot read /proc/self/status: {e}"))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok())
        .map(|kilobytes| kilobytes * 1024)
        .ok_or_else(|| "/proc/self/status has no VmRSS".to_owned())
}

/// Waits until the process is at rest: its work is done.
pub(crate) fn settle(limit: Duration) -> Result<(), String> {
    let began = Instant::now();
    let mut quiet = 0;
    let mut last = processor_time()?;
    while quiet < QUIET_SLICES {
        if began.elapsed() > limit {
            return Err(format!("not at rest after {limit:?}"));
        }
        std::thread::sleep(SLICE);
        let now = processor_time()?;
        quiet = match (now - last) * QUIET_PART <= SLICE {
            true => quiet + 1,
            false => 0,
        };
        last = now;
    }
    Ok(())
}
