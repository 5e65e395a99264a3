//! The I/O thread.

use super::conn::{Conn, Progress};
use super::link::{ClientId, Message, Port, Reply, Transport};
use super::log::LogLevel;
use super::memory::{Attempt, MemoryEvent, MemoryServers};
use super::meter::Meter;
use super::tls::Layer;
use super::{Mailbox, Sink, journal, process, resolve, sys};
use crate::core::{
    CallId, Client, Command, Event, Handle, Host, Input, Lease, Output, SESSION, Time,
};
use crossbeam_channel::Receiver;
use mio::{Events, Poll, Token};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// How long a client that was dropped without being closed goes on trying to tell a server.
const FAREWELL_PATIENCE: Duration = Duration::from_secs(10);

/// The token of the wake-up from other threads.
pub(super) const WAKE: Token = Token(0);

struct Slot {
    conn: Conn,
    token: Token,
}

struct Entry {
    core: Box<Client>,
    transport: Transport,
    conns: BTreeMap<u64, Slot>,
    sinks: BTreeMap<Handle, Arc<Sink>>,
    calls: BTreeMap<CallId, Reply>,
    meter: Arc<Meter>,
    wait: Option<Time>,
    abandoned: bool,
}

impl Entry {
    /// Counts what is open; the session is no handle of a user's.
    fn count(&self) {
        self.meter.handles.set(self.sinks.len().saturating_sub(1));
        self.meter.calls.set(self.calls.len());
    }
}

impl Drop for Entry {
    /// Whatever ends a client, nobody goes on believing, and nobody waits for ever.
    fn drop(&mut self) {
        for sink in self.sinks.values() {
            sink.lease.store(None);
            Mailbox::end(sink);
        }
    }
}

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
}

impl Thread {
    pub(super) fn new(poll: Poll, inbox: Receiver<Message>, port: Port) -> Self {
        Self {
            poll,
            inbox,
            port,
            clients: BTreeMap::new(),
            tokens: BTreeMap::new(),
            last_token: WAKE.0,
            deadlines: BTreeSet::new(),
            memory: MemoryServers::default(),
            fed: VecDeque::new(),
            buffer: vec![0; 64 << 10],
        }
    }

    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(256);
        loop {
            let next = self.deadlines.first().map(|(at, _)| *at);
            let next = next.into_iter().chain(self.memory.deadline()).min();
            let timeout = next.map(|at| at.since(sys::now()));
            // Interrupted by a signal, or nothing there: look at everything all the same.
            let _ = self.poll.poll(&mut events, timeout);
            for event in &events {
                if event.token() != WAKE {
                    self.socket(event.token(), event.is_writable() || event.is_error());
                }
            }
            while let Ok(message) = self.inbox.try_recv() {
                self.message(message);
                self.digest();
            }
            let now = sys::now();
            let due: Vec<ClientId> = self
                .deadlines
                .iter()
                .take_while(|(at, _)| *at <= now)
                .map(|(_, client)| *client)
                .collect();
            for client in due {
                self.feed(client, Fed::Tick);
            }
            self.digest();
        }
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Open(id, core, transport, session, meter) => {
                let entry = Entry {
                    core,
                    transport,
                    conns: BTreeMap::new(),
                    sinks: BTreeMap::from([(SESSION, session)]),
                    calls: BTreeMap::new(),
                    meter,
                    wait: None,
                    abandoned: false,
                };
                self.clients.insert(id, entry);
                self.feed(id, Fed::Tick);
            }
            Message::Register(id, handle, sink, command) => {
                match self.clients.get_mut(&id) {
                    Some(entry) if !entry.core.is_ended() => {
                        entry.sinks.insert(handle, sink);
                        entry.count();
                    }
                    _ => Mailbox::end(&sink),
                }
                self.feed(id, Fed::Command(command));
            }
            Message::Command(id, command) => {
                if let Some(entry) = self.clients.get_mut(&id) {
                    match &command {
                        Command::Drop { handle } => {
                            if let Some(sink) = entry.sinks.remove(handle) {
                                sink.lease.store(None);
                                Mailbox::end(&sink);
                            }
                        }
                        Command::Forget { call } => {
                            entry.calls.remove(call);
                        }
                        _ => {}
                    }
                    entry.count();
                }
                self.feed(id, Fed::Command(command));
            }
            Message::Call(id, call, reply, command) => {
                if let Some(entry) = self.clients.get_mut(&id) {
                    entry.calls.insert(call, reply);
                    entry.count();
                    self.feed(id, Fed::Command(command));
                }
            }
            Message::Resolved(id, lookup, result) => {
                self.feed(id, Fed::Resolved(lookup, result));
            }
            Message::Memory(name, act, completer) => {
                let touched = self.memory.act(&name, act, sys::now());
                // Whoever asked finds it done: what follows is told to the clients before.
                self.digest();
                completer.complete(Ok(touched));
            }
            Message::Abandon(id) => {
                if let Some(entry) = self.clients.get_mut(&id) {
                    entry.abandoned = true;
                    let close = Command::Close {
                        call: CallId(0),
                        patience: FAREWELL_PATIENCE,
                    };
                    self.feed(id, Fed::Command(close));
                }
            }
        }
    }

    fn socket(&mut self, token: Token, writable: bool) {
        let Some((client, conn)) = self.tokens.get(&token).copied() else {
            return;
        };
        let Some(slot) = self.slot(client, conn) else {
            return;
        };
        match slot.conn.ready(writable) {
            Progress::Nothing => {}
            Progress::Connected => {
                self.feed(client, Fed::Connected(conn));
                self.digest();
            }
            Progress::Failed(why) => {
                self.lost(client, conn, why);
                return;
            }
        }
        // Readiness is told once: read until nothing is left, or the core has had enough.
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some(slot) = self.slot(client, conn) {
            if slot.conn.is_connecting() {
                break;
            }
            match slot.conn.receive(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    self.feed_bytes(client, conn, &buffer[..n]);
                    self.digest();
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
        self.feed(client, Fed::Disconnected(conn, why));
        self.digest();
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

    /// Feeds what waits, and what that brings about, until nothing is left.
    fn digest(&mut self) {
        loop {
            while let Some((client, fed)) = self.fed.pop_front() {
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
            if self.fed.is_empty() {
                return;
            }
        }
    }

    fn feed_bytes(&mut self, client: ClientId, conn: u64, bytes: &[u8]) {
        if let Some(entry) = self.clients.get(&client) {
            entry.meter.bytes_received.add(bytes.len());
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
            entry.meter.connections.one();
        }
        if catch_unwind(AssertUnwindSafe(|| entry.core.handle(input, now))).is_err() {
            log(client, LogLevel::Error, || {
                "a defect of the library ended this client; its leaderships are over".to_owned()
            });
            self.remove(client);
            return;
        }
        while let Some(output) = self
            .clients
            .get_mut(&client)
            .and_then(|entry| entry.core.poll_output())
        {
            self.carry_out(client, output);
        }
        if let Some(entry) = self.clients.get_mut(&client)
            && entry.core.is_ended()
        {
            for sink in entry.sinks.values() {
                Mailbox::end(sink);
            }
            if entry.abandoned {
                self.remove(client);
            }
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
                entry.meter.bytes_sent.add(bytes.len());
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
                if let Some(sink) = entry.sinks.get(&handle) {
                    count_lease(&entry.meter, sink.lease.load(), lease);
                    sink.lease.store(lease);
                }
            }
            Output::Event { handle, event } => {
                if let Some(sink) = entry.sinks.get(&handle) {
                    entry.meter.event(&event);
                    say(client, &event, &sink.about);
                    Mailbox::push(sink, event);
                }
            }
            Output::Done { call, result } => {
                if let Some(reply) = entry.calls.remove(&call) {
                    entry.meter.calls.set(entry.calls.len());
                    reply(result);
                }
            }
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

fn count_lease(meter: &Meter, before: Option<Lease>, now: Option<Lease>) {
    let Some(now) = now else {
        return;
    };
    match before {
        Some(before) if before.token == now.token => meter.renewals.one(),
        Some(_) | None => meter.leaderships.one(),
    }
}

fn log(client: ClientId, level: LogLevel, message: impl FnOnce() -> String) {
    process::this()
        .log
        .write(level, sys::now(), client, message);
}

fn say(client: ClientId, event: &Event, about: &str) {
    log(client, journal::level(event), || {
        journal::line(event, about)
    });
}
