//! `memory://`: connections to a ZooKeeper model inside this process.

use super::client_id::ClientId;
use crate::core::Time;
use crate::model::{ConnId, Model, ModelOptions, ModelOutput, Personality};
use std::collections::BTreeMap;
use std::time::Duration;

/// About as many bytes are given to a client at once.
const READ_BYTES: usize = 1 << 16;

/// In the name of a server: what precedes its kind.
pub(crate) const MEMORY_SERVER: &str = "?server=";

/// The kinds of servers; the default comes first.
pub(crate) fn memory_server_kinds() -> impl Iterator<Item = &'static str> {
    Personality::ALL.into_iter().map(Personality::name)
}

/// An output of a model, for the client that it concerns.
pub(super) enum MemoryEvent {
    Connected {
        client: ClientId,
        conn: u64,
    },
    Received {
        client: ClientId,
        conn: u64,
        bytes: Vec<u8>,
    },
    Disconnected {
        client: ClientId,
        conn: u64,
    },
}

/// An act on a model from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemoryAct {
    /// End this session, or all.
    Expire(Option<i64>),
    /// Nothing gets through, and neither side is notified.
    Cut,
    /// Data gets through again, the data that was sent meanwhile included.
    Heal,
    /// The server stops: its connections close, new ones are refused.
    Stop,
    /// The server is shut down in an orderly way: it closes the sessions of its clients first, if it
    /// is of a kind that does.
    ShutDown,
    /// The server starts again, with its data.
    Start,
}

/// The outcome of an attempt to connect.
pub(super) enum Attempt {
    Connected,
    Refused,
    /// There is no answer, for now.
    Silence,
}

/// An output of a client during a cut.
enum Delayed {
    Connect(ClientId, u64),
    Bytes(ConnId, Vec<u8>),
    Hangup(ConnId),
}

struct Server {
    model: Model,
    conns: BTreeMap<ConnId, (ClientId, u64)>,
    /// The outputs of clients during a cut, in order; `None` while there is no cut.
    held: Option<Vec<Delayed>>,
    /// Attempts to connect that the end of a cut let through.
    connected: Vec<(ClientId, u64)>,
}

impl Server {
    fn new(name: &str, now: Time) -> Self {
        let kind = name.split_once(MEMORY_SERVER).map(|(_, kind)| kind);
        let options = ModelOptions {
            personality: kind.and_then(Personality::from_name).unwrap_or_default(),
            ..ModelOptions::default()
        };
        Self {
            model: Model::new(options, span(now)),
            conns: BTreeMap::new(),
            held: None,
            connected: Vec::new(),
        }
    }

    /// Accepts a connection; returns whether the model did.
    fn accept(&mut self, client: ClientId, conn: u64, now: Time) -> bool {
        let accepted = self.model.accept(span(now));
        if let Some(id) = accepted {
            self.conns.insert(id, (client, conn));
        }
        accepted.is_some()
    }

    fn heal(&mut self, now: Time) {
        for held in self.held.take().unwrap_or_default() {
            match held {
                Delayed::Connect(client, conn) => {
                    // A client that is refused gives up by itself.
                    if self.accept(client, conn, now) {
                        self.connected.push((client, conn));
                    }
                }
                Delayed::Bytes(id, bytes) => self.model.receive(id, &bytes, span(now)),
                Delayed::Hangup(id) => self.model.disconnected(id, span(now)),
            }
        }
    }

    fn expire(&mut self, session: Option<i64>, now: Time) -> usize {
        let doomed = session.map_or_else(|| self.model.sessions(), |session| vec![session]);
        let mut ended = 0;
        for session in doomed {
            ended += usize::from(self.model.expire(session, span(now)));
        }
        ended
    }

    fn find(&self, client: ClientId, conn: u64) -> Option<ConnId> {
        let mut conns = self.conns.iter();
        conns
            .find(|(_, owner)| **owner == (client, conn))
            .map(|(id, _)| *id)
    }

    fn close(&mut self, client: ClientId, conn: u64, now: Time) {
        let found = self.find(client, conn);
        if let Some(id) = found {
            self.conns.remove(&id);
        }
        match (&mut self.held, found) {
            (Some(held), Some(id)) => held.push(Delayed::Hangup(id)),
            (Some(held), None) => held.retain(
                |held| !matches!(held, Delayed::Connect(c, n) if (*c, *n) == (client, conn)),
            ),
            (None, Some(id)) => self.model.disconnected(id, span(now)),
            (None, None) => {}
        }
    }

    fn take_events(&mut self, now: Time, events: &mut Vec<MemoryEvent>) {
        self.model.tick(span(now));
        if self.held.is_some() {
            return;
        }
        for (client, conn) in self.connected.drain(..) {
            events.push(MemoryEvent::Connected { client, conn });
        }
        while let Some(output) = self.model.poll_output() {
            match output {
                ModelOutput::Send { conn, bytes } => {
                    if let Some((client, conn)) = self.conns.get(&conn) {
                        receive(*client, *conn, bytes, events);
                    }
                }
                ModelOutput::Close { conn } => {
                    if let Some((client, conn)) = self.conns.remove(&conn) {
                        events.push(MemoryEvent::Disconnected { client, conn });
                    }
                }
            }
        }
    }
}

/// Adds a frame to the last event if it is for the same connection: a client reads from a socket, too,
/// all that has arrived.
fn receive(client: ClientId, conn: u64, frame: Vec<u8>, events: &mut Vec<MemoryEvent>) {
    match events.last_mut() {
        Some(MemoryEvent::Received {
            client: last_client,
            conn: last_conn,
            bytes,
        }) if (*last_client, *last_conn) == (client, conn) && bytes.len() < READ_BYTES => {
            bytes.extend_from_slice(&frame);
        }
        _ => events.push(MemoryEvent::Received {
            client,
            conn,
            bytes: frame,
        }),
    }
}

/// The models of the process, each made when its name is first used. They last as long as the
/// process: a server outlives its clients.
#[derive(Default)]
pub(super) struct MemoryServers {
    servers: BTreeMap<String, Server>,
}

/// The model counts from any fixed start; the start of the clock will do.
fn span(now: Time) -> Duration {
    Duration::from_nanos(now.as_nanos())
}

impl MemoryServers {
    fn server(&mut self, name: &str, now: Time) -> &mut Server {
        let servers = self.servers.entry(name.to_owned());
        servers.or_insert_with(|| Server::new(name, now))
    }

    /// Connects.
    pub(super) fn connect(
        &mut self,
        name: &str,
        client: ClientId,
        conn: u64,
        now: Time,
    ) -> Attempt {
        let server = self.server(name, now);
        if let Some(held) = &mut server.held {
            held.push(Delayed::Connect(client, conn));
            return Attempt::Silence;
        }
        if server.accept(client, conn, now) {
            Attempt::Connected
        } else {
            Attempt::Refused
        }
    }

    pub(super) fn send(
        &mut self,
        name: &str,
        client: ClientId,
        conn: u64,
        bytes: &[u8],
        now: Time,
    ) {
        let server = self.server(name, now);
        if let Some(id) = server.find(client, conn) {
            match &mut server.held {
                Some(held) => held.push(Delayed::Bytes(id, bytes.to_vec())),
                None => server.model.receive(id, bytes, span(now)),
            }
        }
    }

    pub(super) fn close(&mut self, name: &str, client: ClientId, conn: u64, now: Time) {
        self.server(name, now).close(client, conn, now);
    }

    /// Acts on a model; returns how many sessions that ended.
    pub(super) fn act(&mut self, name: &str, act: MemoryAct, now: Time) -> usize {
        let server = self.server(name, now);
        match act {
            MemoryAct::Expire(session) => return server.expire(session, now),
            MemoryAct::Cut => drop(server.held.get_or_insert_default()),
            MemoryAct::Heal => server.heal(now),
            MemoryAct::Stop => server.model.crash(span(now)),
            MemoryAct::ShutDown => server.model.shut_down(Duration::ZERO, span(now)),
            MemoryAct::Start => server.model.restart(span(now)),
        }
        0
    }

    /// The time when a model must be woken.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.servers
            .values()
            .filter_map(|server| server.model.deadline())
            .min()
            .map(|at| Time::from_nanos(u64::try_from(at.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// Lets time pass, and takes all outputs of the models.
    pub(super) fn take_events(&mut self, now: Time) -> Vec<MemoryEvent> {
        let mut events = Vec::new();
        for server in self.servers.values_mut() {
            server.take_events(now, &mut events);
        }
        events
    }
}
