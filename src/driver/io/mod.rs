//! The I/O thread: its turns, and the clock between them. `commands.rs` takes the commands of users,
//! `sockets.rs` reads and opens sockets, `step.rs` feeds the core and carries out its outputs.

mod commands;
mod sockets;
pub(super) mod start;
mod step;
mod undertaking;

use super::client_id::ClientId;
use super::drift::Drift;
use super::entry::Entry;
use super::guard;
use super::log::{self, LogLevel};
use super::memory::MemoryServers;
use super::messages::{Message, Port};
use super::sys::{self, Alarm};
use super::undertaken::Watched;
use crate::core::{Command, Input, Time};
use crossbeam_channel::Receiver;
use mio::{Events, Poll, Token};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How many messages are taken out of the inbox in one turn.
const MESSAGES_PER_TURN: usize = 1024;

/// How many inputs that earlier inputs caused are fed at a time.
const INPUTS_PER_TURN: usize = 256;

/// How much later than the alarm a wait ends by itself: libraries that pretend another time to a
/// process (`libfaketime`) move its alarms.
const ALARM_LATENESS: Duration = Duration::from_millis(20);

/// The token of the wake-up from other threads.
const WAKE: Token = Token(0);

/// The token of the timer.
const ALARM: Token = Token(1);

/// An input that owns its data, so that it can wait for its turn.
enum OwnedInput {
    Tick,
    Resolved(u64, Result<Vec<SocketAddr>, String>),
    Connected(u64),
    Received(u64, Vec<u8>),
    Disconnected(u64, String),
    Command(Command),
}

/// Owns every client of the process, and their sockets.
struct Thread {
    poll: Poll,
    inbox: Receiver<Message>,
    port: Port,
    clients: BTreeMap<ClientId, Entry>,
    tokens: BTreeMap<Token, (ClientId, u64)>,
    last_token: usize,
    deadlines: BTreeSet<(Time, ClientId)>,
    memory: MemoryServers,
    inputs: VecDeque<(ClientId, OwnedInput)>,
    buffer: Vec<u8>,
    alarm: Alarm,
    drift: Drift,
    /// Sockets that may have more to read, in the order of their turns.
    readable: VecDeque<Token>,
    /// Clients whose commands came faster than they could be taken.
    crowded: BTreeSet<ClientId>,
    /// Counts the turns.
    turn: u64,
    helpers: BTreeMap<Token, Watched>,
}

impl Thread {
    fn new(poll: Poll, alarm: Alarm, inbox: Receiver<Message>, port: Port) -> Self {
        Self {
            poll,
            alarm,
            drift: Drift::default(),
            inbox,
            port,
            clients: BTreeMap::new(),
            tokens: BTreeMap::new(),
            last_token: ALARM.0,
            deadlines: BTreeSet::new(),
            memory: MemoryServers::default(),
            inputs: VecDeque::new(),
            buffer: vec![0; 64 << 10],
            readable: VecDeque::new(),
            crowded: BTreeSet::new(),
            turn: 0,
            helpers: BTreeMap::new(),
        }
    }

    fn run(mut self) {
        let mut events = Events::with_capacity(256);
        loop {
            let turns = || loop {
                self.take_turn(&mut events);
            };
            // It turns for ever: only a panic ends that.
            let Err(payload) = catch_unwind(AssertUnwindSafe(turns));
            guard::discard(payload);
            self.start_over();
        }
    }

    /// After a panic in this thread: none of its data can be trusted, so all of it goes. The next client
    /// that is opened finds a thread that works.
    fn start_over(&mut self) {
        for (client, entry) in std::mem::take(&mut self.clients) {
            log::write(LogLevel::Error, sys::now(), client, || {
                "a defect of the library ended this client; its leaderships are over".to_owned()
            });
            entry.fail(sys::now());
            guard::foreign(|| drop(entry));
        }
        self.tokens.clear();
        self.deadlines.clear();
        self.readable.clear();
        self.crowded.clear();
        self.inputs.clear();
        self.memory = MemoryServers::default();
        self.buffer.resize(64 << 10, 0);
    }

    /// One turn: each socket, and each client with a command, gets a share of it. A flood
    /// from one of them keeps no other waiting, and no deadline: the clock is read after each piece of
    /// work.
    fn take_turn(&mut self, events: &mut Events) {
        self.turn += 1;
        self.drift.note(sys::now(), sys::ahead());
        self.wait(events);
        self.drift.note(sys::now(), sys::ahead());
        for event in &*events {
            let is_socket = event.token() != WAKE && event.token() != ALARM;
            if is_socket && !self.helper_ended(event.token()) {
                self.ready(event.token(), event.is_writable() || event.is_error());
            }
        }
        for _ in 0..self.readable.len() {
            if let Some(token) = self.readable.pop_front() {
                self.read(token);
            }
        }
        for _ in 0..MESSAGES_PER_TURN {
            let Ok(message) = self.inbox.try_recv() else {
                break;
            };
            self.message(message);
            self.look_at_the_clock();
        }
        for client in self.crowded.clone() {
            self.take_commands(client);
        }
        self.look_at_the_clock();
        self.digest(INPUTS_PER_TURN);
    }

    /// Waits until there is something to do.
    fn wait(&mut self, events: &mut Events) {
        let next = self.next_deadline();
        let mut crowded = self.crowded.iter();
        let is_busy = !self.readable.is_empty()
            || !self.inputs.is_empty()
            || !self.inbox.is_empty()
            || next.is_some_and(|at| at <= sys::now())
            || crowded.any(|id| self.clients.get(id).is_some_and(Entry::could_go_on));
        if !is_busy {
            // Not by the limit of the poll: its clock stands still while the machine sleeps.
            self.alarm.set(next);
        }
        let limit = match is_busy {
            true => Some(Duration::ZERO),
            false => next.map(|at| at.since(sys::now()) + ALARM_LATENESS),
        };
        // Interrupted by a signal, or nothing there: look at everything all the same.
        let _ = self.poll.poll(events, limit);
    }

    fn next_deadline(&self) -> Option<Time> {
        let clients = self.deadlines.first().map(|(at, _)| *at);
        clients.into_iter().chain(self.memory.deadline()).min()
    }

    /// Ticks the clients whose deadlines have passed.
    fn look_at_the_clock(&mut self) {
        let now = sys::now();
        if self.next_deadline().is_none_or(|at| at > now) {
            return;
        }
        let due = self.deadlines.iter().take_while(|(at, _)| *at <= now);
        for client in due.map(|(_, client)| *client).collect::<Vec<_>>() {
            self.step(client, Input::Tick);
        }
        self.listen();
    }
}
