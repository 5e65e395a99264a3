//! The demo with broken tools: it fails, prints the reason, and leaves nothing.
#![allow(clippy::unwrap_used, missing_docs)] // a test may panic

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tenure_field::{Process, Signal, wait_until};

const LONG: Duration = Duration::from_secs(60);

/// A tool whose `contend` and `detect` run these lines of shell, with the time in `$now` and the
/// contender's name in `$label`, and then sleep for a long time.
struct Tool {
    _folder: TempDir,
    path: PathBuf,
}

impl Tool {
    fn new(contend: &str, detect: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenure");
        let script = format!(
            "#!/bin/sh\n\
             now=$(awk '{{printf \"%.0f\", $1 * 1e9}}' /proc/uptime)\n\
             label=$7\n\
             case $1 in\n\
             contend) {contend} ;;\n\
             detect) {detect} ;;\n\
             esac\n\
             exec sleep 60\n"
        );
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    fn demo(&self) -> Process {
        let demo = Path::new(env!("CARGO_BIN_EXE_tenure-demo"));
        Process::spawn(demo, [Path::new("--tenure"), &self.path], None)
    }
}

/// Whether a line of the narration contains `part`.
fn holds(part: &str) -> impl Fn(&Value) -> bool + '_ {
    move |line| line.as_str().is_some_and(|line| line.contains(part))
}

/// The directory with the data of the server of this run.
fn server_folder(demo: &Process) -> PathBuf {
    let line = demo.wait_for("a server", LONG, holds("its data in "));
    let (_, folder) = line.as_str().unwrap().rsplit_once("its data in ").unwrap();
    PathBuf::from(folder)
}

#[track_caller]
fn assert_fails(tool: &Tool, expected: &str, seen: &str) {
    let demo = tool.demo();
    let folder = server_folder(&demo);
    assert!(folder.is_dir());
    demo.wait_for(expected, LONG, holds(&format!("expected  {expected}")));
    demo.wait_for(seen, LONG, holds(seen));
    demo.wait_for("the end", LONG, holds("FAIL  "));
    assert_eq!(demo.wait_exit(LONG).code(), Some(1));
    assert!(!folder.exists());
}

fn leading(token: &str) -> String {
    let member = r#"{\"path\":\"/tenure/demo/x\",\"label\":\"$label\"}"#;
    format!(
        r#"echo "{{\"event\":\"leading\",\"boottime_ns\":$now,\"lease_end_boottime_ns\":$now,\"token\":\"{token}\",\"member\":{member}}}""#
    )
}

#[test]
fn a_tool_that_ends_by_itself() {
    let tool = Tool::new("echo no way >&2; exit 7", "");
    let seen = "it ended by itself (exit status: 7) and printed: no way";
    assert_fails(&tool, "w", seen);
}

#[test]
fn a_tool_that_prints_something_else() {
    let tool = Tool::new("echo hello", "");
    assert_fails(&tool, "w", "hello");
}

#[test]
fn two_leaders() {
    let tool = Tool::new(&leading("$$"), "");
    assert_fails(&tool, "one leader at a time", "has not ended");
}

#[test]
fn a_tool_that_is_not_there() {
    let demo = Path::new(env!("CARGO_BIN_EXE_tenure-demo"));
    let demo = Process::spawn(demo, ["--tenure", "/nowhere/tenure"], None);
    assert_eq!(demo.wait_exit(LONG).code(), Some(2));
    assert!(demo.text().contains("/nowhere/tenure cannot be run"));
}

#[test]
fn an_interrupted_run_leaves_nothing() {
    for signal in [Signal::Int, Signal::Term, Signal::Hup] {
        // No contender ever leads, so that the demo waits.
        let tool = Tool::new("echo $$ >> \"$0.pids\"", "echo $$ >> \"$0.pids\"");
        let demo = tool.demo();
        let folder = server_folder(&demo);
        let pids = || fs::read_to_string(tool.path.with_extension("pids")).unwrap_or_default();
        wait_until("five processes", LONG, || {
            (pids().lines().count() == 5).then_some(())
        });
        demo.signal(signal);
        demo.wait_for("the end", LONG, holds("INTERRUPTED  nothing is left"));
        assert_eq!(demo.wait_exit(LONG).code(), Some(130));
        assert!(!folder.exists());
        for pid in pids().lines() {
            assert!(!Path::new("/proc").join(pid).exists(), "{pid} is left");
        }
    }
}

#[test]
fn a_second_signal_ends_it_at_once_and_a_kill_too() {
    for signals in [&[Signal::Int, Signal::Int][..], &[Signal::Kill]] {
        let tool = Tool::new("echo $$ >> \"$0.pids\"", "echo $$ >> \"$0.pids\"");
        let demo = tool.demo();
        let pids = || fs::read_to_string(tool.path.with_extension("pids")).unwrap_or_default();
        wait_until("five processes", LONG, || {
            (pids().lines().count() == 5).then_some(())
        });
        for signal in signals {
            if demo.exit_status().is_none() {
                demo.signal(*signal);
            }
        }
        demo.wait_exit(LONG);
        wait_until("the end of all", LONG, || {
            let gone = |pid: &str| !Path::new("/proc").join(pid).exists();
            pids().lines().all(gone).then_some(())
        });
    }
}
