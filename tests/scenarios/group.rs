//! Mesos's tests of its Group.

use crate::{
    ALL, LIMIT, READ, SHORT, T, close, expire, expired, fresh_path, is_of_the_session, is_pending,
    news, observe, open, open_for, retrying, session_of, set_acl, shared, shut, until,
    wait_children,
};
use std::sync::mpsc;
use std::time::Instant;
use tenure::{Client, ErrorKind, Group, GroupEvent, Member, SessionEvent};
use tenure_field::{Proxy, raw, wait_until};

fn group_of(url: &str) -> (Client, Group) {
    let client = open(url);
    let url: tenure::Url = url.parse().unwrap();
    let group = client.group(url.path()).unwrap();
    (client, group)
}

#[track_caller]
fn join(group: &Group, data: &str, label: Option<&str>) -> Member {
    group.join(data, label).unwrap().wait_for(LIMIT).unwrap()
}

#[track_caller]
fn data(group: &Group, member: &Member) -> Option<Vec<u8>> {
    group.data(member).wait_for(LIMIT).unwrap()
}

/// One life of one membership: joined, seen, read, cancelled.
fn one_membership(label: Option<&str>) {
    let (client, group) = group_of(&shared().url(&fresh_path()));
    let member = join(&group, "hello world", label);
    assert_eq!(member.label.as_deref(), label);
    let seen = group.wait_members(&[], Some(LIMIT)).unwrap();
    assert_eq!(seen, std::slice::from_ref(&member));
    assert_eq!(data(&group, &member).unwrap(), b"hello world");
    let cancelled = group.cancelled(&member);
    assert!(group.cancel(&member).wait_for(LIMIT).unwrap());
    assert_eq!(group.wait_members(&seen, Some(LIMIT)).unwrap(), []);
    assert!(cancelled.wait_for(LIMIT).unwrap(), "by this group");
    close([client]);
}

#[test]
fn group_group() {
    one_membership(None);
}

#[test]
fn group_labelled_group() {
    one_membership(Some("testlabel"));
}

#[test]
fn group_join_with_disconnect() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    shut(&proxy);
    let (client, group) = group_of(&proxy.url(&path));
    let mut joining = group.join("hello world", None).unwrap();
    let given_up = group.join("never mind", None).unwrap();
    until(client.events(), retrying);
    assert!(is_pending(&mut joining));
    // It must leave no znode behind.
    drop(given_up);
    proxy.refuse(false);
    let member = joining.wait_for(LIMIT).unwrap();
    assert_eq!(group.wait_members(&[], Some(LIMIT)).unwrap(), [member]);
    assert_eq!(observe().children(&path).len(), 1);
    close([client]);
    assert!(observe().children(&path).is_empty());
}

#[test]
fn group_data_with_disconnect() {
    let proxy = Proxy::start(shared().addr());
    let (client, group) = group_of(&proxy.url(&fresh_path()));
    let member = join(&group, "hello world", None);
    group.wait_members(&[], Some(LIMIT)).unwrap();
    shut(&proxy);
    until(client.events(), retrying);
    let mut reading = group.data(&member);
    until(client.events(), retrying);
    assert!(is_pending(&mut reading));
    proxy.refuse(false);
    assert_eq!(
        reading.wait_for(LIMIT).unwrap().as_deref(),
        Some(&b"hello world"[..])
    );
    close([client]);
}

#[test]
fn group_data_with_removed_membership() {
    let (client, group) = group_of(&shared().url(&fresh_path()));
    let member = join(&group, "hello world", None);
    group.wait_members(&[], Some(LIMIT)).unwrap();
    assert!(
        group
            .set_data(&member, "changed")
            .unwrap()
            .wait_for(LIMIT)
            .unwrap()
    );
    assert_eq!(data(&group, &member).unwrap(), b"changed");
    assert!(group.cancel(&member).wait_for(LIMIT).unwrap());
    assert_eq!(data(&group, &member), None);
    assert!(!group.cancel(&member).wait_for(LIMIT).unwrap());
    let late = group.set_data(&member, "late").unwrap();
    assert!(!late.wait_for(LIMIT).unwrap());
    close([client]);
}

#[test]
fn group_cancel_with_disconnect() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let (client, group) = group_of(&proxy.url(&path));
    let member = join(&group, "hello world", None);
    let seen = group.wait_members(&[], Some(LIMIT)).unwrap();
    assert_eq!(data(&group, &member).unwrap(), b"hello world");
    let cancelled = group.cancelled(&member);
    shut(&proxy);
    until(client.events(), retrying);
    let mut cancelling = group.cancel(&member);
    until(client.events(), retrying);
    assert!(is_pending(&mut cancelling));
    assert_eq!(observe().children(&path).len(), 1);
    proxy.refuse(false);
    assert!(cancelling.wait_for(LIMIT).unwrap());
    assert_eq!(group.wait_members(&seen, Some(LIMIT)).unwrap(), []);
    assert!(cancelled.wait_for(LIMIT).unwrap());
    close([client]);
}

#[test]
fn group_watch_with_session_expiration() {
    let (client, group) = group_of(&shared().url(&fresh_path()));
    let member = join(&group, "hello world", None);
    let seen = group.wait_members(&[], Some(LIMIT)).unwrap();
    let cancelled = group.cancelled(&member);
    let session = session_of(&client);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| group.wait_members(&seen, Some(LIMIT)));
        expire(session);
        assert_eq!(watching.join().unwrap().unwrap(), []);
    });
    assert!(!cancelled.wait_for(LIMIT).unwrap(), "not by this group");
    let told = until(group.events(), |event| {
        matches!(event, GroupEvent::MembershipLost { .. })
    });
    assert!(
        matches!(told.last(), Some(GroupEvent::MembershipLost { member: gone, reason })
            if *gone == member && is_of_the_session(reason)),
        "{told:?}"
    );
    close([client]);
}

#[test]
fn group_multiple_groups() {
    let url = shared().url(&fresh_path());
    let ((a, group_a), (b, group_b)) = (group_of(&url), group_of(&url));
    let one = join(&group_a, "group 1", None);
    let two = join(&group_b, "group 2", None);
    let both = vec![one.clone(), two.clone()];
    for group in [&group_a, &group_b] {
        let mut seen = Vec::new();
        wait_until("both to be seen", LIMIT, || {
            seen = group.wait_members(&seen, Some(LIMIT)).unwrap();
            (seen == both).then_some(())
        });
    }
    let end = group_b.cancelled(&one);
    expire(session_of(&a));
    assert!(!end.wait_for(LIMIT).unwrap(), "not by this group");
    assert_eq!(group_b.wait_members(&both, Some(LIMIT)).unwrap(), [two]);
    close([a, b]);
}

/// `creator:creator` in the form of ZooKeeper's `DigestAuthenticationProvider`.
const CREATOR: &str = "creator:ypSegK/J4upK+Rhi3MoYohqRddo=";

#[test]
fn group_path_with_restrictive_perms() {
    let parent = fresh_path();
    let mut admin = raw::Session::open(shared().addr(), T).unwrap();
    for path in [&parent, &format!("{parent}/writable")] {
        assert_eq!(admin.create(path, b"", 0).unwrap().error, 0);
    }
    let rights = [(READ, "world", "anyone"), (ALL, "digest", CREATOR)];
    set_acl(&mut admin, &parent, &rights);
    admin.close().unwrap();
    let addr = shared().addr();
    let join = |path: &str| {
        let (client, group) = group_of(&format!("zk://non-creator:non-creator@{addr}{path}"));
        let joined = group.join("x", None).unwrap().wait_for(LIMIT);
        close([client]);
        joined
    };
    for path in [parent.clone(), format!("{parent}/new")] {
        let error = join(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoAuth, "{error}");
        assert!(error.message().contains(&parent), "{error}");
    }
    join(&format!("{parent}/writable")).unwrap();
}

#[test]
fn group_retryable_errors() {
    let path = fresh_path();
    let addr = shared().addr();
    let (client, group) = group_of(&format!("zk://member:member@{addr}{path}"));
    for round in 0..3 {
        expire(session_of(&client));
        let joining = group.join("x", None).unwrap();
        let session = session_of(&client);
        expire(session);
        // Only a member that existed, or may have, is lost with its session: the call reports that.
        match joining.wait_for(LIMIT) {
            Ok(member) => drop(group.cancel(&member).wait_for(LIMIT).unwrap()),
            Err(error) => assert_eq!(error.kind(), ErrorKind::SessionExpired, "{error}"),
        }
        // The next calls find a group that works.
        let member = join(&group, "x", None);
        let cancelling = group.cancel(&member);
        expire(session_of(&client));
        let by_us = cancelling.wait_for(LIMIT).unwrap();
        println!("round {round}: cancelled by the call: {by_us}");
    }
    wait_children(&observe(), &path, 0);
    close([client]);
}

#[test]
fn group_connect_timer() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    shut(&proxy);
    let client = open_for(&proxy.url(&path), SHORT);
    let start = Instant::now();
    let group = client.group(&path).unwrap();
    let mut joining = group.join("x", None).unwrap();
    // No session could expire: the client continues to try.
    let mut told = Vec::new();
    while start.elapsed() < SHORT + SHORT / 2 {
        told.extend(until(client.events(), retrying));
    }
    assert!(!told.iter().any(expired), "{told:?}");
    assert!(is_pending(&mut joining));
    proxy.refuse(false);
    joining.wait_for(LIMIT).unwrap();
    close([client]);
}

#[test]
fn group_timer_cleanup() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    shut(&proxy);
    let client = open_for(&proxy.url(&path), SHORT);
    let group = client.group(&path).unwrap();
    let (send, receive) = mpsc::channel();
    client
        .events()
        .on_each(move |event| send.send(event).unwrap())
        .unwrap();
    let first = receive.recv_timeout(LIMIT).unwrap();
    assert_eq!(first, SessionEvent::Connecting);
    drop((group, client));
    let (start, mut told) = (Instant::now(), Vec::new());
    let end = loop {
        match receive.recv_timeout(LIMIT.saturating_sub(start.elapsed())) {
            Ok(event) => told.push(event),
            Err(end) => break end,
        }
    };
    assert_eq!(end, mpsc::RecvTimeoutError::Disconnected);
    assert_eq!(told.last(), Some(&SessionEvent::Closed), "{told:?}");
    assert!(!told.iter().any(expired), "{told:?}");
    // No client is left that tries: the only connection is the next client's.
    proxy.refuse(false);
    let next = open(&proxy.url(&path));
    session_of(&next);
    assert_eq!(proxy.counts().connections, 1);
    assert!(news(next.events()).is_empty());
    close([next]);
}
