//! The text of the oldest masters, and labels.

use crate::{REAL, refused};
use tenure_mesos::info::{Capability, CapabilityKind, Fault, MasterInfo, decode, is_label};

#[test]
fn the_text_of_the_oldest_masters_is_read() {
    let info = decode(None, b"master@10.10.1.105:5050").unwrap();
    let address = "10.10.1.105:5050".parse().unwrap();
    assert_eq!(info, MasterInfo::synthesized(address, None, None));
    assert_eq!((info.ip, info.port), (1_761_675_786, 5050));
    assert_eq!(info.id, "master@10.10.1.105:5050");
    assert_eq!(info.pid.as_deref(), Some("master@10.10.1.105:5050"));
    let all = CapabilityKind::OF_MESOS.map(Capability::from);
    assert_eq!(info.capabilities, all);
    let again = decode(None, b" master@10.10.1.105:5050\n").unwrap();
    assert!(again.is_same_master(&info));
    let second = decode(None, b"master(2)@10.0.0.1:1").unwrap();
    assert_eq!(second.pid.as_deref(), Some("master(2)@10.0.0.1:1"));
}

#[test]
fn other_text_without_a_label_is_no_master() {
    for text in [
        "",
        "hello",
        "10.0.0.1:5050",
        "master@",
        "master@10.0.0.1",
        "master@10.0.0.1:",
        "master@10.0.0.1:70000",
        "master@10.0.0.1:-1",
        "master@10.0.0.1:5050x",
        "master@host:5050",
        "master@[::1]:5050",
        "log-replica(1)@10.0.0.1:5050",
        "@10.0.0.1:5050",
        "a@master@10.0.0.1:5050",
        REAL,
    ] {
        let read = decode(None, text.as_bytes());
        refused(read, Fault::Malformed, &["master@IP:PORT"]);
    }
    refused(decode(None, b"master\xff"), Fault::Malformed, &["no text"]);
}

#[test]
fn labels_that_are_not_mesoss_are_errors() {
    for label in [
        "",
        "foo",
        "json",
        "info.json",
        "INFO",
        "json.info ",
        "a\nb",
        &"x".repeat(1000),
    ] {
        assert!(!is_label(label));
        let read = decode(Some(label), REAL.as_bytes());
        refused(read, Fault::UnknownLabel, &["json.info", "delete"]);
    }
    assert!(is_label("json.info") && is_label("info"));
    let escaped = decode(Some("\u{1b}[2J"), b"").unwrap_err();
    assert!(!escaped.message().contains('\u{1b}'), "{escaped}");
}
