//! A client that encodes and decodes frames, and a clock that tests set.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tenure_model::{ConnId, Model, ModelOptions, ModelOutput};
use tenure_proto::{
    Acl, ConnectRequest, ConnectResponse, CreateMode, EventKind, FrameDecoder, Reader, ReplyHeader,
    Request, Response, Stat, WatchEvent, op, xid,
};

pub(crate) fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// An output, decoded; the frame has no further bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Got {
    Connected(ConnectResponse),
    /// A handshake with another protocol version: the timeout in milliseconds, and the session.
    TurnedAway(i32, i64),
    Reply(i32, i64, Response),
    Refused(i32, i64, i32),
    Event(EventKind, String),
    Closed,
}

/// Short for an event in an expected list.
pub(crate) fn event(kind: EventKind, path: &str) -> Got {
    Got::Event(kind, path.to_owned())
}

#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) conn: ConnId,
    pub(crate) session: i64,
    pub(crate) password: Vec<u8>,
    pub(crate) timeout_ms: i32,
}

pub(crate) struct Harness {
    pub(crate) model: Model,
    pub(crate) now: Duration,
    xid: i32,
    transcript: Transcript,
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(ModelOptions::default())
    }

    pub(crate) fn with(options: ModelOptions) -> Self {
        Self {
            model: Model::new(options, ms(0)),
            now: ms(0),
            xid: 0,
            transcript: Transcript::default(),
        }
    }

    pub(crate) fn accept(&mut self) -> ConnId {
        self.model.accept(self.now).unwrap()
    }

    pub(crate) fn bytes(&mut self, conn: ConnId, bytes: &[u8]) {
        self.model.receive(conn, bytes, self.now);
    }

    pub(crate) fn hello(&mut self, conn: ConnId, request: &ConnectRequest) {
        let mut bytes = Vec::new();
        request.encode(&mut bytes);
        self.bytes(conn, &bytes);
    }

    /// A new session with a timeout of 4 s.
    pub(crate) fn connect(&mut self) -> Client {
        self.connect_asking(4000)
    }

    pub(crate) fn connect_asking(&mut self, timeout_ms: i32) -> Client {
        let conn = self.accept();
        self.hello(
            conn,
            &ConnectRequest {
                last_zxid: 0,
                timeout_ms,
                session: 0,
                password: vec![0; 16],
            },
        );
        self.client(conn)
    }

    pub(crate) fn reattach(&mut self, client: &Client, timeout_ms: i32) -> ConnId {
        let conn = self.accept();
        self.hello(
            conn,
            &ConnectRequest {
                last_zxid: 0,
                timeout_ms,
                session: client.session,
                password: client.password.clone(),
            },
        );
        conn
    }

    /// The client of the last handshake.
    pub(crate) fn client(&mut self, conn: ConnId) -> Client {
        match self.all().as_slice() {
            [(to, Got::Connected(response))] if *to == conn => Client {
                conn,
                session: response.session,
                password: response.password.clone(),
                timeout_ms: response.timeout_ms,
            },
            other => panic!("no handshake: {other:?}"),
        }
    }

    /// Sends a request and leaves the answer in the queue; returns its xid.
    pub(crate) fn send(&mut self, conn: ConnId, request: &Request) -> i32 {
        let number = match request {
            Request::Ping => xid::PING,
            Request::Auth { .. } => xid::AUTH,
            _ => {
                self.xid += 1;
                self.xid
            }
        };
        let mut bytes = Vec::new();
        request.encode(number, &mut bytes);
        self.asked(conn, number, request.op());
        self.bytes(conn, &bytes);
        number
    }

    /// Announces a request that was sent by hand, so that the answer can be decoded.
    pub(crate) fn asked(&mut self, conn: ConnId, number: i32, operation: i32) {
        self.transcript.asked(conn, number, operation);
    }

    /// Sends a request; returns all outputs, which must be for this connection.
    pub(crate) fn exchange(&mut self, conn: ConnId, request: &Request) -> Vec<Got> {
        self.send(conn, request);
        self.only(conn)
    }

    /// Sends a request that succeeds and causes no event; returns its zxid and body.
    pub(crate) fn ask(&mut self, conn: ConnId, request: &Request) -> (i64, Response) {
        match self.exchange(conn, request).as_slice() {
            [Got::Reply(_, zxid, response)] => (*zxid, response.clone()),
            other => panic!("{request:?}: {other:?}"),
        }
    }

    /// Sends a request that fails; returns its zxid and error.
    pub(crate) fn fail(&mut self, conn: ConnId, request: &Request) -> (i64, i32) {
        match self.exchange(conn, request).as_slice() {
            [Got::Refused(_, zxid, err)] => (*zxid, *err),
            other => panic!("{request:?}: {other:?}"),
        }
    }

    pub(crate) fn stat(&mut self, conn: ConnId, path: &str) -> Stat {
        match self.ask(conn, &exists(path)) {
            (_, Response::Stat(stat)) => stat,
            other => panic!("{other:?}"),
        }
    }

    /// All outputs for one connection; there may be none for others.
    pub(crate) fn only(&mut self, conn: ConnId) -> Vec<Got> {
        let all = self.all();
        assert!(all.iter().all(|(to, _)| *to == conn), "{all:?}");
        all.into_iter().map(|(_, got)| got).collect()
    }

    /// All outputs, in order.
    pub(crate) fn all(&mut self) -> Vec<(ConnId, Got)> {
        let mut all = Vec::new();
        while let Some(output) = self.model.poll_output() {
            all.push(match output {
                ModelOutput::Close { conn } => (conn, Got::Closed),
                ModelOutput::Send { conn, bytes } => (conn, self.transcript.decode(conn, &bytes)),
            });
        }
        all
    }

    pub(crate) fn tick(&mut self, now: Duration) -> Vec<(ConnId, Got)> {
        self.now = now;
        self.model.tick(now);
        self.all()
    }
}

/// Decodes the frames of a server: a reply can be decoded only by the request that it answers.
#[derive(Default)]
pub(crate) struct Transcript {
    /// Operations without an answer yet, and whether the handshake has one.
    asked: BTreeMap<ConnId, (bool, VecDeque<(i32, i32)>)>,
}

impl Transcript {
    pub(crate) fn asked(&mut self, conn: ConnId, number: i32, operation: i32) {
        let asked = self.asked.entry(conn).or_default();
        asked.1.push_back((number, operation));
    }

    pub(crate) fn decode(&mut self, conn: ConnId, bytes: &[u8]) -> Got {
        let mut decoder = FrameDecoder::default();
        decoder.push(bytes);
        let body = decoder.next_frame().unwrap().unwrap().to_vec();
        assert_eq!(body.len() + 4, bytes.len(), "one frame an output");
        let (greeted, asked) = self.asked.entry(conn).or_default();
        if !*greeted {
            *greeted = true;
            let mut r = Reader::new(&body);
            if r.i32().unwrap() != 0 {
                return Got::TurnedAway(r.i32().unwrap(), r.i64().unwrap());
            }
            // Servers that are not ZooKeeper send no read-only flag.
            assert!([36, 37].contains(&body.len()), "{}", body.len());
            return Got::Connected(ConnectResponse::decode(&body).unwrap());
        }
        let mut r = Reader::new(&body);
        let header = ReplyHeader::decode(&mut r).unwrap();
        let got = if header.xid == xid::NOTIFICATION {
            assert_eq!((header.zxid, header.err), (-1, 0));
            let event = WatchEvent::decode(&mut r).unwrap().unwrap();
            Got::Event(event.kind, event.path)
        } else {
            let (number, operation) = asked.pop_front().unwrap();
            assert_eq!(header.xid, number, "replies in the order of requests");
            if header.err == 0 {
                let response = Response::decode(operation, &mut r).unwrap();
                Got::Reply(number, header.zxid, response)
            } else {
                Got::Refused(number, header.zxid, header.err)
            }
        };
        assert!(r.is_empty(), "bytes left over after {got:?}");
        got
    }
}

pub(crate) fn create(path: &str) -> Request {
    Request::Create2 {
        path: path.to_owned(),
        data: b"data".to_vec(),
        acl: Acl::open(),
        mode: CreateMode::Persistent,
    }
}

pub(crate) fn member(path: &str) -> Request {
    Request::Create2 {
        path: path.to_owned(),
        data: Vec::new(),
        acl: Acl::open(),
        mode: CreateMode::EphemeralSequential,
    }
}

pub(crate) fn delete(path: &str, version: i32) -> Request {
    Request::Delete {
        path: path.to_owned(),
        version,
    }
}

pub(crate) fn set(path: &str, data: &[u8], version: i32) -> Request {
    Request::SetData {
        path: path.to_owned(),
        data: data.to_vec(),
        version,
    }
}

pub(crate) fn exists(path: &str) -> Request {
    Request::Exists {
        path: path.to_owned(),
        watch: false,
    }
}

pub(crate) fn watch_exists(path: &str) -> Request {
    Request::Exists {
        path: path.to_owned(),
        watch: true,
    }
}

pub(crate) fn get(path: &str, watch: bool) -> Request {
    Request::GetData {
        path: path.to_owned(),
        watch,
    }
}

pub(crate) fn list(path: &str, watch: bool) -> Request {
    Request::GetChildren2 {
        path: path.to_owned(),
        watch,
    }
}

pub(crate) fn ephemerals(prefix: &str) -> Request {
    Request::GetEphemerals {
        prefix: prefix.to_owned(),
    }
}

/// A frame that the crate cannot encode: xid, operation, and a body by hand.
pub(crate) fn raw(number: i32, operation: i32, body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(8 + body.len()).unwrap();
    [
        &length.to_be_bytes(),
        &number.to_be_bytes(),
        &operation.to_be_bytes(),
        body,
    ]
    .concat()
}

/// The name in the reply to a create.
pub(crate) fn created(response: &Response) -> (&str, Stat) {
    match response {
        Response::Created { path, stat } => (path, *stat),
        other => panic!("{other:?}"),
    }
}

/// So that only one import of the numbers is needed.
pub(crate) const UNKNOWN_OPERATION: i32 = op::AUTH + 77;
