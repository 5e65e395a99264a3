//! A model server and any number of core clients, joined by links with a delay, in virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;
use tenure::core::{
    ANSWER_BYTES_MAX, Answer, CallId, Client, Command, ContenderEvent, ContenderSpec,
    DetectorEvent, Error, Event, GroupEvent, Handle, Host, Input, LeasePolicy, LostReason, Output,
    Published, Reenrol, SESSION, Secret, SessionEvent, SessionOptions, Time,
};
use tenure::model::{ConnId, Model, ModelOptions, ModelOutput};
use tenure::proto::{Acl, ConnectRequest, FrameDecoder, Request};

/// The session timeout of every client, unless a test says otherwise.
pub(crate) const T: Duration = Duration::from_secs(6);
/// One way.
pub(crate) const DELAY: Duration = Duration::from_millis(1);
pub(crate) const GROUP: &str = "/group";

#[derive(Debug)]
enum Delivery {
    ToServer(ConnId, Vec<u8>),
    ServerSees(ConnId),
    ToClient(usize, u64, Vec<u8>),
    Connected(usize, u64),
    ClientSees(usize, u64),
    Resolved(usize, u64, Result<Vec<SocketAddr>, String>),
}

/// What a resolver does when it is asked for a name.
#[derive(Debug, Clone)]
pub(crate) struct Resolver {
    /// How long it takes.
    pub(crate) takes: Duration,
    pub(crate) answer: Result<Vec<SocketAddr>, String>,
}

/// One client and everything it did.
pub(crate) struct Node {
    pub(crate) core: Client,
    conns: BTreeMap<u64, ConnId>,
    wait: Option<Time>,
    /// Stopped: neither sees bytes nor time.
    paused: bool,
    inbox: Vec<Delivery>,
    /// A black hole on its link.
    cut: bool,
    /// Connections on which bytes were lost: nothing comes through on them any more.
    dead: BTreeSet<u64>,
    pub(crate) log: Vec<(Time, Handle, Event)>,
    pub(crate) leases: Published,
    /// What each contender stands for.
    groups: BTreeMap<Handle, String>,
    pub(crate) done: BTreeMap<CallId, Result<Answer, Error>>,
    /// Every request that it sent, in order.
    pub(crate) sent: Vec<Request>,
    pub(crate) connects: usize,
    decoders: BTreeMap<u64, FrameDecoder>,
}

pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) model: Model,
    pub(crate) nodes: Vec<Node>,
    flying: BTreeMap<(Time, u64), Delivery>,
    order: u64,
    calls: u64,
    /// Whether contenders prove while they are next in line.
    pub(crate) warm: bool,
    /// The `tickTime` that clients are told.
    pub(crate) tick: Option<Duration>,
    /// How much longer everything that a server says is under way.
    pub(crate) reply_delay: Duration,
    /// A session was ended from outside: two may believe until the lease ends, as documented.
    pub(crate) tampered: bool,
    /// The next reply frames to these operations never reach anybody, and the connection ends.
    pub(crate) swallow_reply_of: Option<i32>,
    /// Reply frames swallowed so far.
    pub(crate) swallowed: usize,
    replied: BTreeMap<(ConnId, i32), i32>,
    /// The next reply to this operation bears this error, though it was carried out.
    pub(crate) disguise: Option<(i32, i32)>,
    /// Names that can be looked up.
    pub(crate) names: BTreeMap<String, Resolver>,
    /// Every look-up, and when.
    pub(crate) look_ups: Vec<(Time, String)>,
    /// Addresses where nobody answers.
    pub(crate) silent: BTreeSet<SocketAddr>,
}

fn at(time: Time) -> Duration {
    Duration::from_nanos(time.as_nanos())
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(ModelOptions::default())
    }

    pub(crate) fn with(options: ModelOptions) -> Self {
        let now = Time::from_nanos(1_000_000_000);
        Self {
            now,
            model: Model::new(options, at(now)),
            nodes: Vec::new(),
            flying: BTreeMap::new(),
            order: 0,
            calls: 0,
            warm: false,
            tick: None,
            reply_delay: Duration::ZERO,
            tampered: false,
            swallow_reply_of: None,
            swallowed: 0,
            replied: BTreeMap::new(),
            disguise: None,
            names: BTreeMap::new(),
            look_ups: Vec::new(),
            silent: BTreeSet::new(),
        }
    }

    /// A client that asks for a session timeout of `T`.
    pub(crate) fn client(&mut self) -> usize {
        self.client_with(T, None)
    }

    pub(crate) fn client_with(&mut self, timeout: Duration, credentials: Option<&str>) -> usize {
        self.client_of(&["127.0.0.1"], timeout, credentials)
    }

    /// A client that knows its servers by these names.
    pub(crate) fn client_of(
        &mut self,
        servers: &[&str],
        timeout: Duration,
        credentials: Option<&str>,
    ) -> usize {
        let servers = servers.iter().map(|name| Host {
            name: (*name).into(),
            port: 2181,
        });
        let options = SessionOptions {
            servers: servers.collect(),
            timeout,
            credentials: credentials.map(Secret::new),
            tick: self.tick,
            answer_bytes_max: ANSWER_BYTES_MAX,
        };
        let id = self.nodes.len();
        self.nodes.push(Node {
            core: Client::new(options, 1000 + id as u64),
            conns: BTreeMap::new(),
            wait: None,
            paused: false,
            inbox: Vec::new(),
            cut: false,
            dead: BTreeSet::new(),
            log: Vec::new(),
            leases: Published::default(),
            groups: BTreeMap::new(),
            done: BTreeMap::new(),
            sent: Vec::new(),
            connects: 0,
            decoders: BTreeMap::new(),
        });
        self.input(id, Input::Tick);
        id
    }

    fn call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    pub(crate) fn command(&mut self, node: usize, command: Command) {
        if let Command::Contend { handle, spec } = &command {
            self.nodes[node].groups.insert(*handle, spec.path.clone());
        }
        self.input(node, Input::Command(command));
    }

    pub(crate) fn contend(&mut self, node: usize, handle: u64) {
        self.contend_with(node, handle, LeasePolicy::Verified, Reenrol::Always);
    }

    pub(crate) fn contend_with(
        &mut self,
        node: usize,
        handle: u64,
        policy: LeasePolicy,
        reenrol: Reenrol,
    ) {
        let spec = ContenderSpec {
            label: Some("c".into()),
            data: format!("{node}/{handle}").into_bytes(),
            policy,
            reenrol,
            warm: self.warm,
            ..ContenderSpec::new(GROUP)
        };
        let handle = Handle(handle);
        self.command(node, Command::Contend { handle, spec });
    }

    pub(crate) fn withdraw(&mut self, node: usize, handle: u64) -> CallId {
        let (call, handle) = (self.call(), Handle(handle));
        self.command(node, Command::Withdraw { handle, call });
        call
    }

    pub(crate) fn detect(&mut self, node: usize, handle: u64) {
        let command = Command::Detect {
            handle: Handle(handle),
            path: GROUP.into(),
        };
        self.command(node, command);
    }

    pub(crate) fn with_call(
        &mut self,
        node: usize,
        make: impl FnOnce(CallId) -> Command,
    ) -> CallId {
        let call = self.call();
        self.command(node, make(call));
        call
    }

    pub(crate) fn close(&mut self, node: usize) -> CallId {
        self.with_call(node, |call| Command::Close { call, patience: T })
    }

    pub(crate) fn cut(&mut self, node: usize) {
        self.nodes[node].cut = true;
    }

    /// The same, and the client notices at once.
    pub(crate) fn sever(&mut self, node: usize) {
        self.cut(node);
        let conns: Vec<u64> = self.nodes[node].conns.keys().copied().collect();
        for conn in conns {
            self.deliver(Delivery::ClientSees(node, conn));
        }
    }

    pub(crate) fn heal(&mut self, node: usize) {
        self.nodes[node].cut = false;
    }

    pub(crate) fn pause(&mut self, node: usize) {
        self.nodes[node].paused = true;
    }

    /// What arrived meanwhile is read now, late.
    pub(crate) fn resume(&mut self, node: usize) {
        self.nodes[node].paused = false;
        for delivery in std::mem::take(&mut self.nodes[node].inbox) {
            self.deliver(delivery);
        }
        self.input(node, Input::Tick);
    }

    pub(crate) fn crash(&mut self) {
        self.model.crash(at(self.now));
        self.collect();
    }

    /// The server's disk is lost.
    pub(crate) fn replace_server(&mut self) {
        self.model = Model::new(ModelOptions::default(), at(self.now));
    }

    pub(crate) fn restart(&mut self) {
        self.model.restart(at(self.now));
        self.collect();
    }

    pub(crate) fn expire(&mut self, node: usize) {
        let session = self.session(node);
        self.expire_session(session);
    }

    pub(crate) fn expire_session(&mut self, session: i64) {
        self.tampered = true;
        assert!(self.model.expire(session, at(self.now)), "no such session");
        self.collect();
    }

    pub(crate) fn delete(&mut self, path: &str) {
        self.model.delete(path, at(self.now)).unwrap();
        self.collect();
    }

    pub(crate) fn delete_tree(&mut self, path: &str) {
        self.model.delete_tree(path, at(self.now)).unwrap();
        self.collect();
    }

    pub(crate) fn create(&mut self, path: &str) {
        self.model.create(path, b"", at(self.now)).unwrap();
        self.collect();
    }

    /// Another client of the server changes a payload.
    pub(crate) fn set_data(&mut self, path: &str, data: &[u8]) {
        let conn = self.model.accept(at(self.now)).unwrap();
        let mut bytes = Vec::new();
        ConnectRequest {
            last_zxid: 0,
            timeout_ms: 5000,
            session: 0,
            password: vec![0; 16],
        }
        .encode(&mut bytes);
        let request = Request::SetData {
            path: path.into(),
            data: data.into(),
            version: -1,
        };
        request.encode(1, &mut bytes);
        Request::CloseSession.encode(2, &mut bytes);
        self.model.receive(conn, &bytes, at(self.now));
        self.collect();
    }

    /// A request on the connection of this node that it did not send.
    pub(crate) fn inject(&mut self, node: usize, request: &Request) {
        let conn = *self.nodes[node].conns.values().next_back().unwrap();
        let mut bytes = Vec::new();
        request.encode(9999, &mut bytes);
        self.model.receive(conn, &bytes, at(self.now));
        self.collect();
    }

    /// The next requests of this node's connection are refused, of this operation only.
    pub(crate) fn refuse(&mut self, node: usize, op: i32, code: i32, times: u32) {
        let conn = *self.nodes[node].conns.values().next_back().unwrap();
        assert!(self.model.refuse_next(conn, Some(op), code, times));
    }

    /// An administrator changes who may do what.
    pub(crate) fn set_acl(&mut self, path: &str, acl: &[Acl]) {
        self.model.set_acl(path, acl, at(self.now)).unwrap();
        self.collect();
    }

    pub(crate) fn members(&self) -> Vec<String> {
        self.model.children(GROUP).unwrap_or_default()
    }

    pub(crate) fn session(&self, node: usize) -> i64 {
        let connected = |(_, _, event): &(Time, Handle, Event)| match event {
            Event::Session(SessionEvent::Connected { session, .. }) => Some(*session),
            _ => None,
        };
        let log = &self.nodes[node].log;
        log.iter().rev().find_map(connected).expect("connected")
    }

    /// Whether this contender would answer `is_leading` with yes.
    pub(crate) fn leads(&self, node: usize, handle: u64) -> bool {
        self.token(node, handle).is_some()
    }

    pub(crate) fn token(&self, node: usize, handle: u64) -> Option<u64> {
        let lease = self.nodes[node].leases.get(Handle(handle))?;
        (lease.end > self.now).then_some(lease.token)
    }

    pub(crate) fn contender_events(&self, node: usize, handle: u64) -> Vec<ContenderEvent> {
        let of = |(_, h, event): &(Time, Handle, Event)| match event {
            Event::Contender(event) if *h == Handle(handle) => Some(event.clone()),
            _ => None,
        };
        self.nodes[node].log.iter().filter_map(of).collect()
    }

    pub(crate) fn detector_events(&self, node: usize, handle: u64) -> Vec<DetectorEvent> {
        let of = |(_, h, event): &(Time, Handle, Event)| match event {
            Event::Detector(event) if *h == Handle(handle) => Some(event.clone()),
            _ => None,
        };
        self.nodes[node].log.iter().filter_map(of).collect()
    }

    /// How many requests of this operation a client has sent so far.
    pub(crate) fn count_sent(&self, node: usize, op: i32) -> usize {
        let sent = &self.nodes[node].sent;
        sent.iter().filter(|request| request.op() == op).count()
    }

    pub(crate) fn group_events(&self, node: usize, handle: u64) -> Vec<GroupEvent> {
        let of = |(_, h, event): &(Time, Handle, Event)| match event {
            Event::Group(event) if *h == Handle(handle) => Some(event.clone()),
            _ => None,
        };
        self.nodes[node].log.iter().filter_map(of).collect()
    }

    /// What has kept this contender from a look or a write, in order.
    pub(crate) fn blocks(&self, node: usize, handle: u64) -> Vec<Error> {
        let of = |event: ContenderEvent| match event {
            ContenderEvent::Blocked { error, .. } => Some(error),
            _ => None,
        };
        let events = self.contender_events(node, handle);
        events.into_iter().filter_map(of).collect()
    }

    /// Why this contender has lost its leadership, in order.
    pub(crate) fn losses(&self, node: usize, handle: u64) -> Vec<LostReason> {
        let of = |event: ContenderEvent| match event {
            ContenderEvent::Lost { reason, .. } => Some(reason),
            _ => None,
        };
        let events = self.contender_events(node, handle);
        events.into_iter().filter_map(of).collect()
    }

    pub(crate) fn session_events(&self, node: usize) -> Vec<SessionEvent> {
        let of = |(_, h, event): &(Time, Handle, Event)| match event {
            Event::Session(event) if *h == SESSION => Some(event.clone()),
            _ => None,
        };
        self.nodes[node].log.iter().filter_map(of).collect()
    }

    /// When this node first logged an event that `pick` wants.
    pub(crate) fn time_of(&self, node: usize, pick: impl Fn(&Event) -> bool) -> Option<Time> {
        let log = &self.nodes[node].log;
        log.iter().find(|(_, _, e)| pick(e)).map(|(at, _, _)| *at)
    }

    /// Runs for `span`, and after each step holds the one promise that nothing is traded for.
    pub(crate) fn run(&mut self, span: Duration) {
        let end = self.now + span;
        self.run_until(end, |_| false);
    }

    /// Runs until `done`, at most for `span`; says whether it came to that.
    pub(crate) fn run_while_not(&mut self, span: Duration, done: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + span;
        self.run_until(end, done)
    }

    fn run_until(&mut self, end: Time, done: impl Fn(&Self) -> bool) -> bool {
        for _ in 0..5_000_000 {
            if done(self) {
                return true;
            }
            let flight = self.flying.keys().next().map(|(at, _)| *at);
            let waits = self
                .nodes
                .iter()
                .filter(|n| !n.paused)
                .filter_map(|n| n.wait);
            let server = self
                .model
                .deadline()
                .map(|d| Time::from_nanos(d.as_nanos() as u64));
            let Some(next) = flight.into_iter().chain(waits).chain(server).min() else {
                self.now = end;
                return done(self);
            };
            if next > end {
                self.now = end;
                return done(self);
            }
            self.now = self.now.max(next);
            self.step();
            self.one_leader();
        }
        panic!("the world does not come to rest: something spins");
    }

    fn step(&mut self) {
        self.model.tick(at(self.now));
        self.collect();
        while let Some(entry) = self.flying.first_entry() {
            if entry.key().0 > self.now {
                break;
            }
            let delivery = entry.remove();
            self.deliver(delivery);
        }
        for id in 0..self.nodes.len() {
            let node = &self.nodes[id];
            if !node.paused && node.wait.is_some_and(|at| at <= self.now) {
                self.input(id, Input::Tick);
            }
        }
    }

    fn one_leader(&self) {
        if self.tampered {
            return;
        }
        let mut leaders: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
        for (id, node) in self.nodes.iter().enumerate() {
            for handle in node.leases.handles().filter(|h| self.leads(id, h.0)) {
                let group = node.groups[&handle].as_str();
                if let Some(other) = leaders.insert(group, (id, handle.0)) {
                    panic!("two leaders of {group}: {other:?} and {:?}", (id, handle.0));
                }
            }
        }
    }

    fn fly(&mut self, delivery: Delivery) {
        self.fly_for(DELAY, delivery);
    }

    fn fly_for(&mut self, span: Duration, delivery: Delivery) {
        self.order += 1;
        let late = match &delivery {
            Delivery::ToClient(..) | Delivery::ClientSees(..) => self.reply_delay,
            _ => Duration::ZERO,
        };
        let key = (self.now + span + late, self.order);
        self.flying.insert(key, delivery);
    }

    fn deliver(&mut self, delivery: Delivery) {
        let to = match &delivery {
            Delivery::ToClient(id, ..)
            | Delivery::Connected(id, _)
            | Delivery::Resolved(id, ..)
            | Delivery::ClientSees(id, _) => Some(*id),
            Delivery::ToServer(..) | Delivery::ServerSees(_) => None,
        };
        if let Some(id) = to
            && self.nodes[id].paused
        {
            self.nodes[id].inbox.push(delivery);
            return;
        }
        match delivery {
            Delivery::ToServer(conn, bytes) => {
                self.model.receive(conn, &bytes, at(self.now));
                self.note_requests(conn, &bytes);
                self.collect();
            }
            Delivery::ServerSees(conn) => {
                self.model.disconnected(conn, at(self.now));
                self.collect();
            }
            Delivery::ToClient(id, conn, bytes) => {
                if self.nodes[id].conns.contains_key(&conn) {
                    self.input(
                        id,
                        Input::Received {
                            conn,
                            bytes: &bytes,
                        },
                    );
                }
            }
            Delivery::Connected(id, conn) => {
                if self.nodes[id].conns.contains_key(&conn) {
                    self.input(id, Input::Connected { conn });
                }
            }
            Delivery::Resolved(id, lookup, result) => {
                self.input(id, Input::Resolved { lookup, result });
            }
            Delivery::ClientSees(id, conn) => {
                if self.nodes[id].conns.remove(&conn).is_some() {
                    let why = "the server closed the connection".to_owned();
                    self.input(id, Input::Disconnected { conn, why });
                }
            }
        }
    }

    /// Which operation each xid was, so that its reply can be told.
    fn note_requests(&mut self, conn: ConnId, bytes: &[u8]) {
        let mut decoder = FrameDecoder::default();
        decoder.push(bytes);
        while let Ok(Some(body)) = decoder.next_frame() {
            if let Ok((xid, Ok(request))) = Request::decode(body) {
                self.replied.insert((conn, xid), request.op());
            }
        }
    }

    /// Sends off what the model put out.
    fn collect(&mut self) {
        while let Some(output) = self.model.poll_output() {
            let (ModelOutput::Send { conn, .. } | ModelOutput::Close { conn }) = &output;
            let owner = self.nodes.iter().enumerate().find_map(|(id, node)| {
                let own = node.conns.iter().find(|(_, c)| *c == conn);
                own.map(|(number, _)| (id, *number))
            });
            let Some((id, number)) = owner else {
                continue;
            };
            let node = &mut self.nodes[id];
            if node.cut {
                node.dead.insert(number);
            }
            if node.dead.contains(&number) {
                continue;
            }
            match output {
                ModelOutput::Send { conn, mut bytes } => {
                    if let Some((op, code)) = self.disguise
                        && self.op_of(conn, &bytes) == Some(op)
                    {
                        self.disguise = None;
                        bytes.truncate(20);
                        bytes[..4].copy_from_slice(&16_i32.to_be_bytes());
                        bytes[16..].copy_from_slice(&code.to_be_bytes());
                    }
                    if self.swallows(conn, &bytes) {
                        self.swallowed += 1;
                        self.swallow_reply_of = None;
                        self.nodes[id].dead.insert(number);
                        self.fly(Delivery::ClientSees(id, number));
                        self.fly(Delivery::ServerSees(conn));
                    } else {
                        self.fly(Delivery::ToClient(id, number, bytes));
                    }
                }
                ModelOutput::Close { .. } => self.fly(Delivery::ClientSees(id, number)),
            }
        }
    }

    fn swallows(&self, conn: ConnId, bytes: &[u8]) -> bool {
        self.swallow_reply_of.is_some() && self.op_of(conn, bytes) == self.swallow_reply_of
    }

    /// Which operation this frame replies to.
    fn op_of(&self, conn: ConnId, bytes: &[u8]) -> Option<i32> {
        let xid = bytes.get(4..8)?;
        let xid = i32::from_be_bytes(xid.try_into().unwrap());
        self.replied.get(&(conn, xid)).copied()
    }

    fn input(&mut self, id: usize, input: Input<'_>) {
        let now = self.now;
        self.nodes[id].core.handle(input, now);
        while let Some(output) = self.nodes[id].core.poll_output() {
            self.output(id, output);
        }
    }

    fn output(&mut self, id: usize, output: Output) {
        let now = self.now;
        let node = &mut self.nodes[id];
        match output {
            Output::Resolve { lookup, host } => {
                let resolver = self.names[&host.name].clone();
                self.look_ups.push((now, host.name));
                let delivery = Delivery::Resolved(id, lookup, resolver.answer);
                self.fly_for(resolver.takes, delivery);
            }
            Output::Connect { conn, address, .. } => {
                node.connects += 1;
                if node.cut || self.silent.contains(&address) {
                    return;
                }
                match self.model.accept(at(now)) {
                    Some(server) => {
                        node.conns.insert(conn, server);
                        node.decoders.insert(conn, FrameDecoder::default());
                        self.fly(Delivery::Connected(id, conn));
                    }
                    None => {
                        node.conns.insert(conn, ConnId(u64::MAX - conn));
                        self.fly(Delivery::ClientSees(id, conn));
                    }
                }
            }
            Output::Send { conn, bytes } => {
                let Some(server) = node.conns.get(&conn).copied() else {
                    return;
                };
                if let Some(decoder) = node.decoders.get_mut(&conn) {
                    decoder.push(&bytes);
                    while let Ok(Some(body)) = decoder.next_frame() {
                        if let Ok((_, Ok(request))) = Request::decode(body) {
                            node.sent.push(request);
                        }
                    }
                }
                if node.cut {
                    node.dead.insert(conn);
                }
                if !node.dead.contains(&conn) {
                    self.fly(Delivery::ToServer(server, bytes));
                }
            }
            Output::Close { conn } => {
                let dead = node.dead.contains(&conn) || node.cut;
                if let Some(server) = node.conns.remove(&conn)
                    && !dead
                {
                    self.fly(Delivery::ServerSees(server));
                }
            }
            Output::Lease {
                handle,
                lease,
                renewed_by,
            } => node.leases.lease(handle, lease, renewed_by),
            Output::Renewal { basis, end } => drop(node.leases.renew(basis, end)),
            Output::Event { handle, event } => node.log.push((now, handle, event)),
            Output::Done { call, result } => {
                assert!(
                    node.done.insert(call, result).is_none(),
                    "{call:?} was answered twice"
                );
            }
            Output::Wait { until } => node.wait = until.map(|(at, _)| at),
        }
    }
}
