//! A server whose process is stopped (SIGSTOP): what arrives piles up in the kernel, and when it
//! goes on its threads take all that up in any order.

use super::bus::{Bus, ConnId};
use super::packet::{Packet, Stream};
use super::server::{Role, Server};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

/// What has piled up, by where it came from: what came one way stays in order.
pub(super) struct Backlog {
    /// Since when the process is stopped, in nanoseconds.
    since: u64,
    piles: BTreeMap<Source, VecDeque<Input>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// The thread that ends sessions, and the one that pings and counts who is there.
    Tracker,
    MainLoop,
    Client(ConnId),
    Peer(usize),
}

#[derive(Debug)]
enum Input {
    /// The clock has gone on.
    Time,
    Bytes(Vec<u8>),
    Gone,
    Packet(Stream, Packet),
}

impl Backlog {
    pub(super) fn new(since: u64) -> Self {
        Self {
            since,
            piles: BTreeMap::new(),
        }
    }

    pub(super) fn bytes(&mut self, conn: ConnId, bytes: &[u8]) {
        self.push(Source::Client(conn), Input::Bytes(bytes.to_vec()));
    }

    pub(super) fn gone(&mut self, conn: ConnId) {
        self.push(Source::Client(conn), Input::Gone);
    }

    pub(super) fn packet(&mut self, from: usize, stream: Stream, packet: Packet) {
        self.push(Source::Peer(from), Input::Packet(stream, packet));
    }

    fn push(&mut self, source: Source, input: Input) {
        self.piles.entry(source).or_default().push_back(input);
    }
}

impl Server {
    /// The process goes on. Half of the times one source after the other is served to its end, so
    /// that one can be far behind another; else they take turns at random.
    pub(super) fn resume(&mut self, bus: &mut Bus) {
        let Some(Backlog { since, mut piles }) = self.paused.take() else {
            return;
        };
        if let Role::Leading(leader) = &mut self.role {
            let late = bus.draw_lateness();
            leader.wake(bus.now, bus.now.saturating_sub(since), late);
        }
        for source in [Source::Tracker, Source::MainLoop] {
            piles.insert(source, VecDeque::from([Input::Time]));
        }
        let one_by_one = bus.rng.below(2) == 0;
        while !piles.is_empty() {
            let picked = bus.rng.index(piles.len());
            let Some(source) = piles.keys().nth(picked).copied() else {
                break;
            };
            while let Some(input) = piles.get_mut(&source).and_then(VecDeque::pop_front) {
                self.take_up(source, input, bus);
                if !one_by_one {
                    break;
                }
            }
            if piles.get(&source).is_some_and(VecDeque::is_empty) {
                piles.remove(&source);
            }
        }
        // What was there to be read counts before silence does.
        self.timers(bus);
    }

    fn take_up(&mut self, source: Source, input: Input, bus: &mut Bus) {
        match (source, input) {
            (Source::Tracker, _) => while self.expire_one(bus) {},
            (Source::MainLoop, _) => {
                self.lead_loop(bus);
                self.ping_observers(bus);
            }
            (Source::Client(conn), Input::Bytes(bytes)) => self.receive(conn, &bytes, bus),
            (Source::Client(conn), _) => self.gone(conn),
            (Source::Peer(from), Input::Packet(stream, packet)) => {
                self.packet(from, stream, packet, bus);
            }
            (Source::Peer(_), _) => {}
        }
    }
}
