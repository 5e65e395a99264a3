//! `tenure contend`, on a real server.

use crate::{
    LIMIT, create_with_rights, finish, first, follow, fresh_path, is, next, observe, path, server,
    token,
};
use serde_json::json;
use tenure_field::{Proxy, Signal, wait_until, zookeeper};

#[test]
fn one_leads_hands_over_when_asked_to_and_fails_over_when_killed() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    let detector = follow("detect", &url, &[]);
    assert_eq!(first(&detector)["event"], "none");

    let a = follow("contend", &url, &["--data", "a", "--label", "master"]);
    let a_leads = next(&a, "leading");
    let b = follow("contend", &url, &["--data", "b"]);
    assert_eq!(next(&b, "standby")["ahead"], 1);
    let c = follow("contend", &url, &["--data", "c"]);
    assert_eq!(next(&c, "standby")["ahead"], 2);

    // The line matches the state of the server.
    let stat = observer.stat(path(&a_leads)).unwrap();
    assert_eq!(token(&a_leads), stat.czxid.unsigned_abs());
    let name = path(&a_leads).strip_prefix(&group).unwrap();
    let sequence = name.strip_prefix("/master_").unwrap();
    let sequence: i32 = sequence.parse().unwrap();
    let member = json!({"path": path(&a_leads), "label": "master", "sequence": sequence});
    assert_eq!(a_leads["member"], member);
    assert_eq!(observer.data(path(&a_leads)).unwrap(), b"a");
    let seen = next(&detector, "leader");
    assert_eq!(seen["member"], a_leads["member"]);
    assert_eq!(seen["token"], a_leads["token"]);
    assert_eq!(seen["data"], "a");

    // The other does not claim to lead.
    assert!(b.find(is("leading")).is_none());
    assert!(c.find(is("leading")).is_none());

    // After a signal it hands over, and reports it.
    a.signal(Signal::Term);
    let lost = next(&a, "lost");
    assert_eq!(lost["reason"], "withdrawn");
    assert_eq!(lost["member"], a_leads["member"]);
    assert_eq!(lost["token"], a_leads["token"]);
    assert_eq!(a.wait_exit(LIMIT).code(), Some(0));
    assert_eq!(observer.stat(path(&a_leads)), None);
    let b_leads = next(&b, "leading");
    assert!(token(&b_leads) > token(&a_leads));
    // The line may come late; the end of leadership in it does not.
    assert!(lost["lease_end_boottime_ns"].as_u64() < b_leads["boottime_ns"].as_u64());
    assert_eq!(b_leads["member"]["label"], json!(null));
    assert_eq!(next(&detector, "leader")["data"], "b");

    // After a kill the other leads when the undertaker has closed the session.
    b.kill();
    let c_leads = next(&c, "leading");
    assert!(token(&c_leads) > token(&b_leads));
    assert_eq!(next(&detector, "leader")["token"], c_leads["token"]);
    c.signal(Signal::Term);
    assert_eq!(c.wait_exit(LIMIT).code(), Some(0));
    assert_eq!(next(&detector, "none").get("member"), None);
}

#[test]
fn the_first_event_of_a_contender_is_enrolled_standby_or_leading() {
    let url = server().url(&fresh_path());
    for _ in 0..2 {
        let contender = follow("contend", &url, &[]);
        let event = first(&contender);
        let name = event["event"].as_str().unwrap();
        assert!(
            ["enrolled", "standby", "leading"].contains(&name),
            "{event}"
        );
        contender.kill();
    }
}

#[test]
fn a_cut_off_leader_is_in_jeopardy_then_lost_at_the_end_of_its_lease_and_comes_back() {
    let proxy = Proxy::start(server().addr());
    let contender = follow("contend", &proxy.url(&fresh_path()), &[]);
    let leads = next(&contender, "leading");
    proxy.hold();
    let jeopardy = next(&contender, "jeopardy");
    assert_eq!(jeopardy["token"], leads["token"]);
    assert_eq!(jeopardy["member"], leads["member"]);
    let lost = next(&contender, "lost");
    assert_eq!(lost["reason"], "lease_lapsed");
    assert_eq!(lost["token"], leads["token"]);
    let lease_end = "lease_end_boottime_ns";
    assert_eq!(lost[lease_end], jeopardy[lease_end]);
    assert!(lost["boottime_ns"].as_u64() >= lost[lease_end].as_u64());
    // The session's events have no order with those of the contender.
    wait_until("news of the session", LIMIT, || {
        contender.find(is("session"))
    });
    assert_eq!(contender.find(is("unknown")), None);
    proxy.release();
    assert!(token(&next(&contender, "leading")) > token(&leads));
}

#[test]
fn a_connection_that_is_lost_and_found_again_keeps_the_tenure() {
    let proxy = Proxy::start(server().addr());
    let contender = follow("contend", &proxy.url(&fresh_path()), &[]);
    let leads = next(&contender, "leading");
    proxy.cut_connections(tenure_field::proxy::Cut::Reset);
    let again = next(&contender, "leading");
    assert_eq!(again["token"], leads["token"]);
    // Only the events of one handle have an order among them: the session's may come before or
    // after those of the contender.
    let suspended = wait_until("the news of the cut", LIMIT, || {
        contender.find(|line| line["state"] == "suspended")
    });
    assert!(suspended["error"].is_string());
    let connected = contender.find(|line| line["state"] == "connected").unwrap();
    assert_eq!(suspended["session"], connected["session"]);
    assert_eq!(connected["timeout_ms"], 4000);
    let session = connected["session"].as_str().unwrap();
    let owner = observe().stat(path(&leads)).unwrap().ephemeral_owner;
    assert_eq!(session, format!("{owner:#x}"));
}

#[test]
fn an_evicted_contender_stands_again_or_ends_with_1() {
    let (observer, url) = (observe(), server().url(&fresh_path()));
    let contender = follow("contend", &url, &["--reenrol", "always"]);
    let leads = next(&contender, "leading");
    assert!(observer.delete(path(&leads)));
    assert_eq!(next(&contender, "lost")["reason"], "evicted");
    assert!(token(&next(&contender, "leading")) > token(&leads));
    contender.kill();

    let url = server().url(&fresh_path());
    let contender = follow("contend", &url, &["--reenrol", "never"]);
    let leads = next(&contender, "leading");
    assert!(observer.delete(path(&leads)));
    assert_eq!(next(&contender, "lost")["reason"], "evicted");
    assert_eq!(finish(&contender).code, Some(1));
    assert!(contender.find(|line| line["state"] == "closed").is_some());
}

#[test]
fn with_reenrol_never_a_withdrawal_is_still_a_success() {
    let url = server().url(&fresh_path());
    let contender = follow("contend", &url, &["--reenrol", "never"]);
    next(&contender, "leading");
    contender.signal(Signal::Int);
    assert_eq!(next(&contender, "lost")["reason"], "withdrawn");
    assert_eq!(finish(&contender).code, Some(0));
}

#[test]
fn a_group_that_may_not_be_joined_fails_with_the_cause() {
    let group = fresh_path();
    create_with_rights(&group, 1);
    let contender = follow("contend", &server().url(&group), &[]);
    let lost = next(&contender, "lost");
    assert_eq!(lost["reason"], "failed");
    assert_eq!(lost["lease_end_boottime_ns"], 0);
    assert_eq!(lost.get("token"), None);
    let run = finish(&contender);
    assert_eq!(run.code, Some(1));
    assert!(run.err.starts_with("tenure: "), "{}", run.err);
    assert!(run.err.contains(&group), "{}", run.err);
    assert!(run.err.contains("CREATE permission"), "{}", run.err);
}

#[test]
fn refused_credentials_end_every_command_with_1() {
    let server = zookeeper::Zookeeper::start_with(zookeeper::Config {
        properties: vec![(
            "zookeeper.DigestAuthenticationProvider.enabled".to_owned(),
            "false".to_owned(),
        )],
        ..zookeeper::Config::default()
    });
    let url = server.url("/g").replace("zk://", "zk://u:sesame@");
    for command in ["contend", "detect", "members"] {
        let words: &[&str] = match command {
            "members" => &["--watch"],
            _ => &[],
        };
        let process = follow(command, &url, words);
        let refused = |line: &serde_json::Value| line["state"] == "auth_failed";
        process.wait_for("refusal", LIMIT, refused);
        let run = finish(&process);
        assert_eq!(run.code, Some(1), "{command}");
        assert!(run.err.contains("credentials"), "{command}: {}", run.err);
    }
}

#[test]
fn text_for_people_names_what_matters() {
    let url = server().url(&fresh_path());
    let args = ["contend", &url, "--session-timeout", "4s"];
    let contender = crate::tenure(args);
    let leading = wait_until("a leader", LIMIT, || {
        let lines = contender.lines();
        lines.into_iter().find(|line| line.text.contains("leading"))
    });
    let stat = observe().children(&url[url.rfind('/').unwrap()..]);
    assert!(leading.text.contains(&stat[0]), "{}", leading.text);
    contender.signal(Signal::Term);
    let run = finish(&contender);
    assert!(run.out.contains("withdrawn"), "{}", run.out);
    for line in run.out.lines() {
        let stamp = line.split("  ").next().unwrap();
        let shape: String = stamp.replace(|c: char| c.is_ascii_digit(), "0");
        assert_eq!(shape, "00:00:00.000", "{line}");
    }
}
