//! A chaos that is interrupted or killed ends all processes that it has started.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)] // a test may panic

mod tool;

use std::path::Path;
use std::time::Duration;
use tenure_field::{Process, Signal, stats, wait_until};
use tool::{chaos, lab_is_allowed};

const LONG: Duration = Duration::from_secs(120);

/// A run in the middle of its faults: servers, clients, and the commands of some.
fn under_way(keep: &Path) -> (Process, Vec<u32>) {
    let keep = keep.to_str().unwrap();
    let run = chaos(&["--seed", "1", "--plan", "client-freeze", "--keep", keep]);
    run.wait_for("a round", LONG, |line| {
        line.as_str().is_some_and(|line| line.contains("round 1:"))
    });
    let below = stats::descendants(run.pid());
    assert!(below.len() >= 3 + 12 + 5 + 2, "{} processes", below.len());
    (run, below)
}

fn all_are_gone(below: &[u32]) {
    wait_until("all to be gone", LONG, || {
        let is_there = |pid: &&u32| Path::new("/proc").join(pid.to_string()).exists();
        below.iter().find(is_there).is_none().then_some(())
    });
}

fn is_frozen(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| rest.starts_with(" T"))
}

fn namespaces_of(pid: u32) -> Vec<String> {
    let names = std::fs::read_dir("/run/netns")
        .into_iter()
        .flatten()
        .flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let prefix = format!("tenure-lab-{pid}-");
    names.filter(|name| name.starts_with(&prefix)).collect()
}

#[test]
fn ctrl_c_ends_it_in_order_and_keeps_what_was_seen() {
    if !lab_is_allowed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (run, below) = under_way(folder.path());
    // While a leader, its guardian and its command are stopped.
    wait_until("a client is frozen", LONG, || {
        let frozen = below.iter().filter(|pid| is_frozen(**pid)).count();
        (frozen >= 3).then_some(())
    });
    assert!(!namespaces_of(run.pid()).is_empty());
    run.signal(Signal::Int);
    assert_eq!(run.wait_exit(LONG).code(), Some(130));
    all_are_gone(&below);
    assert_eq!(namespaces_of(run.pid()), Vec::<String>::new());
    let kept = std::fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let history = tenure_chaos::history::read(&kept.path()).unwrap();
    assert!(
        history.entries.len() > 100,
        "a whole history of what was played"
    );
}

#[test]
fn a_kill_leaves_no_process_behind() {
    if !lab_is_allowed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (run, below) = under_way(folder.path());
    run.kill();
    all_are_gone(&below);
    // The next chaos removes the namespaces.
    drop(tenure_field::Lab::new());
    assert_eq!(namespaces_of(run.pid()), Vec::<String>::new());
}

#[test]
fn what_takes_too_long_fails() {
    if !lab_is_allowed() {
        return;
    }
    let run = chaos(&["--seed", "1", "--duration", "10m", "--timeout", "5s"]);
    assert_eq!(run.wait_exit(LONG).code(), Some(1));
    let last = run.lines().last().unwrap().json.clone();
    assert_eq!(last["failure"], "--timeout: the time is over", "{last}");
    for kept in last["kept"].as_array().unwrap() {
        std::fs::remove_dir_all(kept.as_str().unwrap()).unwrap();
    }
}
