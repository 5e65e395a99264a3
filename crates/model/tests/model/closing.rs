//! Sessions that the tracker has taken out of its queue and not closed yet.

use crate::crew::{Crew, three};
use crate::harness::{Got, Harness, create, exists, member, ms};
use std::time::Duration;
use tenure_model::ModelOptions;
use tenure_proto::Request;

/// The shortest time.
const INSTANT: Duration = Duration::from_nanos(1);

/// A server that takes up to this long to close the sessions of a tick.
fn world(most: Duration, seed: u64) -> Harness {
    let mut w = Harness::with(ModelOptions {
        seed,
        ..ModelOptions::default()
    });
    w.model.set_closing_time(most);
    w
}

#[test]
fn a_doomed_session_seems_to_live_and_ends_all_the_same() {
    let mut w = world(ms(100), 1);
    let a = w.connect_asking(1000);
    assert_eq!(w.model.deadline(), Some(ms(1500)));
    assert!(!w.model.is_doomed(a.session));
    assert_eq!(w.tick(ms(1500)), []);
    assert!(w.model.is_doomed(a.session));
    let end = w.model.deadline().unwrap();
    assert!(end > ms(1500) && end <= ms(1600), "{end:?}");
    w.now = ms(1500) + INSTANT;
    w.ask(a.conn, &Request::Ping);
    w.ask(a.conn, &member("/m_"));
    let conn = w.reattach(&a, 1000);
    let closed_and_valid = w.all();
    assert!(
        matches!(&closed_and_valid[..], [(old, Got::Closed), (new, Got::Connected(c))]
            if *old == a.conn && *new == conn && c.session == a.session && c.timeout_ms == 1000),
        "{closed_and_valid:?}"
    );
    w.ask(conn, &create("/a"));
    assert_eq!(w.tick(end - INSTANT), []);
    assert_eq!(w.tick(end), [(conn, Got::Closed)]);
    assert_eq!(w.model.sessions(), [0i64; 0]);
    assert_eq!(w.model.children("/").unwrap(), ["a", "zookeeper"]);
    assert_eq!(w.model.deadline(), None, "its new bucket is empty");
}

#[test]
fn a_bucket_is_taken_whole_and_its_sessions_end_one_by_one_in_any_order() {
    let mut w = world(ms(100), 5);
    let clients: Vec<_> = (0..50).map(|_| w.connect_asking(1000)).collect();
    assert_eq!(w.tick(ms(1500)), []);
    assert!(clients.iter().all(|c| w.model.is_doomed(c.session)));
    let mut ended = Vec::new();
    while let Some(at) = w.model.deadline() {
        for (conn, got) in w.tick(at) {
            assert_eq!(got, Got::Closed);
            ended.push((at, conn));
        }
    }
    assert!(ended.windows(2).all(|two| two[0].0 < two[1].0), "{ended:?}");
    assert!(ended[49].0 <= ms(1600), "{ended:?}");
    let order: Vec<_> = ended.iter().map(|(_, conn)| *conn).collect();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, clients.iter().map(|c| c.conn).collect::<Vec<_>>());
    assert_ne!(sorted, order);
}

#[test]
fn one_alone_takes_anything_from_nothing_to_the_longest() {
    let mut took: Vec<Duration> = (0..200)
        .map(|seed| {
            let mut w = world(ms(100), seed);
            w.connect_asking(1000);
            w.tick(ms(1500));
            w.model
                .deadline()
                .map_or(Duration::ZERO, |at| at - ms(1500))
        })
        .collect();
    took.sort_unstable();
    assert!(took[5] < ms(10) && took[194] > ms(90), "{took:?}");
    assert!(took[199] <= ms(100), "{took:?}");
}

#[test]
fn the_next_bucket_is_not_taken_before_this_one_is_closed() {
    // Of many seeds some take longer than a tick.
    let mut saved = 0;
    for seed in 0..20 {
        let mut w = world(ms(1500), seed);
        w.connect_asking(1000);
        let b = w.connect_asking(1500);
        w.tick(ms(1500));
        let end = w.model.deadline().unwrap();
        if end <= ms(2100) {
            continue;
        }
        // Its bucket has been due since 2000 ms.
        assert_eq!(w.tick(ms(2100)), []);
        assert!(!w.model.is_doomed(b.session));
        w.ask(b.conn, &Request::Ping);
        w.tick(end);
        assert_eq!(w.model.deadline(), Some(ms(4000)));
        assert_eq!(w.model.sessions(), [b.session]);
        saved += 1;
    }
    assert!(saved > 3, "{saved}");
}

#[test]
fn a_doomed_session_that_its_client_ends_is_closed_twice() {
    let mut w = world(ms(100), 3);
    let (a, b) = (w.connect_asking(1000), w.connect());
    w.tick(ms(1500));
    let end = w.model.deadline().unwrap();
    let closed = w.exchange(a.conn, &Request::CloseSession);
    assert_eq!(closed.last(), Some(&Got::Closed));
    let zxid = w.ask(b.conn, &Request::Ping).0;
    assert_eq!(w.tick(end), []);
    assert_eq!(w.ask(b.conn, &Request::Ping).0, zxid + 1);
}

#[test]
fn a_doomed_session_can_be_ended_from_outside_at_once() {
    let mut w = world(ms(100), 4);
    let a = w.connect_asking(1000);
    w.tick(ms(1500));
    assert!(w.model.expire(a.session, w.now));
    assert_eq!(w.all(), [(a.conn, Got::Closed)]);
    assert!(!w.model.expire(a.session, w.now));
}

/// A crew, and a session at a follower that its leader has just doomed.
fn doomed(seed: u64) -> (Crew, crate::harness::Client) {
    let mut crew = Crew::new(three(seed));
    crew.ensemble.set_closing_time(ms(100));
    let follower = crew.followers()[0];
    let client = crew.connect(follower, 4000);
    crew.ensemble.disconnected(client.conn, crew.now);
    let session = client.session;
    crew.wait("its bucket", |crew| crew.ensemble.is_doomed(session));
    (crew, client)
}

#[test]
fn a_doomed_session_is_valid_to_followers() {
    let mut valid = 0;
    for seed in 0..20 {
        let (mut crew, client) = doomed(seed);
        let taken = crew.now;
        let end = crew.ensemble.expiry(client.session).unwrap();
        assert!(end <= taken + ms(100));
        if end < taken + ms(20) {
            continue;
        }
        let there = crew.followers()[1];
        let again = crew.reattach(there, &client, 4000);
        assert_eq!(again.session, client.session);
        assert!(crew.ask(again.conn, &member("/m_")).is_ok());
        assert_eq!(crew.ensemble.expiry(client.session), Some(end), "no later");
        crew.wait("the end", |crew| crew.closed_at(again.conn).is_some());
        assert!(crew.now >= end && crew.now <= end + ms(10));
        assert_eq!(crew.ensemble.children("/").unwrap(), ["zookeeper"]);
        valid += 1;
    }
    assert!(valid > 10, "{valid}");
}

#[test]
fn a_leader_that_is_paused_in_the_middle_goes_on_where_it_was() {
    let (mut crew, client) = doomed(1);
    let leader = crew.leader();
    let left = crew.ensemble.expiry(client.session).unwrap() - crew.now;
    crew.ensemble.pause(leader, crew.now);
    crew.run(ms(1000));
    crew.ensemble.resume(leader, crew.now);
    let end = crew.now + left;
    assert_eq!(crew.ensemble.expiry(client.session), Some(end));
    // Earlier requests are answered first.
    let again = crew.reattach(leader, &client, 4000);
    assert!(crew.ask(again.conn, &exists("/")).is_ok());
    assert_eq!(crew.closed_at(again.conn), None);
    crew.wait("the end", |crew| crew.closed_at(again.conn).is_some());
    assert!(crew.now >= end && crew.now <= end + ms(10));
}

#[test]
fn a_new_leader_has_doomed_nobody() {
    let (mut crew, client) = doomed(2);
    let old = crew.leader();
    crew.ensemble.crash(old, crew.now);
    crew.wait("another leader", |crew| crew.ensemble.leader().is_some());
    assert!(!crew.ensemble.is_doomed(client.session));
    let left = crew.ensemble.expiry(client.session).unwrap() - crew.now;
    assert!(left > ms(4000), "{left:?}");
}
