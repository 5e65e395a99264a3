//! Names and payloads that another client has chosen to deceive the reader of the output.

use crate::{LIMIT, Run, fresh_path, next, observe, run, server};
use serde_json::Value;
use tenure_field::raw::Session;
use tenure_field::wire::{Payload, opcode};
use tenure_field::{Process, Signal, wait_until};
use tenure_observer::Mode;

/// No server takes control characters in a name.
const NAME: &str = "m\u{202e}reversed\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}\u{2028}x_";
const ESCAPED_NAME: &str =
    "m\\u{202e}reversed\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}\\u{2028}x_";
const PAYLOAD: &str = "\u{1b}[2J\r\n12:34:56.789  leader\u{7f}\u{9b}31m\u{85}\u{202a}\u{2029}end";
const ESCAPED_PAYLOAD: &str =
    "\\u{1b}[2J\\r\\n12:34:56.789  leader\\u{7f}\\u{9b}31m\\u{85}\\u{202a}\\u{2029}end";

#[track_caller]
fn assert_harmless(text: &str) {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || ('\u{2028}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
            || ['\u{61c}', '\u{200e}', '\u{200f}'].contains(&c)
    };
    assert!(!text.contains(hidden), "{text:?}");
}

#[track_caller]
fn ok(args: &[&str], lines: usize) -> String {
    let Run { code, out, err } = run(args);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{args:?}");
    assert_harmless(&out);
    assert_eq!(out.lines().count(), lines, "{out}");
    out
}

#[test]
fn names_and_payloads_of_others_are_shown_escaped() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    observer.create(&group, b"");
    let path = format!("{group}/{NAME}");
    let path = observer.create_raw(&path, PAYLOAD.as_bytes(), Mode::EphemeralSequential);
    for (args, lines) in [
        (&["members", &url][..], 2),
        (&["status", &url], 1),
        (&["detect", &url, "--once"], 1),
    ] {
        let out = ok(args, lines);
        assert!(out.contains(ESCAPED_NAME), "{out}");
        assert!(out.contains(ESCAPED_PAYLOAD), "{out}");
    }
    for words in [&["members"][..], &["status"], &["detect", "--once"]] {
        let out = ok(&[words, &[&url, "--json"]].concat(), 1);
        assert!(out.contains(r"m\u202ereversed\u2066\u2069\u200e\u200f\u061c\u2028x_"));
        let line: Value = serde_json::from_str(&out).unwrap();
        let entry = match words[0] {
            "members" => &line["members"][0],
            "status" => &line["leader"],
            _ => &line["member"],
        };
        // A program gets what the znode holds.
        assert_eq!(entry["path"], path.as_str());
        let data = if words[0] == "detect" { &line } else { entry };
        assert_eq!(data["data"], PAYLOAD);
    }
    // Followers, too.
    let watcher = crate::tenure(["members", &url, "--watch"]);
    let detector = crate::tenure(["detect", &url, "--label", "m"]);
    for follower in [&watcher, &detector] {
        wait_until("the member", LIMIT, || {
            let mut lines = follower.lines().into_iter();
            lines.find(|line| line.text.contains(ESCAPED_PAYLOAD))
        });
    }
    wait_until("the remark on the label", LIMIT, || {
        detector.text().contains("has the label").then_some(())
    });
    for follower in [watcher, detector] {
        follower.signal(Signal::Term);
        let Run { out, err, .. } = crate::finish(&follower);
        assert_harmless(&out);
        assert_harmless(&err);
    }
    // The member's name in a line about an eviction.
    let Run { code, out, .. } = run(["evict", &url, &path]);
    assert_eq!(code, Some(0));
    assert!(out.contains(ESCAPED_NAME), "{out}");
    assert_harmless(&out);
}

#[test]
fn names_in_errors_are_shown_escaped() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    observer.create(&group, b"");
    // A member whose payload nobody may read.
    let mut session = Session::open(server().addr(), LIMIT).unwrap();
    let body = Payload::new().buffer(format!("{group}/{NAME}")).buffer(b"");
    let body = body.int(1).int(2).buffer("world").buffer("anyone").int(3);
    assert_eq!(session.request(opcode::CREATE, body).unwrap().error, 0);
    for args in [&["members", &url][..], &["status", &url]] {
        let Run { out, err, .. } = run(args);
        assert!(out.contains(ESCAPED_NAME), "{out}{err}");
        assert_harmless(&out);
        assert_harmless(&err);
    }
    // It is the predecessor of a contender, which cannot look at it.
    let contender = crate::tenure(["contend", &url]);
    wait_until("the contender's place", LIMIT, || {
        (observer.children(&group).len() == 2).then_some(())
    });
    contender.signal(Signal::Term);
    let Run { out, err, .. } = crate::finish(&contender);
    assert_harmless(&out);
    assert_harmless(&err);
    // The name on the command line is another's, too, if it was copied.
    let Run { code, err, .. } = run(["evict", &url, &format!("{NAME}0000000009")]);
    assert_eq!(code, Some(1));
    assert!(err.contains(ESCAPED_NAME), "{err}");
    assert_harmless(&err);
    session.close().unwrap();
}

#[test]
fn names_in_the_path_of_a_contender_are_shown_escaped() {
    let group = format!("{}\u{202e}g", fresh_path());
    // As it is written: the character is invisible, and else refused as a mistake.
    let url = server().url(&format!("/.{group}"));
    let contender: Process = crate::follow("contend", &url, &[]);
    let leading = next(&contender, "leading");
    assert!(crate::path(&leading).starts_with(&group));
    contender.signal(Signal::Term);
    assert_harmless(&crate::finish(&contender).out);
    let contender = crate::tenure(["contend", &url]);
    wait_until("a leader", LIMIT, || {
        let mut lines = contender.lines().into_iter();
        lines.find(|line| line.text.contains("\\u{202e}g") && line.text.contains("leading"))
    });
    contender.signal(Signal::Term);
    assert_harmless(&crate::finish(&contender).out);
    for bad in [
        "zk://h\u{202e}:x/g",
        "zk://h/g\u{1b}[2J/",
        "zk://h//\u{202e}",
    ] {
        let Run { code, err, .. } = run(["detect", bad]);
        assert_eq!(code, Some(2));
        assert_harmless(&err);
    }
}
