//! Reaches a server, from the first look-up to the granted session.

use super::{Connection, Purpose, Session, Up};
use crate::blame::Suspect;
use crate::edge::{Output, Outputs};
use crate::lease;
use crate::proof::{Handshake, Proofs};
use crate::question::Question;
use crate::requests::{Ask, Requests};
use crate::secret::Secret;
use crate::servers::{Found, Host, Step};
use crate::signal::{ServerKind, Signal};
use crate::time::Time;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;
use tenure_proto::{ConnectRequest, ConnectResponse, FrameDecoder, Request, ServerError};

impl<Q: Question> Session<Q> {
    /// A look-up has ended: the addresses, or why there are none.
    pub fn resolved(
        &mut self,
        id: u64,
        result: Result<Vec<SocketAddr>, String>,
        now: Time,
        out: &mut impl Outputs,
    ) {
        let attached = matches!(self.connection, Connection::Up(_));
        let Some(found) = self.servers.resolved(id, result, attached, &mut self.rng) else {
            return;
        };
        match (&self.connection, found) {
            (Connection::Resolving { host, .. }, Found::Nothing { name, why })
                if host.name == name =>
            {
                self.attempt_failed(why, now, out);
            }
            (Connection::Up(_) | Connection::Ended, _) => {}
            // Another attempt is under way, and goes on.
            (_, Found::Nothing { why, .. }) => self.tell_failure(why),
            (Connection::Idle { .. } | Connection::Resolving { .. }, Found::Addresses) => {
                if self.servers.has_untried() {
                    self.dial(now, out);
                }
            }
            // The server has moved: an attempt at its old address is of no use.
            (Connection::Dialing { conn, address, .. }, Found::Addresses) => {
                if !self.servers.know(*address) && self.servers.has_untried() {
                    out.put(Output::Close { conn: *conn });
                    self.dial(now, out);
                }
            }
            (Connection::Handshaking { .. }, Found::Addresses) => {}
        }
    }

    /// A connection is established: the handshake is sent.
    pub fn connected(&mut self, id: u64, now: Time, out: &mut impl Outputs) {
        let Connection::Dialing { conn, address, .. } = self.connection else {
            return;
        };
        if conn != id {
            return;
        }
        let mut bytes = Vec::new();
        ConnectRequest {
            last_zxid: self.last_zxid,
            timeout_ms: i32::try_from(self.options.timeout.as_millis()).unwrap_or(i32::MAX),
            session: self.identity.id,
            password: self.identity.password.as_session_password(),
        }
        .encode(&mut bytes);
        out.put(Output::Send { conn, bytes });
        self.connection = Connection::Handshaking {
            conn,
            address,
            sent: now,
            pings: VecDeque::new(),
            give_up: now + lease::attempt_limit(self.timeout()),
            decoder: FrameDecoder::default(),
        };
    }

    /// A connection could not be established, or has ended; `why` is for people.
    pub fn disconnected(&mut self, id: u64, why: &str, now: Time, out: &mut impl Outputs) {
        match &self.connection {
            Connection::Dialing { conn, address, .. } if *conn == id => {
                let error = format!("cannot connect to {address}: {why}");
                self.refusals = None;
                self.attempt_failed(error, now, out);
            }
            Connection::Handshaking { conn, address, .. } if *conn == id => {
                let error = format!("{address} did not grant a session: {why}");
                self.refused(now);
                self.attempt_failed(error, now, out);
            }
            // Other servers than ZooKeeper end the connection instead of an answer.
            Connection::Up(up)
                if up.conn == id && self.kind == ServerKind::Other && up.requests.is_closing() =>
            {
                self.closed(now, out);
            }
            Connection::Up(up) if up.conn == id => {
                let why = format!("{}: {why}", up.address);
                let suspects: Vec<Suspect> = up.requests.suspects().collect();
                self.blame_all(&suspects, ServerError::HungUp, now);
                self.detach(why, now, out);
            }
            _ => {}
        }
    }

    pub(super) fn dial(&mut self, now: Time, out: &mut impl Outputs) {
        let timeout = self.timeout();
        let give_up = now + lease::attempt_limit(timeout);
        let dial_limit = lease::dial_limit(timeout, self.servers.rounds_failed());
        let step = self.servers.step(now, timeout, &mut self.rng);
        while let Some((lookup, host)) = self.servers.next_look_up() {
            out.put(Output::Resolve { lookup, host });
        }
        self.connection = match step {
            Step::Pause(retry_at) => Connection::Idle { retry_at },
            Step::Await(host) => Connection::Resolving { host, give_up },
            Step::Overdue(host) => {
                self.connection = Connection::Idle { retry_at: now };
                self.attempt_failed(too_slow(&host), now, out);
                return;
            }
            Step::Connect(host, address) => {
                let conn = self.fresh_id();
                out.put(Output::Connect {
                    conn,
                    host,
                    address,
                });
                Connection::Dialing {
                    conn,
                    address,
                    give_up: now + dial_limit,
                }
            }
        };
    }

    pub(super) fn attempt_failed(&mut self, error: String, now: Time, out: &mut impl Outputs) {
        self.tell_failure(error);
        self.dial(now, out);
    }

    fn tell_failure(&mut self, error: String) {
        self.servers.failed();
        self.signals.push_back(Signal::Retrying {
            attempt: self.servers.attempts(),
            error,
        });
    }

    /// A server that is behind the newest transaction of the client closes the connection in the
    /// handshake, for ever if the server was restored or emptied. Servers that stop or start do so too,
    /// once or twice. So only after a whole session timeout in which every server did nothing else does
    /// the client forget its newest transaction; the servers can then report whether the session exists.
    fn refused(&mut self, now: Time) {
        let (since, times) = self.refusals.unwrap_or((now, 0));
        self.refusals = Some((since, times + 1));
        if times >= 2 * self.servers.len() && since + self.timeout() <= now {
            self.last_zxid = 0;
        }
    }

    pub(super) fn drop_connection(&mut self, out: &mut impl Outputs) {
        match &self.connection {
            Connection::Dialing { conn, .. } | Connection::Handshaking { conn, .. } => {
                out.put(Output::Close { conn: *conn });
            }
            Connection::Up(up) => out.put(Output::Close { conn: up.conn }),
            Connection::Idle { .. } | Connection::Resolving { .. } | Connection::Ended => {}
        }
    }

    pub(super) fn shaken(
        &mut self,
        conn: u64,
        address: SocketAddr,
        sent: Time,
        response: ConnectResponse,
        now: Time,
        out: &mut impl Outputs,
    ) {
        self.refusals = None;
        let known = self.identity.id;
        let granted = u64::try_from(response.timeout_ms).unwrap_or(0);
        let refused = response.session == 0 || granted == 0;
        if refused && known != 0 {
            out.put(Output::Close { conn });
            self.expired(now, out);
            return;
        }
        // ZooKeeper draws its passwords; these servers have none, and Keeper cannot reattach a session.
        let kind = match response.password.iter().all(|byte| *byte == 0) {
            true => ServerKind::Other,
            false => ServerKind::ZooKeeper,
        };
        let is_replaced = known != 0 && known != response.session;
        if refused || is_replaced && kind == ServerKind::ZooKeeper {
            out.put(Output::Close { conn });
            let error = format!("{address} granted another session than the client asked for");
            self.attempt_failed(error, now, out);
            return;
        }
        self.kind = kind;
        let granted = Duration::from_millis(granted);
        if is_replaced {
            self.replaced(&response, sent);
            self.identity.timeout = granted;
        }
        if known == 0 {
            self.identity.id = response.session;
            self.identity.timeout = granted;
            self.born = Some(sent);
        }
        self.identity.timeout = granted.min(self.identity.timeout);
        self.identity.password = Secret::new(response.password);
        let timeout = self.timeout();
        let lives = |proved| lease::life_end(proved, timeout) > now + self.lag;
        let before = self.born.max(self.proved);
        let handshake = if before.is_some_and(lives) {
            Handshake::Sound
        } else {
            let until = lease::doubt_end(now, timeout);
            Handshake::Doubtful { until }
        };
        let relay = lease::relay(timeout, self.options.tick);

        let mut up = Box::new(Up {
            conn,
            address,
            decoder: FrameDecoder::default(),
            requests: Requests::after(self.last_xid),
            pings: VecDeque::new(),
            last_sent: sent,
            last_ping: sent,
            since: now,
            is_slow: now.since(sent) > lease::early_ping_interval(timeout),
            proofs: Proofs::new(sent, now, handshake, timeout, relay, before),
            progress: sent,
            fresh_bytes: 0,
        });
        // A server may send its first answers in the same segment.
        if let Connection::Handshaking { decoder, pings, .. } = &mut self.connection {
            up.decoder = core::mem::take(decoder);
            up.pings = core::mem::take(pings);
        }
        if let Some(credentials) = &self.options.credentials {
            let request = Request::Auth {
                scheme: "digest".to_owned(),
                credentials: credentials.expose().to_vec(),
            };
            up.requests.push_first(Ask::Auth, request);
        }
        match self.purpose {
            Purpose::Live => {
                self.answered = self.answered.max(Some(sent));
                self.signals.push_back(Signal::Attached);
            }
            Purpose::Bury | Purpose::Close { .. } => {
                up.requests.close();
            }
        }
        self.connection = Connection::Up(up);
    }
}

/// The error of an attempt whose look-up takes too long.
pub(super) fn too_slow(host: &Host) -> String {
    format!(
        "looking up {} takes too long; is its name server reachable? The answer is used as soon as \
         it comes",
        host.name
    )
}
