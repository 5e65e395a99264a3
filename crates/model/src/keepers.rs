//! The sessions of servers that are not ZooKeeper: each server has its own queue of deadlines on a
//! wall clock, and the leader closes what is overdue in *its* queue (`SessionExpiryQueue`,
//! `KeeperDispatcher`; `RequestForwarder` of `RaftKeeper`).

use super::admin::CONNECTION_LOSS;
use super::bus::{Bus, ConnId};
use super::clients::{Waiting, What};
use super::packet::Packet;
use super::server::{Role, Server};
use super::txn::{Record, Txn, Write};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use tenure_proto::ServerError;

/// The wall clock at the start of the model: clocks that are stepped back must not reach zero.
pub(super) const WALL_CLOCK_START_MS: u64 = 1_700_000_000_000;

/// `dead_session_check_period_ms`: deadlines are multiples of it, and the leader looks this often.
const CHECK_PERIOD_MS: u64 = 500;
const CHECK_PERIOD: u64 = CHECK_PERIOD_MS * 1_000_000;

/// How often a follower of `RaftKeeper` reports the deadlines of its clients' sessions.
const REPORT_PERIOD: u64 = 2 * CHECK_PERIOD;

/// `session_shutdown_timeout`: a server that is shut down waits this long for the end of its
/// clients' sessions.
const SHUT_DOWN_PATIENCE: u64 = 10_000_000_000;

/// The protocol version of a handshake that turns the client away.
const TURNED_AWAY: i32 = 42;

/// The deadlines of all sessions, as one server knows them.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// Session → its deadline on this server's wall clock, in milliseconds.
    ends: BTreeMap<i64, u64>,
    /// The rounds up to here are over: of looking for overdue sessions, and of reporting.
    checked: u64,
    reported: u64,
}

impl Deadlines {
    fn touch(&mut self, session: i64, timeout_ms: i32, wall_ms: u64) {
        let at = wall_ms.saturating_add(u64::try_from(timeout_ms).unwrap_or(0));
        let end = (at / CHECK_PERIOD_MS)
            .saturating_add(1)
            .saturating_mul(CHECK_PERIOD_MS);
        self.ends.insert(session, end);
    }

    /// The overdue sessions. They stay in the queue until their end is applied.
    fn overdue(&self, wall_ms: u64) -> Vec<i64> {
        let ends = self.ends.iter();
        let overdue = ends.filter(|(_, end)| **end <= wall_ms);
        overdue.map(|(session, _)| *session).collect()
    }
}

/// The moment of a round that is not before `at`, nor before the one after `last`.
fn round_after(last: u64, at: u64, period: u64) -> u64 {
    let next = (last / period).saturating_add(1);
    next.max(at.div_ceil(period)).saturating_mul(period)
}

/// An orderly shut-down that is under way.
#[derive(Debug)]
pub(super) struct ShutDown {
    /// The sessions whose end the server awaits.
    sessions: Vec<i64>,
    /// When it gives up waiting for them.
    give_up: u64,
    /// How long the process lives on after that, and until when.
    linger: u64,
    ends: Option<u64>,
}

/// Touches.
impl Server {
    pub(super) fn is_zookeeper(&self) -> bool {
        self.setup.options.personality.is_zookeeper()
    }

    /// A server starts, or gets a snapshot: every session has a full timeout in its queue.
    pub(super) fn arm_deadlines(&mut self, bus: &Bus) {
        if self.is_zookeeper() {
            return;
        }
        let wall_ms = self.clock_ms(bus);
        self.deadlines.ends.clear();
        for (session, timeout_ms) in &self.timeouts {
            self.deadlines.touch(*session, *timeout_ms, wall_ms);
        }
    }

    /// A request of this session is carried out here.
    pub(super) fn touch_here(&mut self, session: i64, bus: &Bus) {
        let wall_ms = self.clock_ms(bus);
        if let Some(timeout_ms) = self.timeouts.get(&session) {
            self.deadlines.touch(session, *timeout_ms, wall_ms);
        }
    }

    /// A transaction was applied here.
    pub(super) fn touch_by(&mut self, record: &Record, bus: &Bus) {
        if self.is_zookeeper() {
            return;
        }
        if matches!(record.txn, Txn::CloseSession) {
            self.deadlines.ends.remove(&record.session);
        } else {
            self.touch_here(record.session, bus);
        }
    }

    /// A follower of `RaftKeeper` has reported absolute deadlines. They count even if they are
    /// earlier than those that are known, and even if the follower's clock is wrong.
    pub(super) fn take_deadlines(&mut self, ends: &BTreeMap<i64, u64>, bus: &Bus) {
        self.wait_for_round(bus);
        for (session, end) in ends {
            if let Some(known) = self.deadlines.ends.get_mut(session) {
                *known = *end;
            }
        }
    }

    fn reports(&self) -> bool {
        let kind = self.setup.options.personality;
        let learns = matches!(&self.role, Role::Learning(learning) if learning.serves());
        learns && !kind.is_zookeeper() && !kind.is_keeper()
    }

    fn report(&mut self, bus: &mut Bus) {
        let attached = &self.clients.attached;
        let ends = self.deadlines.ends.iter();
        let ends: BTreeMap<i64, u64> = ends
            .filter(|(session, _)| attached.contains_key(session))
            .map(|(session, end)| (*session, *end))
            .collect();
        if let Role::Learning(learning) = &self.role
            && !ends.is_empty()
        {
            let (to, stream) = learning.up();
            bus.send(self.id, to, stream, Packet::Deadlines { ends });
        }
    }
}

/// Timers.
impl Server {
    /// Whatever is overdue from now on is closed in the next round, not at once.
    pub(super) fn wait_for_round(&mut self, bus: &Bus) {
        self.deadlines.checked = self.deadlines.checked.max(bus.now);
    }

    /// When the leader closes this session without further touches, in nanoseconds.
    pub(super) fn deadline_of(&self, session: i64) -> Option<u64> {
        let at = self.instant_of(*self.deadlines.ends.get(&session)?);
        Some(round_after(self.deadlines.checked, at, CHECK_PERIOD))
    }

    pub(super) fn keeper_deadline(&self) -> Option<u64> {
        if self.is_zookeeper() {
            return None;
        }
        let check = match &self.role {
            Role::Leading(leader) if leader.serves() => {
                let first = self.deadlines.ends.values().min();
                first.map(|end| {
                    let at = self.instant_of(*end);
                    round_after(self.deadlines.checked, at, CHECK_PERIOD)
                })
            }
            Role::Leading(_) | Role::Looking { .. } | Role::Learning(_) => None,
        };
        let report = self
            .reports()
            .then(|| round_after(self.deadlines.reported, 0, REPORT_PERIOD));
        let shut_down = self.shut_down.as_ref().map(|shut_down| {
            if self.is_shutting_down_in_vain() {
                return 0;
            }
            match shut_down.ends {
                Some(at) => at,
                None if self.has_closed_all(shut_down) => 0,
                None => shut_down.give_up,
            }
        });
        [check, report, shut_down].into_iter().flatten().min()
    }

    pub(super) fn keeper_timers(&mut self, bus: &mut Bus) {
        if self.is_zookeeper() {
            return;
        }
        self.close_overdue(bus);
        if self.reports() && round_after(self.deadlines.reported, 0, REPORT_PERIOD) <= bus.now {
            self.deadlines.reported = bus.now;
            self.report(bus);
        }
        self.go_on_shutting_down(bus);
    }

    /// Every half second the leader proposes the end of each overdue session, even where one is
    /// under way already.
    fn close_overdue(&mut self, bus: &mut Bus) {
        let leads = matches!(&self.role, Role::Leading(leader) if leader.serves());
        if !leads || round_after(self.deadlines.checked, 0, CHECK_PERIOD) > bus.now {
            return;
        }
        self.deadlines.checked = bus.now;
        for session in self.deadlines.overdue(self.clock_ms(bus)) {
            self.propose(session, 0, None, &[], Write::CloseSession, bus);
        }
    }
}

/// The shut-down.
impl Server {
    /// Asks for the end of all sessions that are attached here; the process ends after them.
    pub(super) fn begin_to_shut_down(&mut self, linger: u64, bus: &mut Bus) {
        let sessions: Vec<i64> = if self.serves() {
            self.clients.attached.keys().copied().collect()
        } else {
            Vec::new()
        };
        self.shut_down = Some(ShutDown {
            sessions: sessions.clone(),
            give_up: bus.now.saturating_add(SHUT_DOWN_PATIENCE),
            linger,
            ends: None,
        });
        for session in sessions {
            self.submit(session, 0, Vec::new(), Write::CloseSession, bus);
        }
        self.go_on_shutting_down(bus);
    }

    fn has_closed_all(&self, shut_down: &ShutDown) -> bool {
        let mut sessions = shut_down.sessions.iter();
        sessions.all(|session| !self.timeouts.contains_key(session))
    }

    /// Without a leader nothing can be closed.
    fn is_shutting_down_in_vain(&self) -> bool {
        !self.serves()
    }

    fn go_on_shutting_down(&mut self, bus: &mut Bus) {
        let Some(shut_down) = &self.shut_down else {
            return;
        };
        if shut_down.ends.is_none()
            && (self.has_closed_all(shut_down) || shut_down.give_up <= bus.now)
        {
            let ends = bus.now.saturating_add(shut_down.linger);
            if let Some(shut_down) = &mut self.shut_down {
                shut_down.ends = Some(ends);
            }
        }
        let over = |shut_down: &ShutDown| shut_down.ends.is_some_and(|at| at <= bus.now);
        if self.is_shutting_down_in_vain() || self.shut_down.as_ref().is_some_and(over) {
            self.crash(bus);
        }
    }
}

/// What clients see.
impl Server {
    /// Answers the handshake; these servers send no read-only flag, and a password of zeros.
    pub(super) fn greet(&self, conn: ConnId, session: i64, timeout_ms: i32, bus: &mut Bus) {
        bus.outputs
            .send(conn, |out| greeting(0, session, timeout_ms, out));
    }

    /// Refuses the handshake. `RaftKeeper` tells with a timeout of -1 that the session has ended.
    pub(super) fn turn_away(&mut self, conn: ConnId, session: i64, timeout_ms: i32, bus: &mut Bus) {
        bus.outputs.send(conn, |out| {
            greeting(TURNED_AWAY, session, timeout_ms, out);
        });
        self.close(conn, bus);
    }

    /// There is no leader: the connections stay, and everything that waits is answered with an
    /// error.
    pub(super) fn let_wait_no_more(&mut self, bus: &mut Bus) {
        let waiting = core::mem::take(&mut self.clients.waiting);
        for Waiting { conn, number, what } in waiting.into_values().flatten() {
            match what {
                What::Session => self.turn_away(conn, -1, 0, bus),
                What::Write(_)
                | What::Sync(_)
                | What::Refused(..)
                | What::Read(_)
                | What::Names(_) => {
                    self.answer_without_leader(conn, number, bus);
                }
            }
        }
    }

    pub(super) fn answer_without_leader(&self, conn: ConnId, number: i32, bus: &mut Bus) {
        let error: Result<_, ServerError> = Err(CONNECTION_LOSS);
        self.reply_at(0, conn, number, error, "", bus);
    }
}

fn greeting(version: i32, session: i64, timeout_ms: i32, out: &mut Vec<u8>) {
    const PASSWORD: [u8; 16] = [0; 16];
    out.extend(36_i32.to_be_bytes());
    out.extend(version.to_be_bytes());
    out.extend(timeout_ms.to_be_bytes());
    out.extend(session.to_be_bytes());
    out.extend(16_i32.to_be_bytes());
    out.extend(PASSWORD);
}
