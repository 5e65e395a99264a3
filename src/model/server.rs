//! The server: time, connections, the handshake, and what goes out.

use super::acl::{self, Identity};
use super::options::{ModelOptions, millis};
use super::sessions::Sessions;
use super::tree::{Change, Tree, Txn};
use super::watches::Watches;
use crate::proto::{
    ConnectRequest, ConnectResponse, FrameDecoder, Perms, ReplyHeader, Response, ServerError, Stat,
};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

/// The longest request that a server reads (`jute.maxbuffer`).
const REQUEST_BYTES_MAX: usize = 0xf_ffff;

/// A connection to the model. Numbers rise and are not used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

/// What the model wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelOutput {
    /// Send these bytes, one whole frame, on this connection.
    Send {
        /// The connection.
        conn: ConnId,
        /// The frame.
        bytes: Vec<u8>,
    },
    /// Close this connection, after what was sent on it. The model has forgotten it already.
    Close {
        /// The connection.
        conn: ConnId,
    },
}

/// A standalone ZooKeeper server as a pure machine; see the [module](super).
pub struct Model {
    pub(super) options: ModelOptions,
    pub(super) now_ms: u64,
    pub(super) up: bool,
    pub(super) tree: Tree,
    pub(super) sessions: Sessions,
    pub(super) watches: Watches,
    next_conn: u64,
    pub(super) conns: BTreeMap<ConnId, Conn>,
    /// Session → the connection that it is attached to.
    pub(super) attached: BTreeMap<i64, ConnId>,
    pub(super) outputs: VecDeque<ModelOutput>,
    pub(super) requests: BTreeMap<i32, u64>,
    pub(super) events_sent: u64,
}

#[derive(Default)]
pub(super) struct Conn {
    incoming: FrameDecoder,
    /// The session and the timeout that *this* connection has negotiated; none before the
    /// handshake.
    session: Option<(i64, i32)>,
    pub(super) ids: Vec<Identity>,
}

/// Shows no session passwords and no data.
impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("up", &self.up)
            .field("now_ms", &self.now_ms)
            .field("zxid", &self.tree.last_zxid())
            .field("sessions", &self.sessions.ids().len())
            .field("connections", &self.conns.len())
            .finish_non_exhaustive()
    }
}

/// Driving it.
impl Model {
    /// A server that is up and holds what a fresh one holds.
    pub fn new(options: ModelOptions, now: Duration) -> Self {
        let sessions = Sessions::new(options.tick_ms(), options.seed);
        Self {
            options,
            now_ms: millis(now),
            up: true,
            tree: Tree::new(),
            sessions,
            watches: Watches::default(),
            next_conn: 1,
            conns: BTreeMap::new(),
            attached: BTreeMap::new(),
            outputs: VecDeque::new(),
            requests: BTreeMap::new(),
            events_sent: 0,
        }
    }

    /// A client connects; `None` (refused) while the server is down.
    pub fn accept(&mut self, now: Duration) -> Option<ConnId> {
        self.advance(now);
        if !self.up {
            return None;
        }
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        self.conns.insert(conn, Conn::default());
        Some(conn)
    }

    /// Bytes arrived, cut anywhere. Bytes for a connection that is closed are dropped.
    pub fn receive(&mut self, conn: ConnId, bytes: &[u8], now: Duration) {
        self.advance(now);
        if let Some(state) = self.conns.get_mut(&conn) {
            state.incoming.push(bytes);
        }
        // Each frame may close the connection, so it is looked up anew each time.
        while let Some(state) = self.conns.get_mut(&conn) {
            let session = state.session;
            let body = match state.incoming.next_frame() {
                Ok(Some(body)) if body.len() <= REQUEST_BYTES_MAX => body.to_vec(),
                Ok(None) => return,
                Ok(Some(_)) | Err(_) => return self.close(conn),
            };
            match session {
                None => self.handshake(conn, &body),
                Some((session, timeout_ms)) => self.request(conn, session, timeout_ms, &body),
            }
        }
    }

    /// The client closed the connection. Its watches go; its session stays until it expires.
    pub fn disconnected(&mut self, conn: ConnId, now: Duration) {
        self.advance(now);
        self.forget(conn);
    }

    /// Time has passed: expires the sessions that are due. Calls without need do nothing. (All
    /// other calls that take `now` do the same first: a session that is due is never saved by a
    /// request that comes late.)
    pub fn tick(&mut self, now: Duration) {
        self.advance(now);
    }

    /// When to call [`Model::tick`]. Any call that takes `now` may change it.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.sessions.deadline_ms().map(Duration::from_millis)
    }

    /// The next thing to be done, in order. To be called until it answers `None`.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<ModelOutput> {
        self.outputs.pop_front()
    }
}

/// Time, connections and sessions.
impl Model {
    pub(super) fn advance(&mut self, now: Duration) {
        self.now_ms = self.now_ms.max(millis(now));
        while let Some(session) = self.sessions.due(self.now_ms) {
            self.end_session(session);
        }
    }

    /// Ends a session that did not ask for it. Its connection closes first and hears nothing of its
    /// own ephemerals; at a real server such events are lost in the same close.
    pub(super) fn end_session(&mut self, session: i64) {
        if let Some(conn) = self.attached.get(&session).copied() {
            self.close(conn);
        }
        self.sessions.remove(session);
        self.apply(Txn::CloseSession { session });
    }

    fn forget(&mut self, conn: ConnId) -> bool {
        let Some(state) = self.conns.remove(&conn) else {
            return false;
        };
        self.watches.remove(conn);
        if let Some((session, _)) = state.session {
            self.attached.remove(&session);
        }
        true
    }

    pub(super) fn close(&mut self, conn: ConnId) {
        if self.forget(conn) {
            self.outputs.push_back(ModelOutput::Close { conn });
        }
    }

    fn handshake(&mut self, conn: ConnId, body: &[u8]) {
        let Ok(request) = ConnectRequest::decode(body) else {
            return self.close(conn);
        };
        // A client that knows more than the server must not see the past: it is to try another one.
        if request.last_zxid > self.tree.last_zxid() {
            return self.close(conn);
        }
        let timeout_ms = self.options.negotiate(request.timeout_ms);
        let session = if request.session == 0 {
            let session = self.sessions.create(timeout_ms, self.now_ms);
            self.apply(Txn::CreateSession);
            session
        } else {
            // Before the password is looked at: whoever names a session cuts its connection.
            if let Some(old) = self.attached.get(&request.session).copied() {
                self.close(old);
            }
            if !self.sessions.contains(request.session)
                || request.password != self.sessions.password(request.session)
            {
                self.send(conn, |out| {
                    ConnectResponse {
                        timeout_ms: 0,
                        session: 0,
                        password: vec![0; 16],
                    }
                    .encode(out);
                });
                return self.close(conn);
            }
            self.sessions.arm(request.session, timeout_ms, self.now_ms);
            request.session
        };
        self.attached.insert(session, conn);
        if let Some(state) = self.conns.get_mut(&conn) {
            state.session = Some((session, timeout_ms));
        }
        let password = self.sessions.password(session);
        self.send(conn, |out| {
            ConnectResponse {
                timeout_ms,
                session,
                password,
            }
            .encode(out);
        });
    }
}

/// Transactions, and what goes out.
impl Model {
    pub(super) fn ids(&self, conn: ConnId) -> Vec<Identity> {
        self.conns
            .get(&conn)
            .map(|state| state.ids.clone())
            .unwrap_or_default()
    }

    /// Applies what was found possible; what was not takes a zxid too, and its error is answered.
    pub(super) fn commit(
        &mut self,
        txn: Result<Txn, ServerError>,
    ) -> Result<Option<Stat>, ServerError> {
        match txn {
            Ok(txn) => Ok(self.apply(txn)),
            Err(error) => {
                self.apply(Txn::Error);
                Err(error)
            }
        }
    }

    /// Applies a transaction and sends the events it causes. Replies come after: a connection hears
    /// of its own change before the reply that confirms it.
    pub(super) fn apply(&mut self, txn: Txn) -> Option<Stat> {
        let time_ms = i64::try_from(self.now_ms).unwrap_or(i64::MAX);
        let (stat, changes) = self.tree.apply(txn, time_ms);
        changes.iter().for_each(|change| self.notify(change));
        stat
    }

    fn notify(&mut self, change: &Change) {
        for fired in self.watches.trigger(change) {
            // The watch is used up even where the event may not be seen (CVE-2024-23944).
            if !acl::allows(fired.acl, Perms::READ, &self.ids(fired.conn)) {
                continue;
            }
            self.events_sent += 1;
            // Events of the 3.8 line carry no zxid.
            self.send(fired.conn, |out| fired.event.encode(-1, out));
        }
    }

    pub(super) fn reply(
        &mut self,
        conn: ConnId,
        number: i32,
        result: Result<Response, ServerError>,
    ) {
        self.reply_at(self.tree.last_zxid(), conn, number, result, "");
    }

    /// A reply; `path` is what a `sync` echoes.
    pub(super) fn reply_at(
        &mut self,
        zxid: i64,
        conn: ConnId,
        number: i32,
        result: Result<Response, ServerError>,
        path: &str,
    ) {
        let (err, response) = match result {
            Ok(response) => (0, response),
            Err(error) => (error.code(), Response::Empty),
        };
        let header = ReplyHeader {
            xid: number,
            zxid,
            err,
        };
        self.send(conn, |out| response.encode(header, path, out));
    }

    fn send(&mut self, conn: ConnId, encode: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = Vec::new();
        encode(&mut bytes);
        self.outputs.push_back(ModelOutput::Send { conn, bytes });
    }
}
