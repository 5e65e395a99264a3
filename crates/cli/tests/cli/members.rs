//! `tenure members`, on a real server.

use crate::{LIMIT, Run, first, follow, fresh_path, next, observe, path, run, server};
use serde_json::{Value, json};
use tenure_field::{Proxy, Signal};
use tenure_observer::Mode;

fn paths(event: &Value) -> Vec<&str> {
    let members = event["members"].as_array();
    let members = members.unwrap_or_else(|| panic!("no members in {event}"));
    members
        .iter()
        .map(|m| m["path"].as_str().unwrap())
        .collect()
}

#[test]
fn members_are_listed_once_oldest_first_with_token_and_payload() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    let Run { code, out, .. } = run(["members", &url]);
    assert_eq!(code, Some(0));
    assert!(out.contains("none"), "{out}");

    observer.create(&group, b"");
    let join = |name: &str, data: &[u8]| {
        let path = format!("{group}/{name}");
        observer.create_raw(&path, data, Mode::EphemeralSequential)
    };
    let z = join("z_", b"first");
    // No member: it has no owner.
    observer.create_raw(&format!("{group}/p_"), b"", Mode::PersistentSequential);
    let a = join("a_", &[0xff, 0xfe]);
    let unlabelled = follow("contend", &url, &["--data", "last"]);
    let n = path(&next(&unlabelled, "standby")).to_owned();
    let Run { code, out, err } = run(["members", &url, "--json"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(out.lines().count(), 1, "{out}");
    let event: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(event["event"], "members");
    let token = |path: &str| observer.stat(path).unwrap().czxid.to_string();
    let expected = json!([
        {"path": z, "label": "z", "sequence": 0, "token": token(&z), "data": "first"},
        {"path": a, "label": "a", "sequence": 2, "token": token(&a), "data_base64": "//4="},
        {"path": n, "label": null, "sequence": 3, "token": token(&n), "data": "last"},
    ]);
    assert_eq!(event["members"], expected);

    let text = run(["members", &url]).out;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(
        lines[1].contains("leader") && lines[1].contains(&z),
        "{text}"
    );
    assert!(
        lines[2].contains("standby") && lines[2].contains(&a),
        "{text}"
    );
    assert!(
        lines[1].contains(&token(&z)) && lines[1].contains("first"),
        "{text}"
    );
}

#[test]
fn every_join_and_every_leave_is_told_with_payloads() {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    let watcher = follow("members", &server().url(&group), &["--watch"]);
    assert_eq!(first(&watcher)["members"], json!([]));
    let join = |data: &[u8]| {
        let path = format!("{group}/m_");
        observer.create_raw(&path, data, Mode::EphemeralSequential)
    };
    let a = join(b"a");
    let event = next(&watcher, "members");
    assert_eq!(paths(&event), [&a]);
    assert_eq!(event["members"][0]["data"], "a");
    let b = join(b"b");
    let event = next(&watcher, "members");
    assert_eq!(paths(&event), [&a, &b]);
    assert_eq!(event["members"][0]["data"], "a");
    assert_eq!(event["members"][1]["data"], "b");
    assert!(observer.delete(&a));
    assert_eq!(paths(&next(&watcher, "members")), [&b]);
    watcher.signal(Signal::Term);
    assert_eq!(watcher.wait_exit(LIMIT).code(), Some(0));
}

#[test]
fn a_cut_off_watcher_does_not_know_and_knows_again() {
    let (group, observer) = (fresh_path(), observe());
    observer.create(&group, b"");
    let proxy = Proxy::start(server().addr());
    let words = ["--watch", "--timeout", "30s"];
    let watcher = follow("members", &proxy.url(&group), &words);
    assert_eq!(first(&watcher)["members"], json!([]));
    proxy.hold();
    next(&watcher, "unknown");
    let path = format!("{group}/m_");
    let path = observer.create_raw(&path, b"new", Mode::EphemeralSequential);
    proxy.release();
    let seen = watcher.wait_for("the newcomer", LIMIT, |line| {
        line["event"] == "members" && paths(line) == [&path]
    });
    assert_eq!(seen["members"][0]["data"], "new");
}
