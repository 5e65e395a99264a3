//! The client: composes the machines, routes signals and reports to them, and limits the age of their
//! knowledge. The only machine that the edge owns.

mod agenda;
mod commands;
mod machines;
mod prove;
mod recheck;
mod signals;

use super::ask::Ask;
use super::contender::Contender;
use super::event::{Event, SessionEvent};
use super::shared::Shared;
use super::shared_lease::{Basis, SharedLeases, Standing};
use super::watches::Watches;
use super::znode::{self, OwnZnodes};
use super::{
    Answer, CallId, Error, ErrorKind, Handle, Input, Outbox, Output, SESSION, ServerKind, Wake,
    Will,
};
pub(crate) use agenda::{Leads, Needs, Waits};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use machines::{Machine, Machines};
use tenure_session::{Identity, Session, SessionOptions, SessionWake, Time, lease};

/// One session, and the machines that share it. See the [crate](crate) for the contract.
pub struct Client {
    shared: Shared,
    machines: Machines,
    /// Whether the newest answer is so old that the client's knowledge is not reliable.
    stale: bool,
    /// Whether the client has been stale, and the machines have not looked again since.
    unseen: bool,
    contact: Option<Time>,
    /// The first contender of the next proof, if there are too many leaderships for one proof.
    turn: Handle,
    /// Whether a proof has failed because of some of the znodes that it named: the others are proved at
    /// once.
    reprove: bool,
    /// When a machine last looked although its watch had not fired, or when the connection was made.
    rechecked: Time,
    /// The next turn among the contenders, the next turn among all others, and whether the last turn was
    /// a contender's.
    contenders_turn: usize,
    others_turn: usize,
    contenders_looked: bool,
    /// Whether a connection was made in this step: all machines have just looked.
    looked: bool,
    closing: Vec<CallId>,
    /// Until when it tries to bury the session, if that is all that it is for.
    burying: Option<Time>,
    ended: bool,
}

impl core::fmt::Debug for Client {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Client")
            .field("session", &format_args!("{:#x}", self.shared.session.id()))
            .field("machines", &self.machines.len())
            .field("stale", &self.stale)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client that connects at its first [`Input::Tick`]. `seed` picks the order of servers
    /// and the jitter of pauses.
    pub fn new(options: SessionOptions, seed: u64) -> Self {
        Self::on(Session::new(options, seed))
    }

    /// A client that only closes the session of another process, after it has carried out its wills: from its
    /// first [`Input::Tick`] on it tries until `patience` to reach a server, and then reports
    /// [`SessionEvent::Closed`].
    pub fn bury(
        options: SessionOptions,
        identity: Identity,
        wills: Vec<Will>,
        patience: Time,
        seed: u64,
    ) -> Self {
        if wills.is_empty() {
            return Self::on(Session::bury(options, identity, patience, seed));
        }
        let session = identity.id;
        let mut client = Self::on(Session::inherit(options, identity, seed));
        client.burying = Some(patience);
        for will in wills {
            client.shared.znodes.inherit(will, session);
        }
        client
    }

    /// Ends a session that is to be buried, once its wills are carried out, or there is no time left.
    fn end_burial(&mut self) {
        let Some(patience) = self.burying else {
            return;
        };
        let is_over = self.shared.session.identity().is_none();
        if self.shared.znodes.is_empty() || is_over || patience <= self.shared.now {
            self.burying = None;
            self.shared.session.close(patience, &mut self.shared.out);
            self.route();
        }
    }

    /// What is to be done with the own znodes if this process dies, beside the end of the session.
    pub fn wills(&self) -> Vec<Will> {
        self.shared.znodes.wills(self.leaves_znodes())
    }

    /// A number that changes whenever [`wills`](Self::wills) may have changed.
    pub fn wills_version(&self) -> u64 {
        self.shared.znodes.wills_version(self.leaves_znodes())
    }

    /// Whether the end of the session alone may leave its znodes.
    fn leaves_znodes(&self) -> bool {
        self.shared.server_kind() == ServerKind::Other
    }

    fn on(session: Session<Ask>) -> Self {
        Self {
            shared: Shared {
                now: Time::default(),
                session,
                clock_lead: core::time::Duration::ZERO,
                is_tick: false,
                watches: Watches::default(),
                znodes: OwnZnodes::default(),
                leases: SharedLeases::default(),
                out: Outbox::default(),
            },
            machines: Machines::default(),
            stale: false,
            unseen: false,
            contact: None,
            turn: SESSION,
            reprove: false,
            rechecked: Time::default(),
            contenders_turn: 0,
            others_turn: 0,
            contenders_looked: false,
            looked: false,
            closing: Vec::new(),
            burying: None,
            ended: false,
        }
    }

    /// Takes one input at `now`.
    ///
    /// # Panics
    /// In builds with debug assertions, if outputs of the previous input are left: the edge would carry
    /// them out after it has reported a later input.
    pub fn handle(&mut self, input: Input<'_>, now: Time) {
        debug_assert!(
            self.shared.out.is_empty(),
            "the edge must drain all outputs of an input before it gives the next one"
        );
        self.shared.now = self.shared.now.max(now);
        let now = self.shared.now;
        self.looked = false;
        self.shared.is_tick = matches!(input, Input::Tick);
        // The clock comes first: an answer that was read too late renews nothing.
        self.grow_old();
        match input {
            Input::Tick => {}
            Input::Resolved { lookup, result } => {
                self.shared
                    .session
                    .resolved(lookup, result, now, &mut self.shared.out);
            }
            Input::Connected { conn } => {
                self.shared
                    .session
                    .connected(conn, now, &mut self.shared.out)
            }
            Input::Received { conn, bytes } => self.shared.session.received(conn, bytes),
            Input::Disconnected { conn, why } => {
                self.shared
                    .session
                    .disconnected(conn, &why, now, &mut self.shared.out);
            }
            Input::Command(command) => self.command(command),
        }
        self.recheck();
        self.shared.session.tick(now, &mut self.shared.out);
        self.machines_tick();
        self.route();
        self.end_burial();
        self.renew();
        self.give_up();
        self.prove();
        self.shared.session.flush(now, &mut self.shared.out);
        let until = self.deadline();
        self.shared.out.push(Output::Wait { until });
    }

    /// The next action for the edge, in order; `None` after the last.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.shared.out.pop()
    }

    /// Whether the session is closed: no event or answer follows.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Sets the time by which the clock behind `now` may have fallen behind true time within the last
    /// session timeout, if another program slows it down: the proved life of the session ends sooner by
    /// `lag`. Zero by default.
    pub fn set_clock_lag(&mut self, lag: core::time::Duration) {
        self.shared.session.set_clock_lag(lag);
    }

    /// Sets the time by which the clock behind `now` may have run ahead of true time within the last
    /// [`GUARD_MAX`](crate::GUARD_MAX), if another program speeds it up: a wait for another's lease is longer by `lead`.
    /// Zero by default. Only a tick ends such a wait, so it is enough to set this before each tick.
    pub fn set_clock_lead(&mut self, lead: core::time::Duration) {
        self.shared.clock_lead = lead;
    }

    /// The numbers of handles, own znodes and watches that it holds: they must not grow as handles come
    /// and go.
    pub fn footprint(&self) -> [usize; 3] {
        [
            self.machines.len(),
            self.shared.znodes.len(),
            self.shared.watches.len(),
        ]
    }

    /// The session timeout: no lease base is older than that.
    pub fn timeout(&self) -> core::time::Duration {
        self.shared.session.timeout()
    }

    /// By what servers know the session; `None` while there is none.
    pub fn identity(&self) -> Option<&Identity> {
        self.shared.session.identity()
    }

    /// How many requests wait: to be sent, or for their answers. The edge holds commands back while
    /// there are many, also those of calls that were forgotten meanwhile.
    pub fn backlog(&self) -> usize {
        self.shared.session.waiting()
    }

    fn deadline(&mut self) -> Option<(Time, Wake)> {
        let attached = self.shared.session.attached();
        let znodes = self.shared.znodes.deadline().filter(|_| attached);
        // While the client closes, it keeps no knowledge, and only the patience counts.
        let held = self
            .shared
            .session
            .answered()
            .filter(|_| self.closing.is_empty());
        let knowledge = held.map(|answered| {
            let timeout = self.shared.session.timeout();
            let at = if self.stale {
                lease::over(answered, timeout)
            } else {
                lease::horizon(answered, timeout)
            };
            (at, Wake::Knowledge)
        });
        let agenda = self.machines.agenda();
        let alone = agenda.alone_at().map(|at| (at, Wake::Lease));
        let leases = Basis::ALL.into_iter().filter_map(|basis| {
            let lease = self.shared.leases.of(basis)?;
            let jeopardy = lease.fresh_until.filter(|_| !agenda.safe(basis).is_empty());
            let at = jeopardy.map_or(lease.end, |at| at.min(lease.end));
            agenda.shares(basis).then_some((at, Wake::Lease))
        });
        let again = agenda.again_at(attached).into_iter().chain(znodes).min();
        let again = again.map(|at| (at, Wake::Again));
        let recheck = self
            .recheck_at()
            .map(|at| (at, Wake::Session(SessionWake::Ping)));
        let session = self.shared.session.deadline();
        let burial = self
            .burying
            .map(|at| (at, Wake::Session(SessionWake::Patience)));
        session
            .map(|(at, wake)| (at, Wake::Session(wake)))
            .into_iter()
            .chain(knowledge)
            .chain(alone)
            .chain(leases)
            .chain(again)
            .chain(recheck)
            .chain(burial)
            .min_by_key(|(at, _)| *at)
    }

    /// Carries out every deadline of age that has passed: of leases, of knowledge, of the session.
    fn grow_old(&mut self) {
        for handle in self.leaders_to_look_at() {
            let tick = |contender: &mut Contender, shared: &mut Shared| contender.tick(shared);
            self.machines.contender(handle, &mut self.shared, tick);
        }
        let Some(answered) = self.shared.session.answered() else {
            return;
        };
        if !self.closing.is_empty() {
            return;
        }
        let timeout = self.shared.session.timeout();
        let now = self.shared.now;
        let stale = lease::horizon(answered, timeout) <= now;
        if !self.stale && stale {
            self.stale = true;
            self.unseen = true;
            self.each(|machine, shared| match machine {
                Machine::Contender(_) => {}
                Machine::Detector(detector) => detector.on_stale(answered, shared),
                Machine::Group(group) => group.on_stale(answered, shared),
            });
        }
        if lease::over(answered, timeout) <= now {
            self.shared
                .session
                .expire_locally(now, &mut self.shared.out);
        }
        self.route();
    }

    /// After a newer answer: renews leases, and makes machines look again whose knowledge was too old.
    fn renew(&mut self) {
        let answered = self.shared.session.answered();
        if answered == self.contact {
            return;
        }
        self.contact = answered;
        let (Some(answered), false) = (answered, self.ended) else {
            return;
        };
        let fresh = lease::shaky(answered, self.shared.session.timeout()) > self.shared.now;
        let look = self.unseen && fresh && !self.looked;
        self.unseen &= !fresh;
        // An answer that took long may be too old to look again because of it, and yet recent enough to
        // end staleness.
        self.stale &= lease::horizon(answered, self.shared.session.timeout()) <= self.shared.now;
        let stale = self.stale;
        let mut concerned = self.renew_leases();
        if look || stale {
            concerned.extend(self.machines.iter().map(|(handle, _)| handle));
        }
        for handle in concerned {
            self.machines
                .touch(handle, &mut self.shared, |machine, shared| match machine {
                    Machine::Contender(contender) => contender.renew(shared),
                    Machine::Detector(detector) if look => detector.refresh(shared),
                    Machine::Group(group) if look => group.refresh(shared),
                    // The answer that has just come is too old already.
                    Machine::Detector(detector) => detector.on_stale(answered, shared),
                    Machine::Group(group) => group.on_stale(answered, shared),
                });
        }
        self.route();
    }

    /// Renews the shared leases. Returns the contenders that must be called: they lead now, are no longer
    /// in jeopardy, or may report why there is no lease.
    fn renew_leases(&mut self) -> BTreeSet<Handle> {
        let (agenda, now) = (self.machines.agenda(), self.shared.now);
        let mut concerned = BTreeSet::new();
        for basis in Basis::ALL {
            let Some(standing) = Standing::of(basis, &self.shared) else {
                continue;
            };
            if agenda.shares(basis) {
                standing.publish(basis, &mut self.shared);
            }
            if standing.fresh_until.is_some() {
                concerned.extend(agenda.in_jeopardy(basis));
            }
            if !agenda.first(basis).is_empty() && standing.makes_leaders(basis, &self.shared) {
                concerned.extend(agenda.first(basis));
            }
        }
        for waits_long in [false, true] {
            if agenda.explain_by(now, waits_long).next().is_some()
                && self
                    .shared
                    .session
                    .lease_hindrance(now, waits_long)
                    .is_some()
            {
                concerned.extend(agenda.explain_by(now, waits_long));
            }
        }
        concerned
    }

    /// The leaders whose lease is over by now, or whose renewal is overdue.
    fn leaders_to_look_at(&self) -> BTreeSet<Handle> {
        let (agenda, now) = (self.machines.agenda(), self.shared.now);
        let mut due: BTreeSet<Handle> = agenda.alone_by(now).collect();
        for basis in Basis::ALL {
            let Some(lease) = self.shared.leases.of(basis) else {
                continue;
            };
            if lease.end <= now {
                due.extend(agenda.in_jeopardy(basis));
            }
            if lease.end <= now || lease.fresh_until.is_some_and(|at| at <= now) {
                due.extend(agenda.safe(basis));
            }
        }
        due
    }

    fn machines_tick(&mut self) {
        let attached = self.shared.session.attached();
        for handle in self.machines.agenda().again_by(self.shared.now, attached) {
            self.machines
                .touch(handle, &mut self.shared, |machine, shared| match machine {
                    Machine::Detector(detector) => detector.tick(shared),
                    Machine::Group(group) => group.tick(shared),
                    Machine::Contender(contender) => contender.retry(shared),
                });
        }
        znode::tick(&mut self.shared);
    }

    fn end(&mut self, clean: bool) {
        self.ended = true;
        self.shared.watches.clear();
        self.machines
            .end(&mut self.shared, |machine, shared| match machine {
                Machine::Contender(contender) => {
                    contender.on_detached(shared);
                    contender.close(shared);
                }
                Machine::Detector(detector) => detector.on_detached(),
                Machine::Group(group) => {
                    group.on_detached();
                    group.fail_calls(&Error::closed(), shared);
                }
            });
        znode::on_closed(&mut self.shared);
        self.report(SessionEvent::Closed);
        for call in core::mem::take(&mut self.closing) {
            let result = if clean {
                Ok(Answer::Closed)
            } else {
                Err(Error::new(
                    ErrorKind::Timeout,
                    "no server has confirmed the end of the session; \
                     its znodes stand until the session times out",
                ))
            };
            self.shared.out.done(call, result);
        }
    }

    fn detach(&mut self) {
        self.shared.watches.clear();
        self.shared.znodes.on_detached();
        self.each(|machine, shared| match machine {
            Machine::Contender(contender) => contender.on_detached(shared),
            Machine::Detector(detector) => detector.on_detached(),
            Machine::Group(group) => group.on_detached(),
        });
    }

    fn report(&mut self, event: SessionEvent) {
        self.shared.out.event(SESSION, Event::Session(event));
    }

    fn each(&mut self, act: impl FnMut(&mut Machine, &mut Shared)) {
        self.machines.each(&mut self.shared, act);
    }
}
