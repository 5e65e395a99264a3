//! `tenure detect`, on a real server.

use crate::{
    LIMIT, Run, create_with_rights, finish, first, follow, fresh_path, is, next, observe, run,
    server,
};
use tenure_field::bad::{Kind, Server};
use tenure_field::{Process, Proxy, Signal, boottime, wait_until};
use tenure_observer::Mode;

#[test]
fn once_prints_the_first_answer_and_nothing_else() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    let once = |words: &[&str]| {
        let Run { code, out, err } = run(["detect", &url, "--once"].iter().chain(words));
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        assert_eq!(out.lines().count(), 1, "{out}");
        out
    };
    assert!(once(&[]).contains("none"), "the path is missing");
    observer.create(&group, b"");
    assert!(once(&["--json"]).contains(r#""event":"none""#));
    let path = format!("{group}/x_");
    let path = observer.create_raw(&path, b"hello", Mode::EphemeralSequential);
    let line: serde_json::Value = serde_json::from_str(&once(&["--json"])).unwrap();
    assert_eq!(line["event"], "leader");
    assert_eq!(line["member"]["path"], path.as_str());
    assert_eq!(line["data"], "hello");
    let text = once(&[]);
    assert!(text.contains(&path) && text.contains("hello"), "{text}");
}

#[test]
fn what_is_not_known_in_time_ends_with_3_and_the_likely_cause() {
    let nobody = Server::start(Kind::Refuse);
    let silent = Server::start(Kind::Silent);
    for (url, words, cause) in [
        (nobody.url("/g"), &["--once"][..], "refused"),
        (nobody.url("/g"), &[], "refused"),
        (silent.url("/g"), &["--once"], "not known after 1s"),
    ] {
        let args = ["detect", &url, "--timeout", "1s"];
        let Run { code, out, err } = run(args.iter().chain(words));
        assert_eq!(code, Some(3), "{err}");
        let last = err.lines().last().unwrap();
        assert!(last.starts_with("tenure: the leader is not known"), "{err}");
        assert!(last.contains(cause), "{err}");
        assert!(!out.contains("none") && !out.contains("leader"), "{out}");
    }
    let url = nobody.url("/g");
    let args = ["members", &url, "--timeout", "1s"];
    let Run { code, out, err } = run(args);
    assert_eq!((code, out.as_str()), (Some(3), ""));
    assert!(err.contains("refused"), "{err}");
}

#[test]
fn a_server_that_is_down_does_not_flood_the_terminal_and_programs_hear_of_each_attempt() {
    let nobody = Server::start(Kind::Refuse);
    let json = follow("detect", &nobody.url("/g"), &[]);
    let error = json.wait_for("fifth attempt", LIMIT, |line| line["attempt"] == 5);
    assert_eq!(error["event"], "error");
    assert!(error["message"].as_str().unwrap().contains("refused"));
    let attempts = json.lines();
    let attempts: Vec<_> = attempts.iter().filter(|l| is("error")(&l.json)).collect();
    assert_eq!(attempts[0].json["attempt"], 1);
    assert!(attempts.len() >= 5);
    json.signal(Signal::Term);
    let run = finish(&json);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));

    let url = nobody.url("/g");
    let text = crate::run(["detect", &url, "--timeout", "3s"]);
    // Attempts 1, 2, 4, 8, 16 at most, and the end of the attempts.
    assert!((2..=6).contains(&text.err.lines().count()), "{}", text.err);
}

#[test]
fn once_known_the_timeout_is_over() {
    let (group, observer) = (fresh_path(), observe());
    let detector = follow("detect", &server().url(&group), &["--timeout", "1s"]);
    let none = next(&detector, "none");
    let none = none["boottime_ns"].as_u64().unwrap();
    wait_until("the timeout to be over", LIMIT, || {
        (boottime::now_ns() > none + 1_200_000_000).then_some(())
    });
    observer.create(&group, b"");
    observer.create_raw(&format!("{group}/x_"), b"", Mode::EphemeralSequential);
    assert_eq!(next(&detector, "leader")["data"], "");
}

#[test]
fn a_cut_off_detector_does_not_know_and_knows_again() {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    observer.create_raw(&format!("{group}/x_"), b"p", Mode::EphemeralSequential);
    let proxy = Proxy::start(server().addr());
    let detector = follow("detect", &proxy.url(&group), &[]);
    let leader = first(&detector);
    assert_eq!(leader["event"], "leader");
    proxy.hold();
    let unknown = next(&detector, "unknown");
    assert_eq!(unknown.get("member"), None);
    next_state(&detector, "expired");
    proxy.release();
    let again = next(&detector, "leader");
    assert_eq!(again["member"], leader["member"]);
    let expired = detector.find(|l| l["state"] == "expired").unwrap();
    assert!(["server", "local_timeout"].contains(&expired["by"].as_str().unwrap()));
}

#[track_caller]
fn next_state(process: &Process, state: &str) {
    process.wait_for(state, LIMIT, |line| line["state"] == state);
}

#[test]
fn a_leader_with_another_label_is_reported_and_remarked_upon() {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    observer.create_raw(&format!("{group}/info_"), b"p", Mode::EphemeralSequential);
    let url = server().url(&group);
    let detector = follow("detect", &url, &["--label", "json.info"]);
    assert_eq!(first(&detector)["event"], "leader");
    let error = detector.wait_for("remark", LIMIT, is("error"));
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("\"info\"") && message.contains("\"json.info\""));

    let Run { code, out, err } = run(["detect", &url, "--once", "--label", "json.info"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("/info_"), "{out}");
    assert!(err.contains("\"json.info\""), "{err}");
    let Run { code, err, .. } = run(["detect", &url, "--once", "--label", "info"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
}

#[test]
fn a_group_that_may_not_be_read_is_an_error_and_fails_once() {
    let group = fresh_path();
    create_with_rights(&group, 2);
    let url = server().url(&group);
    let Run { code, err, .. } = run(["detect", &url, "--once"]);
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains(&group), "{err}");
    let detector = follow("detect", &url, &[]);
    assert!(next(&detector, "error")["message"].is_string());
    assert_eq!(detector.exit_status(), None);
    let Run { code, err, .. } = run(["members", &url]);
    assert_eq!(code, Some(3), "{err}");
    assert!(err.contains(&group), "{err}");
}

#[test]
fn a_change_of_the_payload_is_an_event() {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    let path = format!("{group}/x_");
    let path = observer.create_raw(&path, b"1", Mode::EphemeralSequential);
    let detector = follow("detect", &server().url(&group), &[]);
    assert_eq!(next(&detector, "leader")["data"], "1");
    observer.set_data(&path, b"2");
    assert_eq!(next(&detector, "leader")["data"], "2");
}

#[test]
fn who_waits_for_an_answer_and_is_ended_gets_none() {
    let silent = Server::start(Kind::Silent);
    for args in [
        &["detect", &silent.url("/g"), "--once"][..],
        &["members", &silent.url("/g")],
    ] {
        let before = silent.connections();
        let process = crate::tenure(args);
        wait_until("a connection", LIMIT, || {
            (silent.connections() > before).then_some(())
        });
        process.signal(Signal::Int);
        let Run { code, out, .. } = finish(&process);
        assert_eq!((code, out.as_str()), (Some(3), ""), "{args:?}");
    }
}
