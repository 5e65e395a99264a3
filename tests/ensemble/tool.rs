//! The command-line tool against an ensemble.

use crate::stage::Stage;
use crate::{LIMIT, fresh_path};
use serde_json::Value;
use std::path::Path;
use tenure_field::ensemble::Options;
use tenure_field::{Process, Signal};

/// Starts `tenure COMMAND URL --json --session-timeout 6s WORDS…`.
#[track_caller]
pub(crate) fn follow(command: &str, url: &str, words: &[&str]) -> Process {
    let mut args = vec![command, url, "--json", "--session-timeout", "6s"];
    args.extend(words);
    Process::spawn(Path::new(env!("CARGO_BIN_EXE_tenure")), args, None)
}

#[track_caller]
pub(crate) fn next(process: &Process, event: &str) -> Value {
    process.wait_for(event, LIMIT, |line| line["event"] == event)
}

pub(crate) fn token(line: &Value) -> u64 {
    let token = line["token"].as_str();
    token.unwrap_or_else(|| panic!("{line}")).parse().unwrap()
}

#[test]
fn processes_follow_one_leader_through_deaths_of_servers_and_leaders() {
    let (stage, path) = (Stage::new(&Options::default()), fresh_path());
    let url = stage.ensemble.url(&path);
    let a = follow("contend", &url, &["--data", "a"]);
    let first = next(&a, "leading");
    let b = follow("contend", &url, &["--data", "b"]);
    next(&b, "standby");
    let detector = follow("detect", &url, &[]);
    assert_eq!(token(&next(&detector, "leader")), token(&first));

    let elected = stage.ensemble.leader();
    stage.ensemble.server(elected).kill();
    stage.ensemble.wait_quorum();
    // Whoever leads now: it goes, by SIGKILL, and the other one follows.
    let members = follow("members", &url, &[]);
    let listed = next(&members, "members");
    let leads_now = listed["members"][0]["data"].as_str().unwrap().to_owned();
    let (victim, heir) = if leads_now == "a" { (&a, &b) } else { (&b, &a) };
    let before: u64 = listed["members"][0]["token"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    victim.signal(Signal::Kill);
    let heirs = heir.wait_for("the heir leads", LIMIT, |line| {
        line["event"] == "leading" && token(line) > before
    });
    let found = detector.wait_for("the heir is known", LIMIT, |line| {
        line["event"] == "leader" && line["token"] == heirs["token"]
    });
    assert_eq!(found["data"], if leads_now == "a" { "b" } else { "a" });

    heir.signal(Signal::Term);
    assert_eq!(heir.wait_exit(LIMIT).code(), Some(0));
    detector.wait_for("nobody leads", LIMIT, |line| line["event"] == "none");
    assert!(stage.observe().children(&path).is_empty());
}
