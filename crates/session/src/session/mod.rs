//! The session itself: the state of its connection, and the purpose of that connection.
//!
//! # States
//!
//! ```text
//! Idle ──▶ Resolving ──▶ Dialing ──▶ Handshaking ── granted ──▶ Up
//!  ▲  (while no address  ▲   │            │                     │
//!  │      is known)      │   ▼            ▼                     ▼
//!  │                     └───┴── failed ──┴──────── lost ───────┤
//!  └──── every address was tried: a pause ──────────────────────┘
//! ```
//!
//! The connection goes round; its purpose changes more rarely:
//!
//! | purpose | event | then |
//! |---|---|---|
//! | `Live` | a server reports that the session is over | `Live`, with a new session |
//! | `Live` | it is over by the client's own clock, or is given up | `Bury` |
//! | `Bury` | the session is closed, or a server reports that it is over | `Live`, with a new session |
//! | any | the client is closed | `Close`: the session is closed by the next server that answers |
//! | `Close` | the session is closed, or the patience ends | `Ended`; nothing happens after it |

mod answers;
mod connect;
mod prove;

use crate::blame::{Blame, Suspect};
use crate::edge::{Output, Outputs, SessionWake};
use crate::identity::Identity;
use crate::lease;
use crate::options::SessionOptions;
use crate::proof::Proofs;
use crate::question::Question;
use crate::requests::{Ask, Requests};
use crate::rng::Rng;
use crate::servers::{Host, Servers};
use crate::signal::{ExpiredBy, ServerKind, Signal};
use crate::time::Time;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::time::Duration;
pub use prove::Proving;
use prove::Urgent;
use tenure_proto::{ConnectResponse, FrameDecoder, Request, ServerError, op, xid};

/// The number of bytes of an arriving answer that count as progress.
const PROGRESS_BYTES: usize = 4 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To serve the machines.
    Live,
    /// To close a session that is over by the client's own clock.
    Bury,
    /// To close the session for good, until this instant.
    Close { patience: Time },
}

enum Connection<Q: Question> {
    Idle {
        retry_at: Time,
    },
    Resolving {
        host: Host,
        give_up: Time,
    },
    Dialing {
        conn: u64,
        address: SocketAddr,
        give_up: Time,
    },
    Handshaking {
        conn: u64,
        address: SocketAddr,
        sent: Time,
        /// When each ping was sent that the server answers once it has granted the session.
        pings: VecDeque<Time>,
        give_up: Time,
        decoder: FrameDecoder,
    },
    Up(Box<Up<Q>>),
    Ended,
}

struct Up<Q: Question> {
    conn: u64,
    address: SocketAddr,
    decoder: FrameDecoder,
    requests: Requests<Q>,
    /// When each unanswered ping was sent, oldest first: there is at most one, except for those that were
    /// sent before the handshake was answered.
    pings: VecDeque<Time>,
    last_sent: Time,
    /// When the last ping was sent, or the handshake.
    last_ping: Time,
    since: Time,
    /// Whether the server took long to answer the handshake.
    is_slow: bool,
    /// When the last answer came, or the last [`PROGRESS_BYTES`] of one.
    progress: Time,
    /// How many bytes have come since the last progress.
    fresh_bytes: usize,
    proofs: Proofs,
}

/// One ZooKeeper session, with its present connection, if there is one. See the [crate](crate) for the
/// contract.
pub struct Session<Q: Question> {
    options: SessionOptions,
    rng: Rng,
    servers: Servers,
    identity: Identity,
    /// Whether znodes of a session that could not be closed may stand.
    orphans: bool,
    /// The kind of the server that granted the newest connection.
    kind: ServerKind,
    purpose: Purpose,
    last_zxid: i64,
    last_xid: i32,
    connection: Connection<Q>,
    answered: Option<Time>,
    /// The time by which the client's clock may have fallen behind true time within the last T.
    lag: Duration,
    /// When the client asked for the session: a quorum has committed its creation.
    born: Option<Time>,
    /// The lease base.
    proved: Option<Time>,
    proving: Proving,
    urgent: Urgent,
    /// The longest interval of proofs, beside the one that the verified lease needs.
    haste: Option<Duration>,
    leading: bool,
    /// Since when every connection has ended in the middle of the handshake, and how many did: servers
    /// that are behind `last_zxid` end it so.
    refusals: Option<(Time, usize)>,
    /// The operations that servers have shown that they know, or do not know.
    known: BTreeMap<(SocketAddr, i32), bool>,
    blame: Blame,
    next_id: u64,
    signals: VecDeque<Signal<Q>>,
}

impl<Q: Question> Session<Q> {
    /// A session that connects at its first [`tick`](Self::tick). `seed` picks the order of servers and the
    /// jitter of pauses.
    pub fn new(options: SessionOptions, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let servers = Servers::new(options.servers.clone(), &mut rng);
        Self {
            options,
            rng,
            servers,
            identity: Identity::default(),
            orphans: false,
            kind: ServerKind::default(),
            purpose: Purpose::Live,
            last_zxid: 0,
            last_xid: 0,
            connection: Connection::Idle {
                retry_at: Time::default(),
            },
            answered: None,
            lag: Duration::ZERO,
            born: None,
            proved: None,
            proving: Proving::No,
            urgent: Urgent::default(),
            haste: None,
            leading: false,
            refusals: None,
            known: BTreeMap::new(),
            blame: Blame::default(),
            next_id: 0,
            signals: VecDeque::from([Signal::Connecting]),
        }
    }

    /// The session that another process had: it is only to be closed. From the first
    /// [`tick`](Self::tick) on it tries until `patience` to reach a server that closes it; the first signal
    /// that is not [`Signal::Retrying`] is [`Signal::Ended`], clean also if the session was over already.
    pub fn bury(options: SessionOptions, identity: Identity, patience: Time, seed: u64) -> Self {
        Self {
            identity,
            purpose: Purpose::Close { patience },
            signals: VecDeque::new(),
            ..Self::new(options, seed)
        }
    }

    /// The session that another process had, to be used on: until it is over, it is as if it were a session of
    /// this client that has lost its connection.
    pub fn inherit(options: SessionOptions, identity: Identity, seed: u64) -> Self {
        Self {
            identity,
            ..Self::new(options, seed)
        }
    }

    // ---- for the machines ----

    /// Whether requests can be sent now.
    pub fn attached(&self) -> bool {
        matches!(self.connection, Connection::Up(_)) && self.purpose == Purpose::Live
    }

    /// The session's number, 0 while there is none.
    pub fn id(&self) -> i64 {
        self.identity.id
    }

    /// By what servers know the session, also while it waits to be closed; `None` while there is none. It
    /// changes with a new session, and may change with a new connection.
    pub fn identity(&self) -> Option<&Identity> {
        (self.identity.id != 0).then_some(&self.identity)
    }

    /// The session timeout: the granted one, or the requested one while there is no session.
    pub fn timeout(&self) -> Duration {
        if self.identity.id == 0 {
            self.options.timeout
        } else {
            self.identity.timeout
        }
    }

    /// The send time of the newest request of this session that was answered.
    pub fn answered(&self) -> Option<Time> {
        self.answered
    }

    /// Whether znodes are created with the ACL of an authenticated creator.
    pub fn authenticated(&self) -> bool {
        self.options.credentials.is_some()
    }

    /// The kind of the server that granted the newest connection.
    pub fn server_kind(&self) -> ServerKind {
        self.kind
    }

    /// Whether the present server may know an operation that not every server knows: `create2` came with
    /// 3.5, `getEphemerals` with 3.6. A server that is not ZooKeeper hangs up on an unknown one without a
    /// word, so none is tried there.
    pub fn may_know(&self, op: i32) -> bool {
        match (&self.connection, self.kind) {
            (Connection::Up(up), ServerKind::ZooKeeper) => {
                self.known.get(&(up.address, op)) != Some(&false)
            }
            _ => false,
        }
    }

    /// Whether the present server has shown that it knows an operation.
    pub fn knows(&self, op: i32) -> bool {
        match &self.connection {
            Connection::Up(up) => self.known.get(&(up.address, op)) == Some(&true),
            _ => false,
        }
    }

    /// The present server has carried an operation out.
    pub fn has(&mut self, op: i32) {
        if let Connection::Up(up) = &self.connection {
            self.known.insert((up.address, op), true);
        }
    }

    /// The present server has refused an operation as unknown. It closes the connection now, and must not
    /// get the operation again.
    pub fn lacks(&mut self, op: i32) {
        if let Connection::Up(up) = &self.connection {
            self.known.insert((up.address, op), false);
        }
    }

    /// The time by which the client's clock may have fallen behind true time within the last T.
    pub fn set_clock_lag(&mut self, lag: Duration) {
        self.lag = lag;
    }

    /// Whether a lease depends on this session, so that silence must be noticed sooner.
    pub fn set_leading(&mut self, leading: bool) {
        self.leading = leading;
    }

    /// Queues a request; it is sent at the next [`flush`](Self::flush). While the session is detached
    /// nothing happens: the machines look again once it is attached. The session itself answers a request
    /// that earlier connections have ended with (`Blame`), and a call that is too many.
    pub fn ask(&mut self, question: Q, request: Request) {
        self.queue(Ask::Question(question), request);
    }

    /// The caller sends a request at `now`: it takes the place of a ping.
    pub fn asks_now(&mut self, now: Time) {
        if let Connection::Up(up) = &mut self.connection {
            up.last_sent = now;
        }
    }

    /// How many requests wait: to be sent, or for their answers.
    pub fn waiting(&self) -> usize {
        match &self.connection {
            Connection::Up(up) => up.requests.waiting(),
            _ => 0,
        }
    }

    // ---- reports of the edge ----

    /// Bytes have arrived on this connection. They are read by [`next_signal`](Self::next_signal).
    pub fn received(&mut self, id: u64, bytes: &[u8]) {
        match &mut self.connection {
            Connection::Handshaking { conn, decoder, .. } if *conn == id => decoder.push(bytes),
            Connection::Up(up) if up.conn == id => {
                up.decoder.push(bytes);
                up.fresh_bytes = up.fresh_bytes.saturating_add(bytes.len());
            }
            _ => {}
        }
    }

    /// Carries out the deadlines that have passed at `now`.
    pub fn tick(&mut self, now: Time, out: &mut impl Outputs) {
        if let Purpose::Close { patience } = self.purpose
            && patience <= now
            && !matches!(self.connection, Connection::Ended)
        {
            self.drop_connection(out);
            self.end(false);
            return;
        }
        self.blame.tick(now);
        match &self.connection {
            Connection::Idle { retry_at } if *retry_at <= now => self.dial(now, out),
            Connection::Resolving { host, give_up, .. } if *give_up <= now => {
                let error = connect::too_slow(host);
                self.attempt_failed(error, now, out);
            }
            Connection::Dialing {
                conn,
                address,
                give_up,
            } if *give_up <= now => {
                let error = format!("cannot connect to {address}: no answer in time");
                out.put(Output::Close { conn: *conn });
                self.attempt_failed(error, now, out);
            }
            Connection::Handshaking {
                conn,
                address,
                give_up,
                ..
            } if *give_up <= now => {
                let error = format!("{address} accepted the connection but does not answer");
                out.put(Output::Close { conn: *conn });
                self.attempt_failed(error, now, out);
            }
            Connection::Handshaking { .. } if self.early_ping_at().is_some_and(|at| at <= now) => {
                self.ping_early(now, out);
            }
            Connection::Up(up) => match self.up_deadline(up) {
                (at, SessionWake::Answer) if at <= now => {
                    let limit = lease::answer_limit(self.timeout(), self.leading);
                    let why = format!("{} has not answered for {limit:?}", up.address);
                    out.put(Output::Close { conn: up.conn });
                    self.blame_arriving(now);
                    self.detach(why, now, out);
                }
                (at, SessionWake::Proof)
                    if at <= now && self.proof_overdue(up).is_some_and(|at| at <= now) =>
                {
                    let limit = lease::proof_limit(self.timeout());
                    let why = format!("{} has not committed a write for {limit:?}", up.address);
                    out.put(Output::Close { conn: up.conn });
                    self.blame_arriving(now);
                    self.detach(why, now, out);
                }
                (at, SessionWake::Ping) if at <= now => self.ping(now, out),
                _ => {}
            },
            Connection::Idle { .. }
            | Connection::Resolving { .. }
            | Connection::Dialing { .. }
            | Connection::Handshaking { .. }
            | Connection::Ended => {}
        }
        if let Connection::Up(up) = &mut self.connection
            && up.fresh_bytes >= PROGRESS_BYTES
        {
            up.fresh_bytes = 0;
            up.progress = now;
        }
    }

    /// When [`tick`](Self::tick) must be called at the latest, and why.
    pub fn deadline(&self) -> Option<(Time, SessionWake)> {
        let connection = match &self.connection {
            Connection::Idle { retry_at } => Some((*retry_at, SessionWake::Retry)),
            Connection::Resolving { give_up, .. } | Connection::Dialing { give_up, .. } => {
                Some((*give_up, SessionWake::Attempt))
            }
            Connection::Handshaking { give_up, .. } => {
                let ping = self.early_ping_at().map(|at| (at, SessionWake::Ping));
                let give_up = (*give_up, SessionWake::Attempt);
                ping.into_iter().chain([give_up]).min_by_key(|(at, _)| *at)
            }
            Connection::Up(up) => Some(self.up_deadline(up)),
            Connection::Ended => return None,
        };
        let patience = match self.purpose {
            Purpose::Close { patience } => Some((patience, SessionWake::Patience)),
            Purpose::Live | Purpose::Bury => None,
        };
        connection
            .into_iter()
            .chain(patience)
            .min_by_key(|(at, _)| *at)
    }

    /// Sends what was asked since the last call, in one piece.
    pub fn flush(&mut self, now: Time, out: &mut impl Outputs) {
        if let Connection::Up(up) = &mut self.connection {
            let mut bytes = Vec::new();
            let relayed = up.proofs.relayed(now);
            if up.requests.pump(now, relayed, &self.blame, &mut bytes) {
                self.last_xid = up.requests.last_xid();
                up.last_sent = now;
                out.put(Output::Send {
                    conn: up.conn,
                    bytes,
                });
            }
        }
    }

    /// The next signal for the machines.
    pub fn next_signal(&mut self, now: Time, out: &mut impl Outputs) -> Option<Signal<Q>> {
        loop {
            if let Some(signal) = self.signals.pop_front() {
                return Some(signal);
            }
            if !self.read_frame(now, out) {
                return None;
            }
        }
    }

    /// Ends the session by the client's own clock: no server has answered for as long as it could live.
    pub fn expire_locally(&mut self, now: Time, out: &mut impl Outputs) {
        self.drop_connection(out);
        self.forget_contact();
        self.purpose = Purpose::Bury;
        self.signals.push_back(Signal::Expired {
            by: ExpiredBy::LocalTimeout,
        });
        self.dial(now, out);
    }

    /// The server cannot reattach the session: it has granted another one.
    fn replaced(&mut self, response: &ConnectResponse, sent: Time) {
        self.forget_contact();
        self.identity = Identity::default();
        match self.purpose {
            Purpose::Live => self.signals.push_back(Signal::Expired {
                by: ExpiredBy::Replaced,
            }),
            // The session that was to be closed goes by its own timeout.
            Purpose::Bury => {
                self.purpose = Purpose::Live;
                self.signals.push_back(Signal::Buried);
            }
            Purpose::Close { .. } => self.orphans = true,
        }
        if self.purpose == Purpose::Live {
            self.signals.push_back(Signal::Connecting);
        }
        self.identity.id = response.session;
        self.born = Some(sent);
    }

    /// Gives up a session that may be doomed: the client closes it, and asks for another one.
    pub fn give_up(&mut self) {
        if let Connection::Up(up) = &mut self.connection {
            up.requests.close();
        }
        self.forget_contact();
        self.purpose = Purpose::Bury;
        self.signals.push_back(Signal::Expired {
            by: ExpiredBy::LocalTimeout,
        });
    }

    /// Closes the session; tries until `patience` to reach a server that closes it.
    pub fn close(&mut self, patience: Time, out: &mut impl Outputs) {
        if matches!(self.connection, Connection::Ended) {
            return;
        }
        self.purpose = Purpose::Close { patience };
        if self.identity.id == 0 {
            self.drop_connection(out);
            self.end(true);
        } else if let Connection::Up(up) = &mut self.connection {
            up.requests.close();
        }
    }

    // ---- internal ----

    fn queue(&mut self, ask: Ask<Q>, request: Request) {
        let Connection::Up(up) = &mut self.connection else {
            return;
        };
        if self.purpose != Purpose::Live {
            return;
        }
        let op = request.op();
        let refusal = self.blame.verdict(&request, ask.may_fail());
        let refused = match (ask, refusal) {
            (Ask::Proof(question) | Ask::Question(question), Some(error)) => (question, error),
            (Ask::Question(question), None) => match up.requests.push(question, request) {
                Ok(()) => return,
                Err(question) => (question, ServerError::TooMany),
            },
            (ask @ (Ask::Proof(_) | Ask::Auth | Ask::CloseSession), _) => {
                up.requests.push_first(ask, request);
                return;
            }
        };
        let (question, error) = refused;
        self.signals.push_back(Signal::Reply {
            question,
            result: Err(error),
            sent: self.answered.unwrap_or_default(),
            zxid: 0,
            op,
            watch: None,
        });
    }

    fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn detach(&mut self, why: String, now: Time, out: &mut impl Outputs) {
        if let Connection::Up(up) = &self.connection {
            self.servers.lost(up.address);
        }
        if self.purpose == Purpose::Live {
            self.signals.push_back(Signal::Detached { why });
        }
        self.dial(now, out);
    }

    /// The client gives up the connection. If an answer was arriving, it delayed all others.
    fn blame_arriving(&mut self, now: Time) {
        let timeout = self.timeout();
        if let Connection::Up(up) = &self.connection
            && let Some(oldest) = up.requests.oldest()
            && up.decoder.arriving() == Some(oldest.xid)
        {
            let suspect = core::iter::once(oldest.suspect());
            self.blame
                .ended(suspect, ServerError::TooSlow, now, timeout);
        }
    }

    /// The server has ended the connection, or has sent a frame that cannot be read.
    fn blame_all(&mut self, suspects: &[Suspect], error: ServerError, now: Time) {
        let timeout = self.timeout();
        let refused = self
            .blame
            .ended(suspects.iter().copied(), error, now, timeout);
        if let (Some(refused), Connection::Up(up)) = (refused, &self.connection)
            && refused.op == op::GET_EPHEMERALS
        {
            // Another operation asks the same.
            self.known.insert((up.address, refused.op), false);
            self.blame.answered(refused.key);
        }
    }

    fn forget_contact(&mut self) {
        self.answered = None;
        self.born = None;
        self.proved = None;
    }

    fn end(&mut self, clean: bool) {
        self.connection = Connection::Ended;
        self.identity = Identity::default();
        self.forget_contact();
        self.signals.push_back(Signal::Ended { clean });
    }

    /// A server has closed the session.
    fn closed(&mut self, now: Time, out: &mut impl Outputs) {
        match self.purpose {
            Purpose::Close { .. } => self.end(!self.orphans),
            Purpose::Live | Purpose::Bury => {
                self.buried();
                self.servers.answered(true);
                self.dial(now, out);
            }
        }
    }

    fn buried(&mut self) {
        self.purpose = Purpose::Live;
        self.identity = Identity::default();
        self.signals.push_back(Signal::Buried);
        self.signals.push_back(Signal::Connecting);
    }

    /// A server has answered that the session is over.
    fn expired(&mut self, now: Time, out: &mut impl Outputs) {
        // A server that ends a session ends its connection, whatever requests are in flight.
        self.blame.pardon();
        match self.purpose {
            Purpose::Live => {
                self.identity = Identity::default();
                self.forget_contact();
                self.signals.push_back(Signal::Expired {
                    by: ExpiredBy::Server,
                });
                self.signals.push_back(Signal::Connecting);
            }
            Purpose::Bury => self.buried(),
            Purpose::Close { .. } => {
                self.end(true);
                return;
            }
        }
        self.dial(now, out);
    }

    fn up_deadline(&self, up: &Up<Q>) -> (Time, SessionWake) {
        let timeout = self.timeout();
        let oldest = up.requests.oldest().map(|request| request.sent);
        let ping = up.pings.front().copied();
        let waiting = oldest.into_iter().chain(ping).min();
        // An answer that is arriving is not overdue, up to a limit; but a proof for a lease does not wait
        // for any other answer.
        let limit = lease::answer_limit(timeout, self.leading);
        let whole = lease::answer_whole(timeout);
        let answer = waiting.map(|sent| (sent.max(up.progress) + limit).min(sent + whole));
        let is_needed = self.proving > Proving::Idly;
        let proof = up.proofs.unanswered().filter(|_| is_needed);
        let proof = proof.map(|asked| asked + limit);
        let answer = answer.into_iter().chain(proof).min();
        let answer = answer.map(|at| (at, SessionWake::Answer));
        // On other servers than ZooKeeper a read does not touch the session where its expiry is decided.
        let touched = match self.kind {
            ServerKind::ZooKeeper => up.last_sent,
            ServerKind::Other => up.last_ping,
        };
        let ping = (
            touched + lease::ping_interval(timeout, self.leading),
            SessionWake::Ping,
        );
        // One ping at a time: a second one would add nothing to the first.
        let ping = up.pings.is_empty().then_some(ping);
        let proof = self.proof_deadline(up).map(|at| (at, SessionWake::Proof));
        answer
            .into_iter()
            .chain(ping)
            .chain(proof)
            .min_by_key(|(at, _)| *at)
            .unwrap_or((up.last_sent + timeout, SessionWake::Answer))
    }

    /// When the next ping goes to a server that has not answered the handshake yet.
    fn early_ping_at(&self) -> Option<Time> {
        let Connection::Handshaking { sent, pings, .. } = &self.connection else {
            return None;
        };
        let last = pings.back().unwrap_or(sent);
        Some(*last + lease::early_ping_interval(self.timeout()))
    }

    /// A server that is still busy with the handshake reads the ping only after it has granted the
    /// session. If only its answers are slow, the ping touches the session now.
    fn ping_early(&mut self, now: Time, out: &mut impl Outputs) {
        if let Connection::Handshaking { conn, pings, .. } = &mut self.connection {
            let mut bytes = Vec::new();
            Request::Ping.encode(xid::PING, &mut bytes);
            pings.push_back(now);
            out.put(Output::Send { conn: *conn, bytes });
        }
    }

    fn ping(&mut self, now: Time, out: &mut impl Outputs) {
        if let Connection::Up(up) = &mut self.connection {
            let mut bytes = Vec::new();
            Request::Ping.encode(xid::PING, &mut bytes);
            up.pings.push_back(now);
            up.last_sent = now;
            up.last_ping = now;
            out.put(Output::Send {
                conn: up.conn,
                bytes,
            });
        }
    }
}
