//! A server whose process is stopped (SIGSTOP): input collects in the kernel, and when the process
//! continues its threads handle the input in any order.

use super::bus::{Bus, ConnId};
use super::packet::{Packet, Stream};
use super::server::{Role, Server};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

/// The waiting input, by its source: input from one source stays in order.
pub(super) struct Backlog {
    /// Since when the process is stopped, in nanoseconds.
    since: u64,
    piles: BTreeMap<Source, VecDeque<Input>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// The thread that ends sessions, and the one that pings and checks the majority.
    Tracker,
    MainLoop,
    Client(ConnId),
    Peer(usize),
}

#[derive(Debug)]
enum Input {
    /// The clock has advanced.
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
    /// The process continues. In half of the cases it serves each source to its end, so that one
    /// can be far behind another; in the others it alternates between them at random.
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
        // Input that can be read counts before silence does.
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
