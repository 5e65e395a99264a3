//! The command and a network, or servers, that fail.

use crate::{
    Diary, LIMIT, count, fresh_path, gone, next, pid, run, run_for, run_in, stop_undisturbed, token,
};
use serde_json::Value;
use std::time::Duration;
use tenure_field::{Ensemble, Lab, Proxy, Signal, Zookeeper, boottime, or_skip, wait_until};

#[test]
fn a_black_holed_leaders_command_is_dead_before_its_successors_starts() {
    let Some(lab) = or_skip(Lab::new()) else {
        return;
    };
    let server = Zookeeper::start_in(&lab);
    let (one, two) = (lab.host("a"), lab.host("b"));
    let (url, diary) = (server.url("/group"), Diary::new());
    let start = |host: &tenure_field::Host, name| {
        let command = diary.command(name);
        let mut words = vec!["--"];
        words.extend(command.iter().map(String::as_str));
        run_in(host.netns(), &url, &words)
    };
    let a = start(&one, "a");
    let first = next(&a, "started");
    wait_until("a's command to live", LIMIT, || diary.span("a"));
    let b = start(&two, "b");
    next(&b, "standby");

    one.cut();
    let second = next(&b, "started");
    let (b_began, _) = wait_until("b's command to live", LIMIT, || diary.span("b"));
    let (_, a_ended) = diary.span("a").unwrap();
    assert!(a_ended < b_began, "a until {a_ended}, b from {b_began}");
    assert!(token(&second) > token(&first));
    assert_eq!(next(&a, "stopping")["reason"], "lost");
    next(&a, "killed");
    gone("a's command", pid(&first));
    println!("a until {a_ended}, b from {b_began}");

    // The connection heals, and the roles change: now the supervisor is stopped.
    one.heal();
    next(&a, "standby");
    two.cut();
    b.pause();
    let third = next(&a, "started");
    assert!(token(&third) > token(&second));
    wait_until("a's command to live again", LIMIT, || {
        let beats = diary.beats();
        beats
            .iter()
            .any(|beat| beat.token == token(&third))
            .then_some(())
    });
    let mut beats = diary.beats();
    beats.sort_by(|x, y| x.seconds.total_cmp(&y.seconds));
    let tokens: Vec<u64> = beats.iter().map(|beat| beat.token).collect();
    assert!(tokens.is_sorted(), "two commands at once: {tokens:?}");
}

#[test]
fn a_command_that_drains_in_time_ends_by_itself_before_the_lease() {
    let proxy = Proxy::start(crate::server().addr());
    let script = "trap 'exit 0' TERM; while :; do sleep 0.02; done";
    let tool = run(&proxy.url(&fresh_path()), &["--", "sh", "-c", script]);
    let started = next(&tool, "started");
    proxy.hold();
    let jeopardy = next(&tool, "jeopardy");
    assert_eq!(next(&tool, "stopping")["reason"], "lost");
    let ended = next(&tool, "ended");
    assert_eq!(ended["code"], 0);
    assert!(ended["boottime_ns"].as_u64() < jeopardy["lease_end_boottime_ns"].as_u64());
    assert_eq!(count(&tool, "killed"), 0);
    // The connection comes back: it leads, and runs the command, again.
    proxy.release();
    assert!(token(&next(&tool, "started")) > token(&started));
}

#[test]
fn a_lease_renewed_too_late_for_the_command_is_given_back() {
    let proxy = Proxy::start(crate::server().addr());
    // It takes longer to end than the lease would last without a renewal.
    let script = "trap 'echo asked; sleep 3; exit 0' TERM; while :; do sleep 0.02; done";
    let tool = run(&proxy.url(&fresh_path()), &["--", "sh", "-c", script]);
    let started = next(&tool, "started");
    proxy.hold();
    assert_eq!(next(&tool, "stopping")["reason"], "lost");
    proxy.release();
    let ended = next(&tool, "ended");
    if ended["code"] == 0 {
        // The lease was renewed in time: the command ended by itself, and leadership was released
        // only then.
        let lost = next(&tool, "lost");
        assert_eq!(lost["reason"], "withdrawn");
        assert_eq!(lost["token"], started["token"]);
    }
    assert!(token(&next(&tool, "started")) > token(&started));
}

#[test]
fn with_reenrol_never_a_loss_ends_the_tool_with_1() {
    let proxy = Proxy::start(crate::server().addr());
    let words = ["--reenrol", "never", "--", "sleep", "1000"];
    let tool = run(&proxy.url(&fresh_path()), &words);
    let started = next(&tool, "started");
    proxy.hold();
    gone("the command", pid(&started));
    proxy.release();
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(1));
    assert_eq!(count(&tool, "started"), 1);
}

#[test]
fn cut_off_a_voluntary_stop_lasts_no_longer_than_the_lease() {
    let proxy = Proxy::start(crate::server().addr());
    let script = "trap '' TERM; while :; do sleep 0.02; done";
    let words = ["--stop-timeout", "60s", "--", "sh", "-c", script];
    let tool = run(&proxy.url(&fresh_path()), &words);
    let started = next(&tool, "started");
    proxy.hold();
    let jeopardy = next(&tool, "jeopardy");
    tool.signal(Signal::Term);
    let dead = gone("the command", pid(&started));
    assert!(dead < jeopardy["lease_end_boottime_ns"].as_u64().unwrap());
    assert_eq!(tool.wait_exit(LIMIT).code(), Some(137));
}

#[test]
fn while_servers_answer_a_command_outlives_many_leases() {
    let tool = run(&crate::fresh_url(), &["--", "sleep", "1000"]);
    let started = next(&tool, "started");
    outlive(&started, 6_000_000_000);
    assert!(crate::is_alive(pid(&started)));
    stop_undisturbed(&tool);
}

/// Waits until so much time has passed since a line was written: more than the lease at that time.
#[track_caller]
fn outlive(line: &Value, span_ns: u64) {
    let then = line["boottime_ns"].as_u64().unwrap();
    wait_until("the lease of then to be over", LIMIT, || {
        (boottime::now_ns() > then + span_ns).then_some(())
    });
}

#[test]
fn a_rolling_restart_of_the_servers_does_not_bounce_the_command() {
    let ensemble = Ensemble::start(3);
    let tool = run_for(
        Duration::from_secs(10),
        &ensemble.url("/group"),
        &["--", "sleep", "1000"],
    );
    let started = next(&tool, "started");
    for index in 0..3 {
        ensemble.server(index).stop();
        ensemble.server(index).restart();
        ensemble.wait_quorum();
    }
    outlive(&started, 10_000_000_000);
    assert!(crate::is_alive(pid(&started)));
    stop_undisturbed(&tool);
    assert_eq!(count(&tool, "started"), 1);
}
