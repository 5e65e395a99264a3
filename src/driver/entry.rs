//! One client as the I/O thread holds it: its core, its connections, and who hears of it.

use super::client_handle::{Reply, Transport};
use super::conn::Conn;
use super::load::Permit;
use super::metrics::Counters;
use super::{Mailbox, Sink, guard};
use crate::core::{
    CallId, Client, Command, ContenderEvent, DetectorEvent, Error, ErrorKind, Event, GroupEvent,
    Handle, LostReason, SESSION, SessionEvent, Time,
};
use mio::Token;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// How many requests of a client may wait for its server before its next commands are held back.
/// Above what is in flight at most, so that nobody waits who would not wait in the core.
const BACKLOG_MAX: usize = 1024;

/// How many commands of one client are taken in one turn while others wait.
const COMMANDS_PER_TURN: usize = 64;

pub(super) struct Slot {
    pub(super) conn: Conn,
    pub(super) token: Token,
    /// It may have more to read, and is in the queue of those.
    pub(super) queued: bool,
}

/// What a user wants of a client, until its turn comes.
pub(super) enum Want {
    Register(Handle, Arc<Sink>, Command, Permit),
    Command(Command),
    Call(CallId, Reply, Command),
    /// Nobody holds the client any more.
    Abandon,
}

/// Of what kind a handle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Session,
    Contender,
    Detector,
    Group,
}

impl Role {
    /// That of the handle which a command makes.
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
    /// What came faster than it could be taken.
    wants: VecDeque<Want>,
    /// The calls among them that somebody waits for.
    unheard: BTreeSet<CallId>,
    /// The turn in which commands were taken last, and how many.
    taken: (u64, usize),
}

impl Entry {
    pub(super) fn new(
        core: Box<Client>,
        transport: Transport,
        session: Arc<Sink>,
        counters: Arc<Counters>,
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
            wants: VecDeque::new(),
            unheard: BTreeSet::new(),
            taken: (0, 0),
        }
    }

    pub(super) fn sink(&self, handle: Handle) -> Option<&Arc<Sink>> {
        self.sinks.get(&handle).map(|(_, sink)| sink)
    }

    /// Counts what is open; the session is no handle of a user's.
    pub(super) fn count(&self) {
        self.counters
            .handles
            .set(self.sinks.len().saturating_sub(1));
        self.counters
            .calls
            .set(self.calls.len() + self.unheard.len());
    }

    /// Puts a want behind those that wait already.
    pub(super) fn queue(&mut self, want: Want) {
        match &want {
            Want::Call(call, ..) => {
                self.unheard.insert(*call);
            }
            // Given up before anything was done for it: nothing will be.
            Want::Command(Command::Forget { call }) if self.unheard.remove(call) => return,
            Want::Command(_) | Want::Register(..) | Want::Abandon => {}
        }
        self.wants.push_back(want);
    }

    /// The next want, if it may be taken in this turn.
    pub(super) fn next_want(&mut self, turn: u64) -> Option<Want> {
        while self.may_take(turn) {
            let want = self.wants.pop_front()?;
            if let Want::Call(call, ..) = &want
                && !self.unheard.remove(call)
            {
                // Its reply is dropped, and nobody hears it.
                guard::foreign(|| drop(want));
                continue;
            }
            let taken = if self.taken.0 == turn {
                self.taken.1
            } else {
                0
            };
            self.taken = (turn, taken + 1);
            return Some(want);
        }
        None
    }

    fn may_take(&self, turn: u64) -> bool {
        let has_turn = self.taken.0 != turn || self.taken.1 < COMMANDS_PER_TURN;
        has_turn && !self.is_backlogged()
    }

    /// Whether its server must answer before more is asked of it. A server that does not loses the
    /// connection, and with it the backlog.
    fn is_backlogged(&self) -> bool {
        self.core.backlog() >= BACKLOG_MAX
    }

    /// Whether anything waits to be taken.
    pub(super) fn has_wants(&self) -> bool {
        !self.wants.is_empty()
    }

    /// Whether anything waits that could be taken in the next turn.
    pub(super) fn could_go_on(&self) -> bool {
        self.has_wants() && !self.is_backlogged()
    }

    /// Tells every handle that a defect has ended this client, so that nobody takes what was known
    /// before for what is.
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
            sink.lease.store(None);
            let event = match role {
                Role::Session => Event::Session(SessionEvent::Closed),
                Role::Detector => Event::Detector(DetectorEvent::Failed(error())),
                Role::Group => Event::Group(GroupEvent::Failed(error())),
                Role::Contender => {
                    let member = match sink.mailbox.latest().as_deref() {
                        Some(Event::Contender(event)) => match event {
                            ContenderEvent::Enrolled { member }
                            | ContenderEvent::Standby { member, .. }
                            | ContenderEvent::Leading { member, .. }
                            | ContenderEvent::Jeopardy { member, .. } => Some(member.clone()),
                            ContenderEvent::Enrolling | ContenderEvent::Blocked { .. } => None,
                            // One end for each candidacy.
                            ContenderEvent::Lost { .. } => continue,
                        },
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
            Mailbox::push(sink, event);
        }
    }
}

impl Drop for Entry {
    /// Whatever ends a client, nobody goes on believing, and nobody waits for ever.
    fn drop(&mut self) {
        for (_, sink) in self.sinks.values() {
            sink.lease.store(None);
            Mailbox::end(sink);
        }
        for want in self.wants.drain(..) {
            if let Want::Register(_, sink, ..) = &want {
                Mailbox::end(sink);
            }
        }
    }
}
