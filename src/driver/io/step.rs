//! The core's inputs and outputs: one input, and every output that follows.

use super::super::client_id::ClientId;
use super::super::lease_cell::Held;
use super::super::log::{self, LogLevel};
use super::super::memory::MemoryEvent;
use super::super::messages::{Message, Transport};
use super::super::{guard, log_lines, resolve, sys};
use super::{OwnedInput, Thread};
use crate::core::{Event, GUARD_MAX, Input, Lease, Output};
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Thread {
    pub(super) fn feed(&mut self, client: ClientId, input: OwnedInput) {
        self.inputs.push_back((client, input));
    }

    /// Feeds the inputs that wait, and those that they cause, until none is left or `limit` is reached.
    /// The rest keep their order and are fed later.
    pub(super) fn digest(&mut self, limit: usize) {
        for _ in 0..limit {
            self.look_at_the_clock();
            if self.inputs.is_empty() {
                self.listen();
            }
            let Some((client, input)) = self.inputs.pop_front() else {
                return;
            };
            match input {
                OwnedInput::Tick => self.step(client, Input::Tick),
                OwnedInput::Resolved(lookup, result) => {
                    self.step(client, Input::Resolved { lookup, result });
                }
                OwnedInput::Connected(conn) => self.step(client, Input::Connected { conn }),
                OwnedInput::Received(conn, bytes) => self.feed_bytes(client, conn, &bytes),
                OwnedInput::Disconnected(conn, why) => {
                    self.step(client, Input::Disconnected { conn, why });
                }
                OwnedInput::Command(command) => self.step(client, Input::Command(command)),
            }
        }
    }

    /// Feeds the outputs of the servers in this process.
    pub(super) fn listen(&mut self) {
        for event in self.memory.take_events(sys::now()) {
            match event {
                MemoryEvent::Connected { client, conn } => {
                    self.feed(client, OwnedInput::Connected(conn));
                }
                MemoryEvent::Received {
                    client,
                    conn,
                    bytes,
                } => self.feed(client, OwnedInput::Received(conn, bytes)),
                MemoryEvent::Disconnected { client, conn } => {
                    let why = "the server closed the connection".to_owned();
                    self.feed(client, OwnedInput::Disconnected(conn, why));
                }
            }
        }
    }

    pub(super) fn feed_bytes(&mut self, client: ClientId, conn: u64, bytes: &[u8]) {
        if let Some(entry) = self.clients.get(&client) {
            entry.counters.bytes_received.add(bytes.len());
        }
        self.step(client, Input::Received { conn, bytes });
    }

    /// One input, and every output that follows. A panic in the core would be a bug of ours: it
    /// costs this client its session and its leaderships, and other clients nothing.
    pub(super) fn step(&mut self, client: ClientId, input: Input<'_>) {
        let Some(entry) = self.clients.get_mut(&client) else {
            return;
        };
        let now = sys::now();
        if matches!(input, Input::Connected { .. }) {
            entry.counters.connections.one();
        }
        if matches!(input, Input::Tick) {
            let lead = self.drift.gained(now, sys::ahead(), GUARD_MAX);
            entry.core.set_clock_lead(lead);
        }
        if matches!(input, Input::Received { .. }) {
            let lag = entry.lost_time(&self.drift, now);
            entry.core.set_clock_lag(lag);
        }
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| entry.core.handle(input, now))) {
            guard::discard(payload);
            log::write(LogLevel::Error, sys::now(), client, || {
                "a defect of the library ended this client; its leaderships are over".to_owned()
            });
            entry.fail(now);
            self.remove(client);
            return;
        }
        // Before any request of a new session is sent.
        self.tell_undertaker(client);
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
                sink.end();
            }
        }
        // A caller finds everything that came with its answer: its events, and their end if the call
        // was the close.
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

    pub(super) fn remove(&mut self, client: ClientId) {
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
                            self.feed(client, OwnedInput::Disconnected(conn, why));
                        }
                    }
                }
            }
            Output::Close { conn } => match &entry.transport {
                Transport::Memory(name) => self.memory.close(name, client, conn, sys::now()),
                Transport::Tcp(_) => self.hang_up(client, conn),
            },
            Output::Lease {
                handle,
                lease,
                renewed_by,
            } => {
                let lost = entry.lost_time(&self.drift, sys::now());
                let held = lease.map(|Lease { token, end }| {
                    let end = end.before(lost);
                    Held::from_now(Lease { token, end })
                });
                entry.lead(handle, held, renewed_by);
            }
            Output::Renewal { basis, end } => {
                let lost = entry.lost_time(&self.drift, sys::now());
                entry.renew(basis, end.before(lost));
            }
            Output::Event { handle, event } => {
                if let Some(sink) = entry.sink(handle) {
                    entry.counters.event(&event);
                    say(client, &event, &sink.about);
                    sink.push(event);
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
}

/// Writes the log line of an event.
pub(super) fn say(client: ClientId, event: &Event, about: &str) {
    log::write(log_lines::level(event), sys::now(), client, || {
        log_lines::line(event, about)
    });
}
