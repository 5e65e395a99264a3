//! A run: requests on several connections, and after each of them its effects on all.

use crate::pair::{Frame, Pair, Session, Twin};
use crate::plan::{self, Rng};
use crate::show::{Start, show};
use std::collections::VecDeque;
use tenure::proto::{Reader, ReplyHeader, Request, op, xid};
use tenure_field::wire::Payload;

const TWINS: usize = 4;

/// The requested timeouts, in milliseconds: the last is more than a server grants.
const WISHES: [i32; 3] = [50_000, 60_000, 90_000];

/// How many requests a failure shows.
const SHOWN: usize = 15;

/// `THROTTLEDOP`
const THROTTLED: i32 = -127;

/// An operation that no server has.
const UNKNOWN: i32 = 777;

pub(crate) struct Run {
    pair: Pair,
    twins: Vec<Twin>,
    rng: Rng,
    start: (Start, Start),
    xid: i32,
    story: VecDeque<String>,
    again: String,
    frames: u64,
    /// How many requests the real server has throttled.
    pub(crate) throttled: u64,
    /// Whether the real one is a 3.9: it takes no transaction for a truncated body, and keeps
    /// persistent watches apart from others. The test uses neither there.
    pub(crate) newer: bool,
    /// Whether each other request follows a write directly, in one segment with it.
    pub(crate) hurried: bool,
    /// The newest transaction that the real servers have reported.
    zxid: i64,
}

pub(crate) fn run(test: &str, pair: Pair, seed: u64, ops: u64) {
    Run::begin(test, pair, seed, ops).play(ops);
}

/// A change of a request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    None,
    /// Its body ends early.
    Cut,
    /// Its operation is unknown.
    Unknown,
    /// It creates a znode with a time to live.
    Ttl,
}

/// A request on its way.
struct Asked {
    /// For the real server and for the model.
    bytes: [Vec<u8>; 2],
    operation: i32,
    /// Whether the connection ends.
    closes: bool,
}

impl Asked {
    /// Everything up to the reply, or to the end of the connection.
    fn receive(&self, mut next: impl FnMut() -> Frame) -> Vec<Frame> {
        let mut received = Vec::new();
        loop {
            let frame = next();
            let last = match &frame {
                None => true,
                Some(frame) => !self.closes && header(frame).xid != xid::NOTIFICATION,
            };
            received.push(frame);
            if last {
                return received;
            }
        }
    }
}

impl Run {
    /// Connections to all servers, and a common root below which everything happens. `again` is the
    /// command that repeats the run.
    pub(crate) fn start(pair: Pair, seed: u64, again: String) -> Self {
        let mut run = Self {
            pair,
            twins: Vec::new(),
            rng: Rng::new(seed),
            start: (Start::default(), Start::default()),
            xid: 0,
            story: VecDeque::new(),
            again,
            frames: 0,
            throttled: 0,
            newer: false,
            hurried: false,
            zxid: 0,
        };
        for name in 0..TWINS {
            let at = name % run.pair.servers();
            let twin = run.pair.connect(at, &Session::none(), WISHES[0]);
            run.twins.push(twin.expect("a new session"));
        }
        run.find_start();
        for request in plan::first() {
            run.tell_all(0, &request);
        }
        run
    }

    /// A run that reports the command to repeat it.
    pub(crate) fn begin(test: &str, pair: Pair, seed: u64, ops: u64) -> Self {
        let again = format!(
            "TENURE_DIFF_SEED={seed} TENURE_DIFF_OPS={ops} cargo test --test differential {test}"
        );
        println!("{again}");
        Self::start(pair, seed, again)
    }

    /// This many requests as they are drawn.
    pub(crate) fn play(&mut self, ops: u64) {
        for _ in 0..ops {
            self.round();
        }
        println!(
            "{ops} requests agree, with {} frames in answer to them; {} were throttled",
            self.frames, self.throttled
        );
        assert!(self.frames >= ops);
    }

    /// Sends a request, and waits until its effects have arrived everywhere.
    pub(crate) fn tell_all(&mut self, index: usize, request: &Request) {
        self.ask(index, request, Damage::None);
        self.barrier(index);
    }

    /// Sends a request to one server alone.
    pub(crate) fn ask_alone(&mut self, index: usize, request: &Request) {
        self.ask(index, request, Damage::None);
    }

    fn round(&mut self) {
        let index = usize::try_from(self.rng.below(TWINS as u64)).unwrap();
        let newest = self.zxid - self.start.0.0;
        let request = match plan::next(&mut self.rng, &self.pair, newest) {
            Request::AddWatch { .. } | Request::RemoveWatches { .. } | Request::SetWatches2(_)
                if self.newer =>
            {
                Request::Ping
            }
            request => request,
        };
        let damage = match self.rng.below(60) {
            0 if !self.newer
                && ![op::PING, op::MULTI, op::AUTH, op::CLOSE_SESSION].contains(&request.op()) =>
            {
                Damage::Cut
            }
            1 => Damage::Unknown,
            2 => Damage::Ttl,
            _ => Damage::None,
        };
        let mut asked = Vec::new();
        // A request that a server answers regardless of earlier ones goes alone.
        let in_turn = request.op() != op::AUTH && damage != Damage::Unknown;
        if self.hurried && in_turn && self.rng.below(2) == 0 {
            let write = Request::SetData {
                path: plan::BASE.to_owned(),
                data: Vec::new(),
                version: -1,
            };
            asked.push(self.prepare(index, &write, Damage::None));
        }
        asked.push(self.prepare(index, &request, damage));
        self.exchange(index, &asked);
        self.barrier(index);
        if !self.twins[index].open {
            let ended = request.op() == op::CLOSE_SESSION && damage == Damage::None;
            self.come_back(index, ended);
        } else if self.rng.below(80) == 0 {
            self.steal(index);
        }
    }

    /// Sends a request; everything up to its reply, or to the end of the connection, must agree.
    fn ask(&mut self, index: usize, request: &Request, damage: Damage) {
        let asked = self.prepare(index, request, damage);
        self.exchange(index, &[asked]);
    }

    fn prepare(&mut self, index: usize, request: &Request, damage: Damage) -> Asked {
        self.xid += 1;
        let number = match request {
            Request::Ping => xid::PING,
            Request::Auth { .. } => xid::AUTH,
            Request::SetWatches(_) | Request::SetWatches2(_) => xid::SET_WATCHES,
            _ => self.xid,
        };
        let operation = match damage {
            Damage::None | Damage::Cut => request.op(),
            Damage::Unknown => UNKNOWN,
            Damage::Ttl => op::CREATE_TTL,
        };
        let starts = [self.start.0, self.start.1];
        let bytes = starts.map(|start| frame(&start.place(request), number, damage));
        let at = self.twins[index].at;
        self.tell(format!("{index} at {at}: {number} {request:?} {damage:?}"));
        let closes = operation == op::CLOSE_SESSION
            || operation == UNKNOWN
            || damage != Damage::Ttl
                && matches!(request, Request::Auth { scheme, .. } if scheme == "nope");
        Asked {
            bytes,
            operation,
            closes,
        }
    }

    /// The real server gets all requests at once.
    fn exchange(&mut self, index: usize, asked: &[Asked]) {
        let bytes: Vec<&[u8]> = asked.iter().map(|asked| &asked.bytes[0][..]).collect();
        let twin = &mut self.twins[index];
        twin.send_real(&bytes.concat());
        let receive = |asked: &Asked| asked.receive(|| twin.next_real());
        let received: Vec<Vec<Frame>> = asked.iter().map(receive).collect();
        for (asked, real) in asked.iter().zip(received) {
            let twin = &self.twins[index];
            let mut errors = real.iter().flatten().map(|frame| header(frame).err);
            if errors.any(|error| error == THROTTLED) {
                // The model cannot know when a real server does that, but its result is compared.
                self.throttled += 1;
                self.pair.refuse(twin, THROTTLED);
            }
            self.pair.send_model(twin, &asked.bytes[1]);
            let model = asked.receive(|| self.pair.next_model(twin));
            self.frames += real.len() as u64;
            let zxids = real.iter().flatten().map(|frame| header(frame).zxid);
            self.zxid = zxids.fold(self.zxid, i64::max);
            self.compare(index, asked.operation, &real, &model);
        }
    }

    /// The next event, which needs no request.
    pub(crate) fn receive_event(&mut self, index: usize) {
        let twin = &mut self.twins[index];
        let (real, model) = (twin.next_real(), self.pair.next_model(twin));
        self.compare(index, op::PING, &[real], &[model]);
    }

    fn compare(&self, index: usize, operation: i32, real: &[Frame], model: &[Frame]) {
        let texts = |frames: &[Frame], start| {
            let texts = frames.iter();
            let texts = texts.map(|frame| show(&self.pair, start, operation, frame));
            in_order(texts.collect())
        };
        let (real, model) = (texts(real, self.start.0), texts(model, self.start.1));
        if real != model {
            for line in &self.story {
                println!("{line}");
            }
            panic!(
                "they differ on connection {index}\nreal:  {real:#?}\nmodel: {model:#?}\n{}",
                self.again
            );
        }
    }

    /// Waits until all effects have arrived on all other connections.
    fn barrier(&mut self, but: usize) {
        self.pair.settle(self.zxid);
        for index in (0..TWINS).filter(|index| *index != but) {
            if self.pair.servers() > 1 {
                let path = plan::BASE.to_owned();
                self.ask(index, &Request::Sync { path }, Damage::None);
            } else {
                self.ask(index, &Request::Ping, Damage::None);
            }
        }
    }

    fn find_start(&mut self) {
        let mut ping = Vec::new();
        Request::Ping.encode(xid::PING, &mut ping);
        // With several servers, until all have all sessions.
        let twin = &mut self.twins[TWINS - 1];
        twin.send_real(&ping);
        self.pair.send_model(twin, &ping);
        let real = header(&twin.next_real().unwrap()).zxid;
        let model = header(&self.pair.next_model(twin).unwrap()).zxid;
        self.start = (Start(real - 1), Start(model - 1));
    }

    /// The next connection of a client that was closed, at the same server or at another. No
    /// session is left alone, because the real server would end it after its timeout.
    fn come_back(&mut self, index: usize, ended: bool) {
        let at = self.somewhere(self.twins[index].at, ended);
        let session = self.twins[index].session().clone();
        let wish = self.wish();
        self.tell(format!("{index}: connects at {at}, wishes {wish} ms"));
        let tried = match self.rng.below(3) {
            0 => Some(session.stolen()),
            1 => Some(session.clone()),
            _ => None,
        };
        let mut twin = tried.and_then(|session| self.pair.connect(at, &session, wish));
        if twin.is_none() && !ended {
            twin = self.pair.connect(at, &session, wish);
        }
        let twin = twin.or_else(|| self.pair.connect(at, &Session::none(), wish));
        self.twins[index] = twin.expect("a new session");
        self.barrier(TWINS);
    }

    /// The next server to attach to. Not with a session from a follower to the leader: a real
    /// leader answers the handshake before it has recorded the move, and may take the next request
    /// for a late one (`LeaderZooKeeperServer.revalidateSession`).
    fn somewhere(&mut self, from: usize, ended: bool) -> usize {
        let servers = self.pair.servers();
        let to = usize::try_from(self.rng.below(servers as u64)).unwrap();
        if self.pair.leads(to) && !ended {
            from
        } else {
            to
        }
    }

    /// Attaches to a session from somewhere else, with its password or without.
    fn steal(&mut self, index: usize) {
        let at = self.twins[index].at;
        let session = self.twins[index].session().clone();
        let session = if self.rng.below(3) == 0 {
            session.stolen()
        } else {
            session
        };
        let wish = self.wish();
        self.tell(format!("{index}: another connection at {at}"));
        let twin = self.pair.connect(at, &session, wish);
        assert_eq!(self.twins[index].next_real(), None, "the old one closes");
        let old = self.pair.next_model(&self.twins[index]);
        assert_eq!(old, None, "the old one closes");
        match twin {
            Some(twin) => self.twins[index] = twin,
            None => self.come_back(index, false),
        }
        self.barrier(TWINS);
    }

    fn wish(&mut self) -> i32 {
        *self.rng.pick(&WISHES)
    }

    fn tell(&mut self, line: String) {
        if self.story.len() == SHOWN {
            self.story.pop_front();
        }
        self.story.push_back(line);
    }
}

fn frame(request: &Request, number: i32, damage: Damage) -> Vec<u8> {
    let mut bytes = Vec::new();
    request.encode(number, &mut bytes);
    match damage {
        Damage::None => {}
        Damage::Cut => bytes.truncate(bytes.len() - 3),
        Damage::Unknown => {
            bytes.truncate(12);
            bytes[8..].copy_from_slice(&UNKNOWN.to_be_bytes());
        }
        Damage::Ttl => {
            bytes.truncate(8);
            let asked = Payload::new().int(op::CREATE_TTL);
            let asked = asked.buffer("/base/ttl").buffer("").int(1).int(31);
            let asked = asked.buffer("world").buffer("anyone").int(5).long(1000);
            bytes.extend(asked.payload());
        }
    }
    let length = i32::try_from(bytes.len() - 4).unwrap();
    bytes[..4].copy_from_slice(&length.to_be_bytes());
    bytes
}

fn header(frame: &[u8]) -> ReplyHeader {
    ReplyHeader::decode(&mut Reader::new(frame)).unwrap()
}

/// The end of a session deletes its znodes in the order of a hash set: consecutive events are
/// compared as a set.
fn in_order(texts: Vec<String>) -> Vec<String> {
    let mut ordered = Vec::new();
    let mut events = Vec::new();
    for text in texts {
        if text.starts_with("event") {
            events.push(text);
        } else {
            events.sort();
            ordered.append(&mut events);
            ordered.push(text);
        }
    }
    events.sort();
    ordered.append(&mut events);
    ordered
}
