//! An ensemble and its clients, whose links to it take no time: only packets between servers do.

use crate::harness::{Client, Got, Transcript, ms};
use std::time::Duration;
use tenure_model::{ConnId, Ensemble, EnsembleOptions, ModelOptions, ModelOutput};
use tenure_proto::{ConnectRequest, Request, Response, xid};

/// The deadline of every wait of a test.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Crew {
    pub(crate) ensemble: Ensemble,
    pub(crate) now: Duration,
    /// All outputs, and their times.
    pub(crate) received: Vec<(Duration, ConnId, Got)>,
    transcript: Transcript,
    xid: i32,
}

/// Three servers with a tick of 500 ms and a `syncLimit` of 2.5 s.
pub(crate) fn three(seed: u64) -> EnsembleOptions {
    EnsembleOptions {
        server: ModelOptions {
            seed,
            ..ModelOptions::default()
        },
        ..EnsembleOptions::default()
    }
}

impl Crew {
    /// Servers that follow an elected leader.
    pub(crate) fn new(options: EnsembleOptions) -> Self {
        let ensemble = Ensemble::new(options, ms(1000));
        let mut crew = Self {
            ensemble,
            now: ms(1000),
            received: Vec::new(),
            transcript: Transcript::default(),
            xid: 0,
        };
        crew.settle();
        crew
    }

    /// Waits until every server that is up serves.
    pub(crate) fn settle(&mut self) {
        self.wait("all servers to serve", |crew| {
            let ensemble = &crew.ensemble;
            (0..ensemble.size()).all(|s| ensemble.serves(s) || ensemble.is_down(s))
        });
    }

    pub(crate) fn leader(&self) -> usize {
        self.ensemble.leader().unwrap()
    }

    pub(crate) fn followers(&self) -> Vec<usize> {
        let leader = self.leader();
        (0..self.ensemble.size()).filter(|s| *s != leader).collect()
    }

    pub(crate) fn run(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(next) = self.ensemble.deadline().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.ensemble.tick(self.now);
            self.drain();
        }
        self.now = end;
        self.ensemble.tick(end);
        self.drain();
    }

    /// Lets time pass until something holds.
    #[track_caller]
    pub(crate) fn wait(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = self.now + PATIENCE;
        self.drain();
        while !holds(self) {
            let next = self.ensemble.deadline().filter(|next| *next <= end);
            let Some(next) = next else {
                panic!("waited in vain for {what}: {:?}", self.ensemble);
            };
            self.now = self.now.max(next);
            self.ensemble.tick(self.now);
            self.drain();
        }
    }

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.ensemble.poll_output() {
            let (conn, got) = match output {
                ModelOutput::Close { conn } => (conn, Got::Closed),
                ModelOutput::Send { conn, bytes } => (conn, self.transcript.decode(conn, &bytes)),
            };
            self.received.push((self.now, conn, got));
        }
    }

    pub(crate) fn hello(
        &mut self,
        server: usize,
        session: Option<&Client>,
        timeout_ms: i32,
    ) -> ConnId {
        let conn = self.ensemble.accept(server, self.now).unwrap();
        let mut bytes = Vec::new();
        ConnectRequest {
            last_zxid: 0,
            timeout_ms,
            session: session.map_or(0, |client| client.session),
            password: session.map_or_else(|| vec![0; 16], |client| client.password.clone()),
        }
        .encode(&mut bytes);
        self.ensemble.receive(conn, &bytes, self.now);
        conn
    }

    /// A new session at this server.
    pub(crate) fn connect(&mut self, server: usize, timeout_ms: i32) -> Client {
        let conn = self.hello(server, None, timeout_ms);
        self.greeted(conn)
    }

    /// The same session over a new connection.
    pub(crate) fn reattach(&mut self, server: usize, client: &Client, timeout_ms: i32) -> Client {
        let conn = self.hello(server, Some(client), timeout_ms);
        self.greeted(conn)
    }

    pub(crate) fn greeted(&mut self, conn: ConnId) -> Client {
        match self.next_for(conn) {
            Got::Connected(response) => Client {
                conn,
                session: response.session,
                password: response.password,
                timeout_ms: response.timeout_ms,
            },
            other => panic!("no handshake: {other:?}"),
        }
    }

    /// Waits for the next output on a connection.
    #[track_caller]
    pub(crate) fn next_for(&mut self, conn: ConnId) -> Got {
        self.drain();
        let seen = self.all_for(conn).len();
        self.wait("a word", |crew| crew.all_for(conn).len() > seen || seen > 0);
        self.received
            .iter()
            .rposition(|(_, to, _)| *to == conn)
            .map_or_else(|| panic!("nothing"), |at| self.received[at].2.clone())
    }

    pub(crate) fn all_for(&self, conn: ConnId) -> Vec<&Got> {
        let received = self.received.iter().filter(|(_, to, _)| *to == conn);
        received.map(|(_, _, got)| got).collect()
    }

    /// When a connection was closed by its server.
    pub(crate) fn closed_at(&self, conn: ConnId) -> Option<Duration> {
        let mut closes = self.received.iter();
        let close = closes.find(|(_, to, got)| *to == conn && *got == Got::Closed);
        close.map(|(at, _, _)| *at)
    }

    pub(crate) fn send(&mut self, conn: ConnId, request: &Request) -> i32 {
        let number = match request {
            Request::Ping => xid::PING,
            Request::Auth { .. } => xid::AUTH,
            _ => {
                self.xid += 1;
                self.xid
            }
        };
        self.send_as(conn, number, request);
        number
    }

    /// The same with a chosen xid.
    pub(crate) fn send_as(&mut self, conn: ConnId, number: i32, request: &Request) {
        let mut bytes = Vec::new();
        request.encode(number, &mut bytes);
        self.transcript.asked(conn, number, request.op());
        self.ensemble.receive(conn, &bytes, self.now);
        self.drain();
    }

    /// Sends a request and waits for its reply.
    #[track_caller]
    pub(crate) fn ask(&mut self, conn: ConnId, request: &Request) -> Result<Response, i32> {
        let before = self.received.len();
        let number = self.send(conn, request);
        let found = |crew: &Self| {
            let mut new = crew.received[before..].iter();
            new.find_map(|(_, to, got)| match got {
                Got::Reply(n, _, response) if *to == conn && *n == number => {
                    Some(Ok(response.clone()))
                }
                Got::Refused(n, _, err) if *to == conn && *n == number => Some(Err(*err)),
                _ => None,
            })
        };
        self.wait("a reply", |crew| found(crew).is_some());
        found(self).unwrap()
    }
}
