//! The command when the supervisor, or its guardian, fails.

use crate::{LIMIT, child_of, fresh_url, gone, guardian_of, is_alive, next, pid, run, said, token};
use std::process::Command;
use tenure_field::{Proxy, Signal, boottime, wait_until};

const SECOND_NS: u64 = 1_000_000_000;
/// The longest lease of a session of 4 s: 4 s less one part in 1000 and one in 20.
const LEASE_MAX_NS: u64 = 3_796_000_000;

/// A command with a child that ignores SIGTERM; it prints the PIDs of both.
const FAMILY: &str = "trap '' TERM; sh -c 'echo $$; while :; do sleep 0.02; done' & echo $!; wait";

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn a_killed_supervisor_takes_its_command_along_at_once() {
    let tool = run(&fresh_url(), &["--", "sh", "-c", FAMILY]);
    let started = next(&tool, "started");
    let child = wait_until("the child", LIMIT, || child_of(pid(&started)));
    let guardian = guardian_of(&tool);
    let killed = boottime::now_ns();
    tool.kill();
    let ends = [
        gone("the command", pid(&started)),
        gone("its child", child),
        gone("the guardian", guardian),
    ];
    // At once, not only when the lease ends, 2.6 s after the last renewal.
    let took = ends.into_iter().max().unwrap() - killed;
    assert!(took < SECOND_NS, "{took} ns");
}

#[test]
fn the_command_of_a_stopped_supervisor_is_dead_before_the_lease_ends() {
    let proxy = Proxy::start(crate::server().addr());
    let url = proxy.url(&crate::fresh_path());
    let tool = run(&url, &["--", "sh", "-c", FAMILY]);
    let leading = next(&tool, "leading");
    let started = next(&tool, "started");
    let child = wait_until("the child", LIMIT, || child_of(pid(&started)));
    tool.pause();
    let paused = boottime::now_ns();
    let dead = gone("the command", pid(&started)).max(gone("its child", child));
    // The pause ended all renewals.
    let lease_end = paused + LEASE_MAX_NS;
    assert!(dead < lease_end, "{} ns too late", dead - lease_end);
    assert!(is_alive(guardian_of(&tool)));
    // When it continues its leadership has ended, and it contends again.
    tool.resume();
    assert_eq!(next(&tool, "lost")["token"], leading["token"]);
    assert!(token(&next(&tool, "started")) > token(&started));
}

#[test]
fn a_killed_guardian_takes_the_command_along_and_the_tool_says_so() {
    let tool = run(&fresh_url(), &["--", "sh", "-c", FAMILY]);
    let started = next(&tool, "started");
    let child = wait_until("the child", LIMIT, || child_of(pid(&started)));
    kill("-KILL", guardian_of(&tool));
    gone("the command", pid(&started));
    gone("its child", child);
    let error = next(&tool, "error")["message"].to_string();
    assert!(error.contains("guardian was killed"), "{error}");
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(137));
}

#[test]
fn a_stopped_guardian_is_given_up_before_the_lease_ends() {
    let proxy = Proxy::start(crate::server().addr());
    let url = proxy.url(&crate::fresh_path());
    let tool = run(&url, &["--", "sh", "-c", FAMILY]);
    let started = next(&tool, "started");
    let child = wait_until("the child", LIMIT, || child_of(pid(&started)));
    kill("-STOP", guardian_of(&tool));
    proxy.hold();
    let held = boottime::now_ns();
    let dead = gone("the command", pid(&started)).max(gone("its child", child));
    let lease_end = held + LEASE_MAX_NS;
    assert!(dead < lease_end, "{} ns too late", dead - lease_end);
    proxy.release();
    assert!(token(&next(&tool, "started")) > token(&started));
}

#[test]
fn signals_to_the_supervisors_group_do_not_touch_the_guardian() {
    // `timeout` puts the tool into a group of its own and signals the whole of it.
    let script = "trap 'echo got TERM; exit 6' TERM; echo ready; while :; do sleep 0.02; done";
    let url = fresh_url();
    let words = ["--", "sh", "-c", script];
    let tool = run(&url, &words);
    said(&tool, "ready");
    let guardian = guardian_of(&tool);
    let group = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let rest = stat.rsplit_once(") ").unwrap().1;
        rest.split(' ').nth(2).unwrap().to_owned()
    };
    let command = child_of(guardian).unwrap();
    assert_eq!(group(guardian), guardian.to_string());
    assert_eq!(group(command), command.to_string());
    for signal in ["-TERM", "-INT", "-HUP", "-QUIT", "-USR1", "-ALRM"] {
        kill(signal, guardian);
    }
    tool.signal(Signal::Term);
    said(&tool, "got TERM");
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(6));
    gone("the guardian", guardian);
}

#[test]
fn the_guardian_does_not_hold_the_streams_of_the_tool() {
    let tool = run(&fresh_url(), &["--", "sleep", "1000"]);
    next(&tool, "started");
    let guardian = guardian_of(&tool);
    let null = |fd| {
        let link = std::fs::read_link(format!("/proc/{guardian}/fd/{fd}"));
        link.is_ok_and(|target| target.to_str() == Some("/dev/null"))
    };
    wait_until("the guardian to let go", LIMIT, || {
        (0..3).all(null).then_some(())
    });
    // The command does not hold the guardian's socket, either.
    let command = child_of(guardian).unwrap();
    let sockets = |pid| {
        let open = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
        let links = open.filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok());
        let names = links.map(|link| link.to_str().unwrap().to_owned());
        names
            .filter(|name| name.starts_with("socket:"))
            .collect::<Vec<_>>()
    };
    let held = sockets(command);
    assert!(!sockets(guardian).is_empty());
    assert!(sockets(guardian).iter().all(|name| !held.contains(name)));
}
