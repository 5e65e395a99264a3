//! Answers and requests beyond the limits of clients and servers, or that take long to arrive.

use crate::{
    LIMIT, T, contend, fresh_path, has_lost, let_pass, open, shared, token_of, wait_known,
};
use std::time::{Duration, Instant};
use tenure::{Client, ContenderEvent, ContenderOptions, DetectorEvent, Error, LostReason};
use tenure_field::zookeeper::Config;
use tenure_field::{Proxy, Relay, Zookeeper, raw, wait_until};
use tenure_observer::Observer;

/// How many bytes one request creates.
const AT_ONCE_BYTES: usize = 400_000;
/// The most connections that a client makes in T where one request ends each.
const CONNECTIONS_MAX: u64 = 16;

/// A group with this many strangers in it, with names of this length; none is a member's.
fn crowded(server: &Zookeeper, count: usize, chars: usize) -> String {
    let path = fresh_path();
    Observer::connect(server.addr()).create(&path, b"");
    let mut session = raw::Session::open(server.addr(), LIMIT).unwrap();
    let at_once = AT_ONCE_BYTES / chars;
    for first in (0..count).step_by(at_once) {
        let name = |n| format!("{path}/{n:x<chars$}");
        let names: Vec<String> = (first..(first + at_once).min(count)).map(name).collect();
        assert_eq!(session.create_all(&names).unwrap().error, 0);
    }
    path
}

/// Waits until a detector of the group reports why it cannot know.
fn failure(client: &Client, path: &str) -> Error {
    let detector = client.detect(path).unwrap();
    wait_until(
        "the detector to say why it cannot know",
        LIMIT,
        || match detector.state() {
            DetectorEvent::Failed(error) => Some(error),
            _ => None,
        },
    )
}

#[test]
fn f4_a_listing_of_megabytes_harms_no_other_group() {
    let (path, other) = (crowded(shared(), 20_000, 230), fresh_path());
    let proxy = Proxy::start(shared().addr());
    let client = open(&proxy.url(&other));
    let leader = contend(&client, &other);
    let token = token_of(&leader);

    let members = client.group(&path).unwrap().members();
    let detector = client.detect(&path).unwrap();
    let contender = contend(&client, &path);
    let led = token_of(&contender);
    wait_known(&detector, led);
    drop(members);
    assert_eq!(leader.leadership().map(|l| l.token()), Some(token));
    assert!(!has_lost(&leader));
    let counts = proxy.counts();
    assert_eq!(counts.connections, 1, "{counts:?}");
    client.close().wait_for(LIMIT).unwrap();
}

#[test]
fn f4_a_listing_beyond_the_limit_is_refused_with_the_reason_and_harms_no_other_group() {
    // 17 MB, of which a server needs several copies.
    let server = Zookeeper::start_with(Config {
        heap_mb: 512,
        ..Config::default()
    });
    let (path, other) = (crowded(&server, 8_500, 2_000), fresh_path());
    let proxy = Proxy::start(server.addr());
    let client = open(&proxy.url(&other));
    let leader = contend(&client, &other);
    let token = token_of(&leader);

    let error = failure(&client, &path);
    let words = error.message();
    assert!(words.contains(&path) && words.contains("bytes"), "{error}");
    let group = client.group(&path).unwrap();
    let error = group.members().wait_for(LIMIT).unwrap_err();
    assert!(error.message().contains("bytes"), "{error}");
    println!("{error}");
    // No client can know whether it would lead.
    let contender = contend(&client, &path);
    let_pass(T);
    assert!(!contender.is_leading());
    assert_eq!(leader.leadership().map(|l| l.token()), Some(token));
    assert!(!has_lost(&leader));
    let counts = proxy.counts();
    assert_eq!(counts.connections, 1, "{counts:?}");
    client.close().wait_for(LIMIT).unwrap();
}

#[test]
fn f4_a_payload_beyond_the_servers_limit_fails_alone() {
    let property = ("jute.maxbuffer".to_owned(), "100000".to_owned());
    let server = Zookeeper::start_with(Config {
        properties: vec![property],
        ..Config::default()
    });
    let (other, path) = (fresh_path(), fresh_path());
    let proxy = Proxy::start(server.addr());
    let client = open(&proxy.url(&other));
    let leader = contend(&client, &other);
    let token = token_of(&leader);

    let start = Instant::now();
    let large = ContenderOptions::new(&path).data(vec![7; 500_000]);
    let contender = client.contend(large).unwrap();
    // Whether it ends or continues in the hope of a greater limit: it reports why it does not lead.
    let error = wait_until(
        "the candidacy to say what is wrong",
        LIMIT,
        || match contender.events().next(Some(Duration::ZERO)) {
            Ok(ContenderEvent::Lost {
                reason: LostReason::Failed(error),
                ..
            }) => Some(error),
            Ok(ContenderEvent::Blocked { error, .. }) => Some(error),
            _ => None,
        },
    );
    assert!(error.message().contains("jute.maxbuffer"), "{error}");
    println!("said after {:?}: {error}", start.elapsed());
    let_pass(T);
    assert_eq!(leader.leadership().map(|l| l.token()), Some(token));
    assert!(!has_lost(&leader));
    let counts = proxy.counts();
    assert!(counts.connections <= CONNECTIONS_MAX, "{counts:?}");
    client.close().wait_for(LIMIT).unwrap();
}

#[test]
fn b2_a_listing_that_takes_longer_than_a_quarter_of_t_arrives() {
    let path = crowded(shared(), 5_000, 230);
    let relay = Relay::start(shared().addr());
    // 1.2 MB: two seconds. An answer may take 3/4 T, which is three.
    relay.limit_rate(Some(600_000));
    let client = open(&relay.url(&path));
    let group = client.group(&path).unwrap();
    let start = Instant::now();
    let members = group.members().wait_for(LIMIT).unwrap();
    println!("{} members after {:?}", members.len(), start.elapsed());
    assert!(start.elapsed() > T / 4, "{:?} is no test", start.elapsed());
    assert_eq!(relay.connections(), 1);
    client.close().wait_for(LIMIT).unwrap();
}

#[test]
fn b8_a_proof_of_many_long_paths_is_not_larger_than_a_server_takes() {
    const GROUPS: usize = 300;
    let proxy = Proxy::start(shared().addr());
    let path = fresh_path();
    let client = open(&proxy.url(&path));
    let name = |n: usize| format!("{path}-{n:0>4000}");
    let leaders: Vec<_> = (0..GROUPS).map(|n| contend(&client, &name(n))).collect();
    let tokens: Vec<u64> = leaders.iter().map(token_of).collect();
    let_pass(T);
    for (leader, token) in leaders.iter().zip(tokens) {
        assert_eq!(leader.leadership().map(|l| l.token()), Some(token));
        assert!(!has_lost(leader));
    }
    let counts = proxy.counts();
    assert_eq!(counts.connections, 1, "{counts:?}");
    client.close().wait_for(LIMIT).unwrap();
}
