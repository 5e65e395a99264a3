//! Followers and observers: they learn from an upstream server, serve reads, and forward requests
//! that only the leader can decide (`Learner`, `Follower`, `Observer`, `ObserverMaster`).

use super::bus::{Bus, ConnId};
use super::handler::{Learner, Progress};
use super::packet::{Packet, Stream};
use super::server::{Role, Server, Setup};
use super::touches::Touches;
use super::txn::Record;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;

pub(super) struct Learning {
    pub(super) upstream: usize,
    stream: Stream,
    standing: Standing,
    last_received: u64,
    /// Sessions that were touched here and not reported to the leader yet.
    pub(super) touched: Touches,
    /// The callers that wait for the leader's answer about a session.
    revalidations: BTreeMap<i64, Caller>,
    /// The callers that wait for the answer to a `sync`, in order: an observer, or a client of this
    /// server.
    syncs: VecDeque<Option<usize>>,
    /// The observers that learn from this server.
    observers: BTreeMap<usize, Learner>,
    next_ping: Option<u64>,
    limits: (u64, u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Connecting,
    Synced,
    Serving,
}

#[derive(Debug, Clone, Copy)]
enum Caller {
    Conn(ConnId),
    Observer(usize),
}

impl Learning {
    pub(super) fn serves(&self) -> bool {
        self.standing == Standing::Serving
    }

    pub(super) fn is_upstream(&self, from: usize, stream: Stream) -> bool {
        (self.upstream, self.stream) == (from, stream)
    }

    pub(super) fn up(&self) -> (usize, Stream) {
        (self.upstream, self.stream)
    }

    pub(super) fn streams(&self) -> Vec<(usize, Stream)> {
        let observers = self.observers.iter();
        let down = observers.map(|(to, learner)| (*to, learner.stream));
        core::iter::once(self.up()).chain(down).collect()
    }

    /// A connection asks whether its session lives; returns the server to ask.
    pub(super) fn revalidates(&mut self, session: i64, conn: ConnId) -> (usize, Stream) {
        self.revalidations.insert(session, Caller::Conn(conn));
        self.up()
    }

    /// An observer or a client requests a `sync`; returns the server to ask.
    pub(super) fn syncs(&mut self, observer: Option<usize>) -> (usize, Stream) {
        self.syncs.push_back(observer);
        self.up()
    }

    fn silent_at(&self) -> u64 {
        let (init, sync) = self.limits;
        let limit = if self.standing == Standing::Connecting {
            init
        } else {
            sync
        };
        self.last_received.saturating_add(limit)
    }

    pub(super) fn deadline(&self, setup: &Setup) -> u64 {
        let observers = self.observers.values().map(|l| l.silent_at(setup));
        let first = self.silent_at().min(self.next_ping.unwrap_or(u64::MAX));
        observers.min().unwrap_or(u64::MAX).min(first)
    }
}

impl Server {
    /// Begins to learn from that server.
    pub(super) fn learn(&mut self, upstream: usize, bus: &mut Bus) {
        let stream = bus.network.open();
        self.role = Role::Learning(Box::new(Learning {
            upstream,
            stream,
            standing: Standing::Connecting,
            last_received: bus.now,
            touched: Touches::default(),
            revalidations: BTreeMap::new(),
            syncs: VecDeque::new(),
            observers: BTreeMap::new(),
            next_ping: None,
            limits: (self.setup.init_limit, self.setup.sync_limit),
        }));
        let accepted_epoch = self.accepted_epoch;
        let hello = Packet::LearnerInfo { accepted_epoch };
        bus.send(self.id, upstream, stream, hello);
    }

    pub(super) fn take_from_leader(&mut self, packet: Packet, bus: &mut Bus) {
        let Role::Learning(learning) = &mut self.role else {
            return;
        };
        learning.last_received = bus.now;
        let (to, stream) = learning.up();
        match packet {
            Packet::LeaderInfo { epoch } => {
                if epoch < self.accepted_epoch {
                    return self.look(bus);
                }
                self.accepted_epoch = epoch;
                let agree = Packet::AckEpoch {
                    current_epoch: self.current_epoch,
                    last_zxid: self.log.last_zxid(),
                };
                bus.send(self.id, to, stream, agree);
            }
            Packet::NewLeader {
                epoch,
                snapshot,
                truncate_to,
                records,
            } => {
                learning.standing = Standing::Synced;
                self.current_epoch = epoch;
                if let Some(snapshot) = snapshot {
                    self.tree = snapshot.tree;
                    self.timeouts = snapshot.timeouts;
                    self.log.reset(snapshot.zxid);
                    self.arm_deadlines(bus);
                }
                self.log.truncate(truncate_to);
                records
                    .into_iter()
                    .for_each(|record| self.log.append(record));
                let last_zxid = self.log.last_zxid();
                bus.send(self.id, to, stream, Packet::AckNewLeader { last_zxid });
            }
            Packet::UpToDate { epoch, committed } => {
                self.apply_up_to(committed, bus);
                self.tree.begin_epoch(epoch << 32);
                if let Role::Learning(learning) = &mut self.role {
                    learning.standing = Standing::Serving;
                }
            }
            Packet::Proposal(record) => {
                let zxid = record.zxid;
                self.log.append(record);
                bus.send(self.id, to, stream, Packet::Ack { zxid });
            }
            Packet::Commit { zxid } => self.apply_up_to(zxid, bus),
            Packet::Inform(record) => {
                let zxid = record.zxid;
                self.log.append(record);
                self.apply_up_to(zxid, bus);
            }
            Packet::Synced { session, cxid } => match learning.syncs.pop_front() {
                Some(Some(observer)) => {
                    if let Some(learner) = learning.observers.get(&observer) {
                        let answer = Packet::Synced { session, cxid };
                        bus.send(self.id, observer, learner.stream, answer);
                    }
                }
                Some(None) => self.synced(session, cxid, bus),
                None => {}
            },
            Packet::Ping => {
                if learning.serves() {
                    let touched = learning.touched.take(bus.touch_loss, &mut bus.rng);
                    bus.send(self.id, to, stream, Packet::PingReply { touched });
                }
            }
            Packet::Revalidated { session, valid } => {
                match learning.revalidations.remove(&session) {
                    Some(Caller::Conn(conn)) => self.finish_session(conn, valid, bus),
                    Some(Caller::Observer(observer)) => {
                        if let Some(learner) = learning.observers.get(&observer) {
                            let answer = Packet::Revalidated { session, valid };
                            bus.send(self.id, observer, learner.stream, answer);
                        }
                    }
                    None => {}
                }
            }
            Packet::Closed => self.look(bus),
            Packet::LearnerInfo { .. }
            | Packet::AckEpoch { .. }
            | Packet::AckNewLeader { .. }
            | Packet::Ack { .. }
            | Packet::Request { .. }
            | Packet::Sync { .. }
            | Packet::PingReply { .. }
            | Packet::Revalidate { .. }
            | Packet::Deadlines { .. } => {}
        }
    }

    pub(super) fn upstream_silence(&mut self, bus: &mut Bus) {
        let Role::Learning(learning) = &mut self.role else {
            return;
        };
        if learning.silent_at() <= bus.now {
            return self.look(bus);
        }
        let observers = learning.observers.iter();
        let silent: Vec<(usize, Stream)> = observers
            .filter(|(_, l)| l.silent_at(&self.setup) <= bus.now)
            .map(|(id, l)| (*id, l.stream))
            .collect();
        for (observer, stream) in silent {
            learning.observers.remove(&observer);
            bus.send(self.id, observer, stream, Packet::Closed);
        }
    }
}

/// The upstream of observers.
impl Server {
    /// Returns the packet if this server does not expect it.
    pub(super) fn take_from_observer(
        &mut self,
        from: usize,
        stream: Stream,
        packet: Packet,
        bus: &mut Bus,
    ) -> Option<Packet> {
        let applied = self.log.applied_zxid();
        let epoch = self.current_epoch;
        let Role::Learning(learning) = &mut self.role else {
            return Some(packet);
        };
        if let Packet::LearnerInfo { accepted_epoch } = packet {
            if !learning.serves() {
                return Some(packet);
            }
            let learner = Learner::new(stream, false, accepted_epoch, &self.setup, bus.now, 0);
            learning.observers.insert(from, learner);
            let half_tick = bus.now.saturating_add(self.setup.half_tick);
            learning.next_ping.get_or_insert(half_tick);
            bus.send(self.id, from, stream, Packet::LeaderInfo { epoch });
            return None;
        }
        let (up, upstream) = learning.up();
        let Some(learner) = learning
            .observers
            .get_mut(&from)
            .filter(|l| l.stream == stream)
        else {
            return Some(packet);
        };
        learner.received(bus.now);
        match packet {
            Packet::AckEpoch { last_zxid, .. } => {
                learner.progress = Progress::Syncing;
                let update = self.update_for(last_zxid, applied);
                bus.send(self.id, from, stream, update);
            }
            Packet::AckNewLeader { .. } => {
                learner.progress = Progress::Synced;
                let committed = applied;
                bus.send(self.id, from, stream, Packet::UpToDate { epoch, committed });
            }
            Packet::PingReply { touched } => {
                for (session, timeout_ms) in touched {
                    learning.touched.other(session, timeout_ms);
                }
            }
            Packet::Request { .. } | Packet::Deadlines { .. } => {
                bus.send(self.id, up, upstream, packet);
            }
            Packet::Sync { .. } => {
                learning.syncs(Some(from));
                bus.send(self.id, up, upstream, packet);
            }
            Packet::Revalidate { session, .. } => {
                let caller = Caller::Observer(from);
                learning.revalidations.insert(session, caller);
                bus.send(self.id, up, upstream, packet);
            }
            Packet::Closed => {
                learning.observers.remove(&from);
            }
            Packet::LearnerInfo { .. }
            | Packet::LeaderInfo { .. }
            | Packet::NewLeader { .. }
            | Packet::UpToDate { .. }
            | Packet::Proposal(_)
            | Packet::Ack { .. }
            | Packet::Commit { .. }
            | Packet::Inform(_)
            | Packet::Synced { .. }
            | Packet::Ping
            | Packet::Revalidated { .. } => {}
        }
        None
    }

    /// Sends observers the transactions that were applied here.
    pub(super) fn inform_observers(&self, record: &Arc<Record>, bus: &mut Bus) {
        if let Role::Learning(learning) = &self.role {
            for (to, learner) in &learning.observers {
                if learner.progress >= Progress::Syncing {
                    let inform = Packet::Inform(Arc::clone(record));
                    bus.send(self.id, *to, learner.stream, inform);
                }
            }
        }
    }

    /// Twice a tick.
    pub(super) fn ping_observers(&mut self, bus: &mut Bus) {
        let Role::Learning(learning) = &mut self.role else {
            return;
        };
        if learning.next_ping.is_none_or(|at| at > bus.now) {
            return;
        }
        learning.next_ping = Some(bus.now.saturating_add(self.setup.half_tick));
        for (to, learner) in &learning.observers {
            if learner.progress >= Progress::Syncing {
                bus.send(self.id, *to, learner.stream, Packet::Ping);
            }
        }
    }
}
