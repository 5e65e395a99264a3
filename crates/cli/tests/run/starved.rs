//! The command on a host that gives the tool hardly any processor time.

use crate::descent::{Shelf, is_root, kill, spawn};
use crate::{LIMIT, TOOL, fresh_path, server};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tenure_field::tool::is;
use tenure_field::{Process, Proxy, boottime, wait_until};

/// Long enough for a tool that gets a part of a twentieth of one processor, beside other tests.
const STARVED: Duration = Duration::from_secs(240);

/// A group of processes that gets a part of one processor.
struct Quota(PathBuf);

/// The period of a quota, in microseconds.
const PERIOD: u32 = 100_000;

impl Quota {
    /// `None` where the system has no such groups, or lets nobody make one.
    fn new(percent: u32) -> Option<Self> {
        let name = format!("tenure-test-{}-{percent}", std::process::id());
        let (old, new) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
        let quota = PERIOD / 100 * percent;
        let (group, file, text) = match old.is_dir() {
            true => (old.join(name), "cpu.cfs_quota_us", quota.to_string()),
            false => (new.join(name), "cpu.max", format!("{quota} {PERIOD}")),
        };
        fs::create_dir(&group).ok()?;
        let group = Self(group);
        fs::write(group.0.join(file), text).ok()?;
        Some(group)
    }
}

impl Drop for Quota {
    /// What is left in it ends first: a group with processes stays.
    fn drop(&mut self) {
        let members = || fs::read_to_string(self.0.join("cgroup.procs")).unwrap_or_default();
        for pid in members().lines().filter_map(|line| line.parse().ok()) {
            kill(pid);
        }
        let empty = || (fs::remove_dir(&self.0).is_ok() || !self.0.exists()).then_some(());
        wait_until("the group to be empty", LIMIT, empty);
    }
}

/// Writes all the time, to a file for each token, and only SIGKILL ends it.
const WRITER: &str = r#"trap "" TERM; while :; do echo >>"$0.$TENURE_TOKEN"; done"#;

/// The tool, a command that writes to `file`, and 8 busy processes, all in `quota`.
fn start(quota: &Quota, user: &str, url: &str, file: &str) -> Process {
    let script = r#"echo $$ >"$0/cgroup.procs"
        for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done
        user=$1; shift; exec setpriv --reuid=$user --clear-groups "$@""#;
    let tail = [
        "--json",
        "--session-timeout",
        "10s",
        "--",
        "sh",
        "-c",
        WRITER,
        file,
    ];
    let words = [
        "-c",
        script,
        quota.0.to_str().unwrap(),
        user,
        TOOL,
        "run",
        url,
    ];
    let words: Vec<OsString> = words.iter().chain(&tail).map(OsString::from).collect();
    spawn("/bin/sh", words)
}

/// When the file was last written to, on `CLOCK_BOOTTIME`, in nanoseconds.
fn written(file: &str) -> u64 {
    let modified = fs::metadata(file).unwrap().modified().unwrap();
    let (now, wall) = (boottime::now_ns(), SystemTime::now());
    let ago = wall.duration_since(modified).unwrap_or_default();
    now.saturating_sub(ago.as_nanos() as u64)
}

/// How long before the end of the lease the last write was, in milliseconds.
fn margin_of_a_cut(percent: u32, user: &str) -> Option<i64> {
    let quota = Quota::new(percent)?;
    let shelf = Shelf::new();
    let file = shelf.file("written");
    let proxy = Proxy::start(server().addr());
    let tool = start(&quota, user, &proxy.url(&fresh_path()), &file);
    let wrote = |line: &Value| {
        let file = format!("{file}.{}", line["token"].as_str().unwrap_or("none"));
        Some(file).filter(|file| Path::new(file).exists())
    };
    tool.wait_for("started", STARVED, is("started"));
    wait_until("a write", STARVED, || {
        tool.find(|line| is("started")(line) && wrote(line).is_some())
    });
    proxy.hold();
    tool.wait_for("lost", STARVED, |line| {
        is("lost")(line) && wrote(line).is_some()
    });
    // A tool that is starved can lose more than one leadership, also before the cut.
    let lines = tool.lines();
    let lost = lines.iter().filter(|line| is("lost")(&line.json));
    let margins = lost.filter_map(|line| {
        let last = written(&wrote(&line.json)?);
        let lease_end = line.json["lease_end_boottime_ns"].as_u64()?;
        Some((lease_end as i64 - last as i64) / 1_000_000)
    });
    margins.min()
}

/// F18: microk8s#2203, vArmor#288.
#[test]
fn under_a_quota_of_a_few_percent_nothing_is_written_after_the_lease() {
    if !is_root() {
        return println!("skipped: only root can set a quota");
    }
    // More runs, with more quotas, by hand: they take long.
    let runs = std::env::var("TENURE_STARVED_RUNS").ok();
    let runs: Option<u32> = runs.and_then(|runs| runs.parse().ok());
    let quotas = [(5, "65534"), (3, "65534"), (10, "0")];
    let quotas = if runs.is_some() {
        &quotas[..]
    } else {
        &quotas[..1]
    };
    for run in 0..runs.unwrap_or(1) {
        for (percent, user) in quotas {
            let (percent, user) = (*percent, *user);
            let Some(margin) = margin_of_a_cut(percent, user) else {
                return println!("skipped: this system lets nobody set a quota");
            };
            println!("run {run}, {percent} %, user {user}: last write {margin} ms before the end");
            assert!(
                margin >= 0,
                "{percent} %, user {user}: {} ms too late",
                -margin
            );
        }
    }
}
