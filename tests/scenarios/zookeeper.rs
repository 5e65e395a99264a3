//! Mesos's tests of its ZooKeeper client, and of leader detector and contender above it.

use crate::{
    ALL, LIMIT, NO_AUTH, SHORT, any_leader, close, contend, expire, expired, fresh_path,
    is_of_the_session, leader_that, leading, loss, nobody_leads, observe, open, open_for, raw_as,
    retrying, session_of, set_acl, shared, shut, token_of, until, wait_children,
};
use std::time::Duration;
use tenure::{
    ContenderOptions, DetectorEvent, ErrorKind, ExpiredBy, LostReason, Reenrol, SessionEvent,
};
use tenure_field::wire::{Payload, opcode};
use tenure_field::zookeeper::Config;
use tenure_field::{Proxy, Zookeeper, raw};

#[test]
fn zookeeper_auth() {
    let (addr, path) = (shared().addr(), fresh_path());
    let url = |credentials: &str| format!("zk://{credentials}{addr}{path}");
    let owner = open(&url("creator:creator@"));
    let group = owner.group(&path).unwrap();
    let member = group.join("42", None).unwrap().wait_for(LIMIT).unwrap();
    let strangers = ["", "non-owner:non-owner@"].map(|credentials| open(&url(credentials)));
    for stranger in &strangers {
        let group = stranger.group(&path).unwrap();
        let read = group.data(&member).wait_for(LIMIT).unwrap();
        assert_eq!(read.as_deref(), Some(&b"42"[..]));
        let error = group.evict(&member).wait_for(LIMIT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoAuth, "{error}");
        assert!(error.message().contains(&path), "{error}");
    }
    for mut stranger in [
        raw::Session::open(addr, LIMIT).unwrap(),
        raw_as("non-owner:non-owner"),
    ] {
        let body = Payload::new().buffer(&member.path).buffer("43").int(-1);
        let reply = stranger.request(opcode::SET_DATA, body).unwrap();
        assert_eq!(reply.error, NO_AUTH);
    }
    let read = group.data(&member).wait_for(LIMIT).unwrap();
    assert_eq!(read.as_deref(), Some(&b"42"[..]));
    close(strangers);
    close([owner]);
}

#[test]
fn zookeeper_session_timeout_negotiation() {
    let server = Zookeeper::start_with(Config {
        min_session_timeout_ms: Some(8_000),
        max_session_timeout_ms: Some(20_000),
        ..Config::default()
    });
    for (asked, granted) in [(7, 8), (22, 20)] {
        let client = open_for(&server.url("/any"), Duration::from_secs(asked));
        let told = until(client.events(), |event| {
            matches!(event, SessionEvent::Connected { .. })
        });
        let timeout = Duration::from_secs(granted);
        let Some(SessionEvent::Connected { timeout: told, .. }) = told.last() else {
            panic!("{told:?}");
        };
        assert_eq!(*told, timeout, "{asked} s were asked for");
        close([client]);
    }
}

#[test]
fn zookeeper_create() {
    let (addr, top) = (shared().addr(), fresh_path());
    let join = |credentials: &str, path: &str, data: &str| {
        let client = open(&format!("zk://{credentials}@{addr}{path}"));
        let group = client.group(path).unwrap();
        let member = group.join(data, None).unwrap().wait_for(LIMIT);
        (client, group, member)
    };
    // The client creates the parents of a group on the way, with its own ACL.
    let bar = format!("{top}/bar");
    let (creator, _group, member) = join("creator:creator", &bar, "42");
    assert_eq!(member.unwrap().path, format!("{bar}/0000000000"));
    let (other, _, refused) = join("non-owner:non-owner", &bar, "43");
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NoAuth);

    let baz = format!("{bar}/baz");
    let mut admin = raw_as("creator:creator");
    assert_eq!(admin.create(&baz, b"43", 0).unwrap().error, 0);
    set_acl(&mut admin, &baz, &[(ALL, "world", "anyone")]);
    // A client that may not create an existing path is not refused for that.
    let (anybody, _group, member) = join("non-owner:non-owner", &baz, "44");
    assert_eq!(member.unwrap().path, format!("{baz}/0000000000"));
    let bam = format!("{baz}/bam");
    let (below, group, member) = join("non-owner:non-owner", &bam, "45");
    let read = group.data(&member.unwrap()).wait_for(LIMIT).unwrap();
    assert_eq!(read.as_deref(), Some(&b"45"[..]));
    close([creator, other, anybody, below]);
}

#[test]
fn zookeeper_leader_detector() {
    let path = fresh_path();
    let client = open(&shared().url(&path));
    let group = client.group(&path).unwrap();
    let join = || group.join("x", None).unwrap().wait_for(LIMIT).unwrap();
    let cancel = |member| assert!(group.cancel(member).wait_for(LIMIT).unwrap());
    let (one, two) = (join(), join());
    let detector = client.detect(&path).unwrap();
    let first = any_leader(&detector);
    assert_eq!(first.member, one);
    let before = DetectorEvent::Leader(first);
    cancel(&two);
    let two = join();
    // The answer to a write of any client comes after every event before it.
    observe().create(&format!("{path}-mark"), b"");
    assert_eq!(detector.state(), before);
    cancel(&one);
    let Ok(DetectorEvent::Leader(second)) = detector.detect(&before, Some(LIMIT)) else {
        panic!("from leader to leader");
    };
    assert_eq!(second.member, two);
    cancel(&two);
    let last = detector.detect(&DetectorEvent::Leader(second), Some(LIMIT));
    assert_eq!(last.unwrap(), DetectorEvent::None);
    close([client]);
}

#[test]
fn zookeeper_leader_detector_timeout_handling() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let others = open(&shared().url(&path));
    let leader = contend(&others, &path, "x");
    token_of(&leader);
    let client = open_for(&proxy.url(&path), SHORT);
    let detector = client.detect(&path).unwrap();
    let known = any_leader(&detector);
    proxy.reset_counts();
    shut(&proxy);
    // Where Mesos reports "nobody", the detector reports that it cannot know.
    let told = detector.detect(&DetectorEvent::Leader(known.clone()), Some(LIMIT));
    assert!(
        matches!(told, Ok(DetectorEvent::Unknown { .. })),
        "{told:?}"
    );
    let by = ExpiredBy::LocalTimeout;
    let over = until(client.events(), expired).pop();
    assert_eq!(over, Some(SessionEvent::Expired { by }));
    assert_eq!(proxy.counts().total_replies(), 0, "no server had a say");
    proxy.refuse(false);
    assert_eq!(any_leader(&detector).member, known.member);
    close([client, others]);
}

#[test]
fn zookeeper_leader_detector_cancellation_handling() {
    let path = fresh_path();
    let client = open(&shared().url(&path));
    let group = client.group(&path).unwrap();
    let detector = client.detect(&path).unwrap();
    let member = group.join("x", None).unwrap().wait_for(LIMIT).unwrap();
    assert_eq!(any_leader(&detector).member, member);
    assert!(group.cancel(&member).wait_for(LIMIT).unwrap());
    nobody_leads(&detector);
    let again = group.join("x", None).unwrap().wait_for(LIMIT).unwrap();
    let told = detector.detect(&DetectorEvent::None, Some(LIMIT)).unwrap();
    assert!(
        matches!(&told, DetectorEvent::Leader(leader) if leader.member == again),
        "{told:?}"
    );
    close([client]);
}

#[test]
fn zookeeper_leader_contender() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let client = open_for(&proxy.url(&path), SHORT);
    let once = || {
        let options = ContenderOptions::new(&path).label("info");
        client.contend(options.reenrol(Reenrol::Never)).unwrap()
    };
    let session = session_of(&client);
    let observer = observe();
    observer.create(&path, b"");

    // (a) Withdrawn before its znode exists.
    let contender = once();
    assert!(contender.withdraw().wait_for(LIMIT).unwrap());
    assert_eq!(loss(&contender), LostReason::Withdrawn);
    assert!(!contender.withdraw().wait_for(LIMIT).unwrap());
    assert!(observer.children(&path).is_empty());

    // (b) The session ends: the candidacy does, and no znode is left to withdraw.
    let contender = once();
    token_of(&contender);
    expire(session);
    assert!(is_of_the_session(&loss(&contender)));
    assert!(!contender.withdraw().wait_for(LIMIT).unwrap());

    // (c) Begun while there is no connection, and the session ends meanwhile.
    let session = session_of(&client);
    shut(&proxy);
    until(client.events(), retrying);
    let contender = once();
    expire(session);
    proxy.refuse(false);
    until(contender.events(), leading);
    assert_ne!(session_of(&client), session);
    assert!(contender.withdraw().wait_for(LIMIT).unwrap());

    // (d) Cut off: lost by its own clock, and no server decides.
    let contender = once();
    until(contender.events(), leading);
    shut(&proxy);
    assert_eq!(loss(&contender), LostReason::LeaseLapsed);
    assert!(!contender.is_leading());

    // (e) And once more.
    let again = once();
    proxy.refuse(false);
    until(again.events(), leading);
    wait_children(&observer, &path, 1);
    let detector = client.detect(&path).unwrap();
    let token = token_of(&again);
    leader_that(&detector, |leader| leader.member.token == token);
    close([client]);
}
