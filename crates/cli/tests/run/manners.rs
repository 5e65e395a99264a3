//! Signals, terminals, and the limits of a wait for leadership.

use crate::descent::{is_root, kill, spawn};
use crate::{LIMIT, TOOL, child_of, fresh_url, next, pid, run, said};
use std::path::Path;
use std::process::Command;
use tenure_field::tool::is;
use tenure_field::{Process, Signal, Zookeeper, wait_until};

/// Starts a shell script on a terminal of its own; what appears there is `text`.
fn on_a_terminal(script: &str) -> Process {
    Process::spawn(
        Path::new("/usr/bin/script"),
        ["--quiet", "--return", "--command", script, "/dev/null"],
        None,
    )
}

/// Waits for a text on the terminal.
#[track_caller]
fn shown(terminal: &Process, text: &str) {
    let what = format!("{text:?} on the terminal");
    terminal.peek(&what, LIMIT, |line| line.to_string().contains(text));
}

/// F11: sandbox-shell#42, sst#6497.
#[test]
fn a_command_that_reads_from_the_terminal_gets_it_and_gives_it_back() {
    let url = fresh_url();
    let script = format!(
        "{TOOL} run {url} -- sh -c 'read n; echo got $n; stty -a >/dev/null; stty echo; exit 3'
         echo code $?; read m; echo then $m"
    );
    let terminal = on_a_terminal(&script);
    shown(&terminal, "started");
    terminal.write_stdin(b"first\n");
    shown(&terminal, "got first");
    shown(&terminal, "code 3");
    terminal.write_stdin(b"second\n");
    shown(&terminal, "then second");
    assert_eq!(terminal.wait_exit(LIMIT).code(), Some(0));
}

#[test]
fn in_the_background_the_tool_says_that_its_command_waits_for_the_terminal() {
    let url = fresh_url();
    let script = format!(
        "set -m; {TOOL} run {url} -- sh -c 'read n; echo got $n' & read go; fg; echo code $?"
    );
    let terminal = on_a_terminal(&script);
    shown(&terminal, "SIGTTIN has stopped it");
    // The shell brings the tool to the foreground, and the tool its command.
    terminal.write_stdin(b"go\nword\n");
    shown(&terminal, "got word");
    shown(&terminal, "code 0");
    terminal.wait_exit(LIMIT);
}

/// F8: omr#3225, procServ#48.
#[test]
fn a_tool_that_was_started_with_its_signals_blocked_can_be_stopped() {
    for (verb, words) in [("run", &["--", "sleep", "1000"][..]), ("contend", &[])] {
        for signal in [Signal::Term, Signal::Int] {
            let url = fresh_url();
            let args = ["--block-signal", TOOL, verb, &url, "--json"];
            let tool = spawn("/usr/bin/env", args.iter().chain(words));
            wait_until("leadership", LIMIT, || {
                let of = |lines: &str| lines.contains(r#""event":"leading""#);
                let events = tool.lines().iter().any(|line| is("leading")(&line.json));
                (events || of(&tool.text())).then_some(())
            });
            tool.signal(signal);
            let code = tool.wait_exit(LIMIT).code();
            assert!(matches!(code, Some(0 | 130 | 143)), "{verb}: {code:?}");
        }
    }
}

/// F15: consul#3571, consul#2489.
#[test]
fn every_signal_that_can_be_meant_for_the_command_reaches_it_also_from_pid_1() {
    let script = "for s in 28 14 18 23 29 30 10 37 64; do trap \"echo got $s\" $s; done
         echo ready; while :; do sleep 0.02; done";
    let url = fresh_url();
    let words = ["run", &url, "--json", "--", "sh", "-c", script];
    let plain = spawn(TOOL, words);
    check_signals(&plain, plain.pid());
    drop(plain);
    if is_root() {
        let args = ["--pid", "--fork", "--kill-child", "--mount-proc", TOOL];
        let first = spawn("/usr/bin/unshare", args.into_iter().chain(words));
        let tool = wait_until("the tool as PID 1", LIMIT, || child_of(first.pid()));
        check_signals(&first, tool);
        kill(tool);
        first.wait_exit(LIMIT);
    }
}

#[track_caller]
fn check_signals(tool: &Process, pid: u32) {
    said(tool, "ready");
    // Window size, alarm, continue, urgent data, input, power, the user's, and two of real time.
    for signal in [28, 14, 18, 23, 29, 30, 10, 37, 64] {
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &pid.to_string()])
            .status();
        assert!(sent.unwrap().success());
        said(tool, &format!("got {signal}"));
    }
}

/// F14: consul#780, consul#2864.
#[test]
fn a_tool_that_only_tries_or_waits_no_longer_than_it_may_exits_with_4() {
    let url = fresh_url();
    let leader = run(&url, &["--", "sleep", "1000"]);
    next(&leader, "started");
    for limits in [
        &["--try"][..],
        &["--timeout", "1s"],
        &["--timeout", "100ms"],
        &["--try", "--timeout", "1m"],
    ] {
        let words: Vec<&str> = limits
            .iter()
            .copied()
            .chain(["--", "echo", "never"])
            .collect();
        let other = run(&url, &words);
        assert_eq!(other.wait_exit(LIMIT).code(), Some(4), "{limits:?}");
        assert_eq!(other.text(), "", "{limits:?}");
        assert_eq!(crate::count(&other, "error"), 1, "{limits:?}");
        assert_eq!(other.find(is("lost")).unwrap()["reason"], "withdrawn");
    }
    for limit in [&["--try"][..], &["--timeout", "1s"]] {
        let args = ["contend", &url, "--json"]
            .into_iter()
            .chain(limit.iter().copied());
        let other = Process::spawn(Path::new(TOOL), args, None);
        assert_eq!(other.wait_exit(LIMIT).code(), Some(4), "contend {limit:?}");
        assert_eq!(other.find(is("lost")).unwrap()["reason"], "withdrawn");
    }
    leader.signal(Signal::Term);
    leader.wait_exit(LIMIT);
    // A leader has no limit.
    let words = [
        "--try",
        "--timeout",
        "1s",
        "--",
        "sh",
        "-c",
        "sleep 2; exit 5",
    ];
    assert_eq!(run(&url, &words).wait_exit(LIMIT).code(), Some(5));
}

#[test]
fn without_a_server_a_limited_wait_ends_with_the_reason() {
    let server = Zookeeper::start();
    let url = server.url("/group");
    drop(server);
    let tool = run(&url, &["--timeout", "2s", "--", "echo", "never"]);
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(4));
    let errors = tool.lines();
    let last = errors
        .iter()
        .rev()
        .find(|line| is("error")(&line.json))
        .unwrap();
    let message = last.json["message"].as_str().unwrap();
    assert!(
        message.contains("does not lead after 2s; last error:"),
        "{message}"
    );
}

#[test]
fn what_a_command_finds_in_its_way_is_no_reason_to_leave_anything() {
    let scripts = [
        // Stops itself and its group.
        ("kill -STOP 0; sleep 1000", 143),
        // Closes all, and stays.
        ("exec 0<&- 1>&- 2>&- 3>&-; exec sleep 1000", 143),
        // Its own death by a signal without a name.
        ("kill -40 $$", 128 + 40),
    ];
    for (script, code) in scripts {
        let tool = run(&fresh_url(), &["--", "sh", "-c", script]);
        let started = next(&tool, "started");
        if code == 143 {
            tool.signal(Signal::Term);
        }
        assert_eq!(tool.wait_exit(LIMIT).code(), Some(code), "{script}");
        assert!(!crate::is_alive(pid(&started)));
    }
}

#[test]
fn with_few_descriptors_the_tool_runs_or_says_what_it_lacks() {
    for limit in [8, 12, 16, 24] {
        let url = fresh_url();
        let script = format!("ulimit -n {limit}; exec \"$@\"");
        let args = [
            "-c",
            &script,
            "sh",
            TOOL,
            "run",
            &url,
            "--json",
            "--timeout",
            "10s",
            "--",
            "sh",
            "-c",
            "exit 9",
        ];
        let tool = spawn("/bin/sh", args);
        let code = tool.wait_exit(LIMIT).code();
        let lines = tool.lines();
        let told = lines.iter().any(|line| is("error")(&line.json));
        println!("{limit} descriptors: {code:?}");
        assert!(
            code == Some(9) || told || code == Some(1),
            "{limit}: {code:?} {lines:?}"
        );
    }
}
