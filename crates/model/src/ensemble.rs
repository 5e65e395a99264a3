//! Several servers that agree, as one machine that is driven from outside: its inputs, its outputs,
//! and reads of its state.

use super::bus::{Bus, ConnId, ModelOutput};
use super::network::Network;
use super::options::{EnsembleOptions, nanos};
use super::outputs::Outputs;
use super::rng::Rng;
use super::server::{Role, Server, Setup};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// An ensemble of ZooKeeper servers as a pure machine; see the [module](super).
///
/// Servers are numbered from 0, voters first. Any other number panics.
pub struct Ensemble {
    pub(super) setup: Arc<Setup>,
    pub(super) servers: Vec<Server>,
    pub(super) bus: Bus,
    accepted: u64,
}

/// The present role of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerState {
    /// It has crashed and was not restarted.
    Down,
    /// It has no leader and serves no client.
    Looking,
    /// It assumes that it leads. It may be wrong: a leader that is cut off notices it later.
    Leading {
        /// Whether it serves clients already.
        serving: bool,
    },
    /// It follows that server, or observes through it.
    Following {
        /// The server that it learns from.
        upstream: usize,
        /// Whether it serves clients already.
        serving: bool,
    },
}

/// Shows no session passwords and no data.
impl fmt::Debug for Ensemble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states: Vec<_> = (0..self.size()).map(|s| self.state(s)).collect();
        f.debug_struct("Ensemble")
            .field("now", &Duration::from_nanos(self.bus.now))
            .field("servers", &states)
            .field("zxid", &self.newest().tree.last_zxid())
            .field("sessions", &self.newest().timeouts.len())
            .finish_non_exhaustive()
    }
}

/// Inputs and outputs.
impl Ensemble {
    /// Servers that start at this moment in the state of fresh ones. A single server serves at
    /// once; several elect a leader first.
    pub fn new(options: EnsembleOptions, now: Duration) -> Self {
        let link = options.link.clone();
        let setup = Arc::new(Setup::new(options));
        let mut bus = Bus {
            now: nanos(now),
            rng: Rng::new(setup.options.seed),
            network: Network::new(setup.servers(), &link),
            outputs: Outputs::default(),
            lateness: 0,
            closing_time: 0,
            touch_loss: 0,
        };
        let mut servers: Vec<Server> = (0..setup.servers())
            .map(|id| Server::new(id, Arc::clone(&setup), &mut bus))
            .collect();
        servers.iter_mut().for_each(|server| server.start(&mut bus));
        Self {
            setup,
            servers,
            bus,
            accepted: 0,
        }
    }

    /// A client connects to a server; `None` (refused) if the server is down. A paused server
    /// accepts: its kernel does. One without a leader accepts too, and closes the connection upon
    /// the first frame.
    pub fn accept(&mut self, server: usize, now: Duration) -> Option<ConnId> {
        self.advance(now);
        if !self.servers[server].up {
            return None;
        }
        self.accepted += 1;
        // The number of a connection shows its server.
        let size = self.servers.len() as u64;
        let conn = ConnId((self.accepted - 1) * size + server as u64 + 1);
        self.servers[server].accept(conn);
        Some(conn)
    }

    /// Bytes from a client arrived, cut anywhere. Bytes for a connection that is closed are dropped.
    pub fn receive(&mut self, conn: ConnId, bytes: &[u8], now: Duration) {
        self.advance(now);
        let server = self.server_of(conn);
        let server = &mut self.servers[server];
        match &mut server.paused {
            Some(backlog) => backlog.bytes(conn, bytes),
            None => server.receive(conn, bytes, &mut self.bus),
        }
    }

    /// The client closed the connection. Its watches go; its session stays until it expires.
    pub fn disconnected(&mut self, conn: ConnId, now: Duration) {
        self.advance(now);
        let server = self.server_of(conn);
        let server = &mut self.servers[server];
        match &mut server.paused {
            Some(backlog) => backlog.gone(conn),
            None => server.gone(conn),
        }
    }

    /// Time has passed: servers exchange packets, sessions expire. Needless calls do nothing. (All
    /// other calls that take `now` do the same first.)
    pub fn tick(&mut self, now: Duration) {
        self.advance(now);
    }

    /// When to call [`Ensemble::tick`]. Any call that takes `now` may change it.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.next().map(Duration::from_nanos)
    }

    /// The next output, in order.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<ModelOutput> {
        self.bus.outputs.pop()
    }

    /// The server of this connection.
    #[must_use]
    pub fn server_of(&self, conn: ConnId) -> usize {
        let at = conn.0.saturating_sub(1) % self.servers.len() as u64;
        usize::try_from(at).unwrap_or(0)
    }
}

/// State.
impl Ensemble {
    /// The number of servers.
    #[must_use]
    pub fn size(&self) -> usize {
        self.servers.len()
    }

    /// The present role of a server.
    #[must_use]
    pub fn state(&self, server: usize) -> ServerState {
        let server = &self.servers[server];
        let serving = server.serves();
        match &server.role {
            _ if !server.up => ServerState::Down,
            Role::Looking { .. } => ServerState::Looking,
            Role::Leading(_) => ServerState::Leading { serving },
            Role::Learning(learning) => ServerState::Following {
                upstream: learning.upstream,
                serving,
            },
        }
    }

    /// Whether a server has crashed and was not restarted.
    #[must_use]
    pub fn is_down(&self, server: usize) -> bool {
        !self.servers[server].up
    }

    /// Whether a server answers clients, or would if it were not paused.
    #[must_use]
    pub fn serves(&self, server: usize) -> bool {
        self.servers[server].serves()
    }

    /// Whether a server is paused.
    #[must_use]
    pub fn is_paused(&self, server: usize) -> bool {
        self.servers[server].paused.is_some()
    }

    /// The server that leads and serves; of two that assume so, the one with the newer epoch.
    #[must_use]
    pub fn leader(&self) -> Option<usize> {
        let serving = self.servers.iter().filter(|s| s.serves());
        let leads = serving.filter(|s| matches!(s.role, Role::Leading(_)));
        leads.max_by_key(|s| s.current_epoch).map(|s| s.id)
    }

    /// The connection's session, once it has requested one.
    #[must_use]
    pub fn session_of(&self, conn: ConnId) -> Option<i64> {
        self.servers[self.server_of(conn)].session_of(conn)
    }

    /// When the leader ends this session without further touches, by the leader's own knowledge.
    /// For a doomed session: when it is closed, touched or not.
    #[must_use]
    pub fn expiry(&self, session: i64) -> Option<Duration> {
        let leader = self.leader()?;
        let at = self.servers[leader].expiry(session)?;
        Some(Duration::from_nanos(at))
    }

    /// Whether the leader has taken this session out of its expiry queue and has not closed it yet
    /// ([`Ensemble::set_closing_time`]).
    #[must_use]
    pub fn is_doomed(&self, session: i64) -> bool {
        let leader = self.leader().map(|leader| &self.servers[leader].role);
        matches!(leader, Some(Role::Leading(leader)) if leader.closings.of(session).is_some())
    }

    /// When the leader next pings its learners, by its own knowledge.
    #[must_use]
    pub fn next_ping(&self) -> Option<Duration> {
        match &self.servers[self.leader()?].role {
            Role::Leading(leader) => leader.next_ping().map(Duration::from_nanos),
            Role::Looking { .. } | Role::Learning(_) => None,
        }
    }

    /// Whether a server leads, was paused, and has not yet sent the pings that are due since it
    /// continued.
    #[must_use]
    pub fn owes_pings(&self, server: usize) -> bool {
        matches!(&self.servers[server].role, Role::Leading(leader) if leader.owes_pings())
    }

    /// The server that has applied most: its state is committed, and no other transaction is known
    /// to be.
    pub(super) fn newest(&self) -> &Server {
        let mut newest = &self.servers[0];
        for server in &self.servers {
            if server.tree.last_zxid() > newest.tree.last_zxid() {
                newest = server;
            }
        }
        newest
    }
}

impl Ensemble {
    pub(super) fn advance(&mut self, now: Duration) {
        let now = nanos(now).max(self.bus.now);
        while let Some(next) = self.next().filter(|next| *next <= now) {
            self.bus.now = self.bus.now.max(next);
            self.step();
        }
        self.bus.now = now;
    }

    fn next(&self) -> Option<u64> {
        let servers = self.servers.iter().filter_map(Server::deadline);
        servers.chain(self.bus.network.deadline()).min()
    }

    /// Processes everything that is due.
    fn step(&mut self) {
        let now = self.bus.now;
        for server in 0..self.servers.len() {
            if self.servers[server].deadline().is_some_and(|at| at <= now) {
                self.servers[server].timers(&mut self.bus);
                if self.servers[server].looks(now) {
                    self.elect(server);
                }
            }
        }
        while let Some(arrived) = self.bus.network.arrived(now) {
            let server = &mut self.servers[arrived.to];
            let (from, stream, packet) = (arrived.from, arrived.stream, arrived.packet);
            match &mut server.paused {
                Some(backlog) => backlog.packet(from, stream, packet),
                None => server.packet(from, stream, packet, &mut self.bus),
            }
        }
    }
}
