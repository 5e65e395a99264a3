//! A client of the core among servers that are honest, or lie, or break off, and users that make
//! any call at any time. The input is a script: [`moves`] defines the moves of its bytes.

mod books;
mod moves;
mod tape;

pub(crate) use moves::script;

use crate::secret::{self, SECRET};
use books::{Books, Conn};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tape::Tape;
use tenure::core::{
    ANSWER_BYTES_MAX, Answer, CallId, Client, Command, ContenderEvent, DetectorEvent, Event,
    Handle, Host, Input, Lease, LeasePolicy, Output, Published, Secret, SessionEvent,
    SessionOptions, Time,
};
use tenure::model::{Model, ModelOptions, ModelOutput};
use tenure_worlds::{drive, span};

/// More outputs of one input than any script can cause.
const OUTPUTS_MAX: usize = 50_000;

pub(crate) fn run(data: &[u8]) {
    if secret::is_in(data) {
        return;
    }
    let mut tape = Tape::new(data);
    let mut player = Player::new(&mut tape);
    while !tape.is_over() {
        player.play(&mut tape);
    }
    player.finish();
}

/// The player of a script: a client and its surroundings. Time and network are moves of the script,
/// so there is no world in which something is due.
struct Player {
    client: Client,
    now: Time,
    wait: Option<Time>,
    model: Model,
    conns: Vec<Conn>,
    lookups: Vec<u64>,
    last_conn: u64,
    books: Books,
    leases: Published,
    /// The kind of each handle.
    groups: BTreeMap<Handle, (String, LeasePolicy)>,
    handles: u64,
    candidacies: usize,
    calls: u64,
    open_calls: BTreeSet<CallId>,
    /// Znodes that the user knows.
    known: Vec<(String, u64)>,
    closed: bool,
}

impl Player {
    fn new(tape: &mut Tape<'_>) -> Self {
        let hosts = ["10.0.0.1", "10.0.0.2", "zookeeper.test"];
        let servers = hosts[..=tape.below(3)].iter().map(|name| Host {
            name: (*name).to_owned(),
            port: 2181,
        });
        let timeouts = [4000, 10_000, 40_000, 600, 1, 0x7fff_ffff];
        let ticks = [None, Some(500), Some(1), Some(60_000)];
        let options = SessionOptions {
            servers: servers.collect(),
            timeout: Duration::from_millis(tape.one_of(&timeouts)),
            credentials: (tape.below(2) == 1).then(|| Secret::new(format!("user:{SECRET}"))),
            tick: tape.one_of(&ticks).map(Duration::from_millis),
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        let now = Time::from_nanos(1_000_000_000);
        let mut player = Self {
            client: Client::new(options, tape.byte().into()),
            now,
            wait: None,
            model: Model::new(ModelOptions::default(), span(now.as_nanos())),
            conns: Vec::new(),
            lookups: Vec::new(),
            last_conn: 0,
            books: Books::default(),
            leases: Published::default(),
            groups: BTreeMap::new(),
            handles: 0,
            candidacies: 0,
            calls: 0,
            open_calls: BTreeSet::new(),
            known: Vec::new(),
            closed: false,
        };
        player.tick();
        player
    }

    fn tick(&mut self) {
        self.model.tick(self.since_start());
        self.collect();
        self.input(Input::Tick);
        // Whatever is due now must be done now, or the caller would call it for ever.
        for _ in 0..16 {
            if self.wait.is_none_or(|at| at > self.now) {
                return;
            }
            self.input(Input::Tick);
        }
        panic!("called at {:?}, it waits for {:?}", self.now, self.wait);
    }

    fn pass(&mut self, span: Duration) {
        self.now = self.now + span;
        self.tick();
    }

    /// One input, all its outputs, and the contract.
    fn input(&mut self, input: Input<'_>) {
        let now = self.now;
        self.input_at(input, now);
    }

    fn input_at(&mut self, input: Input<'_>, at: Time) {
        let mut outputs = Vec::new();
        drive(&mut self.client, input, at, &mut outputs).expect("the contract");
        assert!(outputs.len() <= OUTPUTS_MAX, "{} outputs", outputs.len());
        for output in outputs {
            self.output(output);
        }
        let [machines, znodes, _watches] = self.client.footprint();
        assert!(machines <= usize::try_from(self.handles).unwrap_or(usize::MAX));
        assert!(
            znodes <= self.candidacies,
            "{znodes} of {}",
            self.candidacies
        );
        secret::is_not_in(&format!("{:?}", self.client));
    }

    fn judge(&mut self, handle: Handle, lease: Lease) {
        let (group, policy) = &self.groups[&handle];
        assert!(!self.closed, "it leads after it was closed");
        self.books.judge(group, *policy, lease);
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Resolve { lookup, .. } => self.lookups.push(lookup),
            Output::Connect { conn, .. } => {
                assert!(conn > self.last_conn, "{conn} after {}", self.last_conn);
                self.last_conn = conn;
                self.conns.push(Conn::new(conn));
                assert!(self.conns.len() <= 2, "one connection at a time");
            }
            Output::Send { conn, bytes } => self.send(conn, &bytes),
            Output::Close { conn } => {
                let at = self.conns.iter().position(|c| c.number == conn);
                let conn = self.conns.remove(at.expect("it closes what it opened"));
                self.hang_up(&conn);
            }
            Output::Lease {
                handle,
                lease,
                renewed_by,
            } => {
                self.leases.lease(handle, lease, renewed_by);
                if let Some(lease) = lease {
                    self.judge(handle, lease);
                }
            }
            Output::Renewal { basis, end } => {
                for (handle, lease) in self.leases.renew(basis, end) {
                    self.judge(handle, lease);
                }
            }
            Output::Event { handle, event } => {
                secret::is_not_in(&format!("{event:?}"));
                self.event(handle, event);
            }
            Output::Done { call, result } => {
                secret::is_not_in(&format!("{result:?}"));
                self.open_calls.remove(&call);
                match result {
                    Ok(Answer::Joined(member)) => self.known.push((member.path, member.token)),
                    Ok(Answer::Members(members)) => self
                        .known
                        .extend(members.into_iter().map(|m| (m.path, m.token))),
                    _ => {}
                }
                self.known.truncate(64);
            }
            Output::Wait { until } => self.wait = until.map(|(at, _)| at),
        }
    }

    fn event(&mut self, handle: Handle, event: Event) {
        let past = |at: Time| assert!(at <= self.now, "{event:?} at {:?}", self.now);
        match &event {
            Event::Session(SessionEvent::Suspended { since, .. })
            | Event::Detector(DetectorEvent::Unknown { since }) => past(*since),
            Event::Detector(DetectorEvent::Leader(leader)) => past(leader.as_of),
            Event::Contender(ContenderEvent::Enrolling) => self.candidacies += 1,
            Event::Contender(ContenderEvent::Leading { lease_end, .. }) => {
                assert!(*lease_end > self.now, "{event:?} at {:?}", self.now);
                assert!(self.groups.contains_key(&handle));
            }
            _ => {}
        }
    }

    fn send(&mut self, number: u64, bytes: &[u8]) {
        let conn = self.conns.iter_mut().find(|conn| conn.number == number);
        let conn = conn.expect("it sends on a connection that it has");
        assert!(conn.stands, "it sends before the connection stands");
        conn.sends(bytes, self.now);
        if let Some(server) = conn.server {
            self.model.receive(server, bytes, self.since_start());
            self.collect();
        }
    }

    fn hang_up(&mut self, conn: &Conn) {
        if let Some(server) = conn.server {
            self.model.disconnected(server, self.since_start());
            self.collect();
        }
    }

    /// Takes the output of the honest server, which waits with the connection until it is
    /// delivered.
    fn collect(&mut self) {
        while let Some(output) = self.model.poll_output() {
            let (ModelOutput::Send { conn, .. } | ModelOutput::Close { conn }) = &output;
            let owner = self.conns.iter_mut().find(|c| c.server == Some(*conn));
            let Some(owner) = owner else { continue };
            match output {
                ModelOutput::Send { bytes, .. } => owner.said.push_back(bytes),
                ModelOutput::Close { .. } => owner.server = None,
            }
        }
    }

    /// Bytes reach the client.
    fn deliver(&mut self, at: usize, bytes: &[u8]) {
        let Some(conn) = self.conns.get_mut(at).filter(|conn| conn.stands) else {
            return;
        };
        self.books.reads(conn, bytes, self.now);
        let (number, broken) = (conn.number, conn.broken);
        self.input(Input::Received {
            conn: number,
            bytes,
        });
        let kept = self.conns.iter().any(|conn| conn.number == number);
        assert!(
            !(broken && kept),
            "it goes on with a server that broke the protocol"
        );
    }

    /// True time, as the model uses it.
    fn since_start(&self) -> Duration {
        span(self.now.as_nanos())
    }

    fn command(&mut self, command: Command) {
        self.input(Input::Command(command));
    }

    fn call(&mut self) -> CallId {
        self.calls += 1;
        self.open_calls.insert(CallId(self.calls));
        CallId(self.calls)
    }

    /// From now on no server answers: everything must still end by itself.
    fn finish(mut self) {
        let patience = Duration::from_secs(1);
        if !self.closed {
            self.closed = true;
            let call = self.call();
            self.command(Command::Close { call, patience });
        }
        // A day is the longest wait in a script.
        let end = self.now + moves::PATIENCE_MAX;
        for _ in 0..100_000 {
            match self.wait {
                Some(at) if !self.client.is_ended() => self.now = self.now.max(at),
                _ => break,
            }
            self.tick();
        }
        assert!(self.client.is_ended(), "it waits for {:?}", self.wait);
        assert!(self.now <= end, "it ended {:?} late", self.now.since(end));
        assert_eq!(self.wait, None, "it waits after its end");
        assert!(
            self.open_calls.is_empty(),
            "never answered: {:?}",
            self.open_calls
        );
    }
}
