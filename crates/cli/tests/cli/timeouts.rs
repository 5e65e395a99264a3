//! The session timeout that is requested, and the one that is granted.

use crate::{LIMIT, Run, finish, follow, fresh_path, run, server, tenure};
use tenure_field::Signal;

#[test]
fn what_the_server_grants_is_what_is_shown_and_counts() {
    // Two to twenty ticks of 500 ms.
    for (asked, granted) in [
        ("1ms", 1000),
        ("4s", 4000),
        ("60s", 10_000),
        ("24d", 10_000),
    ] {
        let url = server().url(&fresh_path());
        let args = ["contend", &url, "--json", "--session-timeout", asked];
        let contender = tenure(args);
        let connected = |line: &serde_json::Value| line["state"] == "connected";
        // It has no order with the contender's events.
        let connected = contender.peek("connection", LIMIT, connected);
        assert_eq!(connected["timeout_ms"], granted, "{asked}");
        let leading = crate::next(&contender, "leading");
        let end = leading["lease_end_boottime_ns"].as_u64().unwrap();
        let left = end.saturating_sub(leading["boottime_ns"].as_u64().unwrap());
        assert!(left <= granted * 949_000, "{asked}: {leading}");
        contender.signal(Signal::Term);
        assert_eq!(finish(&contender).code, Some(0), "{asked}");
    }
}

#[test]
fn every_command_refuses_a_session_timeout_that_cannot_be() {
    for (asked, word) in [
        ("0s", "at least 1ms"),
        ("0ms", "at least 1ms"),
        ("-1s", "500ms"),
        ("-0s", "500ms"),
        ("25d", "24 days"),
        ("abc", "500ms"),
        ("", "500ms"),
        ("4", "500ms"),
    ] {
        for words in [
            &["contend", "memory://m/g"][..],
            &["run", "memory://m/g"],
            &["detect", "memory://m/g"],
            &["detect", "h:1"],
            &["members", "memory://m/g"],
            &["status", "memory://m/g"],
            &["evict", "memory://m/g", "0000000001"],
        ] {
            let mut words = words.to_vec();
            words.extend(["--session-timeout", asked]);
            if words[0] == "run" {
                words.extend(["--", "true"]);
            }
            let Run { code, out, err } = run(&words);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{words:?}: {err}");
            assert!(err.contains("--session-timeout"), "{words:?}: {err}");
            assert!(err.contains(word), "{words:?}: {err}");
        }
    }
    // The control.
    let process = follow("contend", "memory://m/g", &[]);
    crate::next(&process, "leading");
}
