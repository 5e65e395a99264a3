//! Names: of resolvers that are slow, silent or wrong, and of servers that move.

use crate::world::{DELAY, Resolver, T, World};
use std::net::SocketAddr;
use std::time::Duration;
use tenure::core::{Event, SessionEvent, Time};

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

fn set(world: &mut World, name: &str, resolver: Resolver) {
    world.names.insert(name.to_owned(), resolver);
}

/// How often this client was told that it is connected.
fn connected(world: &World, node: usize) -> usize {
    let events = world.session_events(node);
    let is = |event: &&SessionEvent| matches!(event, SessionEvent::Connected { .. });
    events.iter().filter(is).count()
}

fn first_connected(world: &World, node: usize) -> Option<Time> {
    let is = |e: &Event| matches!(e, Event::Session(SessionEvent::Connected { .. }));
    world.time_of(node, is)
}

fn errors(world: &World, node: usize) -> Vec<String> {
    let error = |event| match event {
        SessionEvent::Retrying { error, .. } => Some(error),
        _ => None,
    };
    let events = world.session_events(node).into_iter();
    events.filter_map(error).collect()
}

#[test]
fn a_connection_comes_as_soon_as_the_resolver_answers_however_late() {
    for seconds in [1, 2, 5, 11, 32, 59] {
        let mut world = World::new();
        let span = Duration::from_secs(seconds);
        set(&mut world, NAME, takes(span, &[1]));
        let start = world.now;
        world.client_of(&[NAME], T, None);
        world.run(span + SECOND);
        // There and back, twice: the connection and the session.
        let expected = start + span + 3 * DELAY;
        assert_eq!(first_connected(&world, 0), Some(expected), "{seconds} s");
        assert_eq!(world.look_ups.len(), 1, "asked once: {seconds} s");
    }
}

#[test]
fn a_slow_resolver_is_told_of_once_a_round_and_asked_once() {
    let mut world = World::new();
    set(&mut world, NAME, takes(NEVER, &[1]));
    world.client_of(&[NAME], T, None);
    world.run(50 * SECOND);
    assert_eq!(world.look_ups.len(), 1);
    let errors = errors(&world, 0);
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
    let mut world = World::new();
    set(&mut world, NAME, takes(NEVER, &[1]));
    let start = world.now;
    world.client_of(&[NAME], T, None);
    world.run(SECOND);
    set(&mut world, NAME, takes(DELAY, &[1]));
    world.run(65 * SECOND);
    let at = first_connected(&world, 0).expect("connected");
    assert!(at.since(start) <= 62 * SECOND, "{:?}", at.since(start));
    assert_eq!(world.look_ups.len(), 2);
}

#[test]
fn whoever_knows_an_address_waits_for_no_resolver() {
    let mut world = World::new();
    set(&mut world, NAME, takes(DELAY, &[1]));
    world.client_of(&[NAME], T, None);
    world.contend(0, 1);
    world.run(SECOND);
    let token = world.token(0, 1).expect("leads");
    let broken = Resolver {
        takes: DELAY,
        answer: Err("the name server has lost its mind".to_owned()),
    };
    for resolver in [takes(NEVER, &[1]), broken] {
        set(&mut world, NAME, resolver);
        for _ in 0..3 {
            let before = connected(&world, 0);
            world.crash();
            world.restart();
            assert!(world.run_while_not(SECOND, |w| connected(w, 0) > before));
            world.run(SECOND);
            assert_eq!(world.token(0, 1), Some(token));
        }
        // What hangs would count as lost then.
        world.run(61 * SECOND);
    }
    let errors = errors(&world, 0);
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
    // The seed of a client, which picks the order of its servers, is its number.
    for others in 0..6 {
        let mut world = World::new();
        set(&mut world, "hangs.test", takes(40 * SECOND, &[3]));
        set(&mut world, NAME, takes(DELAY, &[1]));
        for _ in 0..others {
            world.client();
        }
        let start = world.now;
        let node = world.client_of(&["hangs.test", NAME], T, None);
        world.run(2 * SECOND);
        let at = first_connected(&world, node).expect("connected");
        let took = at.since(start);
        assert!(took <= T / 4 + 4 * DELAY, "{took:?}");
        world.run(40 * SECOND);
        if world.look_ups.len() < 2 {
            continue;
        }
        // What hung is known by now: nobody waits for a look-up when the other falls silent.
        hung += 1;
        set(&mut world, "hangs.test", takes(NEVER, &[3]));
        set(&mut world, NAME, takes(NEVER, &[1]));
        world.silent.insert(address(1));
        world.crash();
        world.restart();
        let is_back = world.run_while_not(SECOND, |w| connected(w, node) == 2);
        assert!(is_back, "{:?}", world.session_events(node));
    }
    assert!(hung > 1, "{hung}");
}

#[test]
fn the_new_address_of_a_server_that_moved_is_not_waited_for() {
    let mut world = World::new();
    set(&mut world, NAME, takes(DELAY, &[1]));
    world.client_of(&[NAME], T, None);
    // It has answered a ping.
    world.run(3 * SECOND);
    world.silent.insert(address(1));
    set(&mut world, NAME, takes(10 * DELAY, &[2]));
    world.crash();
    world.restart();
    let start = world.now;
    assert!(world.run_while_not(SECOND, |w| connected(w, 0) == 2));
    // Notice the loss, look the name up, connect, shake hands.
    assert_eq!(world.now.since(start), 14 * DELAY);
    assert!(errors(&world, 0).is_empty());
}

#[test]
fn look_ups_are_counted_one_a_round_however_many_servers_fail() {
    let mut world = World::new();
    set(&mut world, NAME, takes(DELAY, &[1, 2, 3]));
    for last in 1..=3 {
        world.silent.insert(address(last));
    }
    world.client_of(&[NAME], T, None);
    world.run(60 * SECOND);
    // Three dials of a quarter of T each, and a pause.
    let rounds = world.nodes[0].connects / 3;
    assert!((10..=20).contains(&rounds), "{rounds}");
    assert!(world.look_ups.len().abs_diff(rounds) <= 1);
}
