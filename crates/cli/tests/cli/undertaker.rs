//! `tenure contend` when it is killed: the tool is its own undertaker.

use crate::{LIMIT, TOOL, fresh_path, next, run};
use std::sync::OnceLock;
use std::time::Duration;
use tenure_field::tool::{Tool, is};
use tenure_field::zookeeper::Config;
use tenure_field::{Process, Zookeeper, poll, stats, wait_until};

/// So long that no test waits for its end.
const T: Duration = Duration::from_secs(30);
/// For how long a seat is watched that must be kept.
const A_WHILE: Duration = Duration::from_secs(4);

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

fn contend(url: &str, words: &[&str]) -> Process {
    Tool::new(TOOL, T).start("contend", url, words)
}

#[test]
fn a_contender_that_is_killed_is_succeeded_at_once() {
    let url = url();
    let leader = contend(&url, &[]);
    next(&leader, "leading");
    let undertakers = stats::undertakers(leader.pid());
    assert_eq!(undertakers.len(), 1);
    println!(
        "the tool as its own undertaker, at rest: {} KiB private, {} KiB resident",
        stats::private_kib(undertakers[0]),
        stats::rss_kib(undertakers[0])
    );
    let standby = contend(&url, &[]);
    next(&standby, "standby");
    leader.kill();
    next(&standby, "leading");
    wait_until("the undertaker to end", LIMIT, || {
        (!stats::is_alive(undertakers[0])).then_some(())
    });
}

#[test]
fn a_contender_that_is_stopped_keeps_its_seat() {
    let url = url();
    let leader = contend(&url, &[]);
    next(&leader, "leading");
    let standby = contend(&url, &[]);
    next(&standby, "standby");
    leader.pause();
    let leads = poll(A_WHILE, || standby.find(is("leading")).map(drop));
    assert_eq!(leads, None);
    leader.kill();
    next(&standby, "leading");
}

#[test]
fn without_an_undertaker_only_when_the_session_is_over() {
    let url = url();
    let leader = contend(&url, &["--no-undertaker"]);
    next(&leader, "leading");
    assert_eq!(stats::undertakers(leader.pid()), Vec::<u32>::new());
    let standby = contend(&url, &["--no-undertaker"]);
    next(&standby, "standby");
    leader.kill();
    let leads = poll(A_WHILE, || standby.find(is("leading")).map(drop));
    assert_eq!(leads, None);
}

#[test]
fn an_undertaker_that_is_killed_and_its_successor_are_lines_of_the_session() {
    let url = url();
    let leader = contend(&url, &[]);
    next(&leader, "leading");
    let undertaker = stats::undertakers(leader.pid())[0].to_string();
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &undertaker])
        .status();
    assert!(killed.unwrap().success());
    let line = leader.wait_for("the loss", LIMIT, |line| line["state"] == "undertaker_lost");
    assert_eq!(line["event"], "session");
    assert!(line["error"].as_str().unwrap().contains("killed"), "{line}");
    let replaced = |line: &serde_json::Value| line["state"] == "undertaker_replaced";
    let line = leader.wait_for("another one", LIMIT, replaced);
    assert_eq!(line["event"], "session");
}

#[test]
fn commands_that_do_not_contend_have_none_and_no_such_option() {
    let refused = run(["detect", "--no-undertaker", &url()]);
    assert_eq!(refused.code, Some(2), "{}", refused.err);
    let detect = Tool::new(TOOL, T).start("detect", &url(), &[]);
    next(&detect, "none");
    assert_eq!(stats::undertakers(detect.pid()), Vec::<u32>::new());
}
