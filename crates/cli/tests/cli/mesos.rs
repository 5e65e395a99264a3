//! The payloads of Mesos masters, on a real server.

use crate::{LIMIT, Run, follow, fresh_path, next, observe, run, server};
use serde_json::{Value, json};
use tenure_field::{Process, Signal};
use tenure_mesos::info::{Capability, CapabilityKind, Domain, LABEL, MasterInfo};
use tenure_observer::{Mode, Observer};

fn info(host: &str) -> MasterInfo {
    let address = "10.10.1.105:5050".parse().unwrap();
    let mut info = MasterInfo::new("3f0f2b7e", address, host, "1.12.0");
    info.capabilities = CapabilityKind::OF_MESOS.map(Capability::from).into();
    info.domain = Some(Domain::of("eu", "eu-1"));
    info
}

fn join(observer: &Observer, group: &str, prefix: &str, data: &[u8]) -> String {
    let path = format!("{group}/{prefix}");
    observer.create_raw(&path, data, Mode::EphemeralSequential)
}

/// By the tool: the observer's library refuses the prefix.
#[track_caller]
fn join_without_label(url: &str, data: &str) -> Process {
    let standby = follow("contend", url, &["--data", data]);
    next(&standby, "standby");
    standby
}

#[track_caller]
fn ok(args: &[&str]) -> String {
    let Run { code, out, err } = run(args);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{args:?}");
    out
}

#[track_caller]
fn event(args: &[&str]) -> Value {
    serde_json::from_str(&ok(&[args, &["--json"]].concat())).unwrap()
}

#[test]
fn masters_are_shown_readably_in_each_encoding_of_mesos() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    observer.create(&group, b"");
    let json = info("m1.example.com").to_json();
    join(&observer, &group, "json.info_", json.as_bytes());
    join(&observer, &group, "info_", &info("m2").to_protobuf());
    let _oldest = join_without_label(&url, "master@10.0.0.3:5050");

    let first = "Mesos master m1.example.com:5050, id 3f0f2b7e, version 1.12.0";
    for args in [&["status", &url][..], &["detect", &url, "--once"]] {
        let out = ok(args);
        assert!(out.contains(first), "{out}");
        assert!(!out.contains('{'), "{out}");
    }
    let out = ok(&["members", &url]);
    let lines: Vec<&str> = out.lines().collect();
    let second = "Mesos master m2:5050, id 3f0f2b7e, version 1.12.0";
    let third = "Mesos master 10.0.0.3:5050, id master@10.0.0.3:5050";
    for (line, text) in lines[1..].iter().zip([first, second, third]) {
        assert!(line.ends_with(text), "{out}");
    }
    assert_eq!(lines.len(), 4, "{out}");

    let master = json!({
        "host": "m1.example.com", "port": 5050, "id": "3f0f2b7e", "ip": "10.10.1.105",
        "pid": "master@10.10.1.105:5050", "version": "1.12.0",
        "capabilities": ["AGENT_UPDATE", "AGENT_DRAINING", "QUOTA_V2"],
        "region": "eu", "zone": "eu-1",
    });
    let leader = event(&["detect", &url, "--once"]);
    assert_eq!(leader["master"], master);
    // The payload itself is there, too.
    assert_eq!(leader["data"], json.as_str());
    assert_eq!(event(&["status", &url])["leader"]["master"], master);
    let members = event(&["members", &url]);
    assert_eq!(members["members"][0]["master"], master);
    assert_eq!(members["members"][1]["master"]["host"], "m2");
    let oldest = &members["members"][2]["master"];
    assert_eq!(
        (&oldest["host"], &oldest["port"]),
        (&json!("10.0.0.3"), &json!(5050))
    );
    assert_eq!(oldest.get("version"), None);
}

#[test]
fn a_payload_that_is_no_masters_is_shown_as_it_is_with_the_reason() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    observer.create(&group, b"");
    join(&observer, &group, "json.info_", br#"{"id":"a","port":2}"#);
    join(&observer, &group, "info_", &[0x0a, 0xff]);
    // Of no label of Mesos: neither a master nor a mistake.
    join(&observer, &group, "app_", info("m").to_json().as_bytes());
    let _other = join_without_label(&url, "10.0.0.1:5050");

    let out = ok(&["status", &url]);
    assert!(
        out.contains(r#"{"id":"a","port":2}  (MasterInfo lacks required fields"#),
        "{out}"
    );
    assert!(out.trim_end().ends_with(": ip)"), "{out}");
    let out = ok(&["members", &url]);
    assert!(
        out.contains("(2 bytes, not text)  (MasterInfo in protobuf is cut off"),
        "{out}"
    );
    assert!(!out.contains("Mesos master"), "{out}");

    let members = event(&["members", &url]);
    let members = members["members"].as_array().unwrap();
    for (member, reason) in members[..2].iter().zip(["ip", "cut off"]) {
        let error = member["master_error"].as_str().unwrap();
        assert!(error.contains(reason), "{error}");
        assert_eq!(member.get("master"), None);
    }
    assert_eq!(members[0]["data"], r#"{"id":"a","port":2}"#);
    assert_eq!(members[1]["data_base64"], "Cv8=");
    for member in &members[2..] {
        assert_eq!(
            (member.get("master"), member.get("master_error")),
            (None, None)
        );
    }
}

#[test]
fn what_a_master_says_of_itself_cannot_deceive() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    observer.create(&group, b"");
    let mut evil = info("h\u{1b}[2J\n12:34:56.789  leader\u{202e}");
    evil.version = Some("<b>\r\n".to_owned());
    join(&observer, &group, "json.info_", evil.to_json().as_bytes());
    for args in [
        &["status", &url][..],
        &["detect", &url, "--once"],
        &["detect", &url, "--once", "--json"],
        &["status", &url, "--json"],
    ] {
        let out = ok(args);
        let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!out.contains(hidden), "{out:?}");
        assert_eq!(out.lines().count(), 1, "{out:?}");
    }
    let host = &event(&["status", &url])["leader"]["master"]["host"];
    assert_eq!(*host, "h\u{1b}[2J\n12:34:56.789  leader\u{202e}");
    // A contender of the tool may present itself, too.
    let own = info("own").to_json();
    let words = ["--label", LABEL, "--data", &own];
    let standby = follow("contend", &url, &words);
    next(&standby, "standby");
    let out = ok(&["members", &url]);
    assert!(out.contains("Mesos master own:5050"), "{out}");
    standby.signal(Signal::Term);
    standby.wait_exit(LIMIT);
}
