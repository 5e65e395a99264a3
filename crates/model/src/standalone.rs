//! A single server: an ensemble of one, whose whole state is known at once.

use super::admin::CONNECTION_LOSS;
use super::bus::{ConnId, ModelOutput};
use super::ensemble::Ensemble;
use super::options::{EnsembleOptions, ModelOptions};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use tenure_proto::{Acl, ServerError, Stat};

const ALONE: usize = 0;

/// A standalone ZooKeeper server as a pure machine; see the [module](super).
pub struct Model(Ensemble);

/// Shows no session passwords and no data.
impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = &self.0.servers[ALONE];
        f.debug_struct("Model")
            .field("up", &server.up)
            .field("now_ms", &self.0.bus.now_ms())
            .field("zxid", &server.tree.last_zxid())
            .field("sessions", &server.timeouts.len())
            .field("connections", &server.clients.conns.len())
            .finish_non_exhaustive()
    }
}

/// Inputs and outputs.
impl Model {
    /// A running server in the state of a fresh one.
    pub fn new(options: ModelOptions, now: Duration) -> Self {
        let options = EnsembleOptions {
            server: options,
            voters: 1,
            ..EnsembleOptions::default()
        };
        Self(Ensemble::new(options, now))
    }

    /// A client connects; `None` (refused) while the server is down.
    pub fn accept(&mut self, now: Duration) -> Option<ConnId> {
        self.0.accept(ALONE, now)
    }

    /// Bytes arrived, cut anywhere. Bytes for a connection that is closed are dropped.
    pub fn receive(&mut self, conn: ConnId, bytes: &[u8], now: Duration) {
        self.0.receive(conn, bytes, now);
    }

    /// The client closed the connection. Its watches go; its session stays until it expires.
    pub fn disconnected(&mut self, conn: ConnId, now: Duration) {
        self.0.disconnected(conn, now);
    }

    /// Time has passed: expires the sessions that are due. Needless calls do nothing. (All other
    /// calls that take `now` do the same first: a request that comes late never saves a session
    /// that is due.)
    pub fn tick(&mut self, now: Duration) {
        self.0.tick(now);
    }

    /// When to call [`Model::tick`]. Any call that takes `now` may change it.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.0.deadline()
    }

    /// The next output, in order.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<ModelOutput> {
        self.0.poll_output()
    }
}

/// Acts from outside: faults, and changes that no client makes. They obey no ACL; while the server
/// is down they fail with error -4 (connection loss).
impl Model {
    /// The server stops: all connections close, watches are lost, znodes and sessions are kept.
    pub fn crash(&mut self, now: Duration) {
        self.0.crash(ALONE, now);
    }

    /// The server stops in an orderly way ([`Ensemble::shut_down`]).
    pub fn shut_down(&mut self, linger: Duration, now: Duration) {
        self.0.shut_down(ALONE, linger, now);
    }

    /// The server's wall clock is set ([`Ensemble::step_wall_clock`]).
    pub fn step_wall_clock(&mut self, by_ms: i64, now: Duration) {
        self.0.step_wall_clock(ALONE, by_ms, now);
    }

    /// The server starts again, and gives each session the full timeout with which it was created.
    /// Nothing happens if it is up.
    pub fn restart(&mut self, now: Duration) {
        self.0.restart(ALONE, now);
    }

    /// Ends a session at once, as if it had expired. False if there is no such session.
    pub fn expire(&mut self, session: i64, now: Duration) -> bool {
        self.0.expire(session, now)
    }

    /// Creates a persistent znode that is open to anyone.
    ///
    /// # Errors
    /// The errors of a client's create.
    pub fn create(&mut self, path: &str, data: &[u8], now: Duration) -> Result<Stat, ServerError> {
        self.0.create(path, data, now)?;
        let created = self.0.node(path).map(|(_, stat)| stat);
        created.ok_or(CONNECTION_LOSS)
    }

    /// Deletes a znode, whatever its version.
    ///
    /// # Errors
    /// The errors of a client's delete.
    pub fn delete(&mut self, path: &str, now: Duration) -> Result<(), ServerError> {
        self.0.delete(path, now)
    }

    /// Deletes a znode and all below it, the deepest first, each in its own transaction.
    ///
    /// # Errors
    /// The errors of a client's delete; znodes that were deleted before the error stay deleted.
    pub fn delete_tree(&mut self, path: &str, now: Duration) -> Result<(), ServerError> {
        self.0.delete_tree(path, now)
    }

    /// Replaces a znode's ACL, whatever the version of the list.
    ///
    /// # Errors
    /// The errors of a client's `setACL`.
    pub fn set_acl(&mut self, path: &str, acl: &[Acl], now: Duration) -> Result<(), ServerError> {
        self.0.set_acl(path, acl, now)
    }

    /// Sets the counter from which sequential children of a znode get their numbers, to test its
    /// wrap-around. (The `cversion` in a stat is another number: all changes of the children, twice
    /// the counter less the number of children.) False if there is no such znode.
    pub fn set_counter(&mut self, path: &str, cversion: i32) -> bool {
        self.0.set_counter(path, cversion)
    }
}

/// Faults that real servers sometimes have; see the methods of [`Ensemble`] by these names.
impl Model {
    /// The longest time that it takes to close the sessions of one tick
    /// ([`Ensemble::set_closing_time`]).
    pub fn set_closing_time(&mut self, most: Duration) {
        self.0.set_closing_time(most);
    }

    /// The server grants at most this timeout ([`Ensemble::set_max_session_timeout`]).
    pub fn set_max_session_timeout(&mut self, most: Duration) {
        self.0.set_max_session_timeout(ALONE, most);
    }

    /// Whether a session is about to be closed, though it seems to live ([`Ensemble::is_doomed`]).
    pub fn is_doomed(&self, session: i64) -> bool {
        self.0.is_doomed(session)
    }

    /// The next requests of a connection are refused ([`Ensemble::refuse_next`]). False if there is
    /// no such connection.
    pub fn refuse_next(
        &mut self,
        conn: ConnId,
        operation: Option<i32>,
        code: i32,
        times: u32,
    ) -> bool {
        self.0.refuse_next(conn, operation, code, times)
    }

    /// The server may refuse any request ([`Ensemble::set_refusals`]).
    pub fn set_refusals(&mut self, per_mille: u32, codes: Vec<i32>) {
        self.0.set_refusals(ALONE, per_mille, codes);
    }

    /// The delay before it processes each frame ([`Ensemble::set_slowness`]).
    pub fn set_slowness(&mut self, least: Duration, most: Duration) {
        self.0.set_slowness(ALONE, least, most);
    }
}

/// State.
impl Model {
    /// The live sessions, lowest first.
    pub fn sessions(&self) -> Vec<i64> {
        self.0.sessions()
    }

    /// A znode's data and stat.
    pub fn node(&self, path: &str) -> Option<(Vec<u8>, Stat)> {
        self.0.node(path)
    }

    /// The names of a znode's children, sorted; `None` if there is no such znode.
    pub fn children(&self, path: &str) -> Option<Vec<String>> {
        self.0.children(path)
    }

    /// How many watches are armed: a data watch and a child watch on one znode are two.
    pub fn watch_count(&self) -> usize {
        self.0.watch_count()
    }

    /// How many requests arrived, by the number of the operation. The handshake has none.
    pub fn requests(&self) -> &BTreeMap<i32, u64> {
        &self.0.servers[ALONE].requests
    }

    /// How many watch events were sent.
    pub fn events_sent(&self) -> u64 {
        self.0.servers[ALONE].events_sent
    }

    /// Sets both counts to zero.
    pub fn reset_counts(&mut self) {
        let server = &mut self.0.servers[ALONE];
        server.requests.clear();
        server.events_sent = 0;
    }
}
