//! The I/O thread.

use super::client_handle::{ClientId, Message, Port, Transport};
use super::conn::{Conn, Progress};
use super::drift::Drift;
use super::entry::{Entry, Role, Slot, Want};
use super::log::LogLevel;
use super::memory::{Attempt, MemoryEvent, MemoryServers};
use super::metrics::Counters;
use super::sys::Alarm;
use super::tls::Layer;
use super::{Held, Mailbox, guard, log_lines, process, resolve, sys};
use crate::core::{CallId, Command, Event, Host, Input, Lease, Output, Time};
use crossbeam_channel::Receiver;
use mio::{Events, Poll, Token};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How long a client that was dropped without being closed goes on trying to tell a server.
const FAREWELL_PATIENCE: Duration = Duration::from_secs(10);

/// How much is read from one socket in one turn while others wait.
const BYTES_PER_TURN: usize = 256 << 10;

/// How many messages are taken out of the inbox in one turn.
const MESSAGES_PER_TURN: usize = 1024;

/// How many inputs that others brought about are fed at a time.
const FED_PER_TURN: usize = 256;

/// How much later than the alarm a wait ends by itself: libraries that are put between this process and
/// the system to pretend another time (`libfaketime`) move alarms.
const ALARM_LATENESS: Duration = Duration::from_millis(20);

/// The token of the wake-up from other threads.
pub(super) const WAKE: Token = Token(0);

/// That of the timer.
pub(super) const ALARM: Token = Token(1);

/// An input that owns what it carries, so that it can wait for its turn.
enum Fed {
    Tick,
    Resolved(u64, Result<Vec<SocketAddr>, String>),
    Connected(u64),
    Received(u64, Vec<u8>),
    Disconnected(u64, String),
    Command(Command),
}

/// Owns every client of the process, and their sockets.
pub(super) struct Thread {
    poll: Poll,
    inbox: Receiver<Message>,
    port: Port,
    clients: BTreeMap<ClientId, Entry>,
    tokens: BTreeMap<Token, (ClientId, u64)>,
    last_token: usize,
    deadlines: BTreeSet<(Time, ClientId)>,
    memory: MemoryServers,
    fed: VecDeque<(ClientId, Fed)>,
    buffer: Vec<u8>,
    alarm: Alarm,
    drift: Drift,
    /// Sockets that may have more to read, in the order of their turns.
    readable: VecDeque<Token>,
    /// Clients whose commands came faster than they could be taken.
    crowded: BTreeSet<ClientId>,
    /// Counts the turns.
    turn: u64,
}

impl Thread {
    pub(super) fn new(poll: Poll, alarm: Alarm, inbox: Receiver<Message>, port: Port) -> Self {
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
            fed: VecDeque::new(),
            buffer: vec![0; 64 << 10],
            readable: VecDeque::new(),
            crowded: BTreeSet::new(),
            turn: 0,
        }
    }

    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(256);
        loop {
            let turns = || loop {
                self.take_turn(&mut events);
            };
            // It turns for ever: only a panic ends that.
            let Err(payload) = catch_unwind(AssertUnwindSafe(turns));
            guard::discard(payload);
            self.begin_anew();
        }
    }

    /// After a panic in this thread: nothing that it held can be trusted, so all of it goes. The next
    /// client that is opened finds a thread that works.
    fn begin_anew(&mut self) {
        for (client, entry) in std::mem::take(&mut self.clients) {
            log(client, LogLevel::Error, || {
                "a defect of the library ended this client; its leaderships are over".to_owned()
            });
            entry.fail(sys::now());
            guard::foreign(|| drop(entry));
        }
        self.tokens.clear();
        self.deadlines.clear();
        self.readable.clear();
        self.crowded.clear();
        self.fed.clear();
        self.memory = MemoryServers::default();
        self.buffer.resize(64 << 10, 0);
    }

    /// One turn: each socket, and each client that wants something, gets a share of it. A flood
    /// from one of them keeps nobody else waiting, and no deadline: those are looked at after each
    /// piece of work.
    fn take_turn(&mut self, events: &mut Events) {
        self.turn += 1;
        self.drift.note(sys::now(), sys::ahead());
        self.wait(events);
        self.drift.note(sys::now(), sys::ahead());
        for event in &*events {
            if event.token() != WAKE && event.token() != ALARM {
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
            self.take_wants(client);
        }
        self.look_at_the_clock();
        self.digest(FED_PER_TURN);
    }

    /// Waits until there is something to do.
    fn wait(&mut self, events: &mut Events) {
        let next = self.next_deadline();
        let mut crowded = self.crowded.iter();
        let is_busy = !self.readable.is_empty()
            || !self.fed.is_empty()
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

    /// Lets those whose deadlines have passed know.
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

    fn message(&mut self, message: Message) {
        match message {
            Message::Open(id, core, transport, session, counters) => {
                let entry = Entry::new(core, transport, session, counters);
                self.clients.insert(id, entry);
                self.feed(id, Fed::Tick);
            }
            Message::Register(id, handle, sink, command, permit) => {
                self.want(id, Want::Register(handle, sink, command, permit));
            }
            Message::Command(id, command) => self.want(id, Want::Command(command)),
            Message::Call(id, call, reply, command) => {
                self.want(id, Want::Call(call, reply, command));
            }
            Message::Abandon(id) => self.want(id, Want::Abandon),
            Message::Resolved(id, lookup, result) => {
                self.feed(id, Fed::Resolved(lookup, result));
            }
            Message::Memory(name, act, completer) => {
                let touched = self.memory.act(&name, act, sys::now());
                // Whoever asked finds it done: what follows is told to the clients before.
                self.digest(usize::MAX);
                completer.complete(Ok(touched));
            }
            #[cfg(test)]
            Message::Panic => panic!("this panic is part of a test"),
        }
        self.digest(FED_PER_TURN);
    }

    /// Somebody wants something: at once if it is that client's turn, else after what it wanted
    /// before.
    fn want(&mut self, client: ClientId, want: Want) {
        let Some(entry) = self.clients.get_mut(&client) else {
            // It has ended, and with it all that it could do.
            if let Want::Register(_, sink, ..) = &want {
                Mailbox::end(sink);
            }
            return;
        };
        entry.queue(want);
        self.crowded.insert(client);
        self.take_wants(client);
    }

    /// Does what a client's users want, as much as this turn has room for.
    fn take_wants(&mut self, client: ClientId) {
        loop {
            let turn = self.turn;
            let Some(entry) = self.clients.get_mut(&client) else {
                self.crowded.remove(&client);
                return;
            };
            let Some(want) = entry.next_want(turn) else {
                if !entry.has_wants() {
                    self.crowded.remove(&client);
                    entry.count();
                }
                return;
            };
            self.fulfil(client, want);
            self.digest(FED_PER_TURN);
        }
    }

    fn fulfil(&mut self, id: ClientId, want: Want) {
        let Some(entry) = self.clients.get_mut(&id) else {
            return;
        };
        let command = match want {
            Want::Register(handle, sink, command, permit) => {
                drop(permit);
                if entry.core.is_ended() {
                    Mailbox::end(&sink);
                } else {
                    let role = Role::made_by(&command);
                    entry.sinks.insert(handle, (role, sink));
                }
                command
            }
            Want::Command(command) => {
                match &command {
                    Command::Drop { handle } => {
                        if let Some((_, sink)) = entry.sinks.remove(handle) {
                            sink.lease.store(None);
                            Mailbox::end(&sink);
                        }
                    }
                    Command::Forget { call } => {
                        let reply = entry.calls.remove(call);
                        guard::foreign(|| drop(reply));
                    }
                    _ => {}
                }
                command
            }
            Want::Call(call, reply, command) => {
                entry.calls.insert(call, reply);
                command
            }
            Want::Abandon => {
                entry.abandoned = true;
                Command::Close {
                    call: CallId(0),
                    patience: FAREWELL_PATIENCE,
                }
            }
        };
        entry.count();
        self.feed(id, Fed::Command(command));
    }

    /// A socket has become ready: to be written to, or to be read alone.
    fn ready(&mut self, token: Token, writable: bool) {
        let Some((client, conn)) = self.tokens.get(&token).copied() else {
            return;
        };
        let Some(slot) = self.slot(client, conn) else {
            return;
        };
        let progress = slot.conn.ready(writable);
        if !std::mem::replace(&mut slot.queued, true) {
            self.readable.push_back(token);
        }
        match progress {
            Progress::Nothing => {}
            Progress::Connected => {
                self.step(client, Input::Connected { conn });
                self.digest(FED_PER_TURN);
            }
            Progress::Failed(why) => self.lost(client, conn, why),
        }
    }

    /// Reads what one turn has room for. Readiness is told once, so a socket stays in the queue until
    /// nothing is left in it.
    fn read(&mut self, token: Token) {
        let Some((client, conn)) = self.tokens.get(&token).copied() else {
            return;
        };
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut read = 0;
        // Until it is empty, or the core has had enough of it.
        while let Some(slot) = self.slot(client, conn) {
            if slot.conn.is_connecting() {
                slot.queued = false;
                break;
            }
            if read >= BYTES_PER_TURN {
                self.readable.push_back(token);
                break;
            }
            match slot.conn.receive(&mut buffer) {
                Ok(0) => {
                    slot.queued = false;
                    break;
                }
                Ok(n) => {
                    read += n;
                    self.feed_bytes(client, conn, &buffer[..n]);
                    self.digest(FED_PER_TURN);
                }
                Err(why) => {
                    self.lost(client, conn, why);
                    break;
                }
            }
        }
        self.buffer = buffer;
    }

    fn slot(&mut self, client: ClientId, conn: u64) -> Option<&mut Slot> {
        self.clients.get_mut(&client)?.conns.get_mut(&conn)
    }

    fn lost(&mut self, client: ClientId, conn: u64, why: String) {
        self.hang_up(client, conn);
        self.step(client, Input::Disconnected { conn, why });
        self.digest(FED_PER_TURN);
    }

    fn hang_up(&mut self, client: ClientId, conn: u64) {
        if let Some(entry) = self.clients.get_mut(&client)
            && let Some(slot) = entry.conns.remove(&conn)
        {
            self.tokens.remove(&slot.token);
            slot.conn.close(self.poll.registry());
        }
    }

    fn feed(&mut self, client: ClientId, fed: Fed) {
        self.fed.push_back((client, fed));
    }

    /// Feeds what waits, and what that brings about: until nothing is left, or this was much. What is
    /// left then has its turn later, in its order.
    fn digest(&mut self, limit: usize) {
        for _ in 0..limit {
            self.look_at_the_clock();
            if self.fed.is_empty() {
                self.listen();
            }
            let Some((client, fed)) = self.fed.pop_front() else {
                return;
            };
            match fed {
                Fed::Tick => self.step(client, Input::Tick),
                Fed::Resolved(lookup, result) => {
                    self.step(client, Input::Resolved { lookup, result });
                }
                Fed::Connected(conn) => self.step(client, Input::Connected { conn }),
                Fed::Received(conn, bytes) => self.feed_bytes(client, conn, &bytes),
                Fed::Disconnected(conn, why) => {
                    self.step(client, Input::Disconnected { conn, why });
                }
                Fed::Command(command) => self.step(client, Input::Command(command)),
            }
        }
    }

    /// Takes up what the servers in this process have done.
    fn listen(&mut self) {
        for event in self.memory.take_events(sys::now()) {
            match event {
                MemoryEvent::Connected { client, conn } => {
                    self.feed(client, Fed::Connected(conn));
                }
                MemoryEvent::Received {
                    client,
                    conn,
                    bytes,
                } => self.feed(client, Fed::Received(conn, bytes)),
                MemoryEvent::Disconnected { client, conn } => {
                    let why = "the server closed the connection".to_owned();
                    self.feed(client, Fed::Disconnected(conn, why));
                }
            }
        }
    }

    fn feed_bytes(&mut self, client: ClientId, conn: u64, bytes: &[u8]) {
        if let Some(entry) = self.clients.get(&client) {
            entry.counters.bytes_received.add(bytes.len());
        }
        self.step(client, Input::Received { conn, bytes });
    }

    /// One input, and every output that follows. A panic in the core would be a bug of ours: it
    /// costs this client its session and its leaderships, and nobody else anything.
    fn step(&mut self, client: ClientId, input: Input<'_>) {
        let Some(entry) = self.clients.get_mut(&client) else {
            return;
        };
        let now = sys::now();
        if matches!(input, Input::Connected { .. }) {
            entry.counters.connections.one();
        }
        if matches!(input, Input::Received { .. }) {
            let window = entry.core.timeout();
            let lag = self.drift.lost(now, sys::ahead(), window);
            entry.core.set_clock_lag(lag);
        }
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| entry.core.handle(input, now))) {
            guard::discard(payload);
            log(client, LogLevel::Error, || {
                "a defect of the library ended this client; its leaderships are over".to_owned()
            });
            entry.fail(now);
            self.remove(client);
            return;
        }
        let mut done = Vec::new();
        while let Some(output) = self
            .clients
            .get_mut(&client)
            .and_then(|entry| entry.core.poll_output())
        {
            match output {
                Output::Done { call, result } => done.push((call, result)),
                output => self.carry_out(client, output),
            }
        }
        let Some(entry) = self.clients.get_mut(&client) else {
            return;
        };
        let is_ended = entry.core.is_ended();
        if is_ended {
            for (_, sink) in entry.sinks.values() {
                Mailbox::end(sink);
            }
        }
        // Whoever waited for a call finds all that came with its answer: its events, and the end of
        // them when it was the close.
        for (call, result) in done {
            if let Some(reply) = entry.calls.remove(&call) {
                entry.count();
                guard::foreign(|| reply(result));
            }
        }
        if is_ended && entry.abandoned {
            self.remove(client);
        }
    }

    fn remove(&mut self, client: ClientId) {
        let conns: Vec<u64> = match self.clients.get(&client) {
            Some(entry) => entry.conns.keys().copied().collect(),
            None => return,
        };
        for conn in conns {
            self.hang_up(client, conn);
        }
        if let Some(entry) = self.clients.remove(&client)
            && let Some(at) = entry.wait
        {
            self.deadlines.remove(&(at, client));
        }
    }

    fn carry_out(&mut self, client: ClientId, output: Output) {
        let Some(entry) = self.clients.get_mut(&client) else {
            return;
        };
        match output {
            Output::Resolve { lookup, host } => {
                let port = self.port.clone();
                resolve::look_up(host, move |result| {
                    port.send(Message::Resolved(client, lookup, result));
                });
            }
            Output::Connect {
                conn,
                host,
                address,
            } => self.connect(client, conn, &host, address),
            Output::Send { conn, bytes } => {
                entry.counters.bytes_sent.add(bytes.len());
                match &entry.transport {
                    Transport::Memory(name) => {
                        self.memory.send(name, client, conn, &bytes, sys::now());
                    }
                    Transport::Tcp(_) => {
                        let Some(slot) = entry.conns.get_mut(&conn) else {
                            return;
                        };
                        if let Err(why) = slot.conn.send(&bytes) {
                            self.hang_up(client, conn);
                            self.feed(client, Fed::Disconnected(conn, why));
                        }
                    }
                }
            }
            Output::Close { conn } => match &entry.transport {
                Transport::Memory(name) => self.memory.close(name, client, conn, sys::now()),
                Transport::Tcp(_) => self.hang_up(client, conn),
            },
            Output::Lease { handle, lease } => {
                if let Some(sink) = entry.sink(handle) {
                    let window = entry.core.timeout();
                    let lost = self.drift.lost(sys::now(), sys::ahead(), window);
                    let before = sink.lease.load().map(|held| held.lease);
                    count_lease(&entry.counters, before, lease);
                    let held = lease.map(|Lease { token, end }| {
                        let end = end.before(lost);
                        Held::from_now(Lease { token, end })
                    });
                    sink.lease.store(held);
                }
            }
            Output::Event { handle, event } => {
                if let Some(sink) = entry.sink(handle) {
                    entry.counters.event(&event);
                    say(client, &event, &sink.about);
                    Mailbox::push(sink, event);
                }
            }
            Output::Done { .. } => {} // answered at the end of the step
            Output::Wait { until } => {
                if let Some(at) = entry.wait.take() {
                    self.deadlines.remove(&(at, client));
                }
                entry.wait = until.map(|(at, _)| at);
                if let Some(at) = entry.wait {
                    self.deadlines.insert((at, client));
                }
            }
        }
    }

    fn connect(&mut self, client: ClientId, conn: u64, host: &Host, address: SocketAddr) {
        let Some(entry) = self.clients.get_mut(&client) else {
            return;
        };
        let failure = match &entry.transport {
            Transport::Memory(name) => match self.memory.connect(name, client, conn, sys::now()) {
                Attempt::Connected => return self.feed(client, Fed::Connected(conn)),
                Attempt::Silence => return,
                Attempt::Refused => "the server does not run".to_owned(),
            },
            Transport::Tcp(tls) => {
                self.last_token += 1;
                let token = Token(self.last_token);
                let layer = tls.as_ref().map(|config| Layer::begin(config, host));
                let opened = layer
                    .transpose()
                    .and_then(|layer| Conn::open(address, layer, self.poll.registry(), token));
                match opened {
                    Ok(opened) => {
                        self.tokens.insert(token, (client, conn));
                        let slot = Slot {
                            conn: opened,
                            token,
                            queued: false,
                        };
                        entry.conns.insert(conn, slot);
                        return;
                    }
                    Err(why) => why,
                }
            }
        };
        self.feed(client, Fed::Disconnected(conn, failure));
    }
}

fn count_lease(counters: &Counters, before: Option<Lease>, now: Option<Lease>) {
    let Some(now) = now else {
        return;
    };
    match before {
        Some(before) if before.token == now.token => counters.renewals.one(),
        Some(_) | None => counters.leaderships.one(),
    }
}

fn log(client: ClientId, level: LogLevel, message: impl FnOnce() -> String) {
    process::this()
        .log
        .write(level, sys::now(), client, message);
}

fn say(client: ClientId, event: &Event, about: &str) {
    log(client, log_lines::level(event), || {
        log_lines::line(event, about)
    });
}
