//! Processes and their lines.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)] // a test may panic

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use tenure_field::process::{Options, Stream};
use tenure_field::{Process, Signal, wait_until};

const LONG: Duration = Duration::from_secs(10);

fn shell(script: &str) -> Process {
    Process::spawn(Path::new("/bin/sh"), ["-c", script], None)
}

#[test]
fn lines_are_consumed_up_to_the_match() {
    let process =
        shell(r#"for n in 1 2 3 4; do echo "{\"n\": $n}"; done; echo oops >&2; exec sleep 60"#);
    let third = process.wait_for("the third", LONG, |line| line["n"] == 3);
    assert_eq!(third, json!({"n": 3}));
    // The first was consumed with the third, and `seen` still finds it.
    assert_eq!(process.find(|line| line["n"] == 1), Some(json!({"n": 1})));
    process.wait_for("the fourth", LONG, |line| line["n"] == 4);
    assert_eq!(process.lines().len(), 4);
    assert!(process.drain().is_empty());
    wait_until("standard error", LONG, || {
        (process.text() == "oops\n").then_some(())
    });
}

#[test]
fn a_look_at_either_stream_sees_all_that_was_written_before_it() {
    let process = shell("while read n; do echo $n >&2; echo $n; echo last >&2; echo $n; done");
    for n in 1..=200 {
        process.write_stdin(format!("{n}\n").as_bytes());
        process.wait_for("the number", LONG, |line| *line == n);
        let on_standard_error = process.text();
        assert!(on_standard_error.lines().any(|line| line == n.to_string()));
        // Read once, by the thread or by a look.
        process.wait_for("the number again", LONG, |line| *line == n);
        let shown = process.lines().len();
        assert_eq!((shown, process.text().lines().count()), (2 * n, 2 * n));
    }
}

#[test]
fn who_ends_has_said_all_and_who_outlives_it_keeps_nobody_waiting() {
    // More than a pipe can buffer, and a last line without an end.
    let process = shell("seq 30000; printf half; seq 30000 >&2; printf half >&2; exit 4");
    assert_eq!(process.wait_exit(LONG).code(), Some(4));
    let lines = process.lines();
    assert_eq!((lines.len(), &*lines[30_000].text), (30_001, "half"));
    assert!(process.text().ends_with("\n30000\nhalf\n"));
    // A child that outlives it keeps both streams open, and writes without an end; not as fast as it can,
    // or on a busy machine its lines alone take minutes to read.
    let process = shell("(while sleep 0.002; do echo on; done) & echo $! >&2; exit 5");
    assert_eq!(process.wait_exit(LONG).code(), Some(5));
    kill(process.text().trim());
}

#[test]
fn lines_of_no_order_are_waited_for_without_being_consumed() {
    let process = shell(r#"sleep 0.1; echo '"a"'; echo '"b"'; exec sleep 60"#);
    process.peek("b", LONG, |line| line == "b");
    process.peek("a", LONG, |line| line == "a");
    process.wait_for("a", LONG, |line| line == "a");
    let panic = std::panic::catch_unwind(|| process.peek("a", LONG / 100, |line| line == "a"));
    assert!(panic.is_err(), "it was consumed");
}

#[test]
fn lines_carry_their_arrival() {
    let before = (Instant::now(), tenure_field::boottime::now_ns());
    let process = shell("echo one; sleep 0.2; echo two");
    process.wait_exit(LONG);
    let lines = process.lines();
    assert_eq!(
        [&lines[0].json, &lines[1].json],
        [&json!("one"), &json!("two")]
    );
    assert!(lines[0].at > before.0 && lines[0].boottime_ns > before.1);
    let between = Duration::from_millis(150);
    assert!(lines[1].at - lines[0].at > between);
    assert!(lines[1].boottime_ns - lines[0].boottime_ns > 150_000_000);
}

#[test]
fn a_vain_wait_shows_all_lines_and_the_other_stream() {
    let message_of = |script: &'static str, deadline| {
        let panic =
            std::panic::catch_unwind(|| shell(script).wait_for("leading", deadline, |_| false));
        *panic.unwrap_err().downcast::<String>().unwrap()
    };
    let message = message_of(
        r#"echo '{"event":"standby"}'; echo broken >&2; exec sleep 60"#,
        LONG / 20,
    );
    for part in [
        "no leading from",
        "the time is over",
        r#"{"event":"standby"}"#,
        "broken",
        "still runs",
    ] {
        assert!(message.contains(part), "no {part:?} in: {message}");
    }
    // A line that cannot come is not waited for.
    let started = Instant::now();
    let message = message_of("exit 3", Duration::from_secs(600));
    assert!(started.elapsed() < LONG);
    assert!(message.contains("closed the stream"), "{message}");
}

#[test]
fn signals_and_exit_statuses() {
    let process = shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.02; done");
    process.wait_for("ready", LONG, |line| line == "ready");
    assert_eq!(process.exit_status(), None);
    process.signal(Signal::Term);
    assert_eq!(process.wait_exit(LONG).code(), Some(7));

    let process = shell("exec sleep 60");
    process.kill();
    assert_eq!(
        process.wait_exit(LONG).signal(),
        Some(Signal::Kill.number())
    );
    process.kill(); // again, to no effect
}

/// Whether a line of `/proc/PID/status` shows that no signal is blocked, or ignored. The C library
/// reserves two numbers, 32 and 33, and lets no program change them.
fn has_none(status: &str, key: &str) -> bool {
    let lines = status.lines().filter_map(|line| line.strip_prefix(key));
    let masks: Vec<u64> = lines
        .map(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() & !(0b11 << 31))
        .collect();
    masks == [0]
}

#[test]
fn a_process_begins_with_no_signal_blocked_or_ignored() {
    let own = std::env::current_exe().unwrap();
    let own = own.to_str().unwrap();
    // SIGCHLD is left out: a process that ignores it cannot wait for a child.
    let ignore = "--ignore-signal=HUP,INT,QUIT,PIPE,TERM,USR1,USR2,ALRM,TSTP,TTIN,TTOU,WINCH";
    let words = [ignore, "--block-signal", own, "--exact"];
    let more = ["the_shown_process", "--ignored", "--nocapture"];
    let process = Process::spawn(Path::new("env"), words.iter().chain(&more), None);
    process.wait_exit(LONG);
    let shown: Vec<String> = process.lines().into_iter().map(|line| line.text).collect();
    for expected in ["control: false false", "child: true true"] {
        assert!(shown.iter().any(|line| line == expected), "{shown:?}");
    }
}

#[test]
#[ignore = "the test above starts it, with signals ignored and blocked"]
fn the_shown_process() {
    let none = |status: &str| (has_none(status, "SigBlk:"), has_none(status, "SigIgn:"));
    let (blocks, ignores) = none(&std::fs::read_to_string("/proc/thread-self/status").unwrap());
    println!("\ncontrol: {blocks} {ignores}");
    let process = Process::spawn(Path::new("cat"), ["/proc/self/status"], None);
    process.wait_exit(LONG);
    let lines = process.lines();
    let status: String = lines
        .iter()
        .map(|line| format!("{}\n", line.text))
        .collect();
    let (blocks, ignores) = none(&status);
    println!("child: {blocks} {ignores}");
}

#[test]
fn a_paused_process_does_nothing() {
    let process = shell("while :; do echo tick; sleep 0.01; done");
    process.wait_for("a tick", LONG, |_| true);
    process.pause();
    process.drain();
    let started = Instant::now();
    wait_until("the pause to pass", LONG, || {
        (started.elapsed() > LONG / 50).then_some(())
    });
    assert_eq!(process.drain().len(), 0);
    process.resume();
    process.wait_for("a tick", LONG, |_| true);
}

#[test]
fn events_may_come_on_standard_error() {
    let options = Options {
        events: Stream::Stderr,
        env: vec![("GREETING".to_owned(), "hello".to_owned())],
        ..Options::default()
    };
    let script = r#"echo plain; echo "{\"said\":\"$GREETING\"}" >&2; read line; echo "$line" >&2"#;
    let process = Process::spawn_with(Path::new("/bin/sh"), ["-c", script], options);
    process.wait_for("a greeting", LONG, |line| line["said"] == "hello");
    process.write_stdin(b"\"back\"\n");
    process.wait_for("the echo", LONG, |line| line == "back");
    assert!(process.wait_exit(LONG).success());
    assert_eq!(process.text(), "plain\n");
}

#[test]
fn what_a_process_uses() {
    let sleeper = shell("exec sleep 60");
    let worker = shell("echo ready; while :; do :; done");
    worker.wait_for("ready", LONG, |line| line == "ready");
    assert!(worker.open_fds() >= 3);
    assert!(worker.rss_kib() > 100);
    let (work, idle) = (Duration::from_millis(200), Duration::from_millis(100));
    wait_until("the worker to work", LONG, || {
        (worker.cpu_time() >= work).then_some(())
    });
    assert!(sleeper.cpu_time() < idle, "{:?}", sleeper.cpu_time());
    assert_eq!(worker.threads(), 1);
}

#[test]
fn a_dropped_process_is_gone() {
    let process = shell("exec sleep 60");
    let pid = process.pid();
    drop(process);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_whole_tree_freezes_and_thaws() {
    // A child and a grandchild that count while they live.
    let process =
        shell(r#"sh -c '(n=0; while :; do n=$((n+1)); echo $n; sleep 0.01; done) & wait' & wait"#);
    let number = |line: &serde_json::Value| line.as_u64().is_some();
    process.wait_for("it counts", LONG, number);
    let frozen = process.freeze();
    process.drain();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(process.drain().len(), 0);
    process.thaw(frozen, Duration::ZERO);
    process.wait_for("it counts on", LONG, number);
    let below = tenure_field::stats::descendants(process.pid());
    assert!(below.len() >= 2, "{below:?}");
    process.kill();
    for pid in below {
        kill(&pid.to_string());
    }
}

fn kill(pid: &str) {
    // It may have ended by itself.
    drop(
        std::process::Command::new("kill")
            .args(["-KILL", pid])
            .status(),
    );
}
