//! The traffic of one connection, as an observer reads it, and the knowledge of a client that
//! follows from it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use tenure::core::{ANSWER_BYTES_MAX, Lease, LeasePolicy, Time};
use tenure::model::ConnId;
use tenure::proto::{
    ConnectRequest, ConnectResponse, Frame, FrameDecoder, Reader, ReplyHeader, Request, Response,
    Stat, op, xid,
};

/// A request that is not answered yet.
pub(super) struct Asked {
    pub(super) xid: i32,
    pub(super) request: Request,
    pub(super) sent: Time,
}

/// One connection of the client.
pub(super) struct Conn {
    pub(super) number: u64,
    pub(super) stands: bool,
    pub(super) server: Option<ConnId>,
    pub(super) greeted: Option<Time>,
    pub(super) welcomed: bool,
    pub(super) asked: VecDeque<Asked>,
    /// The send time of the ping that is not answered yet: it has a place of its own.
    pinged: Option<Time>,
    /// Messages of the honest server that are not delivered yet.
    pub(super) said: VecDeque<Vec<u8>>,
    /// The bytes of the server cannot be followed any longer; the client must not follow them
    /// either.
    pub(super) broken: bool,
    from_client: FrameDecoder,
    to_client: FrameDecoder,
}

impl Conn {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            stands: false,
            server: None,
            greeted: None,
            welcomed: false,
            asked: VecDeque::new(),
            pinged: None,
            said: VecDeque::new(),
            broken: false,
            from_client: FrameDecoder::default(),
            to_client: FrameDecoder::default(),
        }
    }

    /// Reads the client's bytes: they must be well-formed.
    pub(super) fn sends(&mut self, bytes: &[u8], now: Time) {
        self.from_client.push(bytes);
        while let Some(frame) = self.from_client.next_frame().expect("a client's frame") {
            if self.greeted.is_none() {
                ConnectRequest::decode(frame).expect("a client's first frame");
                self.greeted = Some(now);
                continue;
            }
            let (xid, request) = Request::decode(frame).expect("a client's request");
            let request = request.expect("an operation that the model knows");
            if request == Request::Ping {
                self.pinged = Some(now);
                continue;
            }
            self.asked.push_back(Asked {
                xid,
                request,
                sent: now,
            });
        }
    }
}

/// The knowledge that a client can have from its answers; it may have less.
#[derive(Default)]
pub(super) struct Books {
    session: i64,
    /// The longest session timeout that was granted in this session.
    granted: Duration,
    /// The send time of the newest answered request.
    newest: Time,
    /// In this session a write was answered with success.
    committed: bool,
    /// (czxid, owner) of the znodes in any answer.
    born: BTreeSet<(i64, i64)>,
    listed: BTreeSet<String>,
    /// The knowledge of other sessions: a server may lie about the session, and the client then
    /// continues with its own.
    others: BTreeMap<i64, Self>,
}

impl Books {
    /// Bytes are about to reach the client on `conn`.
    pub(super) fn reads(&mut self, conn: &mut Conn, bytes: &[u8], now: Time) {
        if conn.broken {
            return;
        }
        conn.to_client.push(bytes);
        loop {
            let next = match conn.welcomed {
                false => conn.to_client.next_frame().map(|f| f.map(Frame::Whole)),
                true => conn.to_client.next_within(ANSWER_BYTES_MAX),
            };
            let (frame, too_long) = match next {
                Ok(Some(Frame::Whole(frame))) => (frame.to_vec(), false),
                Ok(Some(Frame::TooLong { head, .. })) => (head.to_vec(), true),
                Ok(None) => return,
                Err(_) => {
                    conn.broken = true;
                    return;
                }
            };
            if self.frame(conn, &frame, too_long, now).is_none() {
                conn.broken = true;
                return;
            }
        }
    }

    /// One frame, or the header of one that is read past.
    fn frame(&mut self, conn: &mut Conn, frame: &[u8], too_long: bool, now: Time) -> Option<()> {
        if !conn.welcomed {
            conn.welcomed = true;
            let welcome = ConnectResponse::decode(frame).ok()?;
            let timeout = Duration::from_millis(u64::try_from(welcome.timeout_ms).ok()?);
            if welcome.session != self.session {
                let mut others = std::mem::take(&mut self.others);
                let known = others.remove(&welcome.session).unwrap_or_default();
                others.insert(self.session, std::mem::replace(self, known));
                self.session = welcome.session;
                self.others = others;
            }
            self.granted = self.granted.max(timeout);
            self.newest = self.newest.max(conn.greeted?);
            return Some(());
        }
        let mut reader = Reader::new(frame);
        let header = ReplyHeader::decode(&mut reader).ok()?;
        if header.xid == xid::NOTIFICATION {
            // Then it is not known which znode changed.
            return (!too_long).then_some(());
        }
        if header.xid == xid::PING {
            // An answer without a request mostly ends the connection. But a ping that is due in the
            // same step is sent first, and takes the answer for its own.
            self.newest = self.newest.max(conn.pinged.take().unwrap_or(now));
            return Some(());
        }
        let asked = conn.asked.pop_front()?;
        if asked.xid != header.xid {
            return None;
        }
        self.newest = self.newest.max(asked.sent);
        if header.err == 0 && !too_long {
            let response = Response::decode(asked.request.op(), &mut reader).ok()?;
            self.answered(&asked.request, &response);
        }
        Some(())
    }

    fn answered(&mut self, request: &Request, response: &Response) {
        let writes = [op::CREATE, op::CREATE2, op::DELETE, op::SET_DATA, op::MULTI];
        self.committed |= writes.contains(&request.op());
        let mut born = |stat: &Stat| self.born.insert((stat.czxid, stat.ephemeral_owner));
        match response {
            Response::Created { stat, .. } | Response::Stat(stat) | Response::Data { stat, .. } => {
                born(stat);
            }
            _ => {}
        }
        if let Request::GetChildren2 { path, .. } = request {
            self.listed.insert(path.clone());
        }
    }

    /// Whether a client with only these answers may lead `group` with this lease.
    pub(super) fn judge(&self, group: &str, policy: LeasePolicy, lease: Lease) {
        let token = i64::try_from(lease.token).expect("a token is a transaction's number");
        assert!(
            self.born.contains(&(token, self.session)),
            "it leads with {token}, a znode that no server said to be its session's: {:?}",
            self.born
        );
        assert!(
            self.listed.contains(group),
            "it leads {group} without a listing of its members"
        );
        let most = match policy {
            LeasePolicy::Session => self.granted * 4 / 3,
            _ => {
                assert!(self.committed, "it leads before anything was committed");
                self.granted
            }
        };
        assert!(
            lease.end <= self.newest + most,
            "{lease:?} is longer than {most:?} after {:?}",
            self.newest
        );
    }
}
