//! The bench: clients of the core, one server and links with an exact delay, in virtual time.

mod book;
mod seen;

use book::Book;
pub(crate) use book::Resolver;
use fastrand::Rng;
use seen::Seen;
use std::time::Duration;
use tenure_election::{
    ANSWER_BYTES_MAX, Call, CallId, Client, Command, ContenderSpec, Handle, Host, Identity, Input,
    LeasePolicy, Reenrol, Secret, SessionOptions, Time, Will,
};
use tenure_model::{Ensemble, EnsembleOptions, ModelOptions};
use tenure_proto::{Acl, Request};
use tenure_worlds::{Clock, Quality, SECOND, Trap, Way, World, nanos, span};

/// The session timeout of every client, unless a test sets another.
pub(crate) const T: Duration = Duration::from_secs(6);
/// The delay of one way.
pub(crate) const DELAY: Duration = Duration::from_millis(1);
pub(crate) const GROUP: &str = "/group";
/// The only server.
const ALONE: usize = 0;

pub(crate) struct Bench {
    pub(crate) world: World<Book>,
    /// The events of the clients.
    pub(crate) seen: Seen,
    calls: u64,
    /// Whether contenders prove while they are next in line.
    pub(crate) warm: bool,
    /// The `tickTime` that clients get.
    pub(crate) tick: Option<Duration>,
    /// The additional delay of everything that a server sends.
    reply_delay: Duration,
}

fn alone(options: ModelOptions) -> EnsembleOptions {
    EnsembleOptions {
        server: options,
        voters: 1,
        ..EnsembleOptions::default()
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(ModelOptions::default())
    }

    pub(crate) fn with(options: ModelOptions) -> Self {
        let ensemble = Ensemble::new(alone(options), span(SECOND));
        let dice = || Rng::with_seed(0);
        let mut world = World::new(ensemble, SECOND, Book::default(), dice(), dice(), 0);
        // A cut is a black hole here: bytes that are sent into it never arrive.
        world.cuts_lose = true;
        Self {
            world,
            seen: Seen::default(),
            calls: 0,
            warm: false,
            tick: None,
            reply_delay: Duration::ZERO,
        }
    }

    pub(crate) fn now(&self) -> Time {
        Time::from_nanos(self.world.now)
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
        let options = self.options(servers, timeout, credentials);
        self.start(|id| Client::new(options, 1000 + id as u64))
    }

    /// A client that carries out these wills and closes this session of another one, in at most `T`.
    pub(crate) fn undertaker(&mut self, identity: Identity, wills: Vec<Will>) -> usize {
        let options = self.options(&["127.0.0.1"], identity.timeout, None);
        let patience = self.now() + T;
        self.start(|id| Client::bury(options, identity, wills, patience, 1000 + id as u64))
    }

    fn options(
        &self,
        servers: &[&str],
        timeout: Duration,
        credentials: Option<&str>,
    ) -> SessionOptions {
        let servers = servers.iter().map(|name| Host {
            name: (*name).into(),
            port: 2181,
        });
        SessionOptions {
            servers: servers.collect(),
            timeout,
            credentials: credentials.map(Secret::new),
            tick: self.tick,
            answer_bytes_max: ANSWER_BYTES_MAX,
        }
    }

    /// Starts a client on a node of its own.
    fn start(&mut self, client: impl FnOnce(usize) -> Client) -> usize {
        let id = self.world.hosts.len();
        let mut host = tenure_worlds::Host::new(Clock::TRUE, 1, Quality::exact(nanos(DELAY)));
        host.trap = self.seen.trap;
        self.world.hosts.push(host);
        self.seen.nodes.push(seen::Node::default());
        self.set_reply_delay(self.reply_delay);
        self.world.start(&mut self.seen, id, client(id));
        id
    }

    fn call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    pub(crate) fn command(&mut self, node: usize, command: Command) {
        if let Command::Contend { handle, spec } = &command {
            self.seen.nodes[node]
                .groups
                .insert(*handle, spec.path.clone());
        }
        let input = Input::Command(command);
        self.world.input(&mut self.seen, node, input);
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
        self.contend_as(node, handle, spec);
    }

    pub(crate) fn contend_as(&mut self, node: usize, handle: u64, spec: ContenderSpec) {
        let handle = Handle(handle);
        self.command(node, Command::Contend { handle, spec });
    }

    /// The owner changes its payload.
    pub(crate) fn change_payload(&mut self, node: usize, handle: u64, data: &[u8]) -> CallId {
        let (handle, data) = (Handle(handle), data.to_vec());
        self.with_call(node, |call| Command::Call {
            handle,
            call,
            what: Call::SetData { data },
        })
    }

    pub(crate) fn withdraw(&mut self, node: usize, handle: u64) -> CallId {
        let (call, handle) = (self.call(), Handle(handle));
        self.command(
            node,
            Command::Call {
                handle,
                call,
                what: Call::Withdraw,
            },
        );
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

    /// The client on this node, whether it has ended or not.
    pub(crate) fn core(&self, node: usize) -> &Client {
        self.world.client(node).expect("it is kept")
    }

    /// The clock of this node ran ahead by `lead` of late.
    pub(crate) fn gain(&mut self, node: usize, lead: Duration) {
        let client = self.world.client_mut(node).expect("it is kept");
        client.set_clock_lead(lead);
    }

    // ---- faults ----

    pub(crate) fn cut(&mut self, node: usize) {
        for way in Way::BOTH {
            self.world.cut(node, ALONE, way);
        }
    }

    /// The same, and the client notices at once.
    pub(crate) fn sever(&mut self, node: usize) {
        self.cut(node);
        self.world.sever(&mut self.seen, node);
    }

    /// The connection of this node breaks, and another one is possible.
    pub(crate) fn hang_up(&mut self, node: usize) {
        self.world.sever(&mut self.seen, node);
    }

    /// Connections that lost bytes stay dead.
    pub(crate) fn heal(&mut self, node: usize) {
        self.world.heal_client(node, true);
    }

    /// The process ends without a word; its leases end with it.
    pub(crate) fn kill(&mut self, node: usize) {
        assert!(self.world.kill(node, false), "it runs");
        self.seen.nodes[node].leases.clear();
    }

    pub(crate) fn pause(&mut self, node: usize) {
        self.world.pause(node);
    }

    /// The bytes that arrived meanwhile are read now, late.
    pub(crate) fn resume(&mut self, node: usize) {
        self.world.resume(&mut self.seen, node, false);
    }

    pub(crate) fn crash(&mut self) {
        self.world.crash(&mut self.seen, ALONE, false);
    }

    pub(crate) fn restart(&mut self) {
        self.world.restart(&mut self.seen, ALONE);
    }

    /// The server's disk is lost.
    pub(crate) fn replace_server(&mut self) {
        let options = alone(ModelOptions::default());
        self.world.ensemble = Ensemble::new(options, span(self.world.now));
    }

    /// From now on, everything that a server sends is under way for longer by this.
    pub(crate) fn set_reply_delay(&mut self, late: Duration) {
        self.reply_delay = late;
        let quality = Quality {
            late: nanos(late),
            ..Quality::exact(nanos(DELAY))
        };
        for node in 0..self.world.hosts.len() {
            self.world.set_way(node, Way::Down, quality);
        }
    }

    /// The next reply to this operation is lost, and the connection ends.
    pub(crate) fn swallow_reply_of(&mut self, op: i32) {
        self.set_trap(Some(Trap::ReplyTo(op)));
    }

    /// The next reply to this operation has this error, although the operation was carried out.
    pub(crate) fn disguise(&mut self, op: i32, error: i32) {
        self.set_trap(Some(Trap::Disguise(op, error)));
    }

    /// Replies arrive unchanged.
    pub(crate) fn spare_replies(&mut self) {
        self.set_trap(None);
    }

    /// Whichever client gets the next reply.
    fn set_trap(&mut self, trap: Option<Trap>) {
        self.seen.trap = trap;
        for host in &mut self.world.hosts {
            host.trap = trap;
        }
    }

    /// A request on the connection of this node that it did not send.
    pub(crate) fn inject(&mut self, node: usize, request: &Request) {
        let (conn, _) = self.world.remote(node).unwrap();
        let mut bytes = Vec::new();
        request.encode(9999, &mut bytes);
        self.world
            .ensemble
            .receive(conn, &bytes, span(self.world.now));
        self.collect();
    }

    /// The next requests of this node's connection are refused, of this operation only.
    pub(crate) fn refuse(&mut self, node: usize, op: i32, code: i32, times: u32) {
        let (conn, _) = self.world.remote(node).unwrap();
        let ensemble = &mut self.world.ensemble;
        assert!(ensemble.refuse_next(conn, Some(op), code, times));
    }

    // ---- acts of others ----

    fn collect(&mut self) {
        self.world.collect(&mut self.seen);
    }

    pub(crate) fn expire(&mut self, node: usize) {
        let session = self.session(node);
        self.expire_session(session);
    }

    /// Two may believe that they lead until the lease ends, as documented.
    pub(crate) fn expire_session(&mut self, session: i64) {
        self.seen.tampered = true;
        let now = span(self.world.now);
        let expired = self.world.ensemble.expire(session, now);
        assert!(expired, "no such session");
        self.collect();
    }

    pub(crate) fn delete(&mut self, path: &str) {
        let now = span(self.world.now);
        self.world.ensemble.delete(path, now).unwrap();
        self.collect();
    }

    pub(crate) fn delete_tree(&mut self, path: &str) {
        let now = span(self.world.now);
        self.world.ensemble.delete_tree(path, now).unwrap();
        self.collect();
    }

    pub(crate) fn create(&mut self, path: &str) {
        let now = span(self.world.now);
        self.world.ensemble.create(path, b"", now).unwrap();
        self.collect();
    }

    /// An administrator changes the ACL.
    pub(crate) fn set_acl(&mut self, path: &str, acl: &[Acl]) {
        let now = span(self.world.now);
        self.world.ensemble.set_acl(path, acl, now).unwrap();
        self.collect();
    }

    /// Another party changes a payload.
    pub(crate) fn set_data(&mut self, path: &str, data: &[u8]) {
        let now = span(self.world.now);
        self.world.ensemble.set_data(path, data, now).unwrap();
        self.collect();
    }

    // ---- time ----

    /// Runs for `length`; after each step no two lead.
    pub(crate) fn run(&mut self, length: Duration) {
        self.run_while_not(length, |_| false);
    }

    /// Runs until `done`, at most for `length`; returns whether it is done.
    pub(crate) fn run_while_not(&mut self, length: Duration, done: impl Fn(&Self) -> bool) -> bool {
        let end = self.world.now + nanos(length);
        while !done(self) {
            if !self.world.advance(&mut self.seen, end) {
                return done(self);
            }
            if let Some(what) = self.world.broken() {
                panic!("{what}");
            }
            if std::mem::take(&mut self.seen.sprung) {
                self.set_trap(None);
            }
        }
        true
    }
}
