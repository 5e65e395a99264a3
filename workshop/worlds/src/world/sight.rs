//! Views of a world beside its fields.

use super::World;
use crate::conn::{Conn, Way};
use crate::names::Names;
use tenure::core::Client;
use tenure::model::ConnId;

impl<N: Names> World<N> {
    /// The client on a host.
    #[must_use]
    pub fn client(&self, host: usize) -> Option<&Client> {
        let process = self.hosts[host].process.as_ref();
        process.map(|process| &process.core)
    }

    /// The same, to change what the edge tells it.
    pub fn client_mut(&mut self, host: usize) -> Option<&mut Client> {
        let process = self.hosts[host].process.as_mut();
        process.map(|process| &mut process.core)
    }

    /// The server's name for the connection of a host, and the server.
    #[must_use]
    pub fn remote(&self, host: usize) -> Option<(ConnId, usize)> {
        let process = self.hosts[host].process.as_ref()?;
        let mut all = process.conns.values().filter_map(|id| self.conns.get(id));
        all.find_map(|conn| Some((conn.remote?, conn.server)))
    }

    /// Whether nothing passes this way.
    #[must_use]
    pub fn is_cut(&self, host: usize, server: usize, way: Way) -> bool {
        self.hosts[host].path(server, way).cut_since.is_some()
    }

    /// Whether a host waits for the answer to its handshake with this server.
    #[must_use]
    pub fn knocks(&self, host: usize, server: usize) -> bool {
        self.tries(host, server)
            .any(|conn| conn.exchange.is_greeted() && !conn.exchange.is_answered())
    }

    /// Whether a host waits to be connected to this server.
    #[must_use]
    pub fn dials(&self, host: usize, server: usize) -> bool {
        self.tries(host, server)
            .any(|conn| !conn.exchange.is_greeted())
    }

    fn tries(&self, host: usize, server: usize) -> impl Iterator<Item = &Conn> {
        let of = move |c: &&Conn| c.host == host && c.server == server && c.open;
        self.conns.values().filter(of)
    }
}
