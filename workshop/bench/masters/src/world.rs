//! One server and many clients in virtual time: only what the count of requests needs. Links have an exact delay and
//! lose nothing, and all clocks are true.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::time::Duration;
use tenure::core::{
    ANSWER_BYTES_MAX, Client, Command, DetectorEvent, Event, Host, Input, Output, SessionOptions,
    Time,
};
use tenure::model::{ConnId, Model, ModelOptions, ModelOutput};
use tenure::proto::{op, xid};
use tenure_worlds::{MS, Nanos, SECOND, bodies, drive, int, nanos, span};

/// The delay of one way.
const DELAY: Nanos = MS;

/// The frames that a client has sent and got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) pings: u64,
    /// By the number of the operation; pings and handshakes are not in it.
    pub(crate) requests: BTreeMap<i32, u64>,
    pub(crate) watch_events: u64,
    /// Of all frames to the server.
    pub(crate) bytes_sent: u64,
    /// Of all frames from the server.
    pub(crate) bytes_received: u64,
}

impl Counts {
    /// All requests, without pings.
    pub(crate) fn total(&self) -> u64 {
        self.requests.values().sum()
    }

    /// All frames to the server, without handshakes.
    pub(crate) fn frames(&self) -> u64 {
        self.pings + self.total()
    }

    fn add(&mut self, other: &Self) {
        self.pings += other.pings;
        self.watch_events += other.watch_events;
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
        for (operation, times) in &other.requests {
            *self.requests.entry(*operation).or_default() += times;
        }
    }
}

struct Process {
    core: Client,
    conns: HashMap<u64, ConnId>,
    wakes: Nanos,
    counts: Counts,
    /// The leader's token, as its detector has reported it last.
    leader: Option<u64>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Arrival {
    Wake(usize),
    ModelWakes,
    Connected(usize, u64, ConnId),
    Up(ConnId, Vec<u8>),
    HangUp(ConnId),
    Down(ConnId, Vec<u8>),
    HungUp(ConnId),
}

pub(crate) struct World {
    now: Nanos,
    model: Model,
    model_wakes: Option<Nanos>,
    /// `None` is one that was killed.
    processes: Vec<Option<Process>>,
    owners: HashMap<ConnId, (usize, u64)>,
    agenda: BinaryHeap<Reverse<(Nanos, u64, Arrival)>>,
    arrivals: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            now: SECOND,
            model: Model::new(ModelOptions::default(), span(SECOND)),
            model_wakes: None,
            processes: Vec::new(),
            owners: HashMap::new(),
            agenda: BinaryHeap::new(),
            arrivals: 0,
        }
    }

    /// The virtual time.
    pub(crate) fn now(&self) -> Duration {
        span(self.now)
    }

    /// Starts a client with a session of its own.
    pub(crate) fn start(&mut self, timeout: Duration) -> Result<usize, String> {
        let id = self.processes.len();
        let options = SessionOptions {
            servers: vec![Host {
                name: "127.0.0.1".into(),
                port: 2181,
            }],
            timeout,
            credentials: None,
            tick: None,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        self.processes.push(Some(Process {
            core: Client::new(options, id as u64 + 1),
            conns: HashMap::new(),
            wakes: 0,
            counts: Counts::default(),
            leader: None,
        }));
        self.give(id, Input::Tick)?;
        Ok(id)
    }

    pub(crate) fn command(&mut self, id: usize, command: Command) -> Result<(), String> {
        self.give(id, Input::Command(command))
    }

    /// Ends a process without a word: its kernel closes the connections, and the session lives on until it expires.
    pub(crate) fn kill(&mut self, id: usize) {
        if let Some(process) = self.processes[id].take() {
            for conn in process.conns.into_values() {
                self.owners.remove(&conn);
                self.put(DELAY, Arrival::HangUp(conn));
            }
        }
    }

    /// The token of the leader that the detectors of all these clients know, if it is the same.
    pub(crate) fn leader_of_all(&self, mut ids: std::ops::Range<usize>) -> Option<u64> {
        let leader = |id: usize| self.processes[id].as_ref()?.leader;
        let first = leader(ids.next()?)?;
        ids.all(|id| leader(id) == Some(first)).then_some(first)
    }

    /// The sum of the counts of these clients.
    pub(crate) fn counts(&self, ids: std::ops::Range<usize>) -> Counts {
        let mut sum = Counts::default();
        for process in self.processes[ids].iter().flatten() {
            sum.add(&process.counts);
        }
        sum
    }

    pub(crate) fn reset_counts(&mut self) {
        self.model.reset_counts();
        for process in self.processes.iter_mut().flatten() {
            process.counts = Counts::default();
        }
    }

    /// The server's own counts: pings, other requests, and watch events that it has sent.
    pub(crate) fn server_counts(&self) -> (u64, u64, u64) {
        let requests = self.model.requests();
        let pings = requests.get(&op::PING).copied().unwrap_or_default();
        let all: u64 = requests.values().sum();
        (pings, all - pings, self.model.events_sent())
    }

    /// How many watches the server has.
    pub(crate) fn watches(&self) -> usize {
        self.model.watch_count()
    }

    /// Runs for this long, or until `done`, which is asked each simulated millisecond; whether it is done.
    pub(crate) fn run(
        &mut self,
        length: Duration,
        done: impl Fn(&Self) -> bool,
    ) -> Result<bool, String> {
        let end = self.now + nanos(length);
        while self.now < end {
            if done(self) {
                return Ok(true);
            }
            let step = end.min(self.now + MS);
            while let Some(Reverse((at, ..))) = self.agenda.peek()
                && *at <= step
                && let Some(Reverse((at, _, arrival))) = self.agenda.pop()
            {
                self.now = at;
                self.arrive(arrival)?;
            }
            self.now = step;
        }
        Ok(done(self))
    }

    fn put(&mut self, later: Nanos, arrival: Arrival) {
        self.arrivals += 1;
        let at = self.now + later;
        self.agenda.push(Reverse((at, self.arrivals, arrival)));
    }

    fn arrive(&mut self, arrival: Arrival) -> Result<(), String> {
        let now = span(self.now);
        match arrival {
            Arrival::Wake(id) => {
                let due = self.processes[id].as_ref().map(|process| process.wakes);
                if due == Some(self.now) {
                    self.give(id, Input::Tick)?;
                }
            }
            Arrival::ModelWakes => {
                self.model_wakes = None;
                self.model.tick(now);
                self.collect();
            }
            Arrival::Connected(id, conn, real) => {
                if self.owners.contains_key(&real) {
                    self.give(id, Input::Connected { conn })?;
                }
            }
            Arrival::Up(conn, bytes) => {
                self.model.receive(conn, &bytes, now);
                self.collect();
            }
            Arrival::HangUp(conn) => {
                self.model.disconnected(conn, now);
                self.collect();
            }
            Arrival::Down(real, bytes) => {
                let Some((id, conn)) = self.owners.get(&real).copied() else {
                    return Ok(());
                };
                if let Some(process) = &mut self.processes[id] {
                    let events = bodies(&bytes).into_iter();
                    let events = events.filter(|body| int(body, 0) == Some(xid::NOTIFICATION));
                    process.counts.watch_events += events.count() as u64;
                    process.counts.bytes_received += bytes.len() as u64;
                }
                let bytes = &bytes;
                self.give(id, Input::Received { conn, bytes })?;
            }
            Arrival::HungUp(real) => {
                if let Some((id, conn)) = self.owners.remove(&real) {
                    let why = "the server closed it".to_owned();
                    self.give(id, Input::Disconnected { conn, why })?;
                }
            }
        }
        Ok(())
    }

    /// Sends the outputs of the server off.
    fn collect(&mut self) {
        while let Some(output) = self.model.poll_output() {
            match output {
                ModelOutput::Send { conn, bytes } => self.put(DELAY, Arrival::Down(conn, bytes)),
                ModelOutput::Close { conn } => self.put(DELAY, Arrival::HungUp(conn)),
            }
        }
        let due = self.model.deadline().map(nanos);
        if let Some(due) = due
            && self.model_wakes.is_none_or(|known| due < known)
        {
            self.model_wakes = Some(due);
            self.put(due.saturating_sub(self.now), Arrival::ModelWakes);
        }
    }

    /// Gives a client an input, and carries its outputs out.
    fn give(&mut self, id: usize, input: Input<'_>) -> Result<(), String> {
        let Some(process) = &mut self.processes[id] else {
            return Ok(());
        };
        let mut outputs = Vec::new();
        drive(
            &mut process.core,
            input,
            Time::from_nanos(self.now),
            &mut outputs,
        )?;
        for output in outputs {
            self.carry_out(id, output)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, id: usize, output: Output) -> Result<(), String> {
        let Some(process) = &mut self.processes[id] else {
            return Ok(());
        };
        match output {
            Output::Connect { conn, .. } => {
                let real = self.model.accept(span(self.now));
                let real = real.ok_or("the server of the simulation refuses a connection")?;
                process.conns.insert(conn, real);
                self.owners.insert(real, (id, conn));
                self.put(2 * DELAY, Arrival::Connected(id, conn, real));
            }
            Output::Send { conn, bytes } => {
                process.counts.bytes_sent += bytes.len() as u64;
                for body in bodies(&bytes) {
                    match (int(body, 0), int(body, 4)) {
                        (Some(xid::PING), _) => process.counts.pings += 1,
                        (Some(number), Some(operation)) if number > 0 => {
                            *process.counts.requests.entry(operation).or_default() += 1;
                        }
                        _ => {}
                    }
                }
                if let Some(real) = process.conns.get(&conn).copied() {
                    self.put(DELAY, Arrival::Up(real, bytes));
                }
            }
            Output::Close { conn } => {
                if let Some(real) = process.conns.remove(&conn) {
                    self.owners.remove(&real);
                    self.put(DELAY, Arrival::HangUp(real));
                }
            }
            Output::Event {
                event: Event::Detector(event),
                ..
            } => {
                process.leader = match event {
                    DetectorEvent::Leader(leader) => Some(leader.member.token),
                    _ => None,
                };
            }
            Output::Wait {
                until: Some((at, _)),
            } => {
                let at = at.as_nanos().max(self.now);
                if process.wakes != at {
                    process.wakes = at;
                    self.put(at - self.now, Arrival::Wake(id));
                }
            }
            Output::Resolve { host, .. } => {
                return Err(format!("{host:?} needs no look-up"));
            }
            _ => {}
        }
        Ok(())
    }
}
