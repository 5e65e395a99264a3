//! A supervisor that is killed hands over at once, but never while its command may act.

use crate::{LIMIT, child_of, fresh_path, gone, guardian_of, is_alive, next, pid, run_for};
use serde_json::Value;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;
use tenure_field::tool::{Tool, is};
use tenure_field::zookeeper::Config;
use tenure_field::{Process, Zookeeper, poll, stats, wait_until};

/// So long that no test waits for its end.
const T: Duration = Duration::from_secs(30);
/// For how long a seat is watched that must be kept.
const A_WHILE: Duration = Duration::from_secs(4);

/// A command with a child; both ignore SIGTERM.
const FAMILY: &str = "trap '' TERM; sh -c 'while :; do sleep 0.02; done' & wait";

fn url() -> String {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    let start = || {
        Zookeeper::start_with(Config {
            max_session_timeout_ms: Some(60_000),
            ..Config::default()
        })
    };
    SERVER.get_or_init(start).url(&fresh_path())
}

struct Scene {
    tool: Process,
    guardian: u32,
    command: u32,
    child: u32,
    undertaker: u32,
    successor: Process,
}

/// A command runs, and another contender waits.
fn scene() -> Scene {
    let url = url();
    let tool = run_for(T, &url, &["--", "sh", "-c", FAMILY]);
    let command = pid(&next(&tool, "started"));
    let child = wait_until("the child", LIMIT, || child_of(command));
    let guardian = guardian_of(&tool);
    let undertakers = stats::undertakers(tool.pid());
    assert_eq!(undertakers.len(), 1);
    let words = ["--no-undertaker"];
    let successor = Tool::new(crate::TOOL, T).start("contend", &url, &words);
    next(&successor, "standby");
    Scene {
        tool,
        guardian,
        command,
        child,
        undertaker: undertakers[0],
        successor,
    }
}

impl Scene {
    fn has_successor(&self) -> Option<()> {
        let leads = |line: &Value| is("leading")(line);
        self.successor.find(leads).map(drop)
    }
}

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn a_killed_supervisor_is_succeeded_at_once_and_after_its_command() {
    let scene = scene();
    scene.tool.kill();
    next(&scene.successor, "leading");
    for pid in [scene.command, scene.child] {
        assert!(!is_alive(pid), "the successor leads beside the command");
    }
    gone("the undertaker", scene.undertaker);
}

#[test]
fn nobody_succeeds_before_the_guardian_has_ended_the_command() {
    // The guardian becomes a child of this process then. Else its group would be orphaned, and the kernel
    // would have it continue.
    nix::sys::prctl::set_child_subreaper(true).unwrap();
    let scene = scene();
    kill("-STOP", scene.guardian);
    scene.tool.kill();
    assert_eq!(poll(A_WHILE, || scene.has_successor()), None);
    assert!(is_alive(scene.command) && is_alive(scene.undertaker));
    kill("-CONT", scene.guardian);
    next(&scene.successor, "leading");
    for pid in [scene.command, scene.child] {
        assert!(!is_alive(pid), "the successor leads beside the command");
    }
}

#[test]
fn a_session_whose_guardian_was_killed_too_is_left_to_its_timeout() {
    let scene = scene();
    // Neither of the two can act on the end of the other.
    scene.tool.pause();
    kill("-KILL", scene.guardian);
    scene.tool.kill();
    // Nobody is left who knows whether the child has ended.
    gone("the undertaker", scene.undertaker);
    assert_eq!(poll(A_WHILE, || scene.has_successor()), None);
    kill("-KILL", scene.child);
}

#[test]
fn an_undertaker_that_replaces_another_waits_for_the_command_too() {
    nix::sys::prctl::set_child_subreaper(true).unwrap();
    let scene = scene();
    kill("-KILL", scene.undertaker);
    let replaced = |line: &Value| line["state"] == "undertaker_replaced";
    scene.tool.wait_for("another undertaker", LIMIT, replaced);
    let undertakers = stats::undertakers(scene.tool.pid());
    assert_eq!(undertakers.len(), 1);
    kill("-STOP", scene.guardian);
    scene.tool.kill();
    assert_eq!(poll(A_WHILE, || scene.has_successor()), None);
    assert!(is_alive(scene.command) && is_alive(undertakers[0]));
    kill("-CONT", scene.guardian);
    next(&scene.successor, "leading");
    for pid in [scene.command, scene.child] {
        assert!(!is_alive(pid), "the successor leads beside the command");
    }
}
