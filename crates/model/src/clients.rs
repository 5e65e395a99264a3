//! A server's clients: connections, the handshake, and the frames to them.

use super::acl::{self, Identity};
use super::bus::{Bus, ConnId};
use super::packet::Packet;
use super::refusals::Refusal;
use super::server::{Role, Server};
use super::sessions::Owner;
use super::slow::Input;
use super::tree::Change;
use super::txn::Write;
use super::watches::Watches;
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use tenure_proto::{
    ConnectRequest, ConnectResponse, EventKind, FrameDecoder, Perms, ReplyHeader, Request,
    Response, ServerError, WatchEvent,
};

/// The longest request that a server reads (`jute.maxbuffer`).
const REQUEST_BYTES_MAX: usize = 0xf_ffff;

/// The connections of one server, and their state.
#[derive(Default)]
pub(super) struct Clients {
    pub(super) conns: BTreeMap<ConnId, Conn>,
    /// Session → its connection.
    pub(super) attached: BTreeMap<i64, ConnId>,
    /// Session → requests that wait for a commit, and those behind them: a session's requests are
    /// answered in their order (`CommitProcessor`).
    pub(super) waiting: BTreeMap<i64, VecDeque<Waiting>>,
    pub(super) watches: Watches,
    /// Whether a slow server may have input left to process.
    pub(super) some_late: bool,
}

#[derive(Default)]
pub(super) struct Conn {
    incoming: FrameDecoder,
    state: State,
    pub(super) ids: Vec<Identity>,
    /// Input that a slow server has not processed yet.
    pub(super) late: VecDeque<(u64, Input)>,
    /// The server loses its next request.
    pub(super) drop_next: bool,
    pub(super) refusals: Vec<Refusal>,
}

/// The session and the timeout that *this* connection has negotiated.
#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    New,
    /// The leader has been asked about the session; nothing is read meanwhile.
    Waiting(i64, i32),
    Open(i64, i32),
}

/// A request without an answer yet.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) conn: ConnId,
    pub(super) number: i32,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// The handshake.
    Session,
    /// A write, by its operation.
    Write(i32),
    Sync(String),
    /// A request that is refused, whatever its content; by its operation.
    Refused(i32, ServerError),
    /// A read, answered as soon as it is at the head; or the error to answer.
    Read(Result<Request, ServerError>),
    /// The same, and of a listing only the names.
    Names(Result<Request, ServerError>),
}

impl Conn {
    /// The input that has arrived and was not processed.
    pub(super) fn read(&mut self) -> Option<Input> {
        match self.incoming.next_frame() {
            Ok(Some(body)) if body.len() <= REQUEST_BYTES_MAX => Some(Input::Frame(body.to_vec())),
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => Some(Input::Garbage),
        }
    }

    /// Whether the server has stopped reading from it.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting(..))
    }
}

impl Clients {
    pub(super) fn session_of(&self, conn: ConnId) -> Option<i64> {
        match self.conns.get(&conn)?.state {
            State::New => None,
            State::Waiting(session, _) | State::Open(session, _) => Some(session),
        }
    }
}

impl Server {
    pub(super) fn accept(&mut self, conn: ConnId) {
        self.clients.conns.insert(conn, Conn::default());
    }

    pub(super) fn receive(&mut self, conn: ConnId, bytes: &[u8], bus: &mut Bus) {
        if let Some(state) = self.clients.conns.get_mut(&conn) {
            state.incoming.push(bytes);
            self.pump(conn, bus);
        }
    }

    /// Processes the received frames. Each may close the connection, so the connection is looked up
    /// again each time.
    pub(super) fn pump(&mut self, conn: ConnId, bus: &mut Bus) {
        self.defer(conn, bus);
        while let Some(open) = self.clients.conns.get_mut(&conn) {
            let state = open.state;
            if open.is_waiting() {
                return;
            }
            let body = match open.next(bus.now) {
                Some(Input::Frame(body)) => body,
                Some(Input::Garbage) => return self.close(conn, bus),
                Some(Input::Gone) => {
                    self.forget(conn);
                    return;
                }
                None => return,
            };
            // A server without a leader accepts connections and closes them upon the first frame.
            // Those that are not ZooKeeper answer it, unless they are being shut down.
            if self.shut_down.is_some() || (self.is_zookeeper() && !self.serves()) {
                return self.close(conn, bus);
            }
            match state {
                State::New => self.handshake(conn, &body, bus),
                State::Waiting(..) => {}
                State::Open(session, timeout_ms) => {
                    self.request(conn, session, timeout_ms, &body, bus);
                }
            }
        }
    }

    /// Forgets a connection: its watches are removed, its session stays until it expires.
    pub(super) fn forget(&mut self, conn: ConnId) -> bool {
        let session = self.session_of(conn);
        if self.clients.conns.remove(&conn).is_none() {
            return false;
        }
        self.clients.watches.remove(conn);
        if let Some(session) = session
            && self.clients.attached.get(&session) == Some(&conn)
        {
            self.clients.attached.remove(&session);
        }
        true
    }

    pub(super) fn close(&mut self, conn: ConnId, bus: &mut Bus) {
        if self.forget(conn) {
            bus.outputs.close(conn);
        }
    }

    pub(super) fn close_all(&mut self, bus: &mut Bus) {
        let clients = core::mem::take(&mut self.clients);
        for conn in clients.conns.into_keys() {
            bus.outputs.close(conn);
        }
    }

    pub(super) fn ids(&self, conn: ConnId) -> Vec<Identity> {
        let conn = self.clients.conns.get(&conn);
        conn.map(|conn| conn.ids.clone()).unwrap_or_default()
    }
}

/// The handshake.
impl Server {
    fn handshake(&mut self, conn: ConnId, body: &[u8], bus: &mut Bus) {
        let Ok(request) = ConnectRequest::decode(body) else {
            return self.close(conn, bus);
        };
        // A client that has seen a newer state must not see an older one: it is to try another
        // server.
        let kind = self.setup.options.personality;
        if kind.refuses_newer_clients() && request.last_zxid > self.tree.last_zxid() {
            return self.close(conn, bus);
        }
        let most = self.max_session_timeout;
        let timeout_ms = self.setup.options.negotiate(request.timeout_ms, most);
        if !self.serves() {
            return self.turn_away(conn, -1, timeout_ms, bus);
        }
        let is_new = request.session == 0 || !kind.reattaches();
        let session = if is_new {
            self.session_ids.next()
        } else {
            request.session
        };
        // Before the check of the password: any client that names a session cuts its connection.
        if let Some(old) = self.clients.attached.get(&session).copied() {
            self.close(old, bus);
        }
        self.clients.attached.insert(session, conn);
        if let Some(state) = self.clients.conns.get_mut(&conn) {
            state.state = State::Waiting(session, timeout_ms);
        }
        if is_new || !kind.is_zookeeper() {
            let waiting = Waiting {
                conn,
                number: 0,
                what: What::Session,
            };
            self.wait(session, waiting);
            let write = if is_new {
                Write::CreateSession { timeout_ms }
            } else {
                Write::Touch
            };
            return self.submit(session, 0, Vec::new(), write, bus);
        }
        if request.password != self.session_ids.password(session) {
            return self.finish_session(conn, false, bus);
        }
        let now_ms = self.clock_ms(bus);
        match &mut self.role {
            Role::Looking { .. } => {}
            Role::Leading(leader) => {
                let valid = leader.sessions.touch(session, timeout_ms, now_ms);
                leader.sessions.set_owner(session, Owner::Myself);
                self.finish_session(conn, valid, bus);
            }
            Role::Learning(learning) => {
                let (to, stream) = learning.revalidates(session, conn);
                let ask = Packet::Revalidate {
                    session,
                    timeout_ms,
                };
                bus.send(self.id, to, stream, ask);
            }
        }
    }

    /// Answers the handshake (`finishSessionInit`), and continues to read.
    pub(super) fn finish_session(&mut self, conn: ConnId, valid: bool, bus: &mut Bus) {
        let Some(state) = self.clients.conns.get_mut(&conn) else {
            return;
        };
        let State::Waiting(session, timeout_ms) = state.state else {
            return;
        };
        state.state = State::Open(session, timeout_ms);
        if !self.is_zookeeper() {
            if !valid {
                return self.turn_away(conn, session, -1, bus);
            }
            self.greet(conn, session, timeout_ms, bus);
            return self.pump(conn, bus);
        }
        let response = if valid {
            ConnectResponse {
                timeout_ms,
                session,
                password: self.session_ids.password(session),
            }
        } else {
            ConnectResponse {
                timeout_ms: 0,
                session: 0,
                password: vec![0; 16],
            }
        };
        bus.outputs.send(conn, |out| response.encode(out));
        if valid {
            self.pump(conn, bus);
        } else {
            self.close(conn, bus);
        }
    }
}

/// The frames to clients.
impl Server {
    pub(super) fn notify(&mut self, change: &Change, bus: &mut Bus) {
        for fired in self.clients.watches.trigger(change) {
            // The watch is removed even where the client may not see the event (CVE-2024-23944).
            let Some(conn) = self.clients.conns.get(&fired.conn) else {
                continue;
            };
            if !acl::allows(fired.acl, Perms::READ, &conn.ids) {
                continue;
            }
            self.send_event(fired.conn, fired.kind, fired.path.to_owned(), bus);
        }
    }

    /// Events of the 3.8 line carry no zxid.
    pub(super) fn send_event(
        &mut self,
        conn: ConnId,
        kind: EventKind,
        path: String,
        bus: &mut Bus,
    ) {
        self.events_sent += 1;
        let event = WatchEvent { kind, path };
        bus.outputs.send(conn, |out| event.encode(-1, out));
    }

    pub(super) fn reply(
        &self,
        conn: ConnId,
        number: i32,
        result: Result<Response, ServerError>,
        bus: &mut Bus,
    ) {
        self.reply_at(self.tree.last_zxid(), conn, number, result, "", bus);
    }

    /// Sends a reply; one to `sync` repeats `path`.
    pub(super) fn reply_at(
        &self,
        zxid: i64,
        conn: ConnId,
        number: i32,
        result: Result<Response, ServerError>,
        path: &str,
        bus: &mut Bus,
    ) {
        if !self.clients.conns.contains_key(&conn) {
            return;
        }
        let (err, response) = match result {
            Ok(response) => (0, response),
            Err(error) => (error.code(), Response::Empty),
        };
        let header = ReplyHeader {
            xid: number,
            zxid,
            err,
        };
        bus.outputs
            .send(conn, |out| response.encode(header, path, out));
    }
}
