//! Cases that no test of Mesos covers, and that its layer gets wrong or leaves open.

use crate::{
    LIMIT, any_leader, close, contend, fresh_path, is_pending, leader_that, loss, news, observe,
    open, raw_as, session_of, set_acl, shared, shut, standing_by, token_of, until, wait_children,
};
use tenure::{ContenderOptions, DetectorEvent, ErrorKind, LostReason};
use tenure_field::Proxy;
use tenure_observer::Mode;

#[test]
fn beyond_second_withdraw_ends_with_the_first() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let observer = observe();
    let client = open(&proxy.url(&path));
    let contender = contend(&client, &path, "x");
    token_of(&contender);
    shut(&proxy);
    let mut calls = [0, 1, 2].map(|_| contender.withdraw());
    // Leadership ends before any server learns of it.
    assert_eq!(loss(&contender), LostReason::Withdrawn);
    assert!(!contender.is_leading());
    until(client.events(), crate::retrying);
    assert!(calls.iter_mut().all(is_pending));
    assert_eq!(observer.children(&path).len(), 1, "it stands");
    proxy.refuse(false);
    for call in calls {
        assert!(call.wait_for(LIMIT).unwrap());
    }
    assert!(observer.children(&path).is_empty());
    assert!(!contender.withdraw().wait_for(LIMIT).unwrap());
    close([client]);
}

#[test]
fn beyond_withdraw_after_a_failed_join_ends() {
    let path = fresh_path();
    let mut admin = raw_as("creator:creator");
    assert_eq!(admin.create(&path, b"", 0).unwrap().error, 0);
    set_acl(&mut admin, &path, &[(crate::READ, "world", "anyone")]);
    let client = open(&shared().url(&path));
    let contender = contend(&client, &path, "x");
    let reason = loss(&contender);
    assert!(
        matches!(&reason, LostReason::Failed(error) if error.kind() == ErrorKind::NoAuth),
        "{reason:?}"
    );
    assert!(!contender.withdraw().wait_for(LIMIT).unwrap());
    close([client]);
}

#[test]
fn beyond_destruction_ends_every_pending_call() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    shut(&proxy);
    let client = open(&proxy.url(&path));
    let (detector, group) = (client.detect(&path).unwrap(), client.group(&path).unwrap());
    let contender = contend(&client, &path, "x");
    let state = detector.state();
    let (join, members) = (group.join("y", None).unwrap(), group.members());
    std::thread::scope(|scope| {
        let detecting = scope.spawn(|| detector.detect(&state, Some(LIMIT)));
        let waiting = scope.spawn(|| contender.wait_leading(Some(LIMIT)));
        let watching = scope.spawn(|| group.wait_members(&[], Some(LIMIT)));
        until(client.events(), crate::retrying);
        // A session that never existed needs no close at a server.
        client.close().wait_for(LIMIT).unwrap();
        let closed = ErrorKind::Closed;
        assert_eq!(detecting.join().unwrap().unwrap_err().kind(), closed);
        assert_eq!(waiting.join().unwrap().unwrap_err().kind(), closed);
        assert_eq!(watching.join().unwrap().unwrap_err().kind(), closed);
        assert_eq!(join.wait_for(LIMIT).unwrap_err().kind(), closed);
        assert_eq!(members.wait_for(LIMIT).unwrap_err().kind(), closed);
    });
    assert_eq!(loss(&contender), LostReason::Closed);
}

#[test]
fn beyond_contender_dropped_while_joining_leaves_no_member() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let observer = observe();
    observer.create(&path, b"");
    let client = open(&proxy.url(&path));
    session_of(&client);
    proxy.hold();
    let contender = contend(&client, &path, "x");
    drop(contender);
    proxy.release();
    // Answered after every earlier request.
    let group = client.group(&path).unwrap();
    assert_eq!(group.members().wait_for(LIMIT).unwrap(), []);
    assert!(observer.children(&path).is_empty());
    close([client]);
}

#[test]
fn beyond_labels_come_back_whole() {
    let path = fresh_path();
    let client = open(&shared().url(&path));
    let group = client.group(&path).unwrap();
    for label in ["a_b", "_", "a_b_", "json.info", "0000000000", "ü-ß"] {
        let member = group
            .join("x", Some(label))
            .unwrap()
            .wait_for(LIMIT)
            .unwrap();
        let listed = group.members().wait_for(LIMIT).unwrap();
        assert_eq!(listed, std::slice::from_ref(&member), "{label:?}");
        assert_eq!(member.label.as_deref(), Some(label));
        assert!(group.cancel(&member).wait_for(LIMIT).unwrap());
    }
    for label in ["a/b", ""] {
        let refused = group.join("x", Some(label)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    }
    close([client]);
}

#[test]
fn beyond_strangers_among_the_children_do_not_matter() {
    let path = fresh_path();
    let observer = observe();
    observer.create(&path, b"");
    let children = [
        "log_replicas",
        "foo",
        "a_b_1",
        "info_0000000000",
        "-2147483648",
    ];
    for name in children {
        observer.create(&format!("{path}/{name}"), b"not a member");
    }
    let lock = observer.create_raw(&format!("{path}/lock"), b"", Mode::Ephemeral);
    let client = open(&shared().url(&path));
    let detector = client.detect(&path).unwrap();
    crate::nobody_leads(&detector);
    let (one, two) = (contend(&client, &path, "1"), contend(&client, &path, "2"));
    let token = token_of(&one);
    until(two.events(), standing_by);
    assert_eq!(any_leader(&detector).member.token, token);
    let group = client.group(&path).unwrap();
    assert_eq!(group.members().wait_for(LIMIT).unwrap().len(), 2);
    assert!(one.withdraw().wait_for(LIMIT).unwrap());
    let token = token_of(&two);
    leader_that(&detector, |leader| leader.member.token == token);
    assert!(observer.stat(&lock).is_some());
    close([client]);
    wait_children(&observer, &path, children.len() + 1);
}

#[test]
fn beyond_any_label_and_payload_leads() {
    let path = fresh_path();
    let (a, b) = (open(&shared().url(&path)), open(&shared().url(&path)));
    let detector = b.detect(&path).unwrap();
    for (label, data) in [
        (Some("json.info"), &b"{not json"[..]),
        (Some("info"), b"\xff\x00\x01"),
        (Some("unheard-of"), b""),
        (None, &[0; 100_000]),
    ] {
        let options = ContenderOptions::new(&path).data(data);
        let options = match label {
            Some(label) => options.label(label),
            None => options,
        };
        let contender = a.contend(options).unwrap();
        let token = token_of(&contender);
        let known = leader_that(&detector, |leader| leader.member.token == token);
        assert_eq!(known.data, data);
        assert_eq!(known.member.label.as_deref(), label);
        assert!(contender.withdraw().wait_for(LIMIT).unwrap());
    }
    let told = news(detector.events());
    let failed = |event: &DetectorEvent| matches!(event, DetectorEvent::Failed(_));
    assert!(!told.iter().any(failed), "{told:?}");
    close([a, b]);
}
