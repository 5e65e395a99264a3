//! The lines themselves.

use crate::input::TempFile;
use crate::{LIMIT, finish, first, follow, fresh_path, next, observe, path, run, server};
use std::time::{SystemTime, UNIX_EPOCH};
use tenure_field::{Signal, boottime};

#[test]
fn every_line_is_an_object_with_its_event_and_two_clocks() {
    let before = boottime::now_ns();
    let contender = follow("contend", "memory://m/g", &[]);
    // It arrived while the process runs: lines are flushed.
    let leading = contender.wait_for_line("leading", LIMIT, |l| l["event"] == "leading");
    contender.signal(Signal::Term);
    assert_eq!(finish(&contender).code, Some(0));
    let events: Vec<_> = contender.lines();
    // Only the events of one handle have an order among them.
    let (session, contender): (Vec<_>, Vec<_>) = events
        .iter()
        .map(|line| line.json["event"].as_str().unwrap())
        .partition(|event| *event == "session");
    assert_eq!(session.len(), 3, "connecting, connected, closed");
    assert_eq!(contender, ["enrolled", "leading", "lost"]);
    for line in &events {
        let keys: Vec<&String> = line.json.as_object().unwrap().keys().collect();
        assert!(line.text.starts_with(r#"{"event":""#), "{}", line.text);
        assert!(keys.iter().any(|key| *key == "at"));
        let at = line.json["at"].as_str().unwrap();
        let shape = at.replace(|c: char| c.is_ascii_digit(), "0");
        assert_eq!(shape, "0000-00-00T00:00:00.000000Z", "{at}");
        let written = line.json["boottime_ns"].as_u64().unwrap();
        assert!((before..=line.boottime_ns).contains(&written));
    }
    // At least the date is that of the clock.
    let days = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
        / 86_400;
    assert!(days > 20_000);
    let leading = leading.json;
    let end = leading["lease_end_boottime_ns"].as_u64().unwrap();
    let left = end - leading["boottime_ns"].as_u64().unwrap();
    assert!((1_000_000_000..4_000_000_000).contains(&left), "{leading}");
    assert_eq!(path(&leading), "/g/0000000000");
}

#[test]
fn payloads_come_through_as_they_are() {
    let observer = observe();
    let binary = TempFile::new("binary", &[0, 0xff, 0x80, b'\n']);
    let binary = format!("@{}", binary.path());
    let text = TempFile::new("text", "ünï \"q\"\n\u{1b}[2J".as_bytes());
    let text = format!("@{}", text.path());
    for (data, key, said, held) in [
        ("plain", "data", "plain", &b"plain"[..]),
        ("", "data", "", b""),
        ("-v", "data", "-v", b"-v"),
        (&*binary, "data_base64", "AP+ACg==", &[0, 0xff, 0x80, b'\n']),
        (
            &*text,
            "data",
            "ünï \"q\"\n\u{1b}[2J",
            "ünï \"q\"\n\u{1b}[2J".as_bytes(),
        ),
    ] {
        let url = server().url(&fresh_path());
        let contender = follow("contend", &url, &["--data", data]);
        let leads = next(&contender, "leading");
        assert_eq!(observer.data(path(&leads)).unwrap(), held);
        let leader = first(&follow("detect", &url, &[]));
        assert_eq!(leader[key], said);
        let other = if key == "data" { "data_base64" } else { "data" };
        assert_eq!(leader.get(other), None);
        // The text is one line, whatever the payload.
        let shown = run(["detect", &url, "--once"]).out;
        assert_eq!(shown.lines().count(), 1, "{shown}");
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
    }
}

#[test]
fn a_payload_of_the_greatest_length_is_accepted() {
    let file = TempFile::new("greatest", &vec![b'x'; 1_000_000]);
    let data = format!("@{}", file.path());
    let url = server().url(&fresh_path());
    let contender = follow("contend", &url, &["--data", &data]);
    next(&contender, "leading");
    let leader = first(&follow("detect", &url, &[]));
    assert_eq!(leader["data"].as_str().unwrap().len(), 1_000_000);
}
