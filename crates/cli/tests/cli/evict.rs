//! `tenure evict`, on a real server.

use crate::{Run, create_with_rights, follow, fresh_path, next, observe, path, run, server, token};
use serde_json::Value;
use tenure_observer::Mode;

#[test]
fn a_leader_is_evicted_by_name_or_path_and_a_warning_says_how_long_it_may_believe() {
    let group = fresh_path();
    let url = server().url(&group);
    for by_path in [false, true] {
        let contender = follow("contend", &url, &["--label", "l"]);
        let leading = next(&contender, "leading");
        let member = match by_path {
            true => path(&leading),
            false => path(&leading).rsplit_once('/').unwrap().1,
        };
        let words = ["evict", &url, member, "--json", "--session-timeout", "4s"];
        let Run { code, out, err } = run(words);
        assert_eq!((code, err.as_str()), (Some(0), ""));
        let event: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(event["event"], "evicted");
        assert_eq!(event["member"], leading["member"]);
        assert_eq!(token(&event), token(&leading));
        assert_eq!(event["led"], true);
        assert_eq!(event["may_believe_ms"], 4000);
        assert_eq!(next(&contender, "lost")["reason"], "evicted");
        // Already gone.
        let Run { code, out, err } = run(["evict", &url, member]);
        assert_eq!((code, out.as_str()), (Some(1), ""));
        assert!(err.contains("not a member"), "{err}");
        contender.kill();
        // Its next candidacy would stand before the second one's.
        let again = observe().children(&group);
        for name in again {
            observe().delete(&format!("{group}/{name}"));
        }
    }
}

#[test]
fn a_standby_is_evicted_without_a_warning() {
    let url = server().url(&fresh_path());
    let leader = follow("contend", &url, &[]);
    next(&leader, "leading");
    let standby = follow("contend", &url, &[]);
    let member = path(&next(&standby, "standby")).to_owned();
    let Run { code, out, .. } = run(["evict", &url, &member]);
    assert_eq!(code, Some(0));
    assert!(out.contains(&member) && !out.contains("believe"), "{out}");
    assert_eq!(next(&standby, "lost")["reason"], "evicted");
}

#[test]
fn only_members_of_the_group_are_evicted() {
    let (group, observer) = (fresh_path(), observe());
    let url = server().url(&group);
    observer.create(&group, b"");
    // Named like a member, but without an owner.
    let lasting = format!("{group}/p_");
    let lasting = observer.create_raw(&lasting, b"", Mode::PersistentSequential);
    let Run { code, err, .. } = run(["evict", &url, &lasting]);
    assert_eq!(code, Some(1));
    assert!(err.contains("not a member"), "{err}");
    assert!(observer.stat(&lasting).is_some());
    let other = format!("{group}x/m_0000000000");
    for bad in [
        other.as_str(),
        "",
        &group,
        "log_replicas",
        "a/m_1",
        "zk://h/g",
    ] {
        let Run { code, err, .. } = run(["evict", &url, bad]);
        assert_eq!(code, Some(2), "{bad}: {err}");
    }
}

#[test]
fn who_may_not_delete_is_told_what_is_missing() {
    let (group, observer) = (fresh_path(), observe());
    create_with_rights(&group, 1 | 4);
    let member = format!("{group}/m_");
    let member = observer.create_raw(&member, b"", Mode::EphemeralSequential);
    let Run { code, err, .. } = run(["evict", &server().url(&group), &member]);
    assert_eq!(code, Some(3));
    assert!(err.contains("DELETE permission"), "{err}");
    assert!(observer.stat(&member).is_some());
}
