//! The links between servers: each direction has its own delay, loss and cuts. As with TCP, packets
//! on a link arrive in order, however late.

use super::options::{LinkOptions, nanos};
use super::packet::{Packet, Stream};
use super::rng::Rng;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// After a cut heals the kernel resends the lost packets, but not at once: it waits for up to as
/// long as it has already waited, and at most this time.
const RESEND_NS_MAX: u64 = 3_000_000_000;

/// The most losses of one packet in a row.
const LOSSES_MAX: u32 = 6;

#[derive(Debug)]
pub(super) struct Network {
    servers: usize,
    /// Row by row: from the first server to the first, to the second…
    links: Vec<LinkState>,
    last_stream: Stream,
}

#[derive(Debug)]
struct LinkState {
    options: LinkOptions,
    cut_since: Option<u64>,
    flying: VecDeque<Flying>,
    /// No packet arrives before an earlier one.
    newest: u64,
}

#[derive(Debug)]
struct Flying {
    at: u64,
    stream: Stream,
    packet: Packet,
}

/// A packet that has arrived.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) stream: Stream,
    pub(super) packet: Packet,
}

impl Network {
    pub(super) fn new(servers: usize, options: &LinkOptions) -> Self {
        let link = || LinkState {
            options: options.clone(),
            cut_since: None,
            flying: VecDeque::new(),
            newest: 0,
        };
        Self {
            servers,
            links: (0..servers * servers).map(|_| link()).collect(),
            last_stream: 0,
        }
    }

    pub(super) fn open(&mut self) -> Stream {
        self.last_stream += 1;
        self.last_stream
    }

    pub(super) fn set_options(&mut self, from: usize, to: usize, options: LinkOptions) {
        if let Some(link) = self.link(from, to) {
            link.options = options;
        }
    }

    pub(super) fn send(
        &mut self,
        (from, to): (usize, usize),
        stream: Stream,
        packet: Packet,
        now: u64,
        rng: &mut Rng,
    ) {
        let Some(link) = self.link(from, to) else {
            return;
        };
        let at = link.newest.max(now.saturating_add(link.options.draw(rng)));
        link.newest = at;
        link.flying.push_back(Flying { at, stream, packet });
    }

    pub(super) fn cut(&mut self, from: usize, to: usize, now: u64) {
        if let Some(link) = self.link(from, to) {
            link.cut_since.get_or_insert(now);
        }
    }

    pub(super) fn heal(&mut self, from: usize, to: usize, now: u64, rng: &mut Rng) {
        let Some(link) = self.link(from, to) else {
            return;
        };
        let Some(since) = link.cut_since.take() else {
            return;
        };
        // Only packets under way are resent.
        if link.flying.is_empty() {
            return;
        }
        let waited = now.saturating_sub(since).min(RESEND_NS_MAX);
        let first = now
            .saturating_add(rng.below(waited))
            .saturating_add(link.options.draw(rng));
        for flying in &mut link.flying {
            flying.at = flying.at.max(first);
            link.newest = link.newest.max(flying.at);
        }
    }

    pub(super) fn is_cut(&self, from: usize, to: usize) -> bool {
        let link = self.links.get(from * self.servers + to);
        link.is_some_and(|link| link.cut_since.is_some())
    }

    /// When the next packet arrives.
    pub(super) fn deadline(&self) -> Option<u64> {
        self.next().map(|(at, _)| at)
    }

    pub(super) fn arrived(&mut self, now: u64) -> Option<Arrived> {
        let (at, index) = self.next()?;
        if at > now {
            return None;
        }
        let flying = self.links.get_mut(index)?.flying.pop_front()?;
        Some(Arrived {
            from: index / self.servers,
            to: index % self.servers,
            stream: flying.stream,
            packet: flying.packet,
        })
    }

    fn next(&self) -> Option<(u64, usize)> {
        let links = self.links.iter().enumerate();
        links
            .filter(|(_, link)| link.cut_since.is_none())
            .filter_map(|(index, link)| Some((link.flying.front()?.at, index)))
            .min()
    }

    fn link(&mut self, from: usize, to: usize) -> Option<&mut LinkState> {
        self.links.get_mut(from * self.servers + to)
    }
}

impl LinkOptions {
    /// The delay of one packet.
    fn draw(&self, rng: &mut Rng) -> u64 {
        let (low, high) = (nanos(self.delay_min), nanos(self.delay_max));
        let mut delay = rng.between(low, high);
        let mut wait = nanos(self.resend);
        for _ in 0..LOSSES_MAX {
            if self.loss_per_mille == 0 || rng.below(1000) >= u64::from(self.loss_per_mille) {
                break;
            }
            delay = delay.saturating_add(wait);
            wait = wait.saturating_mul(2);
        }
        delay
    }
}
