//! `tenure status`, on a real server.

use crate::{Run, follow, fresh_path, next, path, run, server, token};
use serde_json::{Value, json};
use tenure_field::bad::{Kind, Server};

#[test]
fn status_shows_the_leader_or_that_there_is_none_and_says_so_by_its_exit_code() {
    let url = server().url(&fresh_path());
    let Run { code, out, err } = run(["status", &url]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    assert!(out.contains("the group is empty"), "{out}");
    let Run { code, out, .. } = run(["status", &url, "--json"]);
    assert_eq!(code, Some(1));
    let event: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(event["leader"], json!(null));
    assert_eq!(
        (&event["known"], &event["standbys"]),
        (&json!(true), &json!(0))
    );

    let words = ["--data", "10.0.0.1:80", "--label", "l"];
    let leader = follow("contend", &url, &words);
    let leading = next(&leader, "leading");
    let standby = follow("contend", &url, &[]);
    next(&standby, "standby");
    let Run { code, out, err } = run(["status", &url, "--json"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(out.lines().count(), 1, "{out}");
    let event: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(event["event"], "status");
    assert_eq!(event["known"], true);
    assert_eq!(event["standbys"], 1);
    assert_eq!(event["server"], "zookeeper");
    let mut expected = leading["member"].clone();
    expected["token"] = leading["token"].clone();
    expected["data"] = json!("10.0.0.1:80");
    assert_eq!(event["leader"], expected);
    let Run { code, out, .. } = run(["status", &url]);
    assert_eq!(code, Some(0));
    let token = token(&leading).to_string();
    for word in [path(&leading), token.as_str(), "1 stand by", "10.0.0.1:80"] {
        assert!(out.contains(word), "{out}");
    }
}

#[test]
fn status_says_when_it_is_not_known() {
    for kind in [Kind::Silent, Kind::Refuse] {
        let server = Server::start(kind);
        let words = ["status", &server.url("/g"), "--timeout", "300ms", "--json"];
        let Run { code, out, err } = run(words);
        assert_eq!(code, Some(3), "{err}");
        let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&last["event"], &last["known"]),
            (&json!("status"), &json!(false))
        );
        assert!(err.contains("the leader is not known after 300ms"), "{err}");
    }
}
