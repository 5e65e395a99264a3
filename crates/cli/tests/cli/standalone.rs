//! A URL that is the leader's address.

use crate::input::TempFile;
use crate::{LIMIT, Run, finish, first, follow, run};
use serde_json::{Value, json};
use std::net::TcpListener;
use tenure_field::Signal;

#[test]
fn an_address_leads_and_nobody_connects_to_it() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let file = TempFile::new("standalone", format!("{address}\n").as_bytes());
    let in_file = format!("file://{}", file.path());
    let leader = json!({"path": address, "label": null, "sequence": 0});

    for url in [&address, &in_file] {
        let process = follow("detect", url, &[]);
        let line = first(&process);
        assert_eq!(
            (&line["event"], &line["member"]),
            (&json!("leader"), &leader)
        );
        assert_eq!(
            (&line["token"], &line["data"]),
            (&json!("0"), &json!(address))
        );
        // It runs until a signal ends it.
        process.signal(Signal::Term);
        let Run { code, out, err } = finish(&process);
        assert_eq!((code, err.as_str()), (Some(0), ""));
        let closed: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&closed["event"], &closed["state"]),
            (&json!("session"), &json!("closed"))
        );
        assert_eq!(out.lines().count(), 2, "{out}");

        let Run { code, out, err } = run(["detect", url, "--once"]);
        assert_eq!((code, err.as_str()), (Some(0), ""));
        assert!(
            out.contains(&format!("{address} without a token  {address}")),
            "{out}"
        );

        let Run { code, out, err } = run(["status", url, "--json"]);
        assert_eq!((code, err.as_str()), (Some(0), ""));
        let status: Value = serde_json::from_str(&out).unwrap();
        let mut expected = leader.clone();
        expected["token"] = json!("0");
        expected["data"] = json!(address);
        assert_eq!(
            (&status["leader"], &status["standbys"]),
            (&expected, &json!(0))
        );
        assert_eq!(status["known"], true);
    }
    assert!(server.accept().is_err(), "somebody connected");
}

#[test]
fn what_needs_a_group_is_refused_with_what_to_give_instead() {
    for words in [
        &["contend", "h:1"][..],
        &["run", "h:1", "--", "true"],
        &["members", "h:1"],
        &["evict", "h:1", "0000000001"],
    ] {
        let Run { code, out, err } = run(words);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{words:?}: {err}");
        for word in [words[0], "h:1 is a standalone leader", "zk://host1:2181"] {
            assert!(err.contains(word), "{words:?}: {err}");
        }
    }
}

#[test]
fn a_label_that_is_expected_of_an_address_is_missed() {
    let process = follow("detect", "h:1", &["--label", "json.info"]);
    let error = process.wait_for("error", LIMIT, |line| line["event"] == "error");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("has no label"), "{message}");
}
