//! The thread that owns the model.

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenure_model::{ConnId, Model, ModelOptions, ModelOutput};

use crate::link::Link;
use crate::order::Order;

/// More connections than this at once are refused.
const CONNECTIONS_MAX: usize = 1000;
/// How long the thread sleeps if the model needs no time.
const IDLE: Duration = Duration::from_secs(60);

pub(crate) enum Input {
    Accepted(TcpStream),
    /// None at the end of the connection.
    Bytes(ConnId, Vec<u8>),
    Order(String),
    End,
}

pub(crate) struct Server {
    model: Model,
    started: Instant,
    links: BTreeMap<ConnId, Link>,
    inputs: Sender<Input>,
}

impl Server {
    pub(crate) fn new(options: ModelOptions, inputs: Sender<Input>) -> Self {
        Self {
            model: Model::new(options, Duration::ZERO),
            started: Instant::now(),
            links: BTreeMap::new(),
            inputs,
        }
    }

    /// Serves until the end is asked for.
    pub(crate) fn run(mut self, queue: &Receiver<Input>) {
        loop {
            let deadline = self.model.deadline();
            let wait = deadline.map_or(IDLE, |at| at.saturating_sub(self.now()));
            match queue.recv_timeout(wait.min(IDLE)) {
                Ok(Input::Accepted(stream)) => self.accept(stream),
                Ok(Input::Bytes(conn, bytes)) if bytes.is_empty() => {
                    self.links.remove(&conn);
                    self.model.disconnected(conn, self.now());
                }
                Ok(Input::Bytes(conn, bytes)) => self.model.receive(conn, &bytes, self.now()),
                Ok(Input::Order(line)) => self.order(&line),
                Err(RecvTimeoutError::Timeout) => self.model.tick(self.now()),
                Ok(Input::End) | Err(RecvTimeoutError::Disconnected) => return,
            }
            self.deliver();
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// A server that is down has no connections; this one cannot refuse them, and closes them.
    fn accept(&mut self, stream: TcpStream) {
        if self.links.len() >= CONNECTIONS_MAX {
            eprintln!("tenure-keeper: more than {CONNECTIONS_MAX} connections; one is closed");
            return;
        }
        let Some(conn) = self.model.accept(self.now()) else {
            return;
        };
        let inputs = self.inputs.clone();
        let received = move |bytes| drop(inputs.send(Input::Bytes(conn, bytes)));
        match Link::start(stream, received) {
            Ok(link) => drop(self.links.insert(conn, link)),
            Err(error) => {
                eprintln!("tenure-keeper: a connection cannot be served: {error}");
                self.model.disconnected(conn, self.now());
            }
        }
    }

    fn order(&mut self, line: &str) {
        let now = self.now();
        let order = match Order::parse(line) {
            Ok(order) => order,
            Err(error) => return say(&json!({ "error": error })),
        };
        match order {
            Order::ShutDown(linger) => self.model.shut_down(linger, now),
            Order::Kill => self.model.crash(now),
            Order::Start => self.model.restart(now),
            Order::StepClock(by_ms) => self.model.step_wall_clock(by_ms, now),
            Order::Expire => {
                for session in self.model.sessions() {
                    self.model.expire(session, now);
                }
            }
            Order::Sessions => {
                let sessions = self.model.sessions();
                let sessions: Vec<String> = sessions.iter().map(|s| format!("{s:#x}")).collect();
                say(&json!({ "sessions": sessions }));
            }
        }
        // The effect reaches the clients before the answer reaches the one who gave the order.
        self.deliver();
        say(&json!({ "done": line.trim() }));
    }

    fn deliver(&mut self) {
        while let Some(output) = self.model.poll_output() {
            match output {
                ModelOutput::Send { conn, bytes } => {
                    if let Some(link) = self.links.get(&conn) {
                        link.send(bytes);
                    }
                }
                ModelOutput::Close { conn } => drop(self.links.remove(&conn)),
            }
        }
    }
}

/// Prints a line.
pub(crate) fn say(line: &Value) {
    // Nobody reads it now: standard input will end, too.
    let _ = writeln!(stdout().lock(), "{line}");
}
