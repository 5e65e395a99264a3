//! A client as the I/O thread holds it: its core, its connections, its sinks and calls.

use super::conn::Conn;
use super::drift::Drift;
use super::guard;
use super::lease_cell::Held;
use super::load::Permit;
use super::messages::{Reply, Transport};
use super::metrics::Counters;
use super::sink::Sink;
use super::sys;
use super::undertaken::Undertaken;
use crate::core::{
    Basis, CallId, Client, Command, ContenderEvent, DetectorEvent, Error, ErrorKind, Event,
    GroupEvent, Handle, LostReason, SESSION, SessionEvent, Time,
};
use mio::Token;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// How many requests of a client may wait for its server before its next commands are held back.
/// More than can be in flight, so that no command waits that would not wait in the core.
const BACKLOG_MAX: usize = 1024;

/// How many commands of one client are taken in one turn while others wait.
const COMMANDS_PER_TURN: usize = 64;

pub(super) struct Slot {
    pub(super) conn: Conn,
    pub(super) token: Token,
    /// It may have more to read, and is in the queue of such sockets.
    pub(super) queued: bool,
}

/// A command of a user, until its turn comes.
pub(super) enum QueuedCommand {
    Register(Handle, Arc<Sink>, Command, Permit),
    Command(Command),
    Call(CallId, Reply, Command),
    /// The user's side has dropped the client.
    Abandon,
}

/// The kind of a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Session,
    Contender,
    Detector,
    Group,
}

impl Role {
    /// The kind of the handle that a command makes.
    pub(super) fn made_by(command: &Command) -> Self {
        match command {
            Command::Contend { .. } => Self::Contender,
            Command::Detect { .. } => Self::Detector,
            _ => Self::Group,
        }
    }
}

pub(super) struct Entry {
    pub(super) core: Box<Client>,
    pub(super) transport: Transport,
    pub(super) conns: BTreeMap<u64, Slot>,
    pub(super) sinks: BTreeMap<Handle, (Role, Arc<Sink>)>,
    pub(super) calls: BTreeMap<CallId, Reply>,
    pub(super) counters: Arc<Counters>,
    pub(super) wait: Option<Time>,
    pub(super) abandoned: bool,
    pub(super) undertaken: Option<Undertaken>,
    /// How many leaderships each basis renews.
    renewed: [usize; Basis::ALL.len()],
    /// The commands that came faster than they could be taken.
    waiting: VecDeque<QueuedCommand>,
    /// The calls among them that a caller waits for.
    awaited: BTreeSet<CallId>,
    /// The turn in which commands were taken last, and how many.
    taken: (u64, usize),
}

impl Entry {
    pub(super) fn new(
        core: Box<Client>,
        transport: Transport,
        session: Arc<Sink>,
        counters: Arc<Counters>,
        undertaken: Option<Undertaken>,
    ) -> Self {
        Self {
            core,
            transport,
            conns: BTreeMap::new(),
            sinks: BTreeMap::from([(SESSION, (Role::Session, session))]),
            calls: BTreeMap::new(),
            counters,
            wait: None,
            abandoned: false,
            undertaken,
            renewed: [0; Basis::ALL.len()],
            waiting: VecDeque::new(),
            awaited: BTreeSet::new(),
            taken: (0, 0),
        }
    }

    /// The time by which the clock may have fallen behind within the last session timeout.
    pub(super) fn lost_time(&self, drift: &Drift, now: Time) -> Duration {
        drift.lost(now, sys::ahead(), self.core.timeout())
    }

    pub(super) fn sink(&self, handle: Handle) -> Option<&Arc<Sink>> {
        self.sinks.get(&handle).map(|(_, sink)| sink)
    }

    /// Publishes the lease of a contender whose end moves with `renewed_by`, or takes it back.
    pub(super) fn lead(&mut self, handle: Handle, held: Option<Held>, renewed_by: Option<Basis>) {
        let Some((_, sink)) = self.sinks.get(&handle) else {
            return;
        };
        let token = |held: Option<Held>| held.map(|held| held.lease.token);
        let before = token(sink.lease.load());
        if token(held).is_some() && token(held) != before {
            self.counters.leaderships.one();
        }
        if let Some(basis) = sink.lease.renewed_by() {
            self.renewed[basis as usize] -= 1;
        }
        if let (Some(held), Some(basis)) = (held, renewed_by) {
            // The time that the clock has lost since the last renewal counts for all.
            sink.lease.renewals().store(basis, held.lease.end);
            self.renewed[basis as usize] += 1;
        }
        sink.lease.store(held, renewed_by);
    }

    /// Moves the ends of all leases of this basis.
    pub(super) fn renew(&self, basis: Basis, end: Time) {
        if let Some((_, session)) = self.sinks.get(&SESSION) {
            session.lease.renewals().store(basis, end);
        }
        self.counters.renewals.add(self.renewed[basis as usize]);
    }

    /// Counts the open handles and calls; the session is not a handle of the user.
    pub(super) fn count(&self) {
        self.counters
            .handles
            .set(self.sinks.len().saturating_sub(1));
        self.counters
            .calls
            .set(self.calls.len() + self.awaited.len());
    }

    /// Puts a command behind those that wait already.
    pub(super) fn queue(&mut self, queued: QueuedCommand) {
        match &queued {
            QueuedCommand::Call(call, ..) => {
                self.awaited.insert(*call);
            }
            // Given up before it was begun: it never begins.
            QueuedCommand::Command(Command::Forget { call, .. }) if self.awaited.remove(call) => {
                return;
            }
            QueuedCommand::Command(_) | QueuedCommand::Register(..) | QueuedCommand::Abandon => {}
        }
        self.waiting.push_back(queued);
    }

    /// The next command, if it may be taken in this turn.
    pub(super) fn next_command(&mut self, turn: u64) -> Option<QueuedCommand> {
        while self.may_take(turn) {
            let queued = self.waiting.pop_front()?;
            if let QueuedCommand::Call(call, ..) = &queued
                && !self.awaited.remove(call)
            {
                // The caller has given it up, so its reply is dropped.
                guard::foreign(|| drop(queued));
                continue;
            }
            let taken = if self.taken.0 == turn {
                self.taken.1
            } else {
                0
            };
            self.taken = (turn, taken + 1);
            return Some(queued);
        }
        None
    }

    fn may_take(&self, turn: u64) -> bool {
        let has_turn = self.taken.0 != turn || self.taken.1 < COMMANDS_PER_TURN;
        has_turn && !self.is_backlogged()
    }

    /// Whether its server must answer before it gets more requests. If it does not answer, the core
    /// ends the connection, and with it the backlog.
    fn is_backlogged(&self) -> bool {
        self.core.backlog() >= BACKLOG_MAX
    }

    /// Whether anything waits to be taken.
    pub(super) fn has_commands(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether anything waits that could be taken in the next turn.
    pub(super) fn could_go_on(&self) -> bool {
        self.has_commands() && !self.is_backlogged()
    }

    /// Gives every handle an event for the defect that has ended this client, so that no user takes
    /// older knowledge for the present state.
    pub(super) fn fail(&self, now: Time) {
        let error = || {
            Error::new(
                ErrorKind::System,
                "a defect of the library ended this client; open another, and report the panic \
                 that standard error shows",
            )
        };
        for (role, sink) in self.sinks.values() {
            let held = sink.lease.load();
            sink.lease.store(None, None);
            let event = match role {
                Role::Session => Event::Session(SessionEvent::Closed),
                Role::Detector => Event::Detector(DetectorEvent::Failed(error())),
                Role::Group => Event::Group(GroupEvent::Failed(error())),
                Role::Contender => {
                    let member = match sink.mailbox.latest().as_deref() {
                        // One end for each candidacy.
                        Some(Event::Contender(ContenderEvent::Lost { .. })) => continue,
                        Some(Event::Contender(event)) => event.member().cloned(),
                        _ => None,
                    };
                    Event::Contender(ContenderEvent::Lost {
                        member,
                        led_until: held.map(|held| held.lease.end.min(now)),
                        reason: LostReason::Failed(error()),
                    })
                }
            };
            self.counters.event(&event);
            sink.push(event);
        }
    }
}

impl Drop for Entry {
    /// In whatever way a client ends, no contender keeps its lease, and no caller waits for ever.
    fn drop(&mut self) {
        for (_, sink) in self.sinks.values() {
            sink.lease.store(None, None);
            sink.end();
        }
        for queued in self.waiting.drain(..) {
            if let QueuedCommand::Register(_, sink, ..) = &queued {
                sink.end();
            }
        }
    }
}
