//! Touches that get lost between a request and its server's reply to a ping.

use crate::crew::{Crew, three};
use crate::harness::{Client, ms};
use std::time::Duration;
use tenure_proto::Request;

fn losing(seed: u64, per_mille: u32) -> (Crew, Client) {
    let mut crew = Crew::new(three(seed));
    let client = crew.connect(crew.followers()[0], 4000);
    // The creation itself counts as a touch everywhere; let that be reported.
    crew.run(ms(2000));
    crew.ensemble.set_touch_loss(per_mille);
    (crew, client)
}

/// A long session, whose requests are close to each other in comparison.
fn losing_in_a_row(seed: u64, per_mille: u32) -> (Crew, Client) {
    let mut crew = Crew::new(three(seed));
    let client = crew.connect(crew.followers()[0], 10_000);
    crew.run(ms(2000));
    crew.send(client.conn, &Request::Ping);
    pass_a_ping(&mut crew);
    crew.ensemble.set_touch_loss(per_mille);
    (crew, client)
}

/// One request in each half tick: whether the leader has learned of it.
fn told(crew: &mut Crew, client: &Client, times: u32) -> Vec<bool> {
    let rounds = 0..times;
    rounds
        .map(|_| {
            let armed = crew.ensemble.expiry(client.session);
            crew.send(client.conn, &Request::Ping);
            pass_a_ping(crew);
            // The tick may be the same.
            pass_a_ping(crew);
            pass_a_ping(crew);
            crew.ensemble.expiry(client.session) > armed
        })
        .collect()
}

/// Waits until a ping of the future has been answered.
fn pass_a_ping(crew: &mut Crew) {
    let ping = crew.ensemble.next_ping().unwrap();
    crew.run(ping + ms(3) - crew.now);
}

#[test]
fn the_newest_request_before_a_ping_may_be_lost_but_never_two_in_a_row() {
    let (mut crew, client) = losing_in_a_row(1, 1000);
    let seen = told(&mut crew, &client, 8);
    assert_eq!(seen, [false, true].repeat(4));
}

#[test]
fn as_many_are_lost_as_one_says() {
    let (mut crew, client) = losing_in_a_row(2, 250);
    let seen = told(&mut crew, &client, 200);
    let lost = seen.iter().filter(|told| !**told).count();
    // A quarter of those that may be lost: one fifth of all.
    assert!((25..=55).contains(&lost), "{lost}");
    assert!(seen.windows(2).all(|two| two[0] || two[1]));
    crew.ensemble.set_touch_loss(0);
    assert!(!told(&mut crew, &client, 20).contains(&false));
}

#[test]
fn what_comes_alone_is_never_lost() {
    let (mut crew, client) = losing(7, 1000);
    assert!(!told(&mut crew, &client, 20).contains(&false));
}

#[test]
fn the_one_before_the_newest_counts() {
    let (mut crew, client) = losing(3, 1000);
    for _ in 0..4 {
        let armed = crew.ensemble.expiry(client.session);
        crew.send(client.conn, &Request::Ping);
        crew.send(client.conn, &Request::Ping);
        for _ in 0..3 {
            pass_a_ping(&mut crew);
        }
        assert!(crew.ensemble.expiry(client.session) > armed);
    }
}

#[test]
fn what_is_told_instead_has_the_timeout_that_it_had() {
    let (mut crew, client) = losing(4, 1000);
    let follower = crew.ensemble.server_of(client.conn);
    crew.send(client.conn, &Request::Ping);
    // The re-attach itself is reported at once; the request behind it is the newest, and lost.
    let again = crew.reattach(follower, &client, 1000);
    crew.send(again.conn, &Request::Ping);
    pass_a_ping(&mut crew);
    let left = crew.ensemble.expiry(client.session).unwrap() - crew.now;
    assert!(left > Duration::from_millis(3900), "{left:?}");
}

#[test]
fn the_leader_s_own_clients_lose_nothing() {
    let (mut crew, _) = losing(5, 1000);
    let client = crew.connect(crew.leader(), 4000);
    for _ in 0..4 {
        crew.run(ms(1000));
        let armed = crew.ensemble.expiry(client.session);
        crew.send(client.conn, &Request::Ping);
        assert!(crew.ensemble.expiry(client.session) > armed);
    }
}

#[test]
fn the_creation_of_a_session_is_told_always() {
    let (mut crew, _) = losing(6, 1000);
    let told = (0..10).filter(|_| {
        let client = crew.connect(crew.leader(), 4000);
        let armed = crew.ensemble.expiry(client.session);
        pass_a_ping(&mut crew);
        crew.run(ms(70));
        crew.ensemble.expiry(client.session) > armed
    });
    assert!(told.count() > 0);
}
