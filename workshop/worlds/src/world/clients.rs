//! Processes: their inputs, the outputs of their clients, and their look-ups.

use super::World;
use crate::conn::{Conn, Pipe, Segment, Way};
use crate::drive::drive;
use crate::exchange::{Exchange, Reply};
use crate::frames::{beginning, bodies, words};
use crate::host::Process;
use crate::names::{Lookup, Names, Target};
use crate::time::Nanos;
use crate::witness::{Arrival, Witness};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tenure::core::{self, Client, Handle, Input, Lease, Output, Published};

impl<N: Names> World<N> {
    /// Starts a process with this client on a host.
    pub fn start(&mut self, witness: &mut dyn Witness<N>, id: usize, core: Client) {
        let host = &mut self.hosts[id];
        host.incarnation += 1;
        host.process = Some(Process {
            core,
            conns: BTreeMap::new(),
            leases: Published::default(),
            wakes: None,
        });
        self.note(|| format!("client {id} starts"));
        self.input(witness, id, Input::Tick);
    }

    /// Gives a client an input, and carries out its outputs.
    pub fn input(&mut self, witness: &mut dyn Witness<N>, id: usize, input: Input<'_>) {
        let host = &mut self.hosts[id];
        let Some(process) = &mut host.process else {
            return;
        };
        let (now, mut outputs) = (
            host.clock.shows(self.now),
            std::mem::take(&mut self.outputs),
        );
        if let Err(what) = drive(&mut process.core, input, now, &mut outputs) {
            self.fail(format!("client {id}: {what}"));
        }
        for output in outputs.drain(..) {
            self.output(witness, id, output);
        }
        self.outputs = outputs;
        let process = self.hosts[id].process.as_ref();
        if process.is_some_and(|p| p.core.is_ended()) && witness.ended(self, id) {
            self.hosts[id].process = None;
        }
    }

    fn output(&mut self, witness: &mut dyn Witness<N>, id: usize, output: Output) {
        let now = self.now;
        let host = &mut self.hosts[id];
        let Some(process) = &mut host.process else {
            return;
        };
        match output {
            Output::Resolve { lookup, host } => self.look_up(witness, id, lookup, &host),
            Output::Connect { conn, address, .. } => self.connect(witness, id, conn, address),
            Output::Send { conn, bytes } => {
                if let Some(conn) = process.conns.get(&conn).copied() {
                    self.client_sends(witness, id, conn, bytes);
                }
            }
            Output::Close { conn } => {
                if let Some(conn) = process.conns.remove(&conn) {
                    self.hang_up(conn);
                }
            }
            Output::Lease {
                handle,
                lease,
                renewed_by,
            } => {
                process.leases.lease(handle, lease, renewed_by);
                self.lease(witness, id, handle, lease);
            }
            Output::Renewal { basis, end } => {
                for (handle, lease) in process.leases.renew(basis, end) {
                    self.lease(witness, id, handle, Some(lease));
                }
            }
            Output::Event { handle, event } => {
                self.record.note(now, (id, handle), || {
                    format!("client {id}/{}: {event:?}", handle.0)
                });
                self.tell(witness, |witness, world| {
                    witness.event(world, id, handle, event);
                });
            }
            Output::Done { call, result } => {
                let ok = result.is_ok();
                self.record.note(now, (id, call.0, ok), || {
                    format!("client {id}: call {} is answered {result:?}", call.0)
                });
                self.tell(witness, |witness, world| {
                    witness.done(world, id, call, result);
                });
            }
            Output::Wait { until } => {
                process.wakes = until.map(|(at, _)| host.clock.reaches(at));
            }
        }
    }

    fn lease(
        &mut self,
        witness: &mut dyn Witness<N>,
        id: usize,
        handle: Handle,
        lease: Option<Lease>,
    ) {
        let (now, clock) = (self.now, self.hosts[id].clock);
        let end = lease.map(|l| (l.token, l.end));
        self.record.note(now, (id, handle, end), || match lease {
            Some(lease) => format!(
                "client {id}/{}: lease with token {} for {:?}",
                handle.0,
                lease.token,
                Duration::from_nanos(clock.reaches(lease.end).saturating_sub(now))
            ),
            None => format!("client {id}/{}: no lease", handle.0),
        });
        self.tell(witness, |witness, world| {
            witness.lease(world, id, handle, lease);
        });
    }

    // ---- connections ----

    fn connect(
        &mut self,
        witness: &mut dyn Witness<N>,
        host: usize,
        number: u64,
        address: SocketAddr,
    ) {
        self.last_conn += 1;
        let id = self.last_conn;
        let target = self.names.target(host, address);
        let server = match target {
            Target::Server(server) => server,
            Target::Nothing { .. } => 0,
        };
        let conn = Conn {
            host,
            incarnation: self.hosts[host].incarnation,
            number,
            server,
            remote: None,
            open: true,
            deaf: false,
            lost: false,
            exchange: Exchange::default(),
            up: Pipe::default(),
            down: Pipe::default(),
        };
        self.conns.insert(id, conn);
        if let Some(process) = &mut self.hosts[host].process {
            process.conns.insert(number, id);
        }
        self.tell(witness, |witness, world| witness.dials(world, host, target));
        match target {
            Target::Server(server) => {
                self.record.note(self.now, (host, id), || {
                    format!("client {host} calls server {server} ({id})")
                });
                self.send(id, Way::Up, Segment::Syn);
            }
            Target::Nothing { refuses } => {
                self.record.note(self.now, (host, id), || {
                    format!("client {host} calls {address}, where nothing is ({id})")
                });
                if refuses {
                    self.send(id, Way::Down, Segment::Fin);
                }
            }
        }
    }

    fn client_sends(
        &mut self,
        witness: &mut dyn Witness<N>,
        host: usize,
        id: usize,
        bytes: Vec<u8>,
    ) {
        let sent = self.hosts[host].clock.shows(self.now);
        let servers = 0..self.ensemble.size();
        let applied = servers.map(|server| self.ensemble.zxid(server)).max();
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let mut found = Vec::new();
        if conn.exchange.is_greeted() {
            found = bodies(&bytes);
            for body in &found {
                conn.exchange.ask(body, sent, applied.unwrap_or(0));
            }
        } else {
            conn.exchange.greet();
        }
        self.tell(witness, |witness, world| witness.sends(world, host, &found));
        let data = Segment::Data {
            bytes,
            reply: Reply::None,
            question: None,
        };
        self.send(id, Way::Up, data);
    }

    /// The process closes a connection.
    pub(super) fn hang_up(&mut self, id: usize) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        conn.open = false;
        if conn.exchange.is_greeted() || conn.remote.is_some() {
            self.send(id, Way::Up, Segment::Fin);
        } else {
            // The request for a connection is withdrawn.
            conn.up.flying.clear();
        }
        self.forget(id);
    }

    /// The process reads the bytes that have arrived.
    pub(super) fn take_in(&mut self, witness: &mut dyn Witness<N>, id: usize, segment: Segment) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let (host, number, server) = (conn.host, conn.number, conn.server);
        if !conn.open {
            return;
        }
        match segment {
            Segment::Syn => self.input(witness, host, Input::Connected { conn: number }),
            Segment::Data {
                bytes,
                reply,
                question,
            } => {
                let answered = conn.exchange.is_answered();
                self.record.note(self.now, (id, beginning(&bytes)), || {
                    let words = words(&bytes, false);
                    format!("client {host} gets from server {server} ({id}): {words}")
                });
                let arrival = Arrival {
                    conn: id,
                    host,
                    server,
                    reply,
                    question,
                    answered,
                };
                self.tell(witness, |witness, world| witness.reads(world, arrival));
                self.hosts[host].answering = question.map(|q| q.sent);
                let (conn, bytes) = (number, bytes.as_slice());
                self.input(witness, host, Input::Received { conn, bytes });
                self.hosts[host].answering = None;
            }
            Segment::Fin => {
                conn.open = false;
                if let Some(process) = &mut self.hosts[host].process {
                    process.conns.remove(&number);
                }
                let (conn, why) = (number, "the connection was reset".to_owned());
                self.input(witness, host, Input::Disconnected { conn, why });
                self.forget(id);
            }
        }
    }

    // ---- look-ups ----

    fn look_up(&mut self, witness: &mut dyn Witness<N>, id: usize, number: u64, name: &core::Host) {
        let now = self.now;
        let takes = match self.names.takes(id, &name.name, &mut self.more) {
            Ok(takes) => takes,
            Err(why) => return self.fail(why),
        };
        self.tell(witness, |witness, world| {
            witness.looks_up(world, id, &name.name, takes);
        });
        self.record.note(now, (id, number), || {
            format!("client {id} looks up {name} (#{number})")
        });
        self.lookups.push(Lookup {
            host: id,
            incarnation: self.hosts[id].incarnation,
            number,
            name: name.name.clone(),
            at: takes.map(|takes| now + takes),
        });
    }

    pub(super) fn next_answer(&self) -> Option<Nanos> {
        let awake = |lookup: &&Lookup| !self.hosts[lookup.host].paused;
        let lookups = self.lookups.iter().filter(awake);
        lookups.filter_map(|lookup| lookup.at).min()
    }

    /// Answers the look-ups that are due.
    pub(super) fn answer_lookups(&mut self, witness: &mut dyn Witness<N>) {
        let now = self.now;
        let due = |world: &Self, lookup: &Lookup| {
            lookup.at.is_some_and(|at| at <= now) && !world.hosts[lookup.host].paused
        };
        while let Some(found) = self.lookups.iter().position(|lookup| due(self, lookup)) {
            let lookup = self.lookups.remove(found);
            let (id, number) = (lookup.host, lookup.number);
            if self.hosts[id].incarnation != lookup.incarnation {
                continue;
            }
            let result = self.names.answer(id, &lookup.name, &mut self.more);
            self.record.note(now, (id, number), || {
                format!("client {id}: look-up #{number} gives {result:?}")
            });
            let lookup = number;
            self.input(witness, id, Input::Resolved { lookup, result });
        }
    }

    /// Answers the hanging look-ups of a host, within `most`.
    pub fn answer_late(&mut self, host: usize, most: Nanos) {
        for lookup in &mut self.lookups {
            if lookup.host == host && lookup.at.is_none() {
                lookup.at = Some(self.now + self.more.u64(0..=most));
            }
        }
    }
}
