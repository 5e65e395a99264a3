//! Names: resolvers that are slow, silent or wrong, and servers that move.

use crate::bench::{Bench, DELAY, Resolver, T};
use std::net::SocketAddr;
use std::time::Duration;
use tenure_election::{Event, SessionEvent, Time};

const SECOND: Duration = Duration::from_secs(1);
const NEVER: Duration = Duration::from_secs(1_000_000);
const NAME: &str = "zk.test";

fn address(last: u8) -> SocketAddr {
    ([127, 0, 0, last], 2181).into()
}

fn takes(takes: Duration, addresses: &[u8]) -> Resolver {
    let answer = Ok(addresses.iter().map(|last| address(*last)).collect());
    Resolver { takes, answer }
}

fn set(bench: &mut Bench, name: &str, resolver: Resolver) {
    bench.world.names.names.insert(name.to_owned(), resolver);
}

/// How many times this client reported that it is connected.
fn connected(bench: &Bench, node: usize) -> usize {
    let events = bench.session_events(node);
    let is = |event: &&SessionEvent| matches!(event, SessionEvent::Connected { .. });
    events.iter().filter(is).count()
}

fn first_connected(bench: &Bench, node: usize) -> Option<Time> {
    let is = |e: &Event| matches!(e, Event::Session(SessionEvent::Connected { .. }));
    bench.time_of(node, is)
}

fn errors(bench: &Bench, node: usize) -> Vec<String> {
    let error = |event| match event {
        SessionEvent::Retrying { error, .. } => Some(error),
        _ => None,
    };
    let events = bench.session_events(node).into_iter();
    events.filter_map(error).collect()
}

#[test]
fn a_connection_comes_as_soon_as_the_resolver_answers_however_late() {
    for seconds in [1, 2, 5, 11, 32, 59] {
        let mut bench = Bench::new();
        let span = Duration::from_secs(seconds);
        set(&mut bench, NAME, takes(span, &[1]));
        let start = bench.now();
        bench.client_of(&[NAME], T, None);
        bench.run(span + SECOND);
        // There and back, twice: the connection and the session.
        let expected = start + span + 4 * DELAY;
        assert_eq!(first_connected(&bench, 0), Some(expected), "{seconds} s");
        assert_eq!(bench.seen.look_ups.len(), 1, "asked once: {seconds} s");
    }
}

#[test]
fn a_slow_resolver_is_told_of_once_a_round_and_asked_once() {
    let mut bench = Bench::new();
    set(&mut bench, NAME, takes(NEVER, &[1]));
    bench.client_of(&[NAME], T, None);
    bench.run(50 * SECOND);
    assert_eq!(bench.seen.look_ups.len(), 1);
    let errors = errors(&bench, 0);
    let slow = |e: &&String| e.contains("takes too long") && e.contains(NAME);
    assert_eq!(
        errors.iter().filter(slow).count(),
        errors.len(),
        "{errors:?}"
    );
    // A pause grows to a sixth of T.
    assert!((40..=110).contains(&errors.len()), "{}", errors.len());
}

#[test]
fn a_resolver_that_hangs_and_then_works_is_asked_again_at_last() {
    let mut bench = Bench::new();
    set(&mut bench, NAME, takes(NEVER, &[1]));
    let start = bench.now();
    bench.client_of(&[NAME], T, None);
    bench.run(SECOND);
    set(&mut bench, NAME, takes(DELAY, &[1]));
    bench.run(65 * SECOND);
    let at = first_connected(&bench, 0).expect("connected");
    assert!(at.since(start) <= 62 * SECOND, "{:?}", at.since(start));
    assert_eq!(bench.seen.look_ups.len(), 2);
}

#[test]
fn a_client_that_knows_an_address_waits_for_no_resolver() {
    let mut bench = Bench::new();
    set(&mut bench, NAME, takes(DELAY, &[1]));
    bench.client_of(&[NAME], T, None);
    bench.contend(0, 1);
    bench.run(SECOND);
    let token = bench.token(0, 1).expect("leads");
    let broken = Resolver {
        takes: DELAY,
        answer: Err("the name server has lost its mind".to_owned()),
    };
    for resolver in [takes(NEVER, &[1]), broken] {
        set(&mut bench, NAME, resolver);
        for _ in 0..3 {
            let before = connected(&bench, 0);
            bench.crash();
            bench.restart();
            assert!(bench.run_while_not(SECOND, |w| connected(w, 0) > before));
            bench.run(SECOND);
            assert_eq!(bench.token(0, 1), Some(token));
        }
        // The hanging look-up would count as lost then.
        bench.run(61 * SECOND);
    }
    let errors = errors(&bench, 0);
    let told = |e: &&String| e.contains("lost its mind") && e.contains("stay in use");
    assert_eq!(
        errors.iter().filter(told).count(),
        errors.len(),
        "{errors:?}"
    );
}

#[test]
fn a_name_that_hangs_keeps_nobody_from_another() {
    let mut hung = 0;
    // The number of a client is its seed, which decides the order of its servers.
    for others in 0..6 {
        let mut bench = Bench::new();
        set(&mut bench, "hangs.test", takes(40 * SECOND, &[3]));
        set(&mut bench, NAME, takes(DELAY, &[1]));
        for _ in 0..others {
            bench.client();
        }
        let start = bench.now();
        let node = bench.client_of(&["hangs.test", NAME], T, None);
        bench.run(2 * SECOND);
        let at = first_connected(&bench, node).expect("connected");
        let took = at.since(start);
        // The other look-up, the connection and the session.
        assert!(took <= T / 4 + 5 * DELAY, "{took:?}");
        bench.run(40 * SECOND);
        if bench.seen.look_ups.len() < 2 {
            continue;
        }
        // The hanging look-up has an answer by now: the client waits for none when the other server
        // falls silent.
        hung += 1;
        set(&mut bench, "hangs.test", takes(NEVER, &[3]));
        set(&mut bench, NAME, takes(NEVER, &[1]));
        bench.world.names.silent.insert(address(1));
        bench.crash();
        bench.restart();
        let is_back = bench.run_while_not(SECOND, |w| connected(w, node) == 2);
        assert!(is_back, "{:?}", bench.session_events(node));
    }
    assert!(hung > 1, "{hung}");
}

#[test]
fn the_new_address_of_a_server_that_moved_is_not_waited_for() {
    let mut bench = Bench::new();
    set(&mut bench, NAME, takes(DELAY, &[1]));
    bench.client_of(&[NAME], T, None);
    // It has answered a ping.
    bench.run(3 * SECOND);
    bench.world.names.silent.insert(address(1));
    set(&mut bench, NAME, takes(10 * DELAY, &[2]));
    bench.crash();
    bench.restart();
    let start = bench.now();
    assert!(bench.run_while_not(SECOND, |w| connected(w, 0) == 2));
    // Notice the loss, look the name up, connect, shake hands.
    assert_eq!(bench.now().since(start), 15 * DELAY);
    assert!(errors(&bench, 0).is_empty());
}

#[test]
fn look_ups_are_counted_one_a_round_however_many_servers_fail() {
    let mut bench = Bench::new();
    set(&mut bench, NAME, takes(DELAY, &[1, 2, 3]));
    for last in 1..=3 {
        bench.world.names.silent.insert(address(last));
    }
    bench.client_of(&[NAME], T, None);
    bench.run(60 * SECOND);
    // Three dials of a quarter of T each, and a pause.
    let rounds = bench.seen.nodes[0].connects / 3;
    assert!((10..=20).contains(&rounds), "{rounds}");
    assert!(bench.seen.look_ups.len().abs_diff(rounds) <= 1);
}
