//! A world: machines, paths and servers in virtual time. Every step is checked.

use crate::acts;
use crate::clock::{Nanos, SECOND};
use crate::history::History;
use crate::invariants::{self, Checks, traffic};
use crate::marks::Marks;
use crate::names::{self, Lookup, Target};
use crate::node::{Call, Candidate, Counts, Held, Node, Process, Trap, View, What};
use crate::plan::Plan;
use crate::wire::{Conn, Path, Pipe, Question, Reply, Segment, Way};
use fastrand::Rng;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;
use tenure::core::{
    ANSWER_BYTES_MAX, Answer, Client, Command, ContenderEvent, ContenderSpec, Event, ExpiredBy,
    GroupEvent, Handle, Input, LeasePolicy, LostReason, Output, Reenrol, Secret, SessionEvent,
    SessionOptions,
};
use tenure::model::{ConnId, Ensemble, LinkOptions, ModelOutput};
use tenure::proto::{op, xid};

/// The longest answer that is taken in where there are listings beyond it: they cost less so.
const SHORT_ANSWERS: usize = 100_000;
/// Steps at one instant; more than these, and something spins.
const STEPS_MAX: u32 = 20_000;

pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) now: Nanos,
    pub(crate) ensemble: Ensemble,
    pub(crate) nodes: Vec<Node>,
    conns: BTreeMap<usize, Conn>,
    last_conn: usize,
    remotes: BTreeMap<ConnId, usize>,
    /// Machine by machine, server by server, up and down.
    paths: Vec<Path>,
    queue: BinaryHeap<Reverse<(Nanos, u64, usize, Way2)>>,
    order: u64,
    /// Znodes among the members that are none.
    pub(crate) strangers: Vec<String>,
    /// Servers whose connections ended without a word.
    mute: BTreeSet<usize>,
    pub(crate) dice: Rng,
    /// Dice for what a hazard adds.
    pub(crate) more: Rng,
    pub(crate) lookups: Vec<Lookup>,
    /// How often each server has moved.
    pub(crate) generations: Vec<u8>,
    /// Znodes whose readers an administrator has locked out.
    pub(crate) locked: Vec<String>,
    /// When they were let in last.
    pub(crate) unlocked: Nanos,
    /// How many members a plot has put into a group.
    pub(crate) crowd: u64,
    pub(crate) checks: Checks,
    pub(crate) history: History,
    pub(crate) marks: Marks,
    /// `is_leading` is read without a look at the clock.
    pub(crate) cached_flag: bool,
    /// The first promise that was broken.
    pub(crate) broken: Option<String>,
    /// How long it took to come into order.
    pub(crate) settled: Nanos,
    leader: Option<usize>,
    steps: u32,
}

/// [`Way`], in an order.
type Way2 = u8;

impl World {
    pub(crate) fn new(seed: u64, plan: Plan, told: usize, cached_flag: bool) -> Self {
        let now = SECOND;
        let mut dice = Rng::with_seed(seed ^ 0x5e_ed0f_0a11_u64);
        let more = Rng::with_seed(seed ^ 0x0d_d50f_7b0b_u64);
        let mut ensemble = Ensemble::new(plan.ensemble(dice.u64(..)), span(now));
        ensemble.set_ping_lateness(span(plan.lateness));
        ensemble.set_closing_time(span(plan.hazards.closing));
        ensemble.set_touch_loss(plan.hazards.touches);
        if let Some(meagre) = plan.meagre {
            for server in (1..plan.servers()).step_by(2) {
                ensemble.set_max_session_timeout(server, span(meagre));
            }
        }
        let paths = plan.nodes.iter().flat_map(|node| {
            (0..2 * plan.servers()).map(|_| Path {
                quality: node.quality,
                cut_since: None,
            })
        });
        Self {
            paths: paths.collect(),
            nodes: plan.nodes.iter().cloned().map(Node::new).collect(),
            now,
            ensemble,
            conns: BTreeMap::new(),
            last_conn: 0,
            remotes: BTreeMap::new(),
            queue: BinaryHeap::new(),
            order: 0,
            strangers: Vec::new(),
            mute: BTreeSet::new(),
            dice,
            more,
            lookups: Vec::new(),
            generations: vec![0; plan.servers()],
            locked: Vec::new(),
            unlocked: 0,
            crowd: 0,
            checks: Checks::new(&plan),
            history: History::new(told),
            marks: Marks::default(),
            cached_flag,
            broken: None,
            settled: 0,
            leader: None,
            steps: 0,
            plan,
        }
    }

    /// A promise was broken; only the first counts.
    pub(crate) fn fail(&mut self, what: String) {
        if self.broken.is_none() {
            self.history
                .note(self.now, "broken", || format!("BROKEN: {what}"));
            self.broken = Some(what);
        }
    }

    /// Something that was done to this world.
    pub(crate) fn note(&mut self, words: impl FnOnce() -> String) {
        self.history
            .note(self.now, "act", || format!("-- {}", words()));
    }

    // ---- time ----

    /// Lets time pass.
    pub(crate) fn run(&mut self, length: Nanos) {
        self.run_until(length, |_| false);
    }

    /// Lets time pass until something holds; says whether it came to that.
    pub(crate) fn run_until(&mut self, length: Nanos, holds: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + length;
        while self.broken.is_none() {
            if holds(self) {
                return true;
            }
            match self.next() {
                Some(next) if next <= end => self.step(next.max(self.now)),
                _ => {
                    self.now = end;
                    return holds(self);
                }
            }
        }
        false
    }

    fn next(&self) -> Option<Nanos> {
        let queued = self.queue.peek().map(|Reverse((at, ..))| *at);
        let servers = self.ensemble.deadline().map(nanos);
        let awake = self.nodes.iter().filter(|node| !node.paused);
        let wakes = awake.filter_map(|node| node.process.as_ref()?.wakes);
        let looked_up = self.next_answer();
        let all = queued.into_iter().chain(servers).chain(wakes);
        all.chain(looked_up).min()
    }

    fn step(&mut self, now: Nanos) {
        self.steps = if now == self.now { self.steps + 1 } else { 0 };
        if self.steps > STEPS_MAX {
            self.fail("time stands still: something spins".to_owned());
        }
        self.now = now;
        self.ensemble.tick(span(now));
        self.collect();
        while let Some(Reverse((at, ..))) = self.queue.peek()
            && *at <= now
        {
            if let Some(Reverse((_, _, conn, way))) = self.queue.pop() {
                self.arrive(conn, if way == 0 { Way::Up } else { Way::Down });
            }
        }
        self.answer_lookups();
        for id in 0..self.nodes.len() {
            let node = &self.nodes[id];
            let wakes = node.process.as_ref().and_then(|process| process.wakes);
            if !node.paused && wakes.is_some_and(|at| at <= now) {
                self.input(id, Input::Tick);
            }
        }
        let leader = self.ensemble.leader();
        if leader != self.leader {
            if leader.is_some() {
                self.marks.hit("zookeeper-elected");
            }
            self.leader = leader;
            self.history
                .note(now, leader, || format!("zookeeper's leader: {leader:?}"));
        }
        invariants::after_step(self);
    }

    // ---- the network ----

    fn path(&mut self, node: usize, server: usize, way: Way) -> &mut Path {
        let down = usize::from(way == Way::Down);
        &mut self.paths[(node * self.plan.servers() + server) * 2 + down]
    }

    fn send(&mut self, id: usize, way: Way, segment: Segment) {
        let Some(conn) = self.conns.get(&id) else {
            return;
        };
        let (node, server) = (conn.node, conn.server);
        let mut dice = self.dice.clone();
        let path = self.path(node, server, way);
        let (rate, delay) = (path.quality.rate, path.draw(&mut dice));
        let at = self.now + delay;
        self.dice = dice;
        if let Some(conn) = self.conns.get_mut(&id) {
            for piece in segment.pieces(rate) {
                let takes = piece.takes(rate);
                conn.pipe(way).push(at, takes, piece);
            }
        }
        self.arm(id, way);
    }

    /// Gives the first segment of a pipe its turn.
    fn arm(&mut self, id: usize, way: Way) {
        let order = self.order + 1;
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let pipe = conn.pipe(way);
        if let Some(at) = pipe.first()
            && !pipe.armed
        {
            pipe.armed = true;
            self.order = order;
            let at = at.max(self.now);
            self.queue.push(Reverse((at, order, id, way as Way2)));
        }
    }

    fn arrive(&mut self, id: usize, way: Way) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let (node, server) = (conn.node, conn.server);
        conn.pipe(way).armed = false;
        if self.path(node, server, way).cut_since.is_some() {
            return;
        }
        let now = self.now;
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let pipe = conn.pipe(way);
        if pipe.first().is_some_and(|at| at <= now)
            && let Some((_, segment)) = pipe.flying.pop_front()
        {
            match way {
                Way::Up => self.send_to_server(id, segment),
                Way::Down => self.send_to_client(id, segment),
            }
        }
        self.arm(id, way);
        self.forget(id);
    }

    /// Forgets a connection that neither end has any more.
    fn forget(&mut self, id: usize) {
        if let Some(conn) = self.conns.get(&id)
            && !conn.open
            && conn.remote.is_none()
            && conn.up.flying.is_empty()
            && !self.nodes[conn.node].inbox.contains_key(&id)
        {
            self.conns.remove(&id);
        }
    }

    fn send_to_server(&mut self, id: usize, segment: Segment) {
        let now = span(self.now);
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let (node, server) = (conn.node, conn.server);
        match segment {
            Segment::Syn if !conn.open => {}
            Segment::Syn => match self.ensemble.accept(server, now) {
                Some(remote) => {
                    conn.remote = Some(remote);
                    self.remotes.insert(remote, id);
                    self.send(id, Way::Down, Segment::Syn);
                }
                None if self.mute.contains(&server) => {}
                None => self.send(id, Way::Down, Segment::Fin),
            },
            Segment::Data { bytes, .. } => {
                self.history.note(self.now, (id, beginning(&bytes)), || {
                    format!(
                        "server {server} hears client {node} ({id}): {}",
                        frames(&bytes, true)
                    )
                });
                let shortens = self.plan.hazards.meagre && server % 2 == 1 && !conn.answered;
                if shortens
                    && self.nodes[node]
                        .process
                        .as_ref()
                        .is_some_and(|p| p.session.is_some())
                {
                    self.checks.shortened(id, self.now + acts::excuse(self));
                }
                let Some(conn) = self.conns.get(&id) else {
                    return;
                };
                match conn.remote {
                    Some(remote) => self.ensemble.receive(remote, &bytes, now),
                    None if self.mute.contains(&server) => {}
                    None => self.send(id, Way::Down, Segment::Fin),
                }
            }
            Segment::Fin => {
                if let Some(remote) = conn.remote.take() {
                    self.remotes.remove(&remote);
                    self.ensemble.disconnected(remote, now);
                }
            }
        }
        self.collect();
    }

    /// Sends off what servers have put out.
    pub(crate) fn collect(&mut self) {
        while let Some(output) = self.ensemble.poll_output() {
            match output {
                ModelOutput::Send { conn, bytes } => {
                    if let Some(id) = self.remotes.get(&conn).copied() {
                        self.reply(id, bytes);
                    }
                }
                ModelOutput::Close { conn } => {
                    let server = self.ensemble.server_of(conn);
                    let Some(id) = self.remotes.remove(&conn) else {
                        continue;
                    };
                    if let Some(conn) = self.conns.get_mut(&id) {
                        conn.remote = None;
                    }
                    if !self.mute.contains(&server) {
                        self.send(id, Way::Down, Segment::Fin);
                    }
                }
            }
        }
    }

    fn reply(&mut self, id: usize, bytes: Vec<u8>) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let (reply, question) = conn.match_reply(&bytes);
        if conn.deaf {
            return;
        }
        let node = conn.node;
        let trapped = match (self.nodes[node].trap, reply) {
            (Some(Trap::Handshake), Reply::Handshake) => Some("handshake-reply-lost"),
            (Some(Trap::ReplyTo(wanted)), Reply::Of(number, _)) if wanted == number => {
                Some(match number {
                    op::CREATE | op::CREATE2 => "create-reply-lost",
                    op::DELETE => "delete-reply-lost",
                    _ => "",
                })
            }
            _ => None,
        };
        let Some(mark) = trapped else {
            let data = Segment::Data {
                bytes,
                reply,
                question,
            };
            self.send(id, Way::Down, data);
            return;
        };
        conn.deaf = true;
        self.nodes[node].trap = None;
        if !mark.is_empty() {
            self.marks.hit(mark);
        }
        self.note(|| format!("the reply {reply:?} to client {node} is lost, and connection {id}"));
        self.send(id, Way::Down, Segment::Fin);
        self.send(id, Way::Up, Segment::Fin);
    }

    fn send_to_client(&mut self, id: usize, segment: Segment) {
        let Some(conn) = self.conns.get(&id) else {
            return;
        };
        let node = conn.node;
        if !conn.open || conn.incarnation != self.nodes[node].incarnation {
            return;
        }
        if self.nodes[node].paused {
            let inbox = &mut self.nodes[node].inbox;
            inbox.entry(id).or_default().push_back(segment);
            return;
        }
        self.take_in(id, segment);
    }

    fn take_in(&mut self, id: usize, segment: Segment) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let (node, core, server) = (conn.node, conn.core, conn.server);
        if !conn.open {
            return;
        }
        match segment {
            Segment::Syn => self.input(node, Input::Connected { conn: core }),
            Segment::Data {
                bytes,
                reply,
                question,
            } => {
                self.history.note(self.now, (id, beginning(&bytes)), || {
                    format!(
                        "client {node} hears server {server} ({id}): {}",
                        frames(&bytes, false)
                    )
                });
                match reply {
                    Reply::Of(op::MULTI, false) => self.nodes[node].proofs_done += 1,
                    Reply::Of(op::CREATE | op::CREATE2, true) => {
                        if let Some(process) = &mut self.nodes[node].process {
                            process.counts.refused += 1;
                        }
                    }
                    Reply::Handshake => {
                        invariants::on_handshake(self, node, server);
                        self.checks.answered(id);
                        self.shaken(node, server);
                    }
                    Reply::Event => {
                        let crowd = traffic::crowd(self);
                        if let Some(process) = &mut self.nodes[node].process {
                            process.requests.grant(10 + crowd);
                        }
                    }
                    _ => {}
                }
                if let Some(process) = &mut self.nodes[node].process {
                    process.heard = process.clock.shows(self.now);
                    process.zxid = process.zxid.max(question.map_or(0, |q| q.zxid));
                    if let Reply::Of(
                        op::MULTI | op::CREATE | op::CREATE2 | op::DELETE | op::SET_DATA,
                        false,
                    ) = reply
                    {
                        process.committed = process.committed.max(question.map(|q| q.sent));
                        invariants::on_write(self, node, question);
                    }
                }
                self.nodes[node].answering = question.map(|q| q.sent);
                let bytes = &bytes;
                self.input(node, Input::Received { conn: core, bytes });
                self.nodes[node].answering = None;
            }
            Segment::Fin => {
                conn.open = false;
                if let Some(process) = &mut self.nodes[node].process {
                    process.conns.remove(&core);
                }
                let why = "the connection was reset".to_owned();
                self.input(node, Input::Disconnected { conn: core, why });
                self.forget(id);
            }
        }
    }

    fn shaken(&mut self, node: usize, server: usize) {
        if server >= self.plan.voters {
            self.marks.hit(match self.plan.observer {
                Some(tenure::model::Upstream::Follower(_)) => "observer-of-follower-attached",
                _ => "observer-attached",
            });
        }
        let leads = self.leads_any(node);
        if let Some(process) = &mut self.nodes[node].process {
            let before = process.server.replace(server);
            if leads && before.is_some_and(|before| before != server) {
                self.marks.hit("leader-reattached-elsewhere");
            }
        }
    }

    // ---- clients ----

    pub(crate) fn input(&mut self, id: usize, input: Input<'_>) {
        let now = self.now;
        let Some(process) = &mut self.nodes[id].process else {
            return;
        };
        process.core.handle(input, process.clock.shows(now));
        while let Some(process) = &mut self.nodes[id].process
            && let Some(output) = process.core.poll_output()
        {
            self.output(id, output);
        }
        let ended = |p: &Process| p.core.is_ended() && p.calls.is_empty();
        if self.nodes[id].process.as_ref().is_some_and(ended) {
            self.nodes[id].process = None;
        }
    }

    fn output(&mut self, id: usize, output: Output) {
        let now = self.now;
        let Some(process) = &mut self.nodes[id].process else {
            return;
        };
        match output {
            Output::Resolve { lookup, host } => self.look_up(id, lookup, &host),
            Output::Connect { conn, address, .. } => self.connect(id, conn, address),
            Output::Send { conn, bytes } => {
                if let Some(conn) = process.conns.get(&conn).copied() {
                    self.client_sends(id, conn, bytes);
                }
            }
            Output::Close { conn } => {
                if let Some(conn) = process.conns.remove(&conn) {
                    self.hang_up(conn);
                }
            }
            Output::Lease { handle, lease } => {
                let held = lease.map(|lease| Held::new(lease, process.clock));
                let end = lease.map(|l| (l.token, l.end));
                self.history.note(now, (id, handle, end), || match held {
                    Some(h) => format!(
                        "client {id}/{}: lease with token {} for {:?}",
                        handle.0,
                        h.token,
                        Duration::from_nanos(h.until.saturating_sub(now))
                    ),
                    None => format!("client {id}/{}: no lease", handle.0),
                });
                invariants::on_lease(self, id, handle, held);
            }
            Output::Event { handle, event } => {
                self.history.note(now, (id, handle), || {
                    format!("client {id}/{}: {event:?}", handle.0)
                });
                invariants::on_event(self, id, handle, &event);
                self.event(id, handle, event);
            }
            Output::Done { call, result } => {
                let ok = result.is_ok();
                self.history.note(now, (id, call.0, ok), || {
                    format!("client {id}: call {} is answered {result:?}", call.0)
                });
                let Some(Call { what }) = process.calls.remove(&call) else {
                    self.fail(format!("client {id}: call {} was answered twice", call.0));
                    return;
                };
                match (what, result) {
                    (What::Withdraw(handle), _) => {
                        process.candidates.remove(&handle);
                    }
                    (What::Join(handle), Ok(Answer::Joined(member))) => {
                        process.memberships.entry(handle).or_default().push(member);
                    }
                    _ => {}
                }
            }
            Output::Wait { until } => {
                process.wakes = until.map(|(at, _)| process.clock.reaches(at));
            }
        }
    }

    fn event(&mut self, id: usize, handle: Handle, event: Event) {
        let Some(process) = &mut self.nodes[id].process else {
            return;
        };
        match event {
            Event::Session(event) => match event {
                SessionEvent::Connected { session, timeout } => {
                    process.session = Some(session);
                    process.timeout = timeout;
                    process.attached = true;
                    process.committed = None;
                    let look = traffic::look(self, id);
                    if let Some(process) = &mut self.nodes[id].process {
                        process.requests.grant(look);
                    }
                }
                SessionEvent::Suspended { error, .. } => {
                    process.attached = false;
                    // Not what a server ended, which has its own reasons.
                    process.counts.suspended += u64::from(!error.contains("reset"));
                    let open = process.candidates.values().filter(|c| c.open).count();
                    let seats = process.core.footprint()[1].max(open);
                    process.counts.disturbed += seats as u64;
                }
                SessionEvent::Expired { by } => {
                    process.session = None;
                    process.attached = false;
                    self.marks.hit(match by {
                        ExpiredBy::Server => "session-expired-by-server",
                        ExpiredBy::LocalTimeout => "session-expired-locally",
                    });
                }
                SessionEvent::Closed => process.attached = false,
                _ => {}
            },
            Event::Detector(event) => {
                if let Some(view) = process.detectors.get_mut(&handle) {
                    view.told = Some(event);
                }
            }
            Event::Group(GroupEvent::MembershipLost { member, .. }) => {
                if let Some(members) = process.memberships.get_mut(&handle) {
                    members.retain(|m| m.path != member.path);
                }
            }
            Event::Group(event) => {
                if let Some(view) = process.groups.get_mut(&handle) {
                    view.told = Some(event);
                }
            }
            Event::Contender(event) => self.contender_event(id, handle, event),
        }
    }

    fn contender_event(&mut self, id: usize, handle: Handle, event: ContenderEvent) {
        let Some(process) = &mut self.nodes[id].process else {
            return;
        };
        let Some(candidate) = process.candidates.get_mut(&handle) else {
            return;
        };
        let marks = &mut self.marks;
        match event {
            ContenderEvent::Enrolling => {
                candidate.open = true;
                process.counts.begun += 1;
            }
            ContenderEvent::Enrolled { member } => {
                if member.sequence < 0 {
                    marks.hit("counter-wrapped");
                }
                candidate.member = Some(member);
            }
            ContenderEvent::Standby { .. } => marks.hit("contended"),
            ContenderEvent::Leading { member, .. } => {
                candidate.leading = Some(member.token);
                if std::mem::take(&mut candidate.in_jeopardy) {
                    marks.hit("jeopardy-then-leading");
                }
            }
            ContenderEvent::Jeopardy { .. } => candidate.in_jeopardy = true,
            ContenderEvent::Lost {
                member,
                reason,
                led_until,
            } => {
                candidate.open = false;
                candidate.leading = None;
                candidate.in_jeopardy = false;
                candidate.member = None;
                candidate.lost = candidate.lost.max(member.map_or(0, |m| m.token));
                let failed = matches!(reason, LostReason::Failed(_));
                candidate.stopped |= failed || !candidate.reenrols;
                if reason == LostReason::LeaseLapsed {
                    marks.hit("lease-lapsed");
                    if candidate.policy == LeasePolicy::Strict {
                        marks.hit("strict-lapse");
                    }
                }
                match (reason, led_until) {
                    (LostReason::Evicted, _) => marks.hit("evicted"),
                    (LostReason::Withdrawn, Some(_)) => marks.hit("withdrew-while-leading"),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn connect(&mut self, node: usize, core: u64, address: SocketAddr) {
        self.last_conn += 1;
        let id = self.last_conn;
        traffic::connection(self, node);
        let (server, nothing) = match self.target(node, address) {
            Target::Server(server) => (server, None),
            Target::Nothing { refuses } => (0, Some(refuses)),
        };
        let conn = Conn {
            node,
            incarnation: self.nodes[node].incarnation,
            core,
            server,
            remote: None,
            open: true,
            greeted: false,
            answered: false,
            deaf: false,
            asked: VecDeque::new(),
            up: Pipe::default(),
            down: Pipe::default(),
        };
        self.conns.insert(id, conn);
        if let Some(process) = &mut self.nodes[node].process {
            process.conns.insert(core, id);
        }
        match nothing {
            None => {}
            Some(refuses) => {
                self.marks.hit("dead-address");
                self.history.note(self.now, (node, id), || {
                    format!("client {node} calls {address}, where nothing is ({id})")
                });
                if refuses {
                    self.send(id, Way::Down, Segment::Fin);
                }
                return;
            }
        }
        if self.path(node, server, Way::Up).cut_since.is_some() {
            self.marks.hit("syn-black-hole");
        }
        self.history.note(self.now, (node, id), || {
            format!("client {node} calls server {server} ({id})")
        });
        self.send(id, Way::Up, Segment::Syn);
    }

    fn client_sends(&mut self, node: usize, id: usize, bytes: Vec<u8>) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let (mut creates, mut proofs, mut requests) = (0, 0, 0);
        let process = self.nodes[node].process.as_ref();
        let sent = process.map(|process| process.clock.shows(self.now));
        let servers = 0..self.plan.servers();
        let applied = servers.map(|server| self.ensemble.zxid(server));
        let before = applied.max().unwrap_or(0);
        if std::mem::replace(&mut conn.greeted, true) {
            for frame in split(&bytes) {
                requests += 1;
                let (Some(number), Some(operation)) = (int(frame, 0), int(frame, 4)) else {
                    continue;
                };
                if number <= 0 {
                    continue;
                }
                let question = sent.map(|sent| Question {
                    sent,
                    before,
                    zxid: 0,
                });
                conn.asked.push_back((number, operation, question));
                // The last four bytes of a create are its mode.
                let mode = int(frame, frame.len().saturating_sub(4));
                let create = [op::CREATE, op::CREATE2].contains(&operation);
                creates += u64::from(create && mode == Some(3));
                proofs += u64::from(operation == op::MULTI);
            }
        }
        self.nodes[node].proofs_sent += proofs;
        if let Some(process) = &mut self.nodes[node].process {
            process.counts.creates += creates;
        }
        traffic::request(self, node, requests);
        let data = Segment::Data {
            bytes,
            reply: Reply::None,
            question: None,
        };
        self.send(id, Way::Up, data);
    }

    /// The process closes a connection.
    fn hang_up(&mut self, id: usize) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        conn.open = false;
        if conn.greeted {
            self.send(id, Way::Up, Segment::Fin);
        } else if conn.remote.is_none() {
            // Nobody asks for a connection any more.
            conn.up.flying.clear();
        } else {
            self.send(id, Way::Up, Segment::Fin);
        }
        self.forget(id);
    }

    // ---- what is done to machines ----

    /// Starts a process on a machine, with everything that it is for.
    pub(crate) fn start(&mut self, id: usize) {
        let seed = self.dice.u64(..);
        let node = &mut self.nodes[id];
        node.incarnation += 1;
        let credentials = node.plan.authenticates.then(|| Secret::new("user:secret"));
        let options = SessionOptions {
            servers: names::hosts(&node.plan.servers, node.plan.naming),
            timeout: node.plan.timeout,
            credentials,
            tick: node.plan.tick,
            answer_bytes_max: match self.plan.hazards.bulk {
                true => SHORT_ANSWERS,
                false => ANSWER_BYTES_MAX,
            },
        };
        let clock = node.plan.clock;
        node.process = Some(Process {
            core: Client::new(options, seed),
            clock,
            conns: BTreeMap::new(),
            wakes: None,
            candidates: BTreeMap::new(),
            detectors: BTreeMap::new(),
            groups: BTreeMap::new(),
            memberships: BTreeMap::new(),
            calls: BTreeMap::new(),
            asker: None,
            session: None,
            attached: false,
            server: None,
            timeout: node.plan.timeout,
            heard: clock.shows(self.now),
            committed: None,
            zxid: 0,
            requests: traffic::Bucket::default(),
            dials: traffic::Bucket::default(),
            closing: false,
            counts: Counts::default(),
        });
        self.note(|| format!("client {id} starts"));
        self.input(id, Input::Tick);
        let plan = self.nodes[id].plan.clone();
        for group in plan.contends {
            self.contend(id, group);
        }
        for group in plan.detects {
            let handle = self.nodes[id].handle();
            let path = self.plan.groups[group].clone();
            if let Some(process) = &mut self.nodes[id].process {
                let view = View { group, told: None };
                process.detectors.insert(handle, view);
            }
            self.input(id, Input::Command(Command::Detect { handle, path }));
        }
        for group in plan.watches {
            let handle = self.open(id, group);
            if let Some(process) = &mut self.nodes[id].process {
                let view = View { group, told: None };
                process.groups.insert(handle, view);
            }
            self.input(id, Input::Command(Command::Watch { handle }));
        }
        for group in plan.joins {
            let handle = self.open(id, group);
            self.join(id, handle);
        }
    }

    pub(crate) fn open(&mut self, id: usize, group: usize) -> Handle {
        let handle = self.nodes[id].handle();
        let path = self.plan.groups[group].clone();
        self.input(id, Input::Command(Command::Group { handle, path }));
        handle
    }

    pub(crate) fn join(&mut self, id: usize, handle: Handle) {
        let label = Some("joined".to_owned());
        let data = format!("client {id}").into_bytes();
        if let Some(process) = &mut self.nodes[id].process {
            process.counts.begun += 1;
            process.memberships.entry(handle).or_default();
        }
        self.call(id, What::Join(handle), |call| Command::Join {
            handle,
            call,
            label,
            data,
        });
    }

    pub(crate) fn contend(&mut self, id: usize, group: usize) {
        let node = &mut self.nodes[id];
        let (handle, plan) = (node.handle(), node.plan.clone());
        let Some(process) = &mut node.process else {
            return;
        };
        // The same for each process of a machine: what one leaves behind must not be taken for
        // the next one's.
        let data = format!("client {id}").into_bytes();
        let candidate = Candidate {
            group,
            policy: plan.policy,
            reenrols: plan.reenrols,
            held: None,
            open: false,
            leading: None,
            in_jeopardy: false,
            member: None,
            lost: 0,
            withdrawn: false,
            stopped: false,
            data: data.clone(),
        };
        process.candidates.insert(handle, candidate);
        let reenrol = if plan.reenrols {
            Reenrol::Always
        } else {
            Reenrol::Never
        };
        let spec = ContenderSpec {
            path: self.plan.groups[group].clone(),
            label: Some("c".to_owned()),
            data,
            policy: plan.policy,
            reenrol,
            warm: plan.warm,
        };
        self.input(id, Input::Command(Command::Contend { handle, spec }));
    }

    /// Asks for something that is answered.
    pub(crate) fn call(
        &mut self,
        id: usize,
        what: What,
        make: impl FnOnce(tenure::core::CallId) -> Command,
    ) {
        let node = &mut self.nodes[id];
        let call = node.call();
        let Some(process) = &mut node.process else {
            return;
        };
        process.calls.insert(call, Call { what });
        let crowd = traffic::crowd(self);
        if let Some(process) = &mut self.nodes[id].process {
            process.requests.grant(6 + crowd);
        }
        self.input(id, Input::Command(make(call)));
    }

    pub(crate) fn pause(&mut self, id: usize) {
        if self.nodes[id].process.is_some() && !self.nodes[id].paused {
            self.note(|| format!("client {id} is stopped"));
            if self.leads_any(id) {
                self.marks.hit("client-paused-while-leading");
            }
            self.nodes[id].paused = true;
        }
    }

    /// The process goes on: what its kernel has taken in is read late, connection by connection
    /// in any order.
    pub(crate) fn resume(&mut self, id: usize) {
        if !self.nodes[id].paused {
            return;
        }
        self.note(|| format!("client {id} goes on"));
        self.nodes[id].paused = false;
        let late = |c: &Candidate| c.held.is_some_and(|held| held.until <= self.now);
        let process = self.nodes[id].process.as_ref();
        if process.is_some_and(|p| p.candidates.values().any(late)) {
            self.marks.hit("client-paused-past-lease");
        }
        let mut piles: Vec<_> = std::mem::take(&mut self.nodes[id].inbox)
            .into_iter()
            .collect();
        self.dice.shuffle(&mut piles);
        if self.dice.bool() {
            self.input(id, Input::Tick);
        }
        for (conn, pile) in piles {
            for segment in pile {
                self.take_in(conn, segment);
            }
            self.forget(conn);
        }
        self.input(id, Input::Tick);
    }

    /// The process is killed. If its machine goes with it, no server is told.
    pub(crate) fn kill(&mut self, id: usize, machine: bool) {
        let Some(process) = self.nodes[id].process.take() else {
            return;
        };
        self.note(|| format!("client {id} is killed"));
        self.marks.hit("client-killed");
        self.nodes[id].paused = false;
        self.nodes[id].inbox.clear();
        for conn in process.conns.into_values() {
            if machine {
                if let Some(conn) = self.conns.get_mut(&conn) {
                    conn.open = false;
                    conn.up.flying.clear();
                }
            } else {
                self.hang_up(conn);
            }
        }
    }

    pub(crate) fn cut(&mut self, node: usize, server: usize, way: Way) {
        let now = self.now;
        self.note(|| format!("cut: client {node}, server {server}, {way:?}"));
        self.path(node, server, way).cut_since.get_or_insert(now);
    }

    pub(crate) fn heal(&mut self, node: usize, server: usize, way: Way, prompt: bool) {
        let now = self.now;
        let mut dice = self.dice.clone();
        let path = self.path(node, server, way);
        let Some(since) = path.cut_since.take() else {
            return;
        };
        let waited = now - since;
        let mut resends = Vec::new();
        let here = |conn: &Conn| conn.node == node && conn.server == server;
        let ids: Vec<usize> = self
            .conns
            .iter()
            .filter(|(_, conn)| here(conn))
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            let path = self.path(node, server, way);
            resends.push((id, now + path.resends(waited, prompt, &mut dice)));
        }
        self.dice = dice;
        self.note(|| format!("healed: client {node}, server {server}, {way:?}"));
        for (id, until) in resends {
            if let Some(conn) = self.conns.get_mut(&id) {
                conn.pipe(way).delay(until);
            }
            self.arm(id, way);
        }
    }

    pub(crate) fn heal_client(&mut self, node: usize, prompt: bool) {
        for server in 0..self.plan.servers() {
            self.heal(node, server, Way::Up, prompt);
            self.heal(node, server, Way::Down, prompt);
        }
    }

    /// Every connection of a machine is reset; each end notices, and what flew is lost.
    pub(crate) fn reset(&mut self, node: usize) {
        self.note(|| format!("reset: client {node}"));
        if let Some(process) = &mut self.nodes[node].process {
            process.dials.grant(2);
        }
        self.marks.hit("reset");
        let process = self.nodes[node].process.as_ref();
        let ids: Vec<usize> = process.map_or(Vec::new(), |p| p.conns.values().copied().collect());
        for id in ids {
            if let Some(conn) = self.conns.get_mut(&id) {
                conn.up.flying.clear();
                conn.down.flying.clear();
                conn.deaf = true;
            }
            self.send(id, Way::Up, Segment::Fin);
            self.send(id, Way::Down, Segment::Fin);
        }
    }

    pub(crate) fn set_quality(&mut self, node: usize, quality: crate::plan::Quality) {
        for server in 0..self.plan.servers() {
            self.path(node, server, Way::Up).quality = quality;
            self.path(node, server, Way::Down).quality = quality;
        }
    }

    /// What all links between servers are like from now on.
    pub(crate) fn set_links(&mut self, links: &LinkOptions) {
        for from in 0..self.plan.servers() {
            for to in 0..self.plan.servers() {
                self.ensemble.set_link(from, to, links.clone());
            }
        }
    }

    /// The server drops the next request of this client without a word.
    pub(crate) fn drop_request(&mut self, node: usize) {
        let process = self.nodes[node].process.as_ref();
        let id = process.and_then(|p| p.conns.values().next().copied());
        let remote = id.and_then(|id| self.conns.get(&id)?.remote);
        if remote.is_some_and(|remote| self.ensemble.drop_next_request(remote)) {
            self.marks.hit("request-dropped");
            self.note(|| format!("the next request of client {node} will be dropped"));
        }
    }

    /// Ends a server's process, with its machine or without.
    pub(crate) fn crash(&mut self, server: usize, machine: bool) {
        if self.ensemble.is_down(server) {
            return;
        }
        self.note(|| format!("server {server} crashes, machine: {machine}"));
        self.marks.hit(if machine {
            self.mute.insert(server);
            "server-crashed-without-a-word"
        } else {
            "server-crashed"
        });
        self.ensemble.crash(server, span(self.now));
        self.collect();
    }

    pub(crate) fn restart(&mut self, server: usize) {
        self.mute.remove(&server);
        if self.ensemble.is_down(server) {
            self.note(|| format!("server {server} starts again"));
            self.ensemble.restart(server, span(self.now));
            self.collect();
        }
    }

    /// The connection of a machine at the server's end, and its server.
    pub(crate) fn remote(&self, node: usize) -> Option<(ConnId, usize)> {
        let process = self.nodes[node].process.as_ref()?;
        let mut all = process.conns.values().filter_map(|id| self.conns.get(id));
        all.find_map(|conn| Some((conn.remote?, conn.server)))
    }

    // ---- looking at it ----

    /// How things stand, in words.
    pub(crate) fn state(&self) -> String {
        let mut words = format!("{:?}", self.ensemble);
        for group in &self.plan.groups {
            for name in self.ensemble.children(group).unwrap_or_default() {
                let stat = self.ensemble.node(&format!("{group}/{name}"));
                let (token, owner) = stat.map_or((0, 0), |(_, s)| (s.czxid, s.ephemeral_owner));
                words += &format!("\n    {group}/{name}: token {token}, session {owner:#x}");
            }
        }
        for (id, node) in self.nodes.iter().enumerate() {
            let Some(process) = &node.process else {
                words += &format!("\n    client {id} does not run");
                continue;
            };
            words += &format!(
                "\n    client {id}: session {:#x?}, attached {}, server {:?}",
                process.session, process.attached, process.server
            );
            for (handle, c) in &process.candidates {
                let path = c.member.as_ref().map(|m| m.path.as_str());
                words += &format!(
                    "\n        {} in group {}: {path:?}, leads {:?}, withdrawn {}, stopped {}",
                    handle.0, c.group, c.held, c.withdrawn, c.stopped
                );
            }
        }
        words
    }

    /// Whether this contender would answer `is_leading` with yes.
    pub(crate) fn believes(&self, candidate: &Candidate) -> bool {
        let runs = |held: Held| self.cached_flag || held.until > self.now;
        candidate.held.is_some_and(runs)
    }

    /// Whether a machine waits for the answer to its handshake with this server.
    pub(crate) fn knocks(&self, node: usize, server: usize) -> bool {
        let waits = |c: &Conn| c.node == node && c.server == server && c.open && c.greeted;
        self.conns.values().any(|c| waits(c) && !c.answered)
    }

    /// Whether a machine waits to be connected to this server.
    pub(crate) fn dials(&self, node: usize, server: usize) -> bool {
        let waits = |c: &Conn| c.node == node && c.server == server && c.open && !c.greeted;
        self.conns.values().any(waits)
    }

    pub(crate) fn leads_any(&self, node: usize) -> bool {
        let process = self.nodes[node].process.as_ref();
        process.is_some_and(|p| p.candidates.values().any(|c| self.believes(c)))
    }

    /// The machine and the server of somebody who leads.
    pub(crate) fn somebody_who_leads(&mut self) -> Option<(usize, usize)> {
        let leads = |id: &usize| self.leads_any(*id) && !self.nodes[*id].paused;
        let leaders: Vec<usize> = (0..self.nodes.len()).filter(leads).collect();
        let id = self.dice.choice(&leaders).copied()?;
        let server = self.nodes[id].process.as_ref()?.server?;
        Some((id, server))
    }
}

impl Conn {
    /// What a frame from the server answers.
    fn match_reply(&mut self, bytes: &[u8]) -> (Reply, Option<Question>) {
        if !std::mem::replace(&mut self.answered, true) {
            return (Reply::Handshake, None);
        }
        let (number, err) = (int(bytes, 4), int(bytes, 16));
        match number {
            Some(xid::PING) => (Reply::Ping, None),
            Some(xid::NOTIFICATION) => (Reply::Event, None),
            Some(number) if number > 0 => {
                while let Some((asked, operation, question)) = self.asked.pop_front() {
                    if asked == number {
                        // What has become of a multi stands in its body.
                        let inside = operation == op::MULTI && int(bytes, 20) == Some(-1);
                        let zxid = long(bytes, 8).unwrap_or(0);
                        let question = question.map(|question| Question { zxid, ..question });
                        return (Reply::Of(operation, err != Some(0) || inside), question);
                    }
                }
                (Reply::None, None)
            }
            _ => (Reply::None, None),
        }
    }
}

pub(crate) fn span(now: Nanos) -> Duration {
    Duration::from_nanos(now)
}

pub(crate) fn nanos(span: Duration) -> Nanos {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// What tells a segment apart from others: long ones are told by how they begin.
fn beginning(bytes: &[u8]) -> (usize, &[u8]) {
    (bytes.len(), &bytes[..bytes.len().min(4096)])
}

fn int(bytes: &[u8], at: usize) -> Option<i32> {
    let four = bytes.get(at..at + 4)?;
    Some(i32::from_be_bytes(four.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<i64> {
    let eight = bytes.get(at..at + 8)?;
    Some(i64::from_be_bytes(eight.try_into().ok()?))
}

/// The bodies of whole frames.
fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some(length) = int(bytes, 0).and_then(|n| usize::try_from(n).ok()) {
        let Some(body) = bytes.get(4..4 + length) else {
            break;
        };
        found.push(body);
        bytes = &bytes[4 + length..];
    }
    found
}

/// What stands in some frames, for people.
fn frames(bytes: &[u8], up: bool) -> String {
    let words = split(bytes).into_iter().map(|body| {
        let (number, second) = (int(body, 0).unwrap_or(0), int(body, 4).unwrap_or(0));
        match (number, up) {
            (xid::PING, _) => "ping".to_owned(),
            (xid::NOTIFICATION, false) => "event".to_owned(),
            (0, true) => "handshake".to_owned(),
            (0, false) => "handshake reply".to_owned(),
            (number, true) => format!("{} #{number}", name(second)),
            (number, false) => format!("reply #{number} err {}", int(body, 12).unwrap_or(0)),
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

fn name(operation: i32) -> &'static str {
    match operation {
        op::CREATE | op::CREATE2 => "create",
        op::DELETE => "delete",
        op::EXISTS => "exists",
        op::GET_DATA => "getData",
        op::SET_DATA => "setData",
        op::SYNC => "sync",
        op::GET_CHILDREN2 => "getChildren",
        op::MULTI => "proof",
        op::GET_EPHEMERALS => "getEphemerals",
        op::CLOSE_SESSION => "closeSession",
        _ => "request",
    }
}
