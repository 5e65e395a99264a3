//! `memory://`: connections to a ZooKeeper model inside this process.

use super::link::ClientId;
use crate::core::Time;
use crate::model::{ConnId, Model, ModelOptions, ModelOutput};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a model did, for the client that it concerns.
pub(super) enum MemoryEvent {
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

struct Server {
    model: Model,
    conns: BTreeMap<ConnId, (ClientId, u64)>,
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
    /// Connects; says whether the server accepted.
    pub(super) fn connect(&mut self, name: &str, client: ClientId, conn: u64, now: Time) -> bool {
        let server = self
            .servers
            .entry(name.to_owned())
            .or_insert_with(|| Server {
                model: Model::new(ModelOptions::default(), span(now)),
                conns: BTreeMap::new(),
            });
        let accepted = server.model.accept(span(now));
        if let Some(id) = accepted {
            server.conns.insert(id, (client, conn));
        }
        accepted.is_some()
    }

    pub(super) fn send(
        &mut self,
        name: &str,
        client: ClientId,
        conn: u64,
        bytes: &[u8],
        now: Time,
    ) {
        if let Some((server, id)) = self.find(name, client, conn) {
            server.model.receive(id, bytes, span(now));
        }
    }

    pub(super) fn close(&mut self, name: &str, client: ClientId, conn: u64, now: Time) {
        if let Some((server, id)) = self.find(name, client, conn) {
            server.conns.remove(&id);
            server.model.disconnected(id, span(now));
        }
    }

    fn find(&mut self, name: &str, client: ClientId, conn: u64) -> Option<(&mut Server, ConnId)> {
        let server = self.servers.get_mut(name)?;
        let id = server
            .conns
            .iter()
            .find(|(_, owner)| **owner == (client, conn))
            .map(|(id, _)| *id)?;
        Some((server, id))
    }

    /// When a model must be woken.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.servers
            .values()
            .filter_map(|server| server.model.deadline())
            .min()
            .map(|at| Time::from_nanos(u64::try_from(at.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// Lets time pass, and takes everything that the models did.
    pub(super) fn take_events(&mut self, now: Time) -> Vec<MemoryEvent> {
        let mut events = Vec::new();
        for server in self.servers.values_mut() {
            server.model.tick(span(now));
            while let Some(output) = server.model.poll_output() {
                match output {
                    ModelOutput::Send { conn, bytes } => {
                        if let Some((client, conn)) = server.conns.get(&conn) {
                            events.push(MemoryEvent::Received {
                                client: *client,
                                conn: *conn,
                                bytes,
                            });
                        }
                    }
                    ModelOutput::Close { conn } => {
                        if let Some((client, conn)) = server.conns.remove(&conn) {
                            events.push(MemoryEvent::Disconnected { client, conn });
                        }
                    }
                }
            }
        }
        events
    }
}
