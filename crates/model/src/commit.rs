//! Committed transactions are applied, and the waiting requests are answered.

use super::bus::{Bus, ConnId};
use super::clients::{Waiting, What};
use super::prep::MARSHALLING_ERROR;
use super::server::{Role, Server};
use super::txn::{Outcome, Record, Txn};
use alloc::vec::Vec;
use tenure_proto::{Response, ServerError, op};

impl Server {
    /// Applies everything in the log up to `zxid`.
    pub(super) fn apply_up_to(&mut self, zxid: i64, bus: &mut Bus) {
        while let Some(record) = self.log.apply_next(zxid) {
            self.apply(&record, bus);
            self.inform_observers(&record, bus);
        }
    }

    /// Applies a transaction and sends the events it causes. Replies come later: a client gets the
    /// event of its own change before the reply that confirms it.
    fn apply(&mut self, record: &Record, bus: &mut Bus) {
        let session = record.session;
        let asked = self.asked_here(session, record.cxid);
        match &record.txn {
            Txn::CreateSession { timeout_ms } => {
                self.timeouts.insert(session, *timeout_ms);
                // Every learner counts that as a touch (`LearnerSessionTracker.commitSession`).
                if let Role::Learning(learning) = &mut self.role {
                    learning.touched.other(session, *timeout_ms);
                }
            }
            Txn::CloseSession => {
                self.timeouts.remove(&session);
                match &mut self.role {
                    Role::Looking { .. } => {}
                    Role::Leading(leader) => leader.sessions.remove(session),
                    Role::Learning(learning) => learning.touched.forget(session),
                }
                // A session that did not ask for its end gets no events of its own ephemerals: at a
                // real server such events are lost in the same close.
                if asked.is_none()
                    && self.shut_down.is_none()
                    && let Some(conn) = self.clients.attached.get(&session).copied()
                {
                    self.close(conn, bus);
                }
            }
            Txn::Create { .. }
            | Txn::Delete { .. }
            | Txn::SetData { .. }
            | Txn::SetAcl { .. }
            | Txn::Check
            | Txn::Touch
            | Txn::Multi(_)
            | Txn::Error(_) => {}
        }
        self.touch_by(record, bus);
        let (outcome, changes) = self
            .tree
            .apply(record.zxid, session, &record.txn, record.time_ms);
        if let Role::Leading(leader) = &mut self.role {
            leader.pending.applied(record.zxid);
        }
        for change in &changes {
            self.notify(change, bus);
        }
        if let Some(waiting) = asked {
            self.answer(waiting, outcome, bus);
            self.drain(session, bus);
        }
        if matches!(record.txn, Txn::CloseSession) {
            self.clients.waiting.remove(&session);
        }
    }

    /// Takes the request out of its session's queue if it is at the head. Only the numbers are
    /// compared, as in `CommitProcessor`: after a session has moved they may be another request's.
    fn asked_here(&mut self, session: i64, cxid: i32) -> Option<Waiting> {
        let queue = self.clients.waiting.get_mut(&session)?;
        let head = queue.front()?;
        let is_logged = match head.what {
            What::Session | What::Write(_) => true,
            What::Sync(_) => !self.setup.options.personality.is_zookeeper(),
            What::Refused(..) | What::Read(_) | What::Names(_) => false,
        };
        if is_logged && head.number == cxid {
            queue.pop_front()
        } else {
            None
        }
    }

    /// The leader has answered a `sync` of a client of this server.
    pub(super) fn synced(&mut self, session: i64, cxid: i32, bus: &mut Bus) {
        let Some(queue) = self.clients.waiting.get_mut(&session) else {
            return;
        };
        let at = queue
            .iter()
            .position(|w| w.number == cxid && matches!(w.what, What::Sync(_)));
        if let Some(Waiting {
            conn,
            number,
            what: What::Sync(path),
        }) = at.and_then(|at| queue.remove(at))
        {
            let zxid = self.tree.last_zxid();
            self.reply_at(zxid, conn, number, Ok(Response::Synced), &path, bus);
        }
        self.drain(session, bus);
    }

    fn answer(&mut self, waiting: Waiting, outcome: Outcome, bus: &mut Bus) {
        let Waiting { conn, number, what } = waiting;
        match what {
            // A session that was not re-attached has just begun.
            What::Session => {
                let lives = self
                    .session_of(conn)
                    .is_some_and(|s| self.timeouts.contains_key(&s));
                self.finish_session(conn, lives, bus);
            }
            What::Write(operation) => self.answer_write(conn, number, operation, outcome, bus),
            What::Sync(path) => {
                let zxid = self.tree.last_zxid();
                self.reply_at(zxid, conn, number, Ok(Response::Synced), &path, bus);
            }
            What::Refused(..) | What::Read(_) | What::Names(_) => {}
        }
    }

    pub(super) fn answer_write(
        &mut self,
        conn: ConnId,
        number: i32,
        operation: i32,
        outcome: Outcome,
        bus: &mut Bus,
    ) {
        // Elsewhere the end of a session is the end of the connection, and no word.
        if operation == op::CLOSE_SESSION && !self.is_zookeeper() {
            return self.close(conn, bus);
        }
        match response(operation, outcome) {
            // Not answered: the client has another connection, or another client has taken the
            // session.
            Err(ServerError::SessionMoved) => self.close(conn, bus),
            answer => {
                self.reply(conn, number, answer, bus);
                if operation == op::CLOSE_SESSION {
                    self.close(conn, bus);
                }
            }
        }
    }
}

/// The reply to the request. An outcome of another kind of request is treated as in
/// `FinalRequestProcessor`.
fn response(operation: i32, outcome: Outcome) -> Result<Response, ServerError> {
    match (operation, outcome) {
        (_, Outcome::Failed(error)) => Err(error),
        (op::CREATE, Outcome::Created { path, .. }) => Ok(Response::Path(path)),
        (op::CREATE2 | op::CREATE_CONTAINER, Outcome::Created { path, stat }) => {
            Ok(Response::Created { path, stat })
        }
        (op::SET_DATA | op::SET_ACL, Outcome::Created { stat, .. } | Outcome::Set(stat)) => {
            Ok(Response::Stat(stat))
        }
        (op::MULTI, Outcome::Multi(outcomes)) => part_responses(outcomes),
        (op::DELETE | op::CLOSE_SESSION | op::PING, _) => Ok(Response::Empty),
        _ => Err(MARSHALLING_ERROR),
    }
}

fn part_responses(outcomes: Vec<Outcome>) -> Result<Response, ServerError> {
    let mut responses = Vec::new();
    for outcome in outcomes {
        responses.push(match outcome {
            Outcome::Failed(ServerError::SessionMoved) => return Err(ServerError::SessionMoved),
            Outcome::Failed(error) => Err(error),
            Outcome::Created { path, .. } => Ok(Response::Path(path)),
            Outcome::Set(stat) => Ok(Response::Stat(stat)),
            Outcome::Done | Outcome::Multi(_) => Ok(Response::Empty),
        });
    }
    Ok(Response::Multi(responses))
}
