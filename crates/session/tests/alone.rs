//! One session against a server in memory, in virtual time, without anything above it.

#![allow(clippy::unwrap_used, clippy::panic)] // a test says what it expected

use std::collections::VecDeque;
use std::time::Duration;
use tenure_model::{ConnId, Model, ModelOptions, ModelOutput};
use tenure_proto::{Request, Response, ServerError};
use tenure_session::{
    ANSWER_BYTES_MAX, ExpiredBy, Host, Identity, Output, Question, Secret, Session, SessionOptions,
    Signal, Time,
};

const T: Duration = Duration::from_secs(4);
/// How long bytes take, either way.
const DELAY: Duration = Duration::from_millis(2);

/// Questions that only their numbers distinguish.
#[derive(Debug, PartialEq)]
struct Number(u32);

impl Question for Number {
    type Turn = u32;

    fn bulk(&self, _: &Request) -> Option<u32> {
        None
    }

    fn may_fail(&self) -> bool {
        true
    }

    fn begins_call(&self) -> bool {
        true
    }
}

/// Bytes under way.
enum Flight {
    Up(ConnId, Vec<u8>),
    Down(u64, Vec<u8>),
    Hangup(u64),
}

struct Bench {
    session: Session<Number>,
    outputs: VecDeque<Output>,
    model: Model,
    now: Duration,
    /// The connection: its numbers on both sides.
    conn: Option<(u64, ConnId)>,
    flights: VecDeque<(Duration, Flight)>,
    cut: bool,
    signals: Vec<Signal<Number>>,
}

impl Bench {
    fn options() -> SessionOptions {
        SessionOptions {
            servers: vec![Host {
                name: "127.0.0.1".into(),
                port: 2181,
            }],
            timeout: T,
            credentials: None,
            tick: None,
            answer_bytes_max: ANSWER_BYTES_MAX,
        }
    }

    fn new() -> Self {
        Self {
            session: Session::new(Self::options(), 7),
            outputs: VecDeque::new(),
            model: Model::new(ModelOptions::default(), Duration::ZERO),
            now: Duration::ZERO,
            conn: None,
            flights: VecDeque::new(),
            cut: false,
            signals: Vec::new(),
        }
    }

    fn time(&self) -> Time {
        Time::from_nanos(1) + self.now
    }

    /// One millisecond after another.
    fn run(&mut self, span: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.step();
            self.now += Duration::from_millis(1);
        }
    }

    fn step(&mut self) {
        self.model.tick(self.now);
        while self.flights.front().is_some_and(|(at, _)| *at <= self.now) {
            let (_, flight) = self.flights.pop_front().unwrap();
            let now = self.time();
            match flight {
                Flight::Up(conn, bytes) => self.model.receive(conn, &bytes, self.now),
                Flight::Down(conn, bytes) => self.session.received(conn, &bytes),
                Flight::Hangup(conn) => {
                    self.session
                        .disconnected(conn, "hung up", now, &mut self.outputs);
                }
            }
            self.pump();
        }
        self.pump();
    }

    /// The calls that follow each input, in their order.
    fn pump(&mut self) {
        let now = self.time();
        self.session.tick(now, &mut self.outputs);
        while let Some(signal) = self.session.next_signal(now, &mut self.outputs) {
            self.signals.push(signal);
        }
        self.session.flush(now, &mut self.outputs);
        while let Some(output) = self.outputs.pop_front() {
            self.output(output);
        }
        while let Some(output) = self.model.poll_output() {
            let (ModelOutput::Send { conn, .. } | ModelOutput::Close { conn }) = &output;
            let Some((own, _)) = self.conn.filter(|(_, server)| server == conn) else {
                continue;
            };
            let flight = match output {
                ModelOutput::Send { bytes, .. } => Flight::Down(own, bytes),
                ModelOutput::Close { .. } => Flight::Hangup(own),
            };
            self.flights.push_back((self.now + DELAY, flight));
        }
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Resolve { .. } => panic!("a numeric address needs no look-up"),
            Output::Connect { conn, .. } => {
                let (now, accepted) = (self.time(), !self.cut);
                match accepted.then(|| self.model.accept(self.now)).flatten() {
                    Some(server) => {
                        self.conn = Some((conn, server));
                        self.session.connected(conn, now, &mut self.outputs);
                    }
                    None => self
                        .session
                        .disconnected(conn, "refused", now, &mut self.outputs),
                }
            }
            Output::Send { conn, bytes } => {
                if let Some((_, server)) = self.conn.filter(|(own, _)| *own == conn) {
                    let flight = Flight::Up(server, bytes);
                    self.flights.push_back((self.now + DELAY, flight));
                }
            }
            Output::Close { .. } => self.hang_up(),
        }
    }

    fn hang_up(&mut self) {
        if let Some((_, server)) = self.conn.take() {
            self.model.disconnected(server, self.now);
        }
        self.flights.clear();
    }

    /// Cuts the connection; no other one stands while `cut` is set.
    fn lose(&mut self) {
        let (own, _) = self.conn.unwrap();
        self.hang_up();
        let now = self.time();
        self.session
            .disconnected(own, "cut", now, &mut self.outputs);
    }

    fn ask(&mut self, number: u32, path: &str) {
        let request = Request::Exists {
            path: path.to_owned(),
            watch: false,
        };
        self.session.ask(Number(number), request);
    }

    fn answers(&mut self) -> Vec<(u32, Result<bool, ServerError>)> {
        let signals = std::mem::take(&mut self.signals);
        let answers = signals.into_iter().filter_map(|signal| match signal {
            Signal::Reply {
                question, result, ..
            } => Some((
                question.0,
                result.map(|answer| matches!(answer, Response::Stat(_))),
            )),
            _ => None,
        });
        answers.collect()
    }
}

#[test]
fn answers_come_back_with_their_questions_in_order() {
    let mut bench = Bench::new();
    bench.run(T);
    assert!(bench.session.attached());
    bench.model.create("/a", b"", bench.now).unwrap();
    bench.answers();
    bench.ask(1, "/a");
    bench.ask(2, "/missing");
    bench.ask(3, "/a");
    bench.run(10 * DELAY);
    let missing = Err(ServerError::NoNode);
    assert_eq!(
        bench.answers(),
        [(1, Ok(true)), (2, missing), (3, Ok(true))]
    );
}

#[test]
fn a_session_outlives_a_connection_and_expires_when_the_server_says_so() {
    let mut bench = Bench::new();
    bench.run(T);
    let id = bench.session.id();
    assert_eq!(bench.model.sessions(), [id]);
    bench.ask(1, "/");
    bench.lose();
    bench.run(T / 2);
    // Whatever was in flight has no answer: its owner asks again.
    assert_eq!(bench.answers(), []);
    assert!(bench.session.attached());
    assert_eq!((bench.session.id(), bench.model.sessions()), (id, vec![id]));
    bench.model.expire(id, bench.now);
    bench.run(2 * T);
    let expired = bench.signals.iter().any(|signal| {
        matches!(
            signal,
            Signal::Expired {
                by: ExpiredBy::Server
            }
        )
    });
    assert!(expired && bench.session.attached(), "{:?}", bench.signals);
    assert_ne!(bench.session.id(), id);
}

#[test]
fn a_server_that_cannot_be_reached_is_tried_again_and_a_session_is_closed_when_it_can() {
    let mut bench = Bench::new();
    bench.run(T);
    bench.cut = true;
    bench.lose();
    bench.run(T / 2);
    let attempts = bench
        .signals
        .iter()
        .filter(|signal| matches!(signal, Signal::Retrying { .. }))
        .count();
    assert!((2..100).contains(&attempts), "{attempts}");
    let patience = bench.time() + 3 * T;
    bench.session.close(patience, &mut bench.outputs);
    bench.cut = false;
    bench.run(T / 4);
    assert!(matches!(
        bench.signals.last(),
        Some(Signal::Ended { clean: true })
    ));
    assert_eq!(bench.model.sessions(), []);
}

/// The process that had the session dies; another one takes what it knew, at once or with the servers out
/// of reach at first.
fn bury(bench: &mut Bench, identity: Identity, patience: Duration) {
    bench.hang_up();
    let patience = bench.time() + patience;
    bench.session = Session::bury(Bench::options(), identity, patience, 8);
    bench.signals.clear();
}

fn ends(bench: &Bench) -> Vec<bool> {
    let ends = bench.signals.iter().filter_map(|signal| match signal {
        Signal::Retrying { .. } => None,
        Signal::Ended { clean } => Some(*clean),
        other => panic!("{other:?} of a session that is only to be closed"),
    });
    ends.collect()
}

#[test]
fn the_session_of_a_dead_process_is_closed_by_who_knows_its_identity() {
    for cut in [Duration::ZERO, T / 2] {
        let mut bench = Bench::new();
        assert_eq!(bench.session.identity(), None);
        bench.run(T);
        let identity = bench.session.identity().unwrap().clone();
        assert_eq!(bench.model.sessions(), [identity.id]);
        bury(&mut bench, identity, T);
        bench.cut = true;
        bench.run(cut);
        bench.cut = false;
        // A pause between attempts is at most T/6.
        bench.run(T / 4);
        assert_eq!(bench.model.sessions(), []);
        assert_eq!(ends(&bench), [true]);
        // It never asks for a session of its own.
        bench.run(2 * T);
        assert_eq!((bench.model.sessions(), ends(&bench)), (vec![], vec![true]));
    }
}

#[test]
fn a_session_that_is_over_already_is_closed_and_one_that_cannot_be_reached_is_left_alone() {
    let mut bench = Bench::new();
    bench.run(T);
    let identity = bench.session.identity().unwrap().clone();
    bench.model.expire(identity.id, bench.now);
    bury(&mut bench, identity, T);
    bench.run(T / 4);
    assert_eq!(ends(&bench), [true]);

    let mut bench = Bench::new();
    bench.run(T);
    let identity = bench.session.identity().unwrap().clone();
    bury(&mut bench, identity, T / 2);
    bench.cut = true;
    bench.run(T / 2 + DELAY);
    assert_eq!(ends(&bench), [false]);
    // Nor with a password that is not the session's.
    let mut bench = Bench::new();
    bench.run(T);
    let identity = bench.session.identity().unwrap().clone();
    let id = identity.id;
    let stranger = Identity {
        password: Secret::new(*b"not the password"),
        ..identity
    };
    bury(&mut bench, stranger, T / 4);
    bench.run(T / 2);
    assert_eq!(bench.model.sessions(), [id]);
}

#[test]
fn an_identity_changes_with_the_session_and_shows_no_password() {
    let mut bench = Bench::new();
    bench.run(T);
    let first = bench.session.identity().unwrap().clone();
    assert!(format!("{first:?}").contains("Secret(…)"), "{first:?}");
    bench.model.expire(first.id, bench.now);
    bench.run(T);
    let second = bench.session.identity().unwrap().clone();
    assert_ne!(first.id, second.id);
    // While it waits to be closed, it is still the session's.
    bench.cut = true;
    bench.lose();
    let patience = bench.time() + T;
    bench.session.close(patience, &mut bench.outputs);
    assert_eq!(bench.session.identity(), Some(&second));
    bench.cut = false;
    bench.run(T / 4);
    assert_eq!(bench.session.identity(), None);
}
