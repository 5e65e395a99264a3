//! Requests of a connection that has a session: each is served to its end before the next.

use super::acl::Identity;
use super::server::{ConnId, Model};
use super::tree::Txn;
use crate::proto::{MultiOp, Reader, Request, Response, ServerError, op, xid};

/// `MARSHALLINGERROR`: the body of a request could not be read.
const MARSHALLING_ERROR: ServerError = ServerError::Other(-5);

/// In a `multi` that failed: what came before the operation that is to blame, and what came after.
const OK: ServerError = ServerError::Other(0);
const RUNTIME_INCONSISTENCY: ServerError = ServerError::Other(-2);

type Answer = Result<Response, ServerError>;

impl Model {
    pub(super) fn request(&mut self, conn: ConnId, session: i64, timeout_ms: i32, body: &[u8]) {
        let mut header = Reader::new(body);
        let (Ok(number), Ok(operation)) = (header.i32(), header.i32()) else {
            return self.close(conn);
        };
        *self.requests.entry(operation).or_default() += 1;
        // Every request touches the session, but for `addauth`, which a real server answers before
        // it gets that far.
        if operation != op::AUTH {
            self.sessions.arm(session, timeout_ms, self.now_ms);
        }
        let unknown = self.options.unknown.contains(&operation);
        let request = match Request::decode(body) {
            Ok((_, Ok(request))) if !unknown => request,
            Ok(_) => {
                self.reply_at(-1, conn, number, Err(ServerError::Unimplemented), "");
                return self.close(conn);
            }
            Err(_) => return self.unreadable(conn, number, operation),
        };
        let answer = match request {
            Request::Ping => return self.reply(conn, xid::PING, Ok(Response::Empty)),
            Request::Auth {
                scheme,
                credentials,
            } => return self.authenticate(conn, number, &scheme, &credentials),
            Request::Sync { path } => {
                let zxid = self.tree.last_zxid();
                return self.reply_at(zxid, conn, number, Ok(Response::Synced), &path);
            }
            Request::CloseSession => {
                self.sessions.remove(session);
                self.apply(Txn::CloseSession { session });
                self.reply(conn, number, Ok(Response::Empty));
                return self.close(conn);
            }
            Request::Create {
                path,
                data,
                acl,
                mode,
            } => {
                let ids = self.ids(conn);
                let txn = self.tree.create(&path, data, &acl, mode, session, &ids);
                match self.created(path, txn) {
                    Ok(Response::Created { path, .. }) => Ok(Response::Path(path)),
                    other => other,
                }
            }
            Request::Create2 {
                path,
                data,
                acl,
                mode,
            } => {
                let ids = self.ids(conn);
                let txn = self.tree.create(&path, data, &acl, mode, session, &ids);
                self.created(path, txn)
            }
            Request::Delete { path, version } => {
                let txn = self.tree.delete(&path, version, &self.ids(conn));
                self.commit(txn).map(|_| Response::Empty)
            }
            Request::SetData {
                path,
                data,
                version,
            } => {
                let txn = self.tree.set_data(&path, data, version, &self.ids(conn));
                self.commit(txn)
                    .map(|stat| Response::Stat(stat.unwrap_or_default()))
            }
            Request::Exists { path, watch } => self.exists(conn, &path, watch),
            Request::GetData { path, watch } => self.get_data(conn, &path, watch),
            Request::GetChildren2 { path, watch } => self.get_children(conn, &path, watch),
            Request::GetEphemerals { prefix } => {
                Ok(Response::Ephemerals(self.tree.ephemerals(session, &prefix)))
            }
            Request::Multi { ops } => match self.checks(conn, &ops) {
                Some(outcome) => outcome,
                None => {
                    self.reply_at(-1, conn, number, Err(ServerError::Unimplemented), "");
                    return self.close(conn);
                }
            },
        };
        self.reply(conn, number, answer);
    }

    /// The header was read and the body was not: a server answers that, and takes a zxid where the
    /// operation writes.
    fn unreadable(&mut self, conn: ConnId, number: i32, operation: i32) {
        if operation == op::AUTH {
            return self.close(conn);
        }
        if matches!(operation, op::CREATE2 | op::DELETE | op::SET_DATA) {
            self.apply(Txn::Error);
        }
        self.reply(conn, number, Err(MARSHALLING_ERROR));
    }

    fn authenticate(&mut self, conn: ConnId, number: i32, scheme: &str, credentials: &[u8]) {
        let Some(id) = Identity::authenticate(scheme, credentials) else {
            self.reply_at(0, conn, number, Err(ServerError::AuthFailed), "");
            return self.close(conn);
        };
        if let Some(state) = self.conns.get_mut(&conn)
            && !state.ids.contains(&id)
        {
            state.ids.push(id);
        }
        self.reply_at(0, conn, number, Ok(Response::Empty), "");
    }

    /// A `multi` of checks alone. It is a transaction, whatever comes of it, and the outcome of each
    /// stands in the body.
    fn checks(&mut self, conn: ConnId, ops: &[MultiOp]) -> Option<Answer> {
        let ids = self.ids(conn);
        let mut found = Vec::new();
        for op in ops {
            let MultiOp::Check { path, version } = op else {
                return None;
            };
            found.push(self.tree.check(path, *version, &ids));
        }
        let failed = found.iter().position(Result::is_err);
        let outcomes = found
            .into_iter()
            .enumerate()
            .map(|(at, outcome)| match failed {
                Some(failed) if at < failed => Err(OK),
                Some(failed) if at > failed => Err(RUNTIME_INCONSISTENCY),
                Some(_) | None => outcome.map(|()| Response::Empty),
            });
        let results = outcomes.collect();
        self.apply(Txn::Error);
        Some(Ok(Response::Multi(results)))
    }

    /// `asked` is the path without its number; the transaction has the whole one.
    fn created(&mut self, asked: String, txn: Result<Txn, ServerError>) -> Answer {
        let path = match &txn {
            Ok(Txn::Create { path, .. }) => path.clone(),
            Ok(_) | Err(_) => asked,
        };
        let stat = self.commit(txn)?.unwrap_or_default();
        Ok(Response::Created { path, stat })
    }

    fn exists(&mut self, conn: ConnId, path: &str, watch: bool) -> Answer {
        if path.contains('\0') {
            return Err(ServerError::BadArguments);
        }
        let found = self.tree.stat(path, &self.ids(conn));
        // A znode that is not there can be waited for; one that may not be read cannot.
        if watch && found != Err(ServerError::NoAuth) {
            self.watches.watch_data(path, conn);
        }
        found.map(Response::Stat)
    }

    fn get_data(&mut self, conn: ConnId, path: &str, watch: bool) -> Answer {
        let (data, stat) = self.tree.data(path, &self.ids(conn))?;
        if watch {
            self.watches.watch_data(path, conn);
        }
        Ok(Response::Data { data, stat })
    }

    fn get_children(&mut self, conn: ConnId, path: &str, watch: bool) -> Answer {
        let (children, stat) = self.tree.children(path, &self.ids(conn))?;
        if watch {
            self.watches.watch_children(path, conn);
        }
        Ok(Response::Children { children, stat })
    }
}
