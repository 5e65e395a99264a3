//! The judge: it sees each event of a world, keeps the events of users, and checks every promise.
//! The world does not depend on it.

mod books;

use crate::acts;
use crate::invariants::{self, Checks, traffic};
use crate::marks::Marks;
use crate::names::Phonebook;
use crate::plan::Plan;
use crate::user::{Account, Candidate, Held, User, What};
use std::rc::Rc;
use tenure::core::{Answer, CallId, Error, Event, Handle, Lease, LeasePolicy};
use tenure::model::Upstream;
use tenure::proto::op;
use tenure_worlds::{Arrival, Nanos, Reply, Target, Way, Witness, int};

/// The world that is judged.
pub(crate) type World = tenure_worlds::World<Phonebook>;

pub(crate) struct Judge {
    pub(crate) plan: Rc<Plan>,
    /// One for each machine.
    pub(crate) accounts: Vec<Account>,
    pub(crate) checks: Checks,
    pub(crate) marks: Marks,
    /// Znodes among the members that are not members.
    pub(crate) strangers: Vec<String>,
    /// By how many milliseconds the wall clock of each server is wrong.
    pub(crate) clocks: Vec<i64>,
    /// How many members plots have put into groups.
    pub(crate) crowd: u64,
    /// The mutant: `is_leading` does not read the clock.
    cached_flag: bool,
    /// A broken promise that is not reported yet.
    objection: Option<String>,
}

impl Judge {
    pub(crate) fn new(plan: Rc<Plan>, cached_flag: bool) -> Self {
        Self {
            accounts: plan.nodes.iter().map(|_| Account::default()).collect(),
            checks: Checks::new(&plan),
            marks: Marks::default(),
            strangers: Vec::new(),
            clocks: vec![0; plan.servers()],
            crowd: 0,
            cached_flag,
            objection: None,
            plan,
        }
    }

    /// The user of the process of a machine, if one runs.
    pub(crate) fn user(&self, id: usize) -> Option<&User> {
        self.accounts[id].user.as_ref()
    }

    pub(crate) fn user_mut(&mut self, id: usize) -> Option<&mut User> {
        self.accounts[id].user.as_mut()
    }

    /// All users, with their machines.
    pub(crate) fn users(&self) -> impl Iterator<Item = (usize, &User)> {
        let all = self.accounts.iter().enumerate();
        all.filter_map(|(id, account)| Some((id, account.user.as_ref()?)))
    }

    /// The users whose process is not stopped.
    pub(crate) fn awake<'a>(&'a self, world: &World) -> impl Iterator<Item = (usize, &'a User)> {
        self.users().filter(|(id, _)| !world.hosts[*id].is_paused())
    }

    /// Whether `is_leading` of this contender would answer yes.
    pub(crate) fn believes(&self, world: &World, candidate: &Candidate) -> bool {
        let runs = |held: Held| self.cached_flag || held.until > world.now;
        candidate.held.is_some_and(runs)
    }

    pub(crate) fn leads_any(&self, world: &World, id: usize) -> bool {
        let user = self.user(id);
        user.is_some_and(|u| u.candidates.values().any(|c| self.believes(world, c)))
    }

    /// The machines that lead by a proof, and are neither stopped nor closing.
    pub(crate) fn proven(&self, world: &World) -> Vec<usize> {
        let leads = |user: &User| {
            let proved = |c: &&Candidate| c.policy == LeasePolicy::Verified;
            let mut all = user.candidates.values().filter(proved);
            !user.closing && all.any(|c| self.believes(world, c))
        };
        let all = self.awake(world).filter(|(_, user)| leads(user));
        all.map(|(id, _)| id).collect()
    }

    /// Checks a promise, unless one is broken already.
    pub(crate) fn keep(
        &mut self,
        world: &World,
        check: impl FnOnce(&Self) -> Result<(), invariants::Broken>,
    ) {
        if world.broken().is_none()
            && self.objection.is_none()
            && let Err(what) = check(self)
        {
            self.objection = Some(what);
        }
    }

    /// Counts the marks of a host that a server has accepted.
    fn attached(&mut self, world: &World, id: usize, server: usize) {
        if server >= self.plan.voters {
            self.marks.hit(match self.plan.observer {
                Some(Upstream::Follower(_)) => "observer-of-follower-attached",
                _ => "observer-attached",
            });
        }
        let leads = self.leads_any(world, id);
        if let Some(user) = self.user_mut(id) {
            let before = user.server.replace(server);
            user.attached_at = world.ensemble.zxid(server);
            if leads && before.is_some_and(|before| before != server) {
                self.marks.hit("leader-reattached-elsewhere");
            }
        }
    }
}

impl Witness<Phonebook> for Judge {
    fn dials(&mut self, world: &World, host: usize, to: Target) {
        traffic::connection(self, world, host);
        match to {
            Target::Nothing { .. } => self.marks.hit("dead-address"),
            Target::Server(server) if world.is_cut(host, server, Way::Up) => {
                self.marks.hit("syn-black-hole");
            }
            Target::Server(_) => {}
        }
    }

    fn looks_up(&mut self, _: &World, _: usize, _: &str, takes: Option<Nanos>) {
        self.marks.hit("name-looked-up");
        if takes.is_none_or(|takes| takes > self.plan.timeout() / 4) {
            self.marks.hit("look-up-slower-than-an-attempt");
        }
    }

    fn sends(&mut self, world: &World, host: usize, bodies: &[&[u8]]) {
        let (mut creates, mut proofs) = (0, 0);
        for body in bodies {
            let (Some(1..), Some(operation)) = (int(body, 0), int(body, 4)) else {
                continue;
            };
            invariants::on_request(self, world, host, body);
            // The last four bytes of a create are its mode.
            let mode = int(body, body.len().saturating_sub(4));
            let create = [op::CREATE, op::CREATE2].contains(&operation);
            creates += u64::from(create && mode == Some(3));
            proofs += u64::from(operation == op::MULTI);
        }
        self.accounts[host].proofs_sent += proofs;
        if let Some(user) = self.user_mut(host) {
            user.counts.creates += creates;
        }
        traffic::request(self, world, host, bodies.len() as u64);
    }

    fn server_reads(&mut self, world: &World, arrival: Arrival) {
        let Arrival { conn, host, .. } = arrival;
        let shortens = self.plan.hazards.meagre && arrival.server % 2 == 1 && !arrival.answered;
        if shortens && self.user(host).is_some_and(|u| u.session.is_some()) {
            let until = world.now + acts::excuse(&self.plan);
            self.checks.shortened(conn, until);
        }
    }

    fn trapped(&mut self, _: &World, _: usize, reply: Reply) {
        match reply {
            Reply::Handshake => self.marks.hit("handshake-reply-lost"),
            Reply::Of(op::CREATE | op::CREATE2, _) => self.marks.hit("create-reply-lost"),
            Reply::Of(op::DELETE, _) => self.marks.hit("delete-reply-lost"),
            _ => {}
        }
    }

    fn reads(&mut self, world: &World, arrival: Arrival) {
        let (id, question) = (arrival.host, arrival.question);
        match arrival.reply {
            Reply::Of(op::MULTI, false) => self.accounts[id].proofs_done += 1,
            Reply::Of(op::CREATE | op::CREATE2, true) => {
                if let Some(user) = self.user_mut(id) {
                    user.counts.refused += 1;
                }
            }
            Reply::Handshake => {
                invariants::on_handshake(self, world, id, arrival.server);
                self.checks.answered(arrival.conn);
                self.attached(world, id, arrival.server);
            }
            Reply::Event => {
                let crowd = traffic::crowd(self);
                if let Some(user) = self.user_mut(id) {
                    user.requests.grant(10 + crowd);
                }
            }
            _ => {}
        }
        if let Some(user) = self.user_mut(id) {
            user.received = world.hosts[id].clock.shows(world.now);
            user.zxid = user.zxid.max(question.map_or(0, |q| q.zxid));
            let writes = [op::MULTI, op::CREATE, op::CREATE2, op::DELETE, op::SET_DATA];
            if let Reply::Of(operation, false) = arrival.reply
                && writes.contains(&operation)
            {
                user.committed = user.committed.max(question.map(|q| q.sent));
                invariants::on_write(self, world, id, question);
            }
        }
    }

    fn lease(&mut self, world: &World, id: usize, handle: Handle, lease: Option<Lease>) {
        let held = lease.map(|lease| Held::new(lease, world.hosts[id].clock));
        invariants::on_lease(self, world, id, handle, held);
    }

    fn event(&mut self, world: &World, id: usize, handle: Handle, event: Event) {
        invariants::on_event(self, world, id, handle, &event);
        self.told(world, id, handle, event);
    }

    fn done(&mut self, world: &World, id: usize, call: CallId, result: Result<Answer, Error>) {
        let Some(user) = self.user_mut(id) else {
            return;
        };
        match (user.calls.remove(&call), result) {
            (None, _) => self.keep(world, |_| {
                Err(format!("client {id}: call {} was answered twice", call.0))
            }),
            (Some(What::Withdraw(handle)), _) => {
                user.candidates.remove(&handle);
            }
            (Some(What::Join(handle)), Ok(Answer::Joined(member))) => {
                user.memberships.entry(handle).or_default().push(member);
            }
            _ => {}
        }
    }

    /// A process exits when its client has ended and has answered everything.
    fn ended(&mut self, _: &World, id: usize) -> bool {
        let user = &mut self.accounts[id].user;
        user.take_if(|user| user.calls.is_empty()).is_some()
    }

    fn elected(&mut self, _: &World, leader: Option<usize>) {
        if leader.is_some() {
            self.marks.hit("zookeeper-elected");
        }
    }

    fn stepped(&mut self, world: &World) {
        invariants::after_step(self, world);
    }

    fn objection(&mut self) -> Option<String> {
        self.objection.take()
    }
}
