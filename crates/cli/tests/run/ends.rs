//! How the command ends, and the tool with it.

use crate::{
    LIMIT, TOOL, count, fresh_path, fresh_url, gone, next, pid, run, run_for, said, server, token,
};
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use tenure_field::{Process, Signal, signal, wait_until};
use tenure_observer::Observer;

#[test]
fn the_exit_status_is_passed_through_and_leadership_released_at_once() {
    let group = fresh_path();
    let url = server().url(&group);
    for (script, code, status, signal) in [
        ("exit 0", 0, json!(0), json!(null)),
        ("exit 7", 7, json!(7), json!(null)),
        ("kill -KILL $$", 137, json!(null), json!(9)),
        ("kill -USR1 $$", 138, json!(null), json!(10)),
    ] {
        let tool = run(&url, &["--", "sh", "-c", script]);
        let ended = next(&tool, "ended");
        assert_eq!((&ended["code"], &ended["signal"]), (&status, &signal));
        assert_eq!(next(&tool, "lost")["reason"], "withdrawn");
        assert_eq!(tool.wait_exit(LIMIT).code(), Some(code), "{script}");
        let observer = Observer::connect(server().addr());
        assert_eq!(observer.children(&group), [""; 0], "{script}");
    }
}

#[test]
fn the_command_knows_its_token_and_has_the_standard_streams() {
    let script = r#"echo "$TENURE_TOKEN"; echo "$TENURE_MEMBER"; read line; echo "got $line""#;
    let tool = run(&fresh_url(), &["--label", "job", "--", "sh", "-c", script]);
    let leading = next(&tool, "leading");
    said(&tool, leading["token"].as_str().unwrap());
    said(&tool, leading["member"]["path"].as_str().unwrap());
    tool.write_stdin(b"a word\n");
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(0));
    // Standard output belongs only to the command.
    assert_eq!(tool.text().lines().count(), 3, "{}", tool.text());
    assert!(tool.text().ends_with("got a word\n"));
    assert!(tool.lines().iter().all(|line| line.json.is_object()));
}

#[test]
fn words_behind_two_dashes_are_the_commands() {
    let tool = run(&fresh_url(), &["--", "echo", "--json", "--", "-x", "a b"]);
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(0));
    assert_eq!(tool.text(), "--json -- -x a b\n");
    for words in [&[][..], &["--"], &["echo"], &["echo", "--", "a"]] {
        let tool = run("memory://m/g", words);
        assert_eq!(tool.wait_exit(LIMIT).code(), Some(2), "{words:?}");
    }
}

#[test]
fn a_command_that_cannot_be_started_exits_as_a_shell_does_and_leaves_nothing_behind() {
    let group = fresh_path();
    for (command, code) in [("/nowhere/at/all", 127), ("/tmp", 126)] {
        let tool = run(&server().url(&group), &["--", command]);
        let error = next(&tool, "error");
        assert!(error["message"].as_str().unwrap().contains(command));
        assert_eq!(tool.wait_exit(LIMIT).code(), Some(code));
        let observer = Observer::connect(server().addr());
        assert_eq!(observer.children(&group), [""; 0]);
    }
}

#[test]
fn signals_reach_the_command() {
    let script = "for s in HUP QUIT USR1 USR2 TERM INT; do trap \"echo got $s\" $s; done
        echo ready; while :; do sleep 0.02; done";
    let words = ["--stop-timeout", "20s", "--", "sh", "-c", script];
    let tool = run(&fresh_url(), &words);
    said(&tool, "ready");
    for (signal, name) in [
        (Signal::Hup, "HUP"),
        (Signal::Usr1, "USR1"),
        (Signal::Usr2, "USR2"),
        (Signal::Int, "INT"),
    ] {
        tool.signal(signal);
        said(&tool, &format!("got {name}"));
    }
    // The first SIGINT was a request to end; upon the second the tool kills the command.
    assert_eq!(next(&tool, "stopping")["reason"], "asked");
    let asked = Instant::now();
    wait_until("a second wish", LIMIT, || {
        (asked.elapsed() > Duration::from_millis(400)).then_some(())
    });
    tool.signal(Signal::Term);
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(137));
    assert!(asked.elapsed() < Duration::from_secs(15));
    assert_eq!(count(&tool, "stopping"), 1);
}

#[test]
fn what_the_command_leaves_in_its_group_dies_before_leadership_is_released() {
    let script = "sleep 1000 & echo $!; exit 3";
    let tool = run(&fresh_url(), &["--", "sh", "-c", script]);
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(3));
    let left = tool.text().trim().parse().unwrap();
    assert!(!crate::is_alive(left));
}

#[test]
fn a_voluntary_stop_waits_for_the_command_and_its_children_then_hands_over() {
    let url = fresh_url();
    // The shell dies of SIGTERM at once, its child takes its time.
    let script = "sh -c 'trap \"sleep 0.5; echo done; exit 0\" TERM; echo ready
        while :; do sleep 0.02; done'; exit 5";
    let first = run(&url, &["--", "sh", "-c", script]);
    said(&first, "ready");
    let second = run(&url, &["--", "sleep", "1000"]);
    next(&second, "standby");
    first.signal(Signal::Term);
    assert_eq!(next(&first, "stopping")["reason"], "asked");
    let ended = next(&first, "ended");
    let lost = next(&first, "lost");
    assert_eq!(lost["reason"], "withdrawn");
    assert!(ended["boottime_ns"].as_u64() < lost["boottime_ns"].as_u64());
    assert_eq!(first.wait_exit(LIMIT).code(), Some(143));
    assert_eq!(first.text(), "ready\ndone\n");
    // Its session is closed: the successor waits for no timeout.
    let started = next(&second, "started");
    assert!(token(&started) > token(&ended));
    assert!(ended["boottime_ns"].as_u64() < started["boottime_ns"].as_u64());
    second.signal(Signal::Term);
    assert_eq!(second.wait_exit(LIMIT).code(), Some(143));
}

#[test]
fn a_command_that_ignores_sigterm_is_killed_after_the_stop_timeout() {
    let script = "trap '' TERM; echo ready; while :; do sleep 0.02; done";
    let words = ["--stop-timeout", "300ms", "--", "sh", "-c", script];
    let tool = run(&fresh_url(), &words);
    let command = pid(&next(&tool, "started"));
    said(&tool, "ready");
    tool.signal(Signal::Term);
    let asked = next(&tool, "stopping")["boottime_ns"].as_u64().unwrap();
    let killed = next(&tool, "killed")["boottime_ns"].as_u64().unwrap();
    assert!(killed - asked >= 290_000_000, "{}", killed - asked);
    gone("the command", command);
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(137));
}

#[test]
fn a_stopped_command_hears_that_it_is_to_end() {
    let script = "trap 'echo bye; exit 0' TERM; echo ready; kill -STOP $$; sleep 1000";
    let tool = run(&fresh_url(), &["--", "sh", "-c", script]);
    said(&tool, "ready");
    tool.signal(Signal::Term);
    said(&tool, "bye");
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(0));
}

#[test]
fn without_a_command_a_signal_ends_it_with_success() {
    let url = fresh_url();
    let leader = run(&url, &["--", "sleep", "1000"]);
    next(&leader, "started");
    for signal in [Signal::Term, Signal::Int, Signal::Hup] {
        let standby = run(&url, &["--", "echo", "never"]);
        next(&standby, "standby");
        standby.signal(Signal::Usr1);
        standby.signal(signal);
        assert_eq!(standby.wait_exit(LIMIT).code(), Some(0), "{signal:?}");
        assert_eq!(standby.text(), "");
    }
}

#[test]
fn an_evicted_leader_stops_its_command_and_stands_again_or_exits_with_1() {
    let observer = Observer::connect(server().addr());
    for (reenrol, code) in [("always", None), ("never", Some(1))] {
        let words = ["--reenrol", reenrol, "--", "sleep", "1000"];
        let tool = run_for(Duration::from_secs(10), &fresh_url(), &words);
        let leading = next(&tool, "leading");
        let started = next(&tool, "started");
        assert!(observer.delete(leading["member"]["path"].as_str().unwrap()));
        let dead = gone("the command", pid(&started));
        // At once, not only when the lease nears its end.
        let lease_end = leading["lease_end_boottime_ns"].as_u64().unwrap();
        assert!(dead + 2_000_000_000 < lease_end);
        match code {
            None => {
                let again = next(&tool, "started");
                assert!(token(&again) > token(&started));
                assert_eq!(tool.exit_status(), None);
            }
            Some(_) => assert_eq!(tool.wait_exit(LIMIT).code(), code),
        }
    }
}

#[test]
fn standard_error_that_nobody_reads_stops_nothing() {
    let mut command = std::process::Command::new(TOOL);
    signal::defaults_for(&mut command);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let args = ["run", "memory://m/g", "--", "sh", "-c", "exit 4"];
    command.args(args).stderr(writer);
    assert_eq!(command.status().unwrap().code(), Some(4));
}

#[test]
fn text_for_people_is_on_standard_error() {
    let args = ["run", "memory://m/g", "--", "sh", "-c", "echo mine; exit 3"];
    let tool = Process::spawn(Path::new(TOOL), args, None);
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(3));
    assert_eq!(tool.lines().len(), 1);
    for word in ["leading", "started", "ended"] {
        assert!(tool.text().contains(word), "{}", tool.text());
    }
}
