//! Mesos's tests of its master contenders and detectors, on the level of payloads: the content of a
//! `json.info` is opaque.

use crate::{
    ALL, LIMIT, SHORT, any_leader, close, contend, expire, expired, fresh_path, is_of_the_session,
    is_pending, leader_that, leading, loss, news, nobody_leads, observe, open, open_for, raw_as,
    retrying, session_of, set_acl, shared, shut, standing_by, token_of, unknown, until,
    wait_children,
};
use std::path::Path;
use std::time::Duration;
use tenure::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, DetectorEvent, ErrorKind,
    LostReason, Pending, Reenrol, Url,
};
use tenure_field::Proxy;
use tenure_field::proxy::Then;
use tenure_field::wire::opcode;

/// The payload of a Mesos master.
const INFO: &str = r#"{"address":{"hostname":"m1","ip":"10.10.1.22","port":8080},"hostname":"m1","id":"8a2f9d","ip":369166858,"pid":"master@10.10.1.22:8080","port":8080,"version":"1.11.0"}"#;

fn master(path: &str, info: &str) -> ContenderOptions {
    ContenderOptions::new(path).label("json.info").data(info)
}

/// A contender that reports its loss and does not enrol again, as Mesos's.
fn once(client: &Client, path: &str, info: &str) -> Contender {
    let options = master(path, info).reenrol(Reenrol::Never);
    client.contend(options).unwrap()
}

fn standalone(address: &str) -> (Url, Client) {
    let url = Url::parse(address).unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    (url, client)
}

fn led_by(info: &str) -> impl Fn(&tenure::Leader) -> bool {
    move |leader| leader.data == info.as_bytes()
}

#[test]
fn master_file() {
    let path = fresh_path();
    let client = open(&shared().url(&path));
    let leader = client.contend(master(&path, INFO)).unwrap();
    token_of(&leader);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("master-url");
    let mut found = Vec::new();
    for text in [shared().url(&path), "10.10.1.105:8088".to_owned()] {
        std::fs::write(&file, text).unwrap();
        let url = Url::parse(&format!("file://{}", file.display())).unwrap();
        let agent = Client::open(&url, ClientOptions::default()).unwrap();
        let detector = agent.detect(url.path()).unwrap();
        found.push(any_leader(&detector).data);
        close([agent]);
    }
    assert_eq!(found, [INFO.as_bytes(), b"10.10.1.105:8088"]);
    close([client]);
}

#[test]
fn master_basic_contender() {
    // Mesos's standalone contender is always elected. Here a standalone URL allows no contender.
    let (url, client) = standalone("10.10.1.105:8088");
    let refused = client.contend(master(url.path(), INFO)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    assert!(refused.message().contains("standalone leader"), "{refused}");
}

#[test]
fn master_basic_detector() {
    // There is no appointing: the address leads from the beginning and for ever.
    let (url, client) = standalone("10.10.1.105:8088");
    let detector = client.detect(url.path()).unwrap();
    let known = detector.state();
    let given_up = detector.detect(&known, Some(Duration::ZERO));
    assert_eq!(given_up.unwrap_err().kind(), ErrorKind::Timeout);
    let told = detector.detect(&DetectorEvent::None, Some(LIMIT)).unwrap();
    assert_eq!(told, known);
}

#[test]
fn master_basic_master_info() {
    let (url, client) = standalone("10.10.1.105:8088");
    let host = url.standalone().unwrap();
    assert_eq!((host.name.as_str(), host.port), ("10.10.1.105", 8088));
    let detector = client.detect(url.path()).unwrap();
    assert_eq!(any_leader(&detector).data, b"10.10.1.105:8088");
}

#[test]
fn master_contender() {
    let path = fresh_path();
    let (a, b) = (open(&shared().url(&path)), open(&shared().url(&path)));
    let contender = once(&a, &path, INFO);
    let session = session_of(&a);
    let detector = b.detect(&path).unwrap();
    let leader = any_leader(&detector);
    assert_eq!(leader.data, INFO.as_bytes());
    assert_eq!(leader.member.token, token_of(&contender));
    let known = DetectorEvent::Leader(leader);
    // A call that is given up does not affect the next one.
    {
        let mut call = Box::pin(detector.detected(&known));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(
        detector.detect(&DetectorEvent::None, Some(LIMIT)).unwrap(),
        known
    );
    expire(session);
    assert!(is_of_the_session(&loss(&contender)));
    let told = detector.detect(&known, Some(LIMIT)).unwrap();
    assert_eq!(told, DetectorEvent::None);
    close([a, b]);
}

#[test]
fn master_contender_pending_election() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let observer = observe();
    observer.create(&path, b"");
    let client = open(&proxy.url(&path));
    session_of(&client);
    proxy.swallow_reply(opcode::CREATE2, 1, Then::Hold);
    let contender = client.contend(master(&path, INFO)).unwrap();
    let children = wait_children(&observer, &path, 1);
    // Whatever calls come meanwhile: one candidacy is one znode.
    let written = contender.set_data("changed").unwrap();
    let short = Some(Duration::ZERO);
    assert!(contender.wait_leading(short).is_err());
    assert!(contender.wait_leading(short).is_err());
    proxy.release();
    token_of(&contender);
    assert!(written.wait_for(LIMIT).unwrap());
    assert_eq!(observer.children(&path), children);
    assert_eq!(proxy.counts().request(opcode::CREATE2), 1);
    close([client]);
}

#[test]
fn master_contenders() {
    let path = fresh_path();
    let (a, b) = (open(&shared().url(&path)), open(&shared().url(&path)));
    let (first, one) = (once(&a, &path, "master 1"), a.detect(&path).unwrap());
    token_of(&first);
    let (second, two) = (once(&b, &path, "master 2"), b.detect(&path).unwrap());
    until(second.events(), standing_by);
    for detector in [&one, &two] {
        leader_that(detector, led_by("master 1"));
    }
    let before = two.state();
    drop(first);
    let told = two.detect(&before, Some(LIMIT)).unwrap();
    assert!(
        matches!(&told, DetectorEvent::Leader(leader) if led_by("master 2")(leader)),
        "{told:?}"
    );
    leader_that(&one, led_by("master 2"));
    token_of(&second);
    close([a, b]);
}

#[test]
fn master_non_retryable_errors() {
    let path = fresh_path();
    let addr = shared().addr();
    let as_user = |user: &str| open(&format!("zk://{user}@{addr}{path}"));
    let (owner, stranger) = (as_user("member:member"), as_user("member:wrongpass"));
    let group = owner.group(&path).unwrap();
    group.join("x", None).unwrap().wait_for(LIMIT).unwrap();
    for _ in 0..2 {
        let contender = stranger.contend(master(&path, INFO)).unwrap();
        let error = contender.wait_leading(Some(LIMIT)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoAuth, "{error}");
        assert!(error.message().contains(&path), "{error}");
    }
    let secret = fresh_path();
    let mut admin = raw_as("creator:creator");
    assert_eq!(admin.create(&secret, b"", 0).unwrap().error, 0);
    let creator = "creator:ypSegK/J4upK+Rhi3MoYohqRddo=";
    set_acl(&mut admin, &secret, &[(ALL, "digest", creator)]);
    let anybody = open(&shared().url(&secret));
    let detectors = [0, 1].map(|_| anybody.detect(&secret).unwrap());
    for detector in &detectors {
        let unlike = |event: &DetectorEvent| matches!(event, DetectorEvent::Failed(_));
        let told = until(detector.events(), unlike);
        let Some(DetectorEvent::Failed(error)) = told.last() else {
            panic!("{told:?}");
        };
        assert_eq!(error.kind(), ErrorKind::NoAuth, "{error}");
        assert!(error.message().contains(&secret), "{error}");
    }
    // It is not the end: once READ is granted, the detector reports again.
    set_acl(&mut admin, &secret, &[(ALL, "world", "anyone")]);
    detectors.iter().for_each(nobody_leads);
    close([owner, stranger, anybody]);
}

#[test]
fn master_contender_detector_shutdown_network() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let client = open_for(&proxy.url(&path), SHORT);
    let (contender, detector) = (once(&client, &path, INFO), client.detect(&path).unwrap());
    until(contender.events(), leading);
    leader_that(&detector, led_by(INFO));
    shut(&proxy);
    assert_eq!(loss(&contender), LostReason::LeaseLapsed);
    unknown(&detector);
    until(client.events(), expired);
    // A call without a server to answer waits, and does not fail.
    let (again, also) = (once(&client, &path, INFO), client.detect(&path).unwrap());
    for _ in 0..3 {
        until(client.events(), retrying);
    }
    assert_eq!(news(again.events()), [ContenderEvent::Enrolling]);
    assert_eq!(news(also.events()), []);
    unknown(&also);
    proxy.refuse(false);
    let token = token_of(&again);
    for detector in [&detector, &also] {
        leader_that(detector, |leader| leader.member.token == token);
    }
    close([client]);
}

#[test]
fn master_detector_timed_out_session() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let clients = [0, 1, 2].map(|_| open_for(&proxy.url(&path), SHORT));
    let [a, b, c] = &clients;
    let leader = once(a, &path, "leader");
    until(leader.events(), leading);
    let follower = once(b, &path, "follower");
    until(follower.events(), standing_by);
    let detectors = [a, b, c].map(|client| client.detect(&path).unwrap());
    for detector in &detectors {
        leader_that(detector, led_by("leader"));
    }
    shut(&proxy);
    detectors.iter().for_each(unknown);
    assert_eq!(loss(&leader), LostReason::LeaseLapsed);
    assert_eq!(loss(&follower), LostReason::SessionExpired);
    proxy.refuse(false);
    detectors.iter().for_each(nobody_leads);
    close(clients);
}

#[test]
fn master_detector_expire_master_zk_session() {
    let path = fresh_path();
    let clients = [0, 1, 2].map(|_| open(&shared().url(&path)));
    let [contending, detecting, following] = &clients;
    let leader = contending.contend(master(&path, "leader")).unwrap();
    until(leader.events(), leading);
    let follower = following.contend(master(&path, "follower")).unwrap();
    until(follower.events(), standing_by);
    let detector = detecting.detect(&path).unwrap();
    leader_that(&detector, led_by("leader"));
    let before = detector.state();
    news(detector.events());
    expire(session_of(contending));
    assert!(is_of_the_session(&loss(&leader)));
    token_of(&follower);
    let told = detector.detect(&before, Some(LIMIT)).unwrap();
    assert!(
        matches!(&told, DetectorEvent::Leader(leader) if led_by("follower")(leader)),
        "{told:?}"
    );
    assert_eq!(news(detector.events()), [told], "and nothing between");
    // Unlike Mesos's contender, it enrols again by itself.
    until(leader.events(), standing_by);
    close(clients);
}

#[test]
fn master_detector_expire_slave_zk_session() {
    let path = fresh_path();
    let (a, b) = (open(&shared().url(&path)), open(&shared().url(&path)));
    let leader = contend(&a, &path, INFO);
    let token = token_of(&leader);
    let detector = b.detect(&path).unwrap();
    leader_that(&detector, led_by(INFO));
    news(detector.events());
    expire(session_of(&b));
    until(b.events(), expired);
    session_of(&b);
    // Where Mesos reports "nobody" in between, it reports that it does not know.
    let group = b.group(&path).unwrap();
    assert_eq!(group.members().wait_for(LIMIT).unwrap()[0].token, token);
    let same = |event: &DetectorEvent| matches!(event, DetectorEvent::Leader(leader) if leader.member.token == token);
    let told = until(detector.events(), same);
    assert!(
        matches!(told[..], [DetectorEvent::Unknown { .. }, _] | [_]),
        "{told:?}"
    );
    assert!(same(&detector.state()));
    close([a, b]);
}

#[test]
fn master_detector_expire_slave_zk_session_new_master() {
    let path = fresh_path();
    let clients = [0, 1, 2].map(|_| open(&shared().url(&path)));
    let [a, b, c] = &clients;
    let leader = once(a, &path, "leader");
    until(leader.events(), leading);
    let follower = once(b, &path, "follower");
    until(follower.events(), standing_by);
    let detector = c.detect(&path).unwrap();
    leader_that(&detector, led_by("leader"));
    news(detector.events());
    expire(session_of(c));
    expire(session_of(a));
    assert!(is_of_the_session(&loss(&leader)));
    let second = leader_that(&detector, led_by("follower"));
    assert_eq!(second.member.token, token_of(&follower));
    let told = news(detector.events());
    assert!(!told.contains(&DetectorEvent::None), "{told:?}");
    close(clients);
}

#[test]
fn master_detector_uses_json() {
    let path = fresh_path();
    let (a, b) = (open(&shared().url(&path)), open(&shared().url(&path)));
    let contender = a.contend(master(&path, INFO)).unwrap();
    token_of(&contender);
    let found = any_leader(&b.detect(&path).unwrap());
    assert_eq!(found.data, INFO.as_bytes());
    assert_eq!(found.member.label.as_deref(), Some("json.info"));
    let name = observe().children(&path).remove(0);
    assert_eq!(name, "json.info_0000000000");
    assert_eq!(found.member.path, format!("{path}/{name}"));
    close([a, b]);
}

#[test]
fn master_lost_zookeeper_cluster() {
    // Mesos's master ends when it is cut off; a program that uses this library gets the event in
    // time to do so.
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let client = open_for(&proxy.url(&path), SHORT);
    let contender = client.contend(master(&path, INFO)).unwrap();
    until(contender.events(), leading);
    shut(&proxy);
    let told = until(contender.events(), crate::lost);
    assert!(
        matches!(told.first(), Some(ContenderEvent::Jeopardy { .. })),
        "{told:?}"
    );
    assert!(!contender.is_leading());
    proxy.refuse(false);
    until(contender.events(), leading);
    close([client]);
}

#[test]
fn log_replicas_find_each_other_through_a_group() {
    let (proxy, path) = (Proxy::start(shared().addr()), fresh_path());
    let (a, b) = (open(&proxy.url(&path)), open(&shared().url(&path)));
    let groups = [&a, &b].map(|client| client.group(&path).unwrap());
    let joined = [
        "log-replica(1)@10.0.0.1:5050",
        "log-replica(1)@10.0.0.2:5050",
    ];
    let joins = (groups.iter().zip(joined))
        .map(|(group, pid)| group.join(pid, Some("log_replicas")).unwrap())
        .collect::<Vec<_>>();
    for join in joins {
        join.wait_for(LIMIT).unwrap();
    }
    for group in &groups {
        let mut members = Vec::new();
        while members.len() < 2 {
            members = group.wait_members(&members, Some(LIMIT)).unwrap();
        }
        let read = |member| group.data(member).wait_for(LIMIT).unwrap().unwrap();
        let mut pids: Vec<_> = members.iter().map(read).collect();
        pids.sort();
        assert_eq!(pids, joined.map(str::as_bytes));
    }
    // Without ZooKeeper, the events still have the last known state.
    let members = match groups[0].events().latest() {
        Some(tenure::GroupEvent::Members(members)) => members,
        other => panic!("{other:?}"),
    };
    shut(&proxy);
    until(a.events(), retrying);
    let mut asking: Pending<_> = groups[0].members();
    until(a.events(), retrying);
    assert!(is_pending(&mut asking));
    proxy.refuse(false);
    assert_eq!(asking.wait_for(LIMIT).unwrap(), members);
    close([a, b]);
}
