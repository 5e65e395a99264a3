//! The driver with programs that do not work, and with signals: it says so, and leaves nothing.
#![allow(clippy::unwrap_used, missing_docs)] // a test may panic

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tenure_field::{Process, Signal, wait_until};

const LONG: Duration = Duration::from_secs(90);

/// A folder of programs, each of which runs this line of shell.
fn programs(line: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "master/tenure-cluster-master",
        "tenure-cluster-agent",
        "venv/bin/python",
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

fn driver(words: &[&str]) -> Process {
    Process::spawn(Path::new(env!("CARGO_BIN_EXE_tenure-cluster")), words, None)
}

fn holds(part: &str) -> impl Fn(&Value) -> bool + '_ {
    move |line| line.as_str().is_some_and(|line| line.contains(part))
}

#[test]
fn bad_arguments_are_refused_with_advice() {
    for (words, advice) in [
        (
            &["--programs", "/nowhere"][..],
            "/nowhere/master/tenure-cluster-master is missing",
        ),
        (&[][..], "make cluster"),
        (&["--only", "dance"][..], "the steps are election"),
        (&["--json"][..], "--keep"),
    ] {
        let driver = driver(words);
        assert_eq!(driver.wait_exit(LONG).code(), Some(2), "{words:?}");
        assert!(
            driver.text().contains(advice),
            "{words:?}: {}",
            driver.text()
        );
    }
}

#[test]
fn a_program_that_refuses_its_arguments_ends_the_run_with_its_reason() {
    let programs = programs("echo no such flag >&2; exit 2");
    let logs = programs.path().join("logs");
    let words = [
        "--programs",
        programs.path().to_str().unwrap(),
        "--logs",
        logs.to_str().unwrap(),
    ];
    let driver = driver(&words);
    driver.wait_for("the assertion", LONG, holds("expected  m"));
    driver.wait_for("the reason", LONG, holds("exit status: 2"));
    driver.wait_for("the end", LONG, holds("no process is left"));
    assert_eq!(driver.wait_exit(LONG).code(), Some(1));
    let complaints = ["m1", "m2", "m3"]
        .map(|name| fs::read_to_string(logs.join(format!("{name}.stderr"))).unwrap());
    assert!(
        complaints.iter().any(|text| text.contains("no such flag")),
        "{complaints:?}"
    );
}

#[test]
fn two_leaders_at_once_are_no_leader_and_an_interrupted_run_leaves_nothing() {
    // Each master says that it leads, so that the driver waits for one alone, or for the others to stand by if one was
    // the first to say so.
    let line = r#"echo $$ >> "$0.pids"; echo '{"event":"elected","token":"7"}'; exec sleep 600"#;
    let programs = programs(line);
    let driver = driver(&["--programs", programs.path().to_str().unwrap()]);
    let pids = programs.path().join("master/tenure-cluster-master.pids");
    let pids = || fs::read_to_string(&pids).unwrap_or_default();
    wait_until("three masters", LONG, || {
        (pids().lines().count() == 3).then_some(())
    });
    driver.wait_for("a wait", LONG, |line| {
        let waits = [
            "waiting for a master to lead",
            "waiting for all other masters",
        ];
        waits.iter().any(|wait| holds(wait)(line))
    });
    driver.signal(Signal::Int);
    driver.wait_for("the end", LONG, holds("INTERRUPTED"));
    assert_eq!(driver.wait_exit(LONG).code(), Some(130));
    for pid in pids().lines() {
        assert!(!Path::new("/proc").join(pid).exists(), "{pid} is left");
    }
}
