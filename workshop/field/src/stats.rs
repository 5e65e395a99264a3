//! The resources that a process uses, read from `/proc`.

use std::fs;
use std::time::Duration;

use crate::sys;

/// Time on a processor so far, in user and in kernel mode together. The kernel
/// counts in ticks of 10 ms.
#[must_use]
#[track_caller]
pub fn cpu_time(pid: u32) -> Duration {
    let fields = stat_fields(pid);
    // Fields 14 and 15 of proc(5); `stat_fields` begins with field 3.
    let ticks = number(&fields, 14 - 3) + number(&fields, 15 - 3);
    Duration::from_millis(ticks * 1000 / sys::clock_ticks_per_second())
}

/// The number of threads.
#[must_use]
#[track_caller]
pub fn threads(pid: u32) -> u64 {
    number(&stat_fields(pid), 20 - 3)
}

/// The number of open file descriptors.
#[must_use]
#[track_caller]
pub fn open_fds(pid: u32) -> usize {
    let path = format!("/proc/{pid}/fd");
    fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
        .count()
}

/// Resident memory in KiB.
#[must_use]
#[track_caller]
pub fn rss_kib(pid: u32) -> u64 {
    status_kib(pid, "VmRSS:")
}

/// The most memory that was ever resident, in KiB.
#[must_use]
#[track_caller]
pub fn peak_rss_kib(pid: u32) -> u64 {
    status_kib(pid, "VmHWM:")
}

#[track_caller]
fn status_kib(pid: u32, key: &str) -> u64 {
    let status = read(pid, "status");
    status
        .lines()
        .find_map(|line| line.strip_prefix(key))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kib| kib.parse().ok())
        .unwrap_or_else(|| panic!("/proc/{pid}/status has no {key} Has the process ended?"))
}

/// Whether every thread of the process was stopped by a signal. The kernel stops
/// them one by one.
#[must_use]
#[track_caller]
pub fn is_stopped(pid: u32) -> bool {
    let path = format!("/proc/{pid}/task");
    let tasks = fs::read_dir(&path).unwrap_or_else(|error| panic!("cannot read {path}: {error}"));
    tasks.flatten().all(|task| {
        // A thread that ends meanwhile has no state, and does nothing either.
        let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        stat.rsplit_once(')')
            .is_none_or(|(_, rest)| rest.trim_start().starts_with('T'))
    })
}

/// Whether the process runs or is stopped. A process that has ended does neither, reaped or not.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit_once(')')
            .is_some_and(|(_, rest)| !is_ended(rest))
    })
}

/// Whether the fields after the name in `/proc/PID/stat` are of a process that has not been reaped.
fn is_ended(rest: &str) -> bool {
    rest.trim_start().starts_with(['Z', 'X'])
}

/// The undertakers that wait for the end of the process: those that hold a descriptor of it.
#[must_use]
pub fn undertakers(pid: u32) -> Vec<u32> {
    let all = parents().into_iter().map(|(pid, _)| pid);
    all.filter(|helper| is_undertaker(*helper) && holds(*helper, pid))
        .collect()
}

fn is_undertaker(pid: u32) -> bool {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    words.starts_with(b"tenure-undertaker\0")
}

/// Whether the process holds a pidfd of the other one.
fn holds(pid: u32, other: u32) -> bool {
    let entries = fs::read_dir(format!("/proc/{pid}/fdinfo"));
    let mut entries = entries.into_iter().flatten().flatten();
    entries.any(|entry| {
        let about = fs::read_to_string(entry.path()).unwrap_or_default();
        let mut named = about.lines().filter_map(|line| line.strip_prefix("Pid:"));
        named.any(|named| named.trim() == other.to_string())
    })
}

/// How much memory the process alone uses, in KiB: pages that no other process has.
///
/// # Panics
/// When the process has ended.
#[must_use]
#[track_caller]
pub fn private_kib(pid: u32) -> u64 {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {path}: {error}"));
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        number.unwrap_or_else(|| panic!("no {name} in {text}"))
    };
    of("Private_Clean:") + of("Private_Dirty:")
}

/// The PIDs of the process's descendants, parents first.
#[must_use]
pub fn descendants(pid: u32) -> Vec<u32> {
    let parents = parents();
    let mut found = vec![pid];
    let mut looked = 0;
    while let Some(parent) = found.get(looked).copied() {
        let children = parents.iter().filter(|(_, of)| *of == parent);
        found.extend(children.map(|(child, _)| *child));
        looked += 1;
    }
    found.split_off(1)
}

/// The processes of the machine whose program has this name, as the kernel has it (`/proc/PID/comm`).
pub(crate) fn named(name: &str) -> Vec<u32> {
    let pids = parents().into_iter().map(|(pid, _)| pid);
    let comm = |pid: u32| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    pids.filter(|pid| comm(*pid).trim_end() == name).collect()
}

/// Whether `pid` has a pidfd of the process `of`.
pub(crate) fn holds_pidfd_of(pid: u32, of: u32) -> bool {
    let entries = fs::read_dir(format!("/proc/{pid}/fdinfo"));
    entries.into_iter().flatten().flatten().any(|entry| {
        let info = fs::read_to_string(entry.path()).unwrap_or_default();
        let mut pids = info.lines().filter_map(|line| line.strip_prefix("Pid:"));
        pids.any(|pid| pid.trim() == of.to_string())
    })
}

/// Each process of the machine that lives, and its parent.
fn parents() -> Vec<(u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, rest) = stat.rsplit_once(')')?;
        let parent = rest.split_whitespace().nth(1)?.parse().ok()?;
        // It cannot be stopped, and no longer has children.
        (!is_ended(rest)).then_some((pid, parent))
    };
    pids.filter_map(parent).collect()
}

/// The fields of `/proc/PID/stat` from the third on. The second, the program's
/// name in parentheses, may hold blanks and parentheses.
#[track_caller]
fn stat_fields(pid: u32) -> Vec<String> {
    let stat = read(pid, "stat");
    let (_, rest) = stat
        .rsplit_once(')')
        .unwrap_or_else(|| panic!("/proc/{pid}/stat is malformed: {stat}"));
    rest.split_whitespace().map(str::to_owned).collect()
}

#[track_caller]
fn number(fields: &[String], index: usize) -> u64 {
    fields
        .get(index)
        .and_then(|field| field.parse().ok())
        .unwrap_or_else(|| {
            panic!(
                "no number in field {} of /proc/PID/stat: {fields:?}",
                index + 3
            )
        })
}

#[track_caller]
fn read(pid: u32, file: &str) -> String {
    let path = format!("/proc/{pid}/{file}");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}
