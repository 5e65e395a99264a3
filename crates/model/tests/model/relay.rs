//! The ways by which the leader learns that a session lives, and their failures.

use crate::crew::{Crew, three};
use crate::harness::{Got, create, exists, member, ms};
use std::time::Duration;
use tenure_model::{EnsembleOptions, Upstream};
use tenure_proto::{Request, Response};

/// A follower's reply to a ping, and its delay.
const RELAY: Duration = Duration::from_millis(250 + 2);

#[test]
fn a_touch_at_a_follower_reaches_the_leader_with_the_reply_to_a_ping() {
    let mut crew = Crew::new(three(1));
    let client = crew.connect(crew.followers()[0], 4000);
    // The creation itself counts as a touch everywhere; let that be reported.
    crew.run(ms(2000));
    let armed = crew.ensemble.expiry(client.session).unwrap();
    crew.send(client.conn, &Request::Ping);
    assert_eq!(crew.ensemble.expiry(client.session), Some(armed), "not yet");
    let touched = crew.now;
    crew.wait("the touch to be told", |crew| {
        crew.ensemble.expiry(client.session) > Some(armed)
    });
    assert!(crew.now <= touched + RELAY, "{:?}", crew.now - touched);
    // From the report, not from the touch, and up to the next tick.
    let expiry = crew.ensemble.expiry(client.session).unwrap();
    let rounded = expiry - (crew.now + ms(4000));
    assert!(rounded <= ms(500), "{rounded:?}");
}

#[test]
fn a_leader_that_goes_on_may_commit_before_it_pings() {
    let mut crew = Crew::new(three(1));
    let client = crew.connect(crew.followers()[0], 4000);
    let leader = crew.leader();
    assert!(!crew.ensemble.owes_pings(leader));
    crew.ensemble.set_ping_lateness(ms(100));
    crew.ensemble.pause(leader, crew.now);
    crew.run(ms(1000));
    crew.ensemble.resume(leader, crew.now);
    let woke = crew.now;
    assert!(crew.ensemble.owes_pings(leader));
    let ping = crew.ensemble.next_ping().unwrap();
    assert!(woke + ms(10) < ping && ping <= woke + ms(100), "{ping:?}");
    crew.ask(client.conn, &create("/a")).unwrap();
    assert!(crew.now < ping && crew.ensemble.owes_pings(leader));
    crew.run(ping - crew.now);
    assert!(!crew.ensemble.owes_pings(leader));
    // A round is late by at most this each time.
    for _ in 0..20 {
        let ping = crew.ensemble.next_ping().unwrap();
        crew.run(ping - crew.now);
        let next = crew.ensemble.next_ping().unwrap() - ping;
        assert!(ms(250) <= next && next <= ms(350), "{next:?}");
    }
}

#[test]
fn a_write_that_is_passed_on_renews_nothing_at_the_leader() {
    let mut crew = Crew::new(three(2));
    let client = crew.connect(crew.followers()[0], 4000);
    crew.run(ms(2100));
    let armed = crew.ensemble.expiry(client.session);
    crew.ask(client.conn, &create("/a")).unwrap();
    assert_eq!(crew.ensemble.expiry(client.session), armed);
}

#[test]
fn a_client_of_the_leader_renews_at_once_and_an_attach_at_a_follower_too() {
    let mut crew = Crew::new(three(3));
    let (leader, follower) = (crew.leader(), crew.followers()[0]);
    let client = crew.connect(leader, 4000);
    crew.run(ms(1500));
    let armed = crew.ensemble.expiry(client.session);
    crew.send(client.conn, &Request::Ping);
    assert!(crew.ensemble.expiry(client.session) > armed);
    crew.run(ms(1500));
    let armed = crew.ensemble.expiry(client.session);
    let moved = crew.reattach(follower, &client, 4000);
    assert_eq!(moved.session, client.session);
    assert!(crew.ensemble.expiry(client.session) > armed);
    // With a shorter timeout the end may move back.
    let armed = crew.ensemble.expiry(client.session);
    crew.reattach(follower, &client, 2000);
    assert!(crew.ensemble.expiry(client.session) < armed);
}

#[test]
fn a_follower_that_is_cut_off_answers_pings_of_a_session_that_has_ended() {
    let mut crew = Crew::new(EnsembleOptions {
        sync_limit: 20, // 10 s
        ..three(4)
    });
    let follower = crew.followers()[0];
    let client = crew.connect(follower, 2000);
    crew.ask(client.conn, &member("/m_")).unwrap();
    crew.ensemble.isolate(follower, crew.now);
    let cut = crew.now;
    let mut ended = None;
    while crew.closed_at(client.conn).is_none() {
        crew.send(client.conn, &Request::Ping);
        let answer = crew.all_for(client.conn).pop().unwrap();
        assert!(matches!(answer, Got::Reply(-2, _, _)), "{answer:?}");
        crew.run(ms(100));
        if ended.is_none() && crew.ensemble.node("/m_0000000000").is_none() {
            ended = Some(crew.now);
        }
    }
    let ended = ended.unwrap() - cut;
    assert!(ended > ms(1700) && ended < ms(2900), "{ended:?}");
    let closed = crew.closed_at(client.conn).unwrap() - cut;
    assert!(closed > ms(9700) && closed <= ms(10_100), "{closed:?}");
    assert!(crew.ensemble.node_at(follower, "/m_0000000000").is_some());
    // It learns of the end when it is connected again.
    crew.ensemble.heal_all(crew.now);
    crew.settle();
    crew.run(ms(10));
    assert!(crew.ensemble.node_at(follower, "/m_0000000000").is_none());
}

#[test]
fn a_leader_that_is_cut_off_answers_reads_and_pings_until_it_notices() {
    let mut crew = Crew::new(three(5));
    let old = crew.leader();
    let client = crew.connect(old, 4000);
    let stale = crew.connect(old, 4000);
    crew.ask(client.conn, &create("/before")).unwrap();
    crew.ensemble.isolate(old, crew.now);
    let cut = crew.now;
    crew.send(client.conn, &create("/never"));
    while crew.closed_at(stale.conn).is_none() {
        assert!(crew.ask(stale.conn, &exists("/before")).is_ok());
        assert_eq!(crew.ask(stale.conn, &exists("/never")), Err(-101));
        crew.send(stale.conn, &Request::Ping);
        crew.run(ms(50));
    }
    let closed = crew.closed_at(stale.conn).unwrap() - cut;
    assert!(closed >= ms(2000) && closed <= ms(3600), "{closed:?}");
    crew.wait("another leader", |crew| crew.ensemble.leader().is_some());
    let new = crew.connect(crew.leader(), 4000);
    crew.ask(new.conn, &create("/after")).unwrap();
    crew.ensemble.heal_all(crew.now);
    crew.settle();
    crew.run(ms(10));
    for server in 0..3 {
        let has = |path| crew.ensemble.node_at(server, path).is_some();
        assert!(
            has("/before") && has("/after") && !has("/never"),
            "{server}"
        );
    }
}

#[test]
fn a_new_leader_gives_every_session_its_whole_timeout_again() {
    let mut crew = Crew::new(three(6));
    let client = crew.connect(crew.followers()[0], 4000);
    crew.ensemble.disconnected(client.conn, crew.now);
    crew.run(ms(3500));
    let old = crew.leader();
    crew.ensemble.crash(old, crew.now);
    crew.wait("another leader", |crew| {
        crew.ensemble.leader().is_some_and(|leader| leader != old)
    });
    let left = crew.ensemble.expiry(client.session).unwrap() - crew.now;
    assert!(left > ms(4000) && left <= ms(4500), "{left:?}");
}

#[test]
fn a_session_that_moved_is_cut_off_where_it_was() {
    let mut crew = Crew::new(three(7));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    let old = crew.connect(a, 4000);
    let new = crew.reattach(b, &old, 4000);
    // A read shows nothing, a write does.
    assert!(crew.ask(old.conn, &exists("/")).is_ok());
    crew.send(old.conn, &create("/a"));
    crew.run(ms(100));
    assert_eq!(crew.all_for(old.conn).pop(), Some(&Got::Closed));
    assert!(crew.ensemble.node("/a").is_none());
    assert!(crew.ask(new.conn, &create("/b")).is_ok());
    // At the leader a read is enough.
    let third = crew.reattach(crew.leader(), &new, 4000);
    let fourth = crew.reattach(a, &third, 4000);
    crew.send(third.conn, &exists("/"));
    assert_eq!(crew.all_for(third.conn).pop(), Some(&Got::Closed));
    assert!(crew.ask(fourth.conn, &create("/c")).is_ok());
}

/// What an observer says comes to the leader as if its follower had said it: `ObserverMaster` has no owner
/// of its own.
#[test]
fn a_write_that_an_observer_passes_on_late_is_carried_out_after_the_session_moved_to_its_follower()
{
    let mut options = three(7);
    options.observers = vec![Upstream::Follower(0), Upstream::Follower(1)];
    let mut crew = Crew::new(options);
    // One of the two learns from a follower, unless that one leads.
    let upstream = usize::from(crew.leader() == 0);
    let observer = 3 + upstream;
    let old = crew.connect(observer, 4000);
    crew.ensemble.cut(observer, upstream, crew.now);
    crew.send(old.conn, &create("/late"));
    crew.run(ms(1000));
    let new = crew.reattach(upstream, &old, 4000);
    assert!(crew.ask(new.conn, &create("/before")).is_ok());
    assert!(crew.ensemble.node("/late").is_none());
    crew.ensemble.heal(observer, upstream, crew.now);
    crew.wait("the write to arrive", |crew| {
        crew.ensemble.node("/late").is_some()
    });
    let born = |path| crew.ensemble.node(path).unwrap().1.czxid;
    assert!(born("/late") > born("/before"));
    assert!(crew.ask(new.conn, &create("/after")).is_ok());
    // If the two give each other up before that, it never arrives.
    let old = crew.reattach(observer, &new, 4000);
    crew.ensemble.cut(observer, upstream, crew.now);
    crew.send(old.conn, &create("/lost"));
    crew.run(ms(2600));
    crew.ensemble.heal(observer, upstream, crew.now);
    crew.settle();
    crew.run(ms(5000));
    assert!(crew.ensemble.node("/lost").is_none());
}

#[test]
fn an_observer_s_touches_take_two_hops() {
    let mut slowest = Duration::ZERO;
    for seed in 0..10 {
        let mut options = three(seed);
        options.observers = vec![
            Upstream::Leader,
            Upstream::Follower(0),
            Upstream::Follower(1),
        ];
        let mut crew = Crew::new(EnsembleOptions {
            election: (ms(200), ms(600)),
            ..options
        });
        // One of the two learns from a follower, unless that one leads.
        let through = if crew.leader() == 0 { 5 } else { 4 };
        let client = crew.connect(through, 4000);
        crew.run(ms(2000));
        assert!(crew.ask(client.conn, &create("/a")).is_ok());
        assert_eq!(
            crew.ask(client.conn, &Request::Sync { path: "/".into() }),
            Ok(Response::Synced)
        );
        crew.run(ms(2000));
        let armed = crew.ensemble.expiry(client.session);
        crew.send(client.conn, &Request::Ping);
        let touched = crew.now;
        crew.wait("the touch to be told", |crew| {
            crew.ensemble.expiry(client.session) > armed
        });
        slowest = slowest.max(crew.now - touched);
        let direct = crew.reattach(3, &client, 4000);
        assert!(crew.ask(direct.conn, &create("/b")).is_ok());
    }
    assert!(slowest > RELAY && slowest <= RELAY * 2, "{slowest:?}");
}

/// Only the answer to the handshake informs the client, and it can be lost.
#[test]
fn a_server_that_grants_less_shortens_the_session_from_the_handshake_on() {
    let mut crew = Crew::new(three(9));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    crew.ensemble.set_max_session_timeout(b, ms(2000));
    let client = crew.connect(a, 9000);
    assert_eq!(client.timeout_ms, 9000);
    crew.run(ms(1000));
    let before = crew.ensemble.expiry(client.session);
    assert!(before > Some(crew.now + ms(8000)), "{before:?}");
    let short = crew.reattach(b, &client, 9000);
    assert_eq!(short.timeout_ms, 2000);
    let after = crew.ensemble.expiry(client.session);
    assert!(after <= Some(crew.now + ms(2500)), "{after:?}");
    let long = crew.reattach(a, &client, 9000);
    assert_eq!(long.timeout_ms, 9000);
    let again = crew.ensemble.expiry(client.session);
    assert!(again > Some(crew.now + ms(8900)), "{again:?}");
    // A new leader uses the timeout of the session's creation, wherever it is attached.
    crew.reattach(b, &client, 9000);
    let leader = crew.leader();
    crew.ensemble.crash(leader, crew.now);
    crew.wait("another leader", |crew| crew.ensemble.leader().is_some());
    let armed = crew.ensemble.expiry(client.session);
    assert!(armed > Some(crew.now + ms(8900)), "{armed:?}");
}

/// A learner reports the timeout of the last connection that touched the session; the learner of
/// the earlier connection does not know that the session has moved.
#[test]
fn a_relayed_touch_carries_the_timeout_of_its_connection() {
    let mut crew = Crew::new(three(10));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    crew.ensemble.set_max_session_timeout(b, ms(2000));
    let long = crew.connect(a, 9000);
    crew.run(ms(1000));
    let short = crew.reattach(b, &long, 9000);
    let left = |crew: &Crew| crew.ensemble.expiry(long.session).unwrap() - crew.now;
    for _ in 0..3 {
        crew.send(short.conn, &Request::Ping);
        crew.run(ms(500));
        assert!(left(&crew) > ms(1500) && left(&crew) <= ms(2500));
    }
    crew.send(long.conn, &Request::Ping);
    crew.run(ms(300));
    assert!(left(&crew) > ms(8500), "{:?}", left(&crew));
    crew.send(short.conn, &Request::Ping);
    crew.run(ms(300));
    assert!(left(&crew) <= ms(2500), "{:?}", left(&crew));
}
