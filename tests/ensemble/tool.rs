//! The command-line tool against an ensemble.

use crate::proxied::Proxied;
use crate::{LIMIT, T, fresh_path};
use serde_json::Value;
use tenure_field::ensemble::Options;
use tenure_field::tool::{Tool, is, token};
use tenure_field::{Process, Signal};

/// Starts `tenure COMMAND URL --json --session-timeout T WORDS…`.
#[track_caller]
pub(crate) fn follow(command: &str, url: &str, words: &[&str]) -> Process {
    Tool::new(tenure_field::built_tool(), T).start(command, url, words)
}

#[track_caller]
pub(crate) fn next(process: &Process, event: &str) -> Value {
    process.wait_for(event, LIMIT, is(event))
}

#[test]
fn processes_follow_one_leader_through_deaths_of_servers_and_leaders() {
    let (proxied, path) = (Proxied::new(&Options::default()), fresh_path());
    let url = proxied.ensemble.url(&path);
    let a = follow("contend", &url, &["--data", "a"]);
    let first = next(&a, "leading");
    let b = follow("contend", &url, &["--data", "b"]);
    next(&b, "standby");
    let detector = follow("detect", &url, &[]);
    assert_eq!(token(&next(&detector, "leader")), token(&first));

    let elected = proxied.ensemble.leader();
    proxied.ensemble.server(elected).kill();
    proxied.ensemble.wait_quorum();
    // The present leader is killed (SIGKILL), and the other one follows.
    let members = follow("members", &url, &[]);
    let listed = next(&members, "members");
    let leads_now = listed["members"][0]["data"].as_str().unwrap().to_owned();
    let (victim, heir) = if leads_now == "a" { (&a, &b) } else { (&b, &a) };
    let before = token(&listed["members"][0]);
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
    detector.wait_for("the group to be empty", LIMIT, is("none"));
    assert!(proxied.observe().children(&path).is_empty());
}
