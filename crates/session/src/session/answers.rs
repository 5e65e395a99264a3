//! Reads the frames of servers.

use super::{Connection, Purpose, Session};
use crate::edge::{Output, Outputs};
use crate::lease;
use crate::question::Question;
use crate::requests::Ask;
use crate::signal::Signal;
use crate::time::Time;
use crate::verdict;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use tenure_proto::{
    ConnectResponse, Frame, Reader, ReplyHeader, Response, ServerError, WatchEvent, op, xid,
};

impl<Q: Question> Session<Q> {
    /// Reads one frame, if a whole one is there. Returns whether to read again.
    pub(super) fn read_frame(&mut self, now: Time, out: &mut impl Outputs) -> bool {
        match &mut self.connection {
            Connection::Handshaking {
                conn,
                address,
                sent,
                decoder,
                ..
            } => {
                let (conn, address, sent) = (*conn, *address, *sent);
                let foreign = |why: String| format!("does not speak ZooKeeper's protocol: {why}");
                let response = match decoder.next_frame() {
                    Ok(None) => return false,
                    Ok(Some(body)) => ConnectResponse::decode(body).map_err(|error| {
                        match ConnectResponse::turns_away(body) {
                            true => format!("did not grant a session: {error}"),
                            false => foreign(error.to_string()),
                        }
                    }),
                    Err(error) => Err(foreign(error.to_string())),
                };
                match response {
                    Ok(response) => self.shaken(conn, address, sent, response, now, out),
                    Err(why) => {
                        out.put(Output::Close { conn });
                        let error = format!("{address} {why}");
                        self.attempt_failed(error, now, out);
                    }
                }
                true
            }
            Connection::Up(up) => {
                let outcome = match up.decoder.next_within(self.options.answer_bytes_max) {
                    Ok(None) => return false,
                    Ok(Some(Frame::Whole(body))) => {
                        let body = body.to_vec();
                        self.answer(&body, None, now, out)
                    }
                    Ok(Some(Frame::TooLong { bytes, head })) => {
                        self.answer(&head, Some(bytes), now, out)
                    }
                    Err(error) => Err(error.to_string()),
                };
                if let Err(why) = outcome
                    && let Connection::Up(up) = &self.connection
                {
                    out.put(Output::Close { conn: up.conn });
                    let why = format!("{} broke the protocol: {why}", up.address);
                    self.detach(why, now, out);
                }
                true
            }
            Connection::Idle { .. }
            | Connection::Resolving { .. }
            | Connection::Dialing { .. }
            | Connection::Ended => false,
        }
    }

    /// Reads one frame of an established connection; of a `too_long` one only the header was kept. An
    /// error ends the connection.
    pub(super) fn answer(
        &mut self,
        body: &[u8],
        too_long: Option<usize>,
        now: Time,
        out: &mut impl Outputs,
    ) -> Result<(), String> {
        let timeout = self.timeout();
        let Connection::Up(up) = &mut self.connection else {
            return Ok(());
        };
        let mut reader = Reader::new(body);
        let header = ReplyHeader::decode(&mut reader).map_err(|e| e.to_string())?;
        if header.zxid > self.last_zxid {
            self.last_zxid = header.zxid;
        }
        let sent = match header.xid {
            xid::NOTIFICATION => {
                if let Some(bytes) = too_long {
                    return Err(format!("it sent an event of {bytes} bytes"));
                }
                let event = WatchEvent::decode(&mut reader).map_err(|e| e.to_string())?;
                // No machine waits for the watches of a session that is given up.
                if let Some(event) = event.filter(|_| self.purpose == Purpose::Live) {
                    self.signals.push_back(Signal::Watch(event));
                }
                return Ok(());
            }
            xid::PING => {
                let sent = up
                    .pings
                    .pop_front()
                    .ok_or("it answered a ping that was not sent")?;
                up.proofs.replied(sent, now);
                sent
            }
            xid => {
                // A server refuses an unknown operation before it has answered the earlier requests, and
                // closes the connection: without this the client would ask again for ever. (If the
                // refusal comes in its turn, the machine that asked calls `lacks`.)
                let early = up.requests.oldest().is_some_and(|oldest| oldest.xid != xid);
                if early
                    && ServerError::from_code(header.err) == ServerError::Unimplemented
                    && let Some(op) = up.requests.op_of(xid)
                {
                    self.known.insert((up.address, op), false);
                }
                let request = up
                    .requests
                    .answer(xid)
                    .ok_or_else(|| format!("request {xid} was answered out of order"))?;
                let sent = request.sent;
                let result = match (header.err, too_long) {
                    (0, None) => match Response::decode(request.op, &mut reader) {
                        Ok(response) => Ok(response),
                        Err(error) => {
                            self.blame_all(&[request.suspect()], ServerError::Malformed, now);
                            return Err(error.to_string());
                        }
                    },
                    (0, Some(bytes)) => Err(ServerError::TooLarge {
                        bytes,
                        limit: self.options.answer_bytes_max,
                    }),
                    (code, _) => Err(ServerError::from_code(code)),
                };
                if let Err(error @ ServerError::TooLarge { .. }) = result {
                    self.blame.refuse(request.key, error, now, timeout);
                } else {
                    self.blame.answered(request.key);
                }
                match (&request.ask, &result) {
                    (Ask::CloseSession, Err(error))
                        if !verdict::decides(op::CLOSE_SESSION, *error) =>
                    {
                        return Err(format!("it does not close the session: {error}"));
                    }
                    (Ask::CloseSession, _) => {
                        out.put(Output::Close { conn: up.conn });
                        self.closed(now, out);
                        return Ok(());
                    }
                    (Ask::Auth, Err(_)) => {
                        out.put(Output::Close { conn: up.conn });
                        self.signals.push_back(Signal::AuthFailed);
                        self.end(false);
                        return Ok(());
                    }
                    // The session is over or has moved to another server: only a new handshake shows
                    // which.
                    (_, Err(ServerError::SessionExpired | ServerError::SessionMoved)) => {
                        return Err("the session is no longer attached to this server".to_owned());
                    }
                    _ => {}
                }
                if let Ok(Response::Multi(outcomes)) = &result
                    && outcomes.iter().any(|outcome| {
                        let gone = [ServerError::SessionExpired, ServerError::SessionMoved];
                        outcome.as_ref().is_err_and(|error| gone.contains(error))
                    })
                {
                    return Err("the session is no longer attached to this server".to_owned());
                }
                // A server answers `addauth` before the request reaches its session tracker.
                if !matches!(request.ask, Ask::Auth) {
                    up.proofs.replied(sent, now);
                }
                if matches!(request.ask, Ask::Proof(_)) {
                    up.proofs.answered();
                }
                if request.commits(&result) {
                    up.proofs.committed(sent, request.relayed, now, self.lag);
                }
                // `exists` arms its watch on a missing znode, too.
                let armed = match &result {
                    Ok(_) => true,
                    Err(ServerError::NoNode) => request.op == op::EXISTS,
                    Err(_) => false,
                };
                // No machine waits for the answers to a session that is given up.
                if let Ask::Proof(question) | Ask::Question(question) = request.ask
                    && self.purpose != Purpose::Bury
                {
                    self.signals.push_back(Signal::Reply {
                        question,
                        result,
                        sent,
                        zxid: header.zxid,
                        op: request.op,
                        watch: request.watch.filter(|_| armed),
                    });
                }
                sent
            }
        };
        let lived = up.since + lease::lived(timeout) <= now;
        self.servers.answered(lived);
        up.progress = now;
        if lived {
            self.blame.lived(up.requests.suspects().map(|s| s.key));
        }
        if self.purpose == Purpose::Live {
            self.answered = self.answered.max(Some(sent));
            self.note_proof();
        }
        Ok(())
    }
}
