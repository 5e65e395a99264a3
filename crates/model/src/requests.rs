//! Requests of connections that have a session: their arrival, the answers that this server can
//! give, and the requests that wait for a commit.

use super::acl::Identity;
use super::bus::{Bus, ConnId};
use super::clients::{Waiting, What};
use super::packet::Packet;
use super::prep::MARSHALLING_ERROR;
use super::server::{Role, Server};
use super::sessions::Owner;
use super::txn::{Outcome, Write};
use super::watches::Mode;
use alloc::vec;
use alloc::vec::Vec;
use tenure_proto::{DecodeError, Reader, Request, Response, ServerError, op, xid};

/// `getChildren`: the core never sends it, other clients do. A listing without a stat.
const GET_CHILDREN: i32 = 8;

/// `NOWATCHER`
const NO_WATCHER: ServerError = ServerError::Other(-121);

type Answer = Result<Response, ServerError>;

/// Arrival.
impl Server {
    pub(super) fn request(
        &mut self,
        conn: ConnId,
        session: i64,
        timeout_ms: i32,
        body: &[u8],
        bus: &mut Bus,
    ) {
        let mut header = Reader::new(body);
        let (Ok(number), Ok(operation)) = (header.i32(), header.i32()) else {
            return self.close(conn, bus);
        };
        *self.requests.entry(operation).or_default() += 1;
        let kind = self.setup.options.personality;
        if !self.serves() {
            return self.answer_without_leader(conn, number, bus);
        }
        if let Some(state) = self.clients.conns.get_mut(&conn)
            && core::mem::take(&mut state.drop_next)
        {
            return;
        }
        // Every request touches the session, except `addauth`, which a real server answers earlier.
        // If the session is about to end, the request is silently dropped
        // (`MissingSessionException`).
        if operation != op::AUTH && !self.touch(session, timeout_ms, bus) {
            return;
        }
        let unknown = kind.lacks(operation) || self.setup.options.unknown.contains(&operation);
        let request = match decode(operation, body) {
            Ok((_, Ok(request))) if !unknown => Some(request),
            Ok((_, Err(op::CREATE_TTL))) if !unknown => None,
            // An unknown operation, or a body that cannot be read, is an exception there.
            Ok(_) | Err(_) if !kind.is_zookeeper() => return self.close(conn, bus),
            Ok(_) => {
                self.reply_at(-1, conn, number, Err(ServerError::Unimplemented), "", bus);
                return self.close(conn, bus);
            }
            Err(_) if operation == op::AUTH => return self.close(conn, bus),
            Err(_) => None,
        };
        if let Some(error) = self.refuses(conn, operation, bus) {
            let what = What::Refused(operation, error);
            self.wait(session, Waiting { conn, number, what });
            return self.drain(session, bus);
        }
        match request {
            Some(Request::Auth {
                scheme,
                credentials,
            }) => self.authenticate(conn, number, &scheme, &credentials, bus),
            Some(Request::Sync { path }) if !kind.is_zookeeper() => {
                let what = What::Sync(path);
                self.wait(session, Waiting { conn, number, what });
                self.submit(session, number, Vec::new(), Write::Touch, bus);
            }
            Some(Request::Ping) if kind.logs_pings() => {
                let what = What::Write(operation);
                self.wait(session, Waiting { conn, number, what });
                self.submit(session, number, Vec::new(), Write::Touch, bus);
            }
            Some(Request::Sync { path }) if matches!(self.role, Role::Learning(_)) => {
                let what = What::Sync(path);
                self.wait(session, Waiting { conn, number, what });
                if let Role::Learning(learning) = &mut self.role {
                    let (to, stream) = learning.syncs(None);
                    let cxid = number;
                    bus.send(self.id, to, stream, Packet::Sync { session, cxid });
                }
            }
            request => match write(request, operation) {
                Ok(write) => {
                    let what = What::Write(operation);
                    self.wait(session, Waiting { conn, number, what });
                    let ids = self.ids(conn);
                    self.submit(session, number, ids, write, bus);
                }
                Err(read) => {
                    let read = self.admit(session, read);
                    let what = if operation == GET_CHILDREN {
                        What::Names(read)
                    } else {
                        What::Read(read)
                    };
                    self.wait(session, Waiting { conn, number, what });
                    self.drain(session, bus);
                }
            },
        }
    }

    /// Touches a session: the leader renews it at once, a learner reports it in its next reply to a
    /// ping. Servers that are not ZooKeeper touch it when they carry the request out.
    fn touch(&mut self, session: i64, timeout_ms: i32, bus: &Bus) -> bool {
        let now_ms = self.clock_ms(bus);
        if !self.is_zookeeper() {
            return true;
        }
        match &mut self.role {
            Role::Looking { .. } => false,
            Role::Leading(leader) => leader.sessions.touch(session, timeout_ms, now_ms),
            Role::Learning(learning) => {
                learning.touched.request(session, timeout_ms, now_ms);
                true
            }
        }
    }

    /// Only the leader knows whether a session may send requests here.
    fn admit(
        &mut self,
        session: i64,
        read: Result<Request, ServerError>,
    ) -> Result<Request, ServerError> {
        if self.is_zookeeper()
            && let Role::Leading(leader) = &mut self.role
        {
            leader.sessions.check(session, Owner::Myself)?;
        }
        read
    }

    /// Sends a write of a client of this server to the leader.
    pub(super) fn submit(
        &mut self,
        session: i64,
        cxid: i32,
        ids: Vec<Identity>,
        write: Write,
        bus: &mut Bus,
    ) {
        match &self.role {
            Role::Looking { .. } => {}
            Role::Leading(_) => {
                self.propose(session, cxid, Some(Owner::Myself), &ids, write, bus);
            }
            Role::Learning(learning) => {
                let (to, stream) = learning.up();
                let request = Packet::Request {
                    session,
                    cxid,
                    ids,
                    write,
                };
                bus.send(self.id, to, stream, request);
            }
        }
    }

    pub(super) fn wait(&mut self, session: i64, waiting: Waiting) {
        let queue = self.clients.waiting.entry(session).or_default();
        queue.push_back(waiting);
    }

    fn authenticate(
        &mut self,
        conn: ConnId,
        number: i32,
        scheme: &str,
        credentials: &[u8],
        bus: &mut Bus,
    ) {
        let Some(id) = Identity::authenticate(scheme, credentials) else {
            self.reply_at(0, conn, number, Err(ServerError::AuthFailed), "", bus);
            return self.close(conn, bus);
        };
        if let Some(state) = self.clients.conns.get_mut(&conn)
            && !state.ids.contains(&id)
        {
            state.ids.push(id);
        }
        self.reply_at(0, conn, number, Ok(Response::Empty), "", bus);
    }
}

/// Reads a request; `getChildren` as the listing with a stat that it resembles.
fn decode(operation: i32, body: &[u8]) -> Result<(i32, Result<Request, i32>), DecodeError> {
    if operation != GET_CHILDREN {
        return Request::decode(body);
    }
    let mut body = body.to_vec();
    body[4..8].copy_from_slice(&op::GET_CHILDREN2.to_be_bytes());
    Request::decode(&body)
}

/// The answer to `getChildren`, which has the form of that to `getEphemerals`.
fn names_alone(response: Response) -> Response {
    match response {
        Response::Children { children, .. } => Response::Ephemerals(children),
        other => other,
    }
}

/// A write; or else a read, or why it could not be read.
fn write(request: Option<Request>, operation: i32) -> Result<Write, Result<Request, ServerError>> {
    let Some(request) = request else {
        return match operation {
            op::CREATE
            | op::CREATE2
            | op::CREATE_CONTAINER
            | op::DELETE
            | op::SET_DATA
            | op::SET_ACL
            | op::MULTI => Ok(Write::Refused(MARSHALLING_ERROR)),
            // Real servers refuse it unless `extendedTypesEnabled` is set.
            op::CREATE_TTL => Ok(Write::Refused(ServerError::Unimplemented)),
            _ => Err(Err(MARSHALLING_ERROR)),
        };
    };
    match request {
        Request::Create {
            path,
            data,
            acl,
            mode,
        }
        | Request::Create2 {
            path,
            data,
            acl,
            mode,
        } => Ok(Write::Create {
            path,
            data,
            acl,
            mode,
        }),
        Request::CreateContainer { path, data, acl } => {
            Ok(Write::CreateContainer { path, data, acl })
        }
        Request::Delete { path, version } => Ok(Write::Delete { path, version }),
        Request::SetData {
            path,
            data,
            version,
        } => Ok(Write::SetData {
            path,
            data,
            version,
        }),
        Request::SetAcl { path, acl, version } => Ok(Write::SetAcl { path, acl, version }),
        Request::Multi { ops } => Ok(Write::Multi(ops)),
        Request::CloseSession => Ok(Write::CloseSession),
        Request::Ping
        | Request::Auth { .. }
        | Request::Exists { .. }
        | Request::GetData { .. }
        | Request::GetChildren2 { .. }
        | Request::GetAcl { .. }
        | Request::Sync { .. }
        | Request::SetWatches(_)
        | Request::SetWatches2(_)
        | Request::AddWatch { .. }
        | Request::RemoveWatches { .. }
        | Request::GetEphemerals { .. } => Err(Ok(request)),
    }
}

/// Answers of this server.
impl Server {
    /// Answers the reads and the refused requests at the head of a session's queue.
    pub(super) fn drain(&mut self, session: i64, bus: &mut Bus) {
        while let Some(queue) = self.clients.waiting.get_mut(&session) {
            let Some(Waiting { conn, number, what }) = queue.pop_front() else {
                self.clients.waiting.remove(&session);
                return;
            };
            match what {
                What::Read(read) => self.read((conn, session, number), read, |full| full, bus),
                What::Names(read) => self.read((conn, session, number), read, names_alone, bus),
                What::Refused(operation, error) => {
                    self.answer_write(conn, number, operation, Outcome::Failed(error), bus);
                }
                what @ (What::Session | What::Write(_) | What::Sync(_)) => {
                    queue.push_front(Waiting { conn, number, what });
                    return;
                }
            }
        }
    }

    fn read(
        &mut self,
        (conn, session, number): (ConnId, i64, i32),
        read: Result<Request, ServerError>,
        shape: fn(Response) -> Response,
        bus: &mut Bus,
    ) {
        if !self.clients.conns.contains_key(&conn) {
            return;
        }
        if !self.is_zookeeper() {
            self.touch_here(session, bus);
        }
        let answer = match read {
            // Not answered: the client has another connection, or another client has taken the
            // session.
            Err(ServerError::SessionMoved) => return self.close(conn, bus),
            Err(error) => Err(error),
            Ok(Request::Ping) => return self.reply(conn, xid::PING, Ok(Response::Empty), bus),
            Ok(Request::Sync { path }) => {
                let zxid = self.tree.last_zxid();
                return self.reply_at(zxid, conn, number, Ok(Response::Synced), &path, bus);
            }
            Ok(Request::Exists { path, watch }) => self.exists(conn, &path, watch),
            Ok(Request::GetData { path, watch }) => self.get_data(conn, &path, watch),
            Ok(Request::GetChildren2 { path, watch }) => self.get_children(conn, &path, watch),
            Ok(Request::GetAcl { path }) => {
                let found = self.tree.acl(&path, &self.ids(conn));
                found.map(|(acl, stat)| Response::Acl { acl, stat })
            }
            Ok(Request::SetWatches(lost) | Request::SetWatches2(lost)) => {
                self.set_watches(conn, *lost, bus);
                Ok(Response::Empty)
            }
            Ok(Request::AddWatch { path, mode }) => {
                self.clients
                    .watches
                    .watch_all(path.into(), conn, mode.into());
                Ok(Response::Watching)
            }
            Ok(Request::RemoveWatches { path, table }) => {
                if self.clients.watches.unwatch(&path, conn, table) {
                    Ok(Response::Empty)
                } else {
                    Err(NO_WATCHER)
                }
            }
            Ok(Request::GetEphemerals { prefix }) => {
                Ok(Response::Ephemerals(self.tree.ephemerals(session, &prefix)))
            }
            Ok(
                Request::Auth { .. }
                | Request::Create { .. }
                | Request::Create2 { .. }
                | Request::CreateContainer { .. }
                | Request::Delete { .. }
                | Request::SetData { .. }
                | Request::SetAcl { .. }
                | Request::Multi { .. }
                | Request::CloseSession,
            ) => return,
        };
        self.reply(conn, number, answer.map(shape), bus);
    }

    fn exists(&mut self, conn: ConnId, path: &str, watch: bool) -> Answer {
        if path.contains('\0') {
            return Err(ServerError::BadArguments);
        }
        let ids = if self.setup.options.exists_needs_read {
            self.ids(conn)
        } else {
            vec![Identity::superuser()]
        };
        let found = self.tree.stat(path, &ids);
        // A client can wait for an absent znode, not for one that it may not read.
        if watch && found != Err(ServerError::NoAuth) {
            let path = self.tree.share(path);
            self.clients.watches.watch_data(path, conn, Mode::Once);
        }
        found.map(Response::Stat)
    }

    fn get_data(&mut self, conn: ConnId, path: &str, watch: bool) -> Answer {
        let (data, stat) = self.tree.data(path, &self.ids(conn))?;
        if watch {
            let path = self.tree.share(path);
            self.clients.watches.watch_data(path, conn, Mode::Once);
        }
        Ok(Response::Data { data, stat })
    }

    fn get_children(&mut self, conn: ConnId, path: &str, watch: bool) -> Answer {
        let (children, stat) = self.tree.children(path, &self.ids(conn))?;
        if watch {
            let path = self.tree.share(path);
            self.clients.watches.watch_children(path, conn, Mode::Once);
        }
        Ok(Response::Children { children, stat })
    }
}
