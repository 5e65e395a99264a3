//! A world: hosts, links and servers in virtual time.

mod clients;
mod faults;
mod network;
mod sight;

use crate::conn::{Conn, Way};
use crate::host::Host;
use crate::names::{Lookup, Names};
use crate::record::Record;
use crate::time::{Nanos, nanos, span};
use crate::witness::Witness;
use fastrand::Rng;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use tenure::core::{Input, Output};
use tenure::model::{ConnId, Ensemble};

/// More steps than these at one instant mean an endless loop.
const STEPS_MAX: u32 = 20_000;

/// The whole state at one instant of true time.
pub struct World<N> {
    /// That instant.
    pub now: Nanos,
    /// The servers.
    pub ensemble: Ensemble,
    /// The machines that run clients.
    pub hosts: Vec<Host>,
    /// The resolvers, and the addresses of servers.
    pub names: N,
    /// The dice of the network; the code that makes trouble may throw them, too.
    pub dice: Rng,
    /// The dice of resolvers, likewise.
    pub more: Rng,
    /// The history.
    pub record: Record,
    /// A segment that is sent into a cut is lost for good, with its connection; else the kernel
    /// sends it again.
    pub cuts_lose: bool,
    conns: BTreeMap<usize, Conn>,
    last_conn: usize,
    remotes: BTreeMap<ConnId, usize>,
    /// Connections whose next segment arrives then, in order; at one instant, in the order of
    /// queueing.
    queue: BinaryHeap<Reverse<(Nanos, u64, usize, Way)>>,
    order: u64,
    /// Servers whose connections ended silently.
    mute: BTreeSet<usize>,
    lookups: Vec<Lookup>,
    /// Empty; its allocation is reused.
    outputs: Vec<Output>,
    /// The reason for its end.
    broken: Option<String>,
    leader: Option<usize>,
    steps: u32,
}

impl<N: Names> World<N> {
    /// A world without hosts; the last `kept` events are kept in words.
    #[must_use]
    pub fn new(
        ensemble: Ensemble,
        now: Nanos,
        names: N,
        dice: Rng,
        more: Rng,
        kept: usize,
    ) -> Self {
        Self {
            now,
            ensemble,
            hosts: Vec::new(),
            names,
            dice,
            more,
            record: Record::new(kept),
            cuts_lose: false,
            conns: BTreeMap::new(),
            last_conn: 0,
            remotes: BTreeMap::new(),
            queue: BinaryHeap::new(),
            order: 0,
            mute: BTreeSet::new(),
            lookups: Vec::new(),
            outputs: Vec::new(),
            broken: None,
            leader: None,
            steps: 0,
        }
    }

    /// The world ends: only the first reason counts.
    pub fn fail(&mut self, what: String) {
        if self.broken.is_none() {
            self.record
                .note(self.now, "broken", || format!("BROKEN: {what}"));
            self.broken = Some(what);
        }
    }

    /// The reason for its end, if it has ended.
    #[must_use]
    pub fn broken(&self) -> Option<&String> {
        self.broken.as_ref()
    }

    /// Records an act on this world.
    pub fn note(&mut self, words: impl FnOnce() -> String) {
        self.record
            .note(self.now, "act", || format!("-- {}", words()));
    }

    /// Calls the witness, and takes its objection.
    fn tell(
        &mut self,
        witness: &mut dyn Witness<N>,
        tell: impl FnOnce(&mut dyn Witness<N>, &Self),
    ) {
        tell(witness, self);
        if let Some(what) = witness.objection() {
            self.fail(what);
        }
    }

    /// Does the next thing that is due by `end`; else moves time to `end`. False if nothing was
    /// due.
    pub fn advance(&mut self, witness: &mut dyn Witness<N>, end: Nanos) -> bool {
        match self.next() {
            Some(next) if next <= end => {
                self.step(witness, next.max(self.now));
                true
            }
            _ => {
                self.now = end;
                false
            }
        }
    }

    /// The next instant at which something is due.
    fn next(&self) -> Option<Nanos> {
        let queued = self.queue.peek().map(|Reverse((at, ..))| *at);
        let servers = self.ensemble.deadline().map(nanos);
        let awake = self.hosts.iter().filter(|host| !host.paused);
        let wakes = awake.filter_map(|host| host.process.as_ref()?.wakes);
        let all = queued.into_iter().chain(servers).chain(wakes);
        all.chain(self.next_answer()).min()
    }

    fn step(&mut self, witness: &mut dyn Witness<N>, now: Nanos) {
        self.steps = if now == self.now { self.steps + 1 } else { 0 };
        if self.steps > STEPS_MAX {
            self.fail("time stands still: something spins".to_owned());
        }
        self.now = now;
        self.ensemble.tick(span(now));
        self.collect(witness);
        while let Some(Reverse((at, ..))) = self.queue.peek()
            && *at <= now
        {
            if let Some(Reverse((_, _, conn, way))) = self.queue.pop() {
                self.arrive(witness, conn, way);
            }
        }
        self.answer_lookups(witness);
        for id in 0..self.hosts.len() {
            let host = &self.hosts[id];
            let wakes = host.process.as_ref().and_then(|process| process.wakes);
            if !host.paused && wakes.is_some_and(|at| at <= now) {
                self.input(witness, id, Input::Tick);
            }
        }
        let leader = self.ensemble.leader();
        if leader != self.leader {
            self.leader = leader;
            self.record
                .note(now, leader, || format!("zookeeper's leader: {leader:?}"));
            self.tell(witness, |witness, world| witness.elected(world, leader));
        }
        self.tell(witness, |witness, world| witness.stepped(world));
    }
}
