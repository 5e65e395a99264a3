//! One client and a server that the test plays: frames, in virtual time, one answer after the
//! other.

use std::collections::BTreeMap;
use std::time::Duration;
use tenure_election::{
    ANSWER_BYTES_MAX, Answer, CallId, Client, Command, ContenderSpec, Error, Event, Handle, Host,
    Input, Output, Published, SESSION, SessionEvent, SessionOptions, Time,
};
use tenure_proto::{
    ConnectRequest, ConnectResponse, FrameDecoder, ReplyHeader, Request, Response, ServerError,
    Stat, op,
};

pub(crate) const T: Duration = Duration::from_secs(6);
const DELAY: Duration = Duration::from_millis(1);
/// How many bytes of an answer arrive at once.
const PIECE: usize = 16 << 10;

/// The server's answer to a request.
pub(crate) enum Act {
    Answer(Result<Response, ServerError>),
    /// Closes the connection, and drops its pending answers.
    HangUp,
    /// Answers with these bytes in the place of a response.
    Garble(Vec<u8>),
}

enum Coming {
    Connected(u64),
    Bytes(u64, Vec<u8>),
    Closed(u64),
}

/// The test's answers to requests; the plain server answers the rest.
type Play = Box<dyn FnMut(&Request) -> Option<Act>>;

pub(crate) struct Clerk {
    pub(crate) now: Time,
    client: Client,
    wait: Option<Time>,
    coming: BTreeMap<(Time, u64), Coming>,
    order: u64,
    conn: Option<(u64, FrameDecoder, bool)>,
    play: Play,
    /// How long one answer takes, before it begins to come.
    pub(crate) takes: Duration,
    /// How long each further piece of an answer takes.
    pub(crate) piece: Duration,
    free_at: Time,
    zxid: i64,
    session: i64,
    /// Whether the answer to the next handshake is that its session is over.
    pub(crate) expires: bool,
    pub(crate) connects: Vec<Time>,
    pub(crate) sent: Vec<(Time, Request)>,
    pub(crate) log: Vec<(Time, Handle, Event)>,
    pub(crate) leases: Published,
    pub(crate) done: BTreeMap<CallId, Result<Answer, Error>>,
}

impl Clerk {
    pub(crate) fn new(play: impl FnMut(&Request) -> Option<Act> + 'static) -> Self {
        Self::with(ANSWER_BYTES_MAX, play)
    }

    pub(crate) fn with(
        answer_bytes_max: usize,
        play: impl FnMut(&Request) -> Option<Act> + 'static,
    ) -> Self {
        let host = Host {
            name: "10.0.0.1".into(),
            port: 2181,
        };
        let options = SessionOptions {
            servers: vec![host],
            timeout: T,
            credentials: None,
            tick: None,
            answer_bytes_max,
        };
        let mut clerk = Self {
            now: Time::from_nanos(1_000_000_000),
            client: Client::new(options, 5),
            wait: None,
            coming: BTreeMap::new(),
            order: 0,
            conn: None,
            play: Box::new(play),
            takes: Duration::ZERO,
            piece: Duration::ZERO,
            free_at: Time::default(),
            zxid: 0,
            session: 0,
            expires: false,
            connects: Vec::new(),
            sent: Vec::new(),
            log: Vec::new(),
            leases: Published::default(),
            done: BTreeMap::new(),
        };
        clerk.input(Input::Tick);
        clerk
    }

    pub(crate) fn run(&mut self, span: Duration) {
        let end = self.now + span;
        loop {
            let event = self.coming.keys().next().map(|(at, _)| *at);
            let next = event.into_iter().chain(self.wait).min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(next);
            if event == Some(next) {
                let (_, event) = self.coming.pop_first().unwrap();
                self.happen(event);
            } else {
                self.input(Input::Tick);
            }
        }
    }

    fn happen(&mut self, event: Coming) {
        let current = self.conn.as_ref().map(|(conn, ..)| *conn);
        match event {
            Coming::Connected(conn) if current == Some(conn) => {
                self.input(Input::Connected { conn });
            }
            Coming::Bytes(conn, bytes) if current == Some(conn) => {
                let bytes = &bytes;
                self.input(Input::Received { conn, bytes });
            }
            Coming::Closed(conn) if current == Some(conn) => {
                self.conn = None;
                let why = "the server closed the connection".to_owned();
                self.input(Input::Disconnected { conn, why });
            }
            Coming::Connected(_) | Coming::Bytes(..) | Coming::Closed(_) => {}
        }
    }

    fn come(&mut self, at: Time, event: Coming) {
        self.order += 1;
        self.coming.insert((at, self.order), event);
    }

    fn input(&mut self, input: Input<'_>) {
        self.client.handle(input, self.now);
        while let Some(output) = self.client.poll_output() {
            match output {
                Output::Resolve { .. } => panic!("numeric addresses need no look-up"),
                Output::Connect { conn, .. } => {
                    self.connects.push(self.now);
                    self.conn = Some((conn, FrameDecoder::default(), false));
                    self.free_at = self.now;
                    self.come(self.now + DELAY, Coming::Connected(conn));
                }
                Output::Send { conn, bytes } => self.receive(conn, &bytes),
                Output::Close { .. } => self.conn = None,
                Output::Lease {
                    handle,
                    lease,
                    renewed_by,
                } => self.leases.lease(handle, lease, renewed_by),
                Output::Renewal { basis, end } => drop(self.leases.renew(basis, end)),
                Output::Event { handle, event } => self.log.push((self.now, handle, event)),
                Output::Done { call, result } => {
                    self.done.insert(call, result);
                }
                Output::Wait { until } => self.wait = until.map(|(at, _)| at),
            }
        }
    }

    fn receive(&mut self, conn: u64, bytes: &[u8]) {
        let Some((of, mut decoder, mut shaken)) = self.conn.take() else {
            return;
        };
        decoder.push(bytes);
        let mut hung_up = of != conn;
        while let Some(body) = decoder.next_frame().unwrap().filter(|_| !hung_up) {
            if !std::mem::replace(&mut shaken, true) {
                let asked = ConnectRequest::decode(body).unwrap();
                self.session = match (asked.session, std::mem::take(&mut self.expires)) {
                    (0, _) => self.session.max(0x29) + 1,
                    (_, true) => 0,
                    (asked, false) => asked,
                };
                let mut bytes = Vec::new();
                ConnectResponse {
                    timeout_ms: asked.timeout_ms,
                    session: self.session,
                    password: vec![7; 16],
                }
                .encode(&mut bytes);
                self.come(self.now + 2 * DELAY, Coming::Bytes(conn, bytes));
                continue;
            }
            let (xid, request) = Request::decode(body).unwrap();
            let request = request.unwrap();
            let act = (self.play)(&request).unwrap_or_else(|| self.plain(&request));
            self.sent.push((self.now, request));
            let mut bytes = Vec::new();
            self.zxid += 1;
            let header = |err| ReplyHeader {
                xid,
                zxid: self.zxid,
                err,
            };
            match act {
                Act::Answer(Ok(response)) => response.encode(header(0), "/", &mut bytes),
                Act::Answer(Err(error)) => {
                    Response::Empty.encode(header(error.code()), "/", &mut bytes);
                }
                Act::Garble(body) => {
                    Response::Empty.encode(header(0), "/", &mut bytes);
                    bytes.extend_from_slice(&body);
                    let length = (bytes.len() - 4) as i32;
                    bytes[..4].copy_from_slice(&length.to_be_bytes());
                }
                Act::HangUp => {
                    // Earlier answers may be lost with it.
                    self.coming.retain(|_, e| !matches!(e, Coming::Bytes(..)));
                    self.come(self.now + DELAY, Coming::Closed(conn));
                    hung_up = true;
                    continue;
                }
            }
            self.free_at = self.free_at.max(self.now + 2 * DELAY) + self.takes;
            for (at, piece) in bytes.chunks(PIECE).enumerate() {
                if at > 0 {
                    self.free_at = self.free_at + self.piece;
                }
                self.come(self.free_at, Coming::Bytes(conn, piece.to_vec()));
            }
        }
        self.conn = Some((conn, decoder, shaken));
    }

    /// The answers that make a leader of a contender in `/own`.
    fn plain(&self, request: &Request) -> Act {
        let stat = Stat {
            czxid: 9,
            ephemeral_owner: self.session,
            ..Stat::default()
        };
        Act::Answer(match request {
            Request::Ping | Request::CloseSession | Request::Delete { .. } => Ok(Response::Empty),
            Request::Create2 { path, .. } => Ok(Response::Created {
                path: format!("{path}0000000000"),
                stat,
            }),
            Request::GetChildren2 { .. } => Ok(Response::Children {
                children: vec!["c_0000000000".into()],
                stat,
            }),
            Request::Exists { .. } | Request::SetData { .. } => Ok(Response::Stat(stat)),
            Request::GetData { .. } => Ok(Response::Data {
                data: b"data".to_vec(),
                stat,
            }),
            Request::GetEphemerals { .. } => Ok(Response::Ephemerals(Vec::new())),
            Request::Multi { ops } => Ok(Response::Multi(
                ops.iter().map(|_| Ok(Response::Empty)).collect(),
            )),
            other => panic!("{other:?}"),
        })
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    pub(crate) fn spec(path: &str, data: Vec<u8>) -> ContenderSpec {
        ContenderSpec {
            label: Some("c".into()),
            data,
            ..ContenderSpec::new(path)
        }
    }

    pub(crate) fn contend(&mut self, handle: u64, path: &str, data: Vec<u8>) {
        let (handle, spec) = (Handle(handle), Self::spec(path, data));
        self.command(Command::Contend { handle, spec });
    }

    pub(crate) fn group(&mut self, handle: u64, path: &str) {
        let (handle, path) = (Handle(handle), path.to_owned());
        self.command(Command::Group { handle, path });
    }

    pub(crate) fn members(&mut self, handle: u64, call: u64) {
        let (handle, call) = (Handle(handle), CallId(call));
        self.command(Command::Members { handle, call });
    }

    pub(crate) fn join(&mut self, handle: u64, call: u64, data: Vec<u8>) {
        let (handle, call) = (Handle(handle), CallId(call));
        let label = Some("c".to_owned());
        self.command(Command::Join {
            handle,
            call,
            label,
            data,
        });
    }

    pub(crate) fn leads(&self, handle: u64) -> bool {
        let lease = self.leases.get(Handle(handle));
        lease.is_some_and(|lease| lease.end > self.now)
    }

    /// The words of the error with which this call ended.
    pub(crate) fn error(&self, call: u64) -> String {
        match self.done.get(&CallId(call)) {
            Some(Err(error)) => error.message().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn losses(&self) -> usize {
        let lost = |(_, handle, event): &&(Time, Handle, Event)| {
            *handle == SESSION && matches!(event, Event::Session(SessionEvent::Suspended { .. }))
        };
        self.log.iter().filter(lost).count()
    }

    pub(crate) fn proofs(&self) -> Vec<Time> {
        let proofs = self.sent.iter().filter(|(_, r)| r.op() == op::MULTI);
        proofs.map(|(at, _)| *at).collect()
    }
}
