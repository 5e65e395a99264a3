//! The effects of links on a client: cuts that the kernel survives, cuts that lose bytes, and
//! answers that are changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use fastrand::Rng;
use std::net::SocketAddr;
use std::time::Duration;
use tenure::core::{ANSWER_BYTES_MAX, Client, Event, Handle, SessionEvent, SessionOptions};
use tenure::model::{Ensemble, EnsembleOptions};
use tenure_worlds::{
    Clock, Host, MS, Names, Nanos, Quality, SECOND, Target, Way, Witness, World, span,
};

struct Numeric;

impl Names for Numeric {
    fn target(&self, _: usize, _: SocketAddr) -> Target {
        Target::Server(0)
    }

    fn takes(&mut self, _: usize, name: &str, _: &mut Rng) -> Result<Option<Nanos>, String> {
        Err(format!("{name} was looked up"))
    }

    fn answer(&mut self, _: usize, _: &str, _: &mut Rng) -> Result<Vec<SocketAddr>, String> {
        unreachable!("nothing is looked up")
    }
}

/// Counts connections, and objects to more than this many.
#[derive(Default)]
struct Count {
    dials: usize,
    most: Option<usize>,
    connected: Option<Nanos>,
}

impl Witness<Numeric> for Count {
    fn dials(&mut self, _: &World<Numeric>, _: usize, _: Target) {
        self.dials += 1;
    }

    fn event(&mut self, world: &World<Numeric>, _: usize, _: Handle, event: Event) {
        if let Event::Session(SessionEvent::Connected { .. }) = event {
            self.connected.get_or_insert(world.now);
        }
    }

    fn objection(&mut self) -> Option<String> {
        let too_many = self.most.is_some_and(|most| self.dials > most);
        too_many.then(|| format!("{} connections", self.dials))
    }
}

/// A client that starts into a cut of 100 ms, and its state after ten seconds.
fn through_a_cut(cuts_lose: bool, name: &str, mut count: Count) -> (World<Numeric>, Count) {
    let alone = EnsembleOptions {
        voters: 1,
        ..EnsembleOptions::default()
    };
    let ensemble = Ensemble::new(alone, span(SECOND));
    let dice = || Rng::with_seed(1);
    let mut world = World::new(ensemble, SECOND, Numeric, dice(), dice(), 0);
    world.cuts_lose = cuts_lose;
    let host = Host::new(Clock::TRUE, 1, Quality::exact(MS));
    world.hosts.push(host);
    let options = SessionOptions {
        servers: vec![tenure::core::Host {
            name: name.to_owned(),
            port: 2181,
        }],
        timeout: Duration::from_secs(6),
        credentials: None,
        tick: None,
        answer_bytes_max: ANSWER_BYTES_MAX,
    };
    world.cut(0, 0, Way::Up);
    world.start(&mut count, 0, Client::new(options, 1));
    while world.advance(&mut count, SECOND + 100 * MS) {}
    world.heal(0, 0, Way::Up, true);
    while world.broken().is_none() && world.advance(&mut count, 11 * SECOND) {}
    (world, count)
}

#[test]
fn what_is_sent_into_a_cut_is_sent_again() {
    let (world, count) = through_a_cut(false, "127.0.0.1", Count::default());
    assert_eq!((world.broken(), count.dials), (None, 1));
    // The kernel tries again at the end of the cut; there and back, twice.
    assert_eq!(count.connected, Some(SECOND + 104 * MS));
}

#[test]
fn a_cut_that_loses_takes_the_connection_with_it() {
    let (world, count) = through_a_cut(true, "127.0.0.1", Count::default());
    assert_eq!((world.broken(), count.dials), (None, 2));
    // The client gives the connection up before it makes another.
    let at = count.connected.expect("connected");
    assert!(at > SECOND + 500 * MS, "{at}");
}

#[test]
fn a_world_ends_where_its_witness_objects() {
    let strict = Count {
        most: Some(1),
        ..Count::default()
    };
    let (world, count) = through_a_cut(true, "127.0.0.1", strict);
    assert_eq!(world.broken().unwrap(), "2 connections");
    assert!(world.now < 4 * SECOND && count.connected.is_none());
}

#[test]
fn a_world_ends_where_its_names_know_no_answer() {
    let (world, _) = through_a_cut(false, "zk.test", Count::default());
    assert_eq!(world.broken().unwrap(), "zk.test was looked up");
}
