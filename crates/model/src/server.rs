//! One server: its state, its role, and its timers.

use super::bus::{Bus, ConnId};
use super::clients::Clients;
use super::keepers::{Deadlines, ShutDown, WALL_CLOCK_START_MS};
use super::leader::Leader;
use super::learner::Learning;
use super::log::Log;
use super::options::{EnsembleOptions, ModelOptions, Upstream, nanos};
use super::packet::{Packet, Snapshot, Stream};
use super::pause::Backlog;
use super::refusals::Refusals;
use super::sessions::SessionIds;
use super::tree::Tree;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

/// The common configuration of all servers of an ensemble.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) options: ModelOptions,
    pub(super) voters: usize,
    pub(super) observers: Vec<Upstream>,
    pub(super) half_tick: u64,
    pub(super) init_limit: u64,
    pub(super) sync_limit: u64,
    pub(super) sync_limit_ticks: u64,
    pub(super) init_limit_ticks: u64,
    pub(super) election: (u64, u64),
    pub(super) container_check: u64,
}

impl Setup {
    pub(super) fn new(options: EnsembleOptions) -> Self {
        let tick = options.server.tick_ms() * 1_000_000;
        Self {
            voters: options.voters.max(1),
            observers: options.observers,
            half_tick: tick / 2,
            init_limit: tick * u64::from(options.init_limit),
            sync_limit: tick * u64::from(options.sync_limit),
            sync_limit_ticks: u64::from(options.sync_limit),
            init_limit_ticks: u64::from(options.init_limit),
            election: (nanos(options.election.0), nanos(options.election.1)),
            container_check: nanos(options.server.container_check),
            options: options.server,
        }
    }

    pub(super) fn servers(&self) -> usize {
        self.voters + self.observers.len()
    }

    /// A single server needs no votes and sends no packets.
    pub(super) fn standalone(&self) -> bool {
        self.servers() == 1
    }

    pub(super) fn is_majority(&self, count: usize) -> bool {
        count > self.voters / 2
    }

    /// When a leader's main loop runs again after a round now.
    pub(super) fn next_round(&self, bus: &mut Bus) -> u64 {
        let late = bus.draw_lateness();
        bus.now.saturating_add(self.half_tick).saturating_add(late)
    }

    pub(super) fn votes(&self, server: usize) -> bool {
        server < self.voters
    }

    /// The server that an observer learns from.
    pub(super) fn upstream(&self, server: usize) -> Option<Upstream> {
        let observer = server.checked_sub(self.voters)?;
        self.observers.get(observer).copied()
    }
}

pub(super) struct Server {
    pub(super) id: usize,
    pub(super) setup: alloc::sync::Arc<Setup>,
    pub(super) up: bool,
    /// The waiting input while the process is stopped.
    pub(super) paused: Option<Backlog>,
    /// How far its clock is ahead of the start. A wall clock can be stepped.
    phase_ms: u64,

    // This state survives a crash.
    pub(super) tree: Tree,
    /// Session → the timeout with which it was created. A new leader arms the session with it, even
    /// if a re-attach has negotiated another since (`sessionsWithTimeouts`).
    pub(super) timeouts: BTreeMap<i64, i32>,
    pub(super) log: Log,
    pub(super) accepted_epoch: i64,
    pub(super) current_epoch: i64,
    pub(super) session_ids: SessionIds,

    // A crash discards this state.
    pub(super) role: Role,
    pub(super) clients: Clients,
    /// The sessions' deadlines where the server is not ZooKeeper.
    pub(super) deadlines: Deadlines,
    pub(super) shut_down: Option<ShutDown>,

    /// The greatest timeout that it grants, where it is configured unlike the others.
    pub(super) max_session_timeout: Option<Duration>,
    pub(super) refusals: Refusals,
    /// The delay before it processes the input of its clients: least and most, in nanoseconds.
    pub(super) slowness: (u64, u64),
    pub(super) requests: BTreeMap<i32, u64>,
    pub(super) events_sent: u64,
}

pub(super) enum Role {
    /// It has no leader, serves no client, and looks again at this time.
    Looking {
        until: u64,
    },
    Leading(Box<Leader>),
    Learning(Box<Learning>),
}

impl Server {
    pub(super) fn new(id: usize, setup: alloc::sync::Arc<Setup>, bus: &mut Bus) -> Self {
        let options = &setup.options;
        let phase_ms = if !options.personality.is_zookeeper() {
            WALL_CLOCK_START_MS
        } else if setup.standalone() {
            0
        } else {
            bus.rng.below(options.tick_ms())
        };
        Self {
            id,
            up: false,
            paused: None,
            phase_ms,
            tree: Tree::new(),
            timeouts: BTreeMap::new(),
            log: Log::new(setup.servers()),
            accepted_epoch: 0,
            current_epoch: 0,
            session_ids: SessionIds::new(id, options.seed),
            role: Role::Looking { until: 0 },
            clients: Clients::default(),
            deadlines: Deadlines::default(),
            shut_down: None,
            max_session_timeout: None,
            refusals: Refusals::default(),
            slowness: (0, 0),
            requests: BTreeMap::new(),
            events_sent: 0,
            setup,
        }
    }

    /// The server's own clock, in milliseconds.
    pub(super) fn clock_ms(&self, bus: &Bus) -> u64 {
        bus.now_ms() + self.phase_ms
    }

    /// When its clock shows these milliseconds, in nanoseconds.
    pub(super) fn instant_of(&self, ms: u64) -> u64 {
        ms.saturating_sub(self.phase_ms).saturating_mul(1_000_000)
    }

    /// Its wall clock is set. ZooKeeper counts sessions on another clock.
    pub(super) fn step_wall_clock(&mut self, by_ms: i64, bus: &Bus) {
        if !self.is_zookeeper() {
            self.phase_ms = self.phase_ms.saturating_add_signed(by_ms);
            self.wait_for_round(bus);
        }
    }

    /// Whether it answers clients.
    pub(super) fn serves(&self) -> bool {
        match &self.role {
            Role::Looking { .. } => false,
            Role::Leading(leader) => leader.serves(),
            Role::Learning(learning) => learning.serves(),
        }
    }

    pub(super) fn start(&mut self, bus: &mut Bus) {
        self.up = true;
        self.arm_deadlines(bus);
        if self.setup.standalone() {
            let leader = Leader::alone(&self.setup, &self.tree, bus.now);
            self.role = Role::Leading(Box::new(leader));
            self.arm_all(bus);
        } else {
            self.look(bus);
        }
    }

    /// The process ends: all connections close, watches are lost, the state on disk stays.
    pub(super) fn crash(&mut self, bus: &mut Bus) {
        self.close_all(bus);
        self.leave(bus);
        self.up = false;
        self.paused = None;
        self.shut_down = None;
        self.deadlines = Deadlines::default();
        self.role = Role::Looking { until: u64::MAX };
    }

    /// Gives up its role and looks for a leader.
    pub(super) fn look(&mut self, bus: &mut Bus) {
        if self.is_zookeeper() {
            self.close_all(bus);
        } else {
            self.let_wait_no_more(bus);
        }
        self.leave(bus);
        let (low, high) = self.setup.election;
        let until = bus.now.saturating_add(bus.rng.between(low, high));
        self.role = Role::Looking { until };
    }

    /// Closes every connection to other servers.
    fn leave(&self, bus: &mut Bus) {
        let streams = match &self.role {
            Role::Looking { .. } => Vec::new(),
            Role::Leading(leader) => leader.streams(),
            Role::Learning(learning) => learning.streams(),
        };
        for (to, stream) in streams {
            bus.send(self.id, to, stream, Packet::Closed);
        }
    }

    /// A packet has arrived from another server.
    pub(super) fn packet(&mut self, from: usize, stream: Stream, packet: Packet, bus: &mut Bus) {
        let taken = match &self.role {
            _ if !self.up => Some(packet),
            Role::Looking { .. } => Some(packet),
            Role::Leading(_) => self.take_from_learner(from, stream, packet, bus),
            Role::Learning(learning) if learning.is_upstream(from, stream) => {
                self.take_from_leader(packet, bus);
                None
            }
            Role::Learning(_) => self.take_from_observer(from, stream, packet, bus),
        };
        // No receiver there: the kernel reports it.
        if !matches!(taken, None | Some(Packet::Closed)) {
            bus.send(self.id, from, stream, Packet::Closed);
        }
    }

    /// When its next timer is due.
    pub(super) fn deadline(&self) -> Option<u64> {
        if !self.up || self.paused.is_some() {
            return None;
        }
        let own = match &self.role {
            Role::Looking { until } => Some(*until),
            Role::Leading(leader) => [
                self.expiry_deadline(),
                self.container_deadline(),
                leader.deadline(&self.setup),
            ]
            .into_iter()
            .flatten()
            .min(),
            Role::Learning(learning) => Some(learning.deadline(&self.setup)),
        };
        own.into_iter()
            .chain(self.late_deadline())
            .chain(self.keeper_deadline())
            .min()
    }

    /// Runs the timers that are due. A server that looks for a leader waits for the ensemble.
    pub(super) fn timers(&mut self, bus: &mut Bus) {
        self.check_containers(bus);
        while self.expire_one(bus) {}
        self.keeper_timers(bus);
        self.lead_loop(bus);
        self.ping_observers(bus);
        self.take_late(bus);
        self.silence(bus);
    }

    /// Whether it looks for a leader, and the time to do so has come.
    pub(super) fn looks(&self, now: u64) -> bool {
        matches!(self.role, Role::Looking { until } if until <= now)
            && self.up
            && self.paused.is_none()
    }

    /// The server that it leads or learns from.
    pub(super) fn upstream(&self) -> Option<usize> {
        match &self.role {
            Role::Looking { .. } => None,
            Role::Leading(_) => Some(self.id),
            Role::Learning(learning) => Some(learning.upstream),
        }
    }

    /// Its applied state.
    pub(super) fn snapshot(&self) -> Box<Snapshot> {
        Box::new(Snapshot {
            tree: self.tree.clone(),
            timeouts: self.timeouts.clone(),
            zxid: self.log.applied_zxid(),
        })
    }

    /// The session of a connection that has one.
    pub(super) fn session_of(&self, conn: ConnId) -> Option<i64> {
        self.clients.session_of(conn)
    }
}
