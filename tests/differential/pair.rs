//! Real servers and the model side by side, and connections that exist twice.

use crate::pulse::Pulse;
use std::collections::{BTreeMap, VecDeque};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tenure::model::{ConnId, Ensemble, EnsembleOptions, ModelOptions, ModelOutput};
use tenure::proto::{ConnectRequest, ConnectResponse, FrameDecoder};
use tenure_field::wire::{Payload, opcode};
use tenure_field::{raw, wait_until};

/// How long a real server may take for an answer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(20);

/// `maxSessionTimeout` on both sides: longer than the machine may be busy elsewhere, or sessions
/// would end at a time that the model cannot know.
pub(crate) const TIMEOUT_MAX: Duration = Duration::from_secs(60);

/// A frame, or the end of the connection.
pub(crate) type Frame = Option<Vec<u8>>;

pub(crate) struct Pair {
    addrs: Vec<SocketAddr>,
    /// The model's server for each real one.
    parts: Vec<usize>,
    model: Ensemble,
    now: Duration,
    received: BTreeMap<ConnId, VecDeque<Frame>>,
    /// Each session by one name, whichever side numbered it.
    names: BTreeMap<i64, String>,
    /// A session at each real server of several, to see which transactions it has applied.
    lookouts: Vec<raw::Session>,
    _pulse: Pulse,
}

/// A connection to both.
pub(crate) struct Twin {
    pub(crate) at: usize,
    real: TcpStream,
    decoder: FrameDecoder,
    pub(crate) open: bool,
    conn: ConnId,
    session: Session,
}

/// A session on both sides.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    real: (i64, Vec<u8>),
    model: (i64, Vec<u8>),
}

impl Session {
    pub(crate) fn none() -> Self {
        Self {
            real: (0, vec![0; 16]),
            model: (0, vec![0; 16]),
        }
    }

    /// The same with wrong passwords.
    pub(crate) fn stolen(&self) -> Self {
        let mut stolen = self.clone();
        stolen.real.1[0] ^= 1;
        stolen.model.1[0] ^= 1;
        stolen
    }
}

impl Pair {
    /// Debian's servers, 3.8.0. `leader` is the real one that leads, if there are several.
    /// Both sides check containers equally often.
    pub(crate) fn new(
        addrs: &[SocketAddr],
        leader: Option<usize>,
        container_check: Duration,
    ) -> Self {
        let server = ModelOptions {
            container_check,
            exists_needs_read: false,
            ..ModelOptions::default()
        };
        Self::with(addrs, leader, server)
    }

    /// Servers with this model.
    pub(crate) fn with(addrs: &[SocketAddr], leader: Option<usize>, server: ModelOptions) -> Self {
        let options = EnsembleOptions {
            server: ModelOptions {
                max_session_timeout: Some(TIMEOUT_MAX),
                ..server
            },
            voters: addrs.len(),
            ..EnsembleOptions::default()
        };
        let mut now = Duration::from_secs(1);
        let mut model = Ensemble::new(options, now);
        while !(0..model.size()).all(|server| model.serves(server)) {
            now += Duration::from_millis(10);
            model.tick(now);
        }
        let mut parts: Vec<usize> = (0..addrs.len()).collect();
        if let (Some(real), Some(modelled)) = (leader, model.leader()) {
            parts.swap(real, modelled);
        }
        let several = if addrs.len() > 1 { addrs } else { &[] };
        Self {
            addrs: addrs.to_vec(),
            parts,
            model,
            now,
            received: BTreeMap::new(),
            names: BTreeMap::from([(0, "nobody".to_owned())]),
            _pulse: Pulse::start(several),
            lookouts: several.iter().map(|addr| lookout(*addr)).collect(),
        }
    }

    /// Waits until all real servers have applied this transaction. A `sync` is not enough: a leader
    /// answers it from its own applied transactions, which may be fewer than a follower's.
    pub(crate) fn settle(&mut self, zxid: i64) {
        for lookout in &mut self.lookouts {
            wait_until("a server to be up to date", ANSWER_DEADLINE, || {
                let root = Payload::new().buffer("/").bool(false);
                let reply = lookout.request(opcode::EXISTS, root).unwrap();
                (reply.zxid >= zxid).then_some(())
            });
        }
    }

    pub(crate) fn servers(&self) -> usize {
        self.addrs.len()
    }

    /// Gives the model a znode with one child, whose counter has this value: as the real server.
    pub(crate) fn set_counter(&mut self, parent: &str, child: &str, counter: i32) {
        for path in [parent, child] {
            self.model.create(path, b"", self.now).unwrap();
        }
        assert!(self.model.set_counter(parent, counter));
    }

    pub(crate) fn leads(&self, at: usize) -> bool {
        self.model.leader() == Some(self.parts[at])
    }

    /// Connects on both sides. `None` if both answer that there is no such session.
    pub(crate) fn connect(&mut self, at: usize, session: &Session, wish_ms: i32) -> Option<Twin> {
        let real = TcpStream::connect_timeout(&self.addrs[at], ANSWER_DEADLINE).unwrap();
        real.set_nodelay(true).unwrap();
        real.set_read_timeout(Some(ANSWER_DEADLINE)).unwrap();
        let conn = self.model.accept(self.parts[at], self.now).unwrap();
        let mut twin = Twin {
            at,
            real,
            decoder: FrameDecoder::default(),
            open: true,
            conn,
            session: session.clone(),
        };
        let hello = |(session, password): &(i64, Vec<u8>)| {
            let mut bytes = Vec::new();
            ConnectRequest {
                last_zxid: 0,
                timeout_ms: wish_ms,
                session: *session,
                password: password.clone(),
            }
            .encode(&mut bytes);
            bytes
        };
        twin.real.write_all(&hello(&session.real)).unwrap();
        self.model.receive(conn, &hello(&session.model), self.now);
        let real = twin.next_real().expect("an answer to the handshake");
        let model = self.next_model(&twin).expect("an answer to the handshake");
        assert_eq!(real.len(), model.len(), "handshake");
        let real = ConnectResponse::decode(&real).unwrap();
        let model = ConnectResponse::decode(&model).unwrap();
        assert_eq!(real.timeout_ms, model.timeout_ms, "granted");
        assert_eq!(real.session == 0, model.session == 0, "known");
        if real.session == 0 {
            assert_eq!(twin.next_real(), None, "closed");
            assert_eq!(self.next_model(&twin), None, "closed");
            return None;
        }
        for session in [real.session, model.session] {
            let known = self.names.len();
            let name = self.names.get(&real.session).cloned();
            let name = name.unwrap_or_else(|| format!("session {known}"));
            self.names.insert(session, name);
        }
        twin.session = Session {
            real: (real.session, real.password),
            model: (model.session, model.password),
        };
        Some(twin)
    }

    /// The model's next request there is refused.
    pub(crate) fn refuse(&mut self, twin: &Twin, code: i32) {
        assert!(self.model.refuse_next(twin.conn, None, code, 1));
    }

    /// Writes to the model. The frame for the real server may differ in zxids.
    pub(crate) fn send_model(&mut self, twin: &Twin, bytes: &[u8]) {
        self.model.receive(twin.conn, bytes, self.now);
    }

    /// The next frame that the model sends there.
    pub(crate) fn next_model(&mut self, twin: &Twin) -> Frame {
        let end = self.now + Duration::from_secs(1);
        loop {
            while let Some(output) = self.model.poll_output() {
                let (conn, frame) = match output {
                    ModelOutput::Send { conn, bytes } => (conn, Some(bytes[4..].to_vec())),
                    ModelOutput::Close { conn } => (conn, None),
                };
                self.received.entry(conn).or_default().push_back(frame);
            }
            let received = self.received.entry(twin.conn).or_default();
            if let Some(frame) = received.pop_front() {
                return frame;
            }
            let next = self.model.deadline().filter(|next| *next <= end);
            self.now = next.unwrap_or_else(|| panic!("the model says nothing"));
            self.model.tick(self.now);
        }
    }

    /// The common name of a session, whichever side numbered it.
    pub(crate) fn name_of(&self, session: i64) -> &str {
        self.names
            .get(&session)
            .map_or("a stranger", String::as_str)
    }

    /// The names of a znode's children, for a choice.
    pub(crate) fn children(&self, path: &str) -> Vec<String> {
        self.model.children(path).unwrap_or_default()
    }
}

fn lookout(addr: SocketAddr) -> raw::Session {
    raw::Session::open(addr, TIMEOUT_MAX).unwrap()
}

impl Twin {
    pub(crate) fn send_real(&mut self, bytes: &[u8]) {
        self.real.write_all(bytes).unwrap();
    }

    /// The next frame that the real server sends.
    pub(crate) fn next_real(&mut self) -> Frame {
        loop {
            if let Some(frame) = self.decoder.next_frame().unwrap() {
                return Some(frame.to_vec());
            }
            let mut bytes = [0; 65_536];
            match self.real.read(&mut bytes) {
                Ok(0) => break,
                Ok(n) => self.decoder.push(&bytes[..n]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) => panic!("the real server says nothing: {error}"),
            }
        }
        self.open = false;
        None
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }
}
