//! The client: composes the machines, routes what they hear, and watches the age of what is
//! known. The only machine that the edge owns.

use super::again;
use super::ask::Ask;
use super::contender::Contender;
use super::detector::Detector;
use super::event::{Event, SessionEvent};
use super::group::Group;
use super::lease;
use super::mutant::{self, Mutant};
use super::session::{Proving, Session, SessionOptions, SessionWake, Signal};
use super::shared::Shared;
use super::time::Time;
use super::verdict;
use super::watches::{Watcher, Watches};
use super::znode::{self, SeatId, Seats};
use super::{
    Answer, CallId, Command, Error, ErrorKind, Handle, Input, Outbox, Output, SESSION, Wake,
};
use crate::proto::{MultiOp, Request, Response, ServerError, WatchEvent};
use std::collections::BTreeMap;

/// How many znodes one proof names at most; more take turns.
const CHECKS_MAX: usize = 512;
/// How many bytes their checks take at most, if there is more than one: servers refuse a request
/// longer than `jute.maxbuffer`, which is 1 MiB if it is not set.
const CHECKS_BYTES_MAX: usize = 128 * 1024;
/// How many bytes a check takes besides its path.
const CHECK_BYTES: usize = 17;

/// `RUNTIMEINCONSISTENCY`: what the operations of a `multi` are answered that come after the one that
/// failed.
const NOT_LOOKED_AT: ServerError = ServerError::Other(-2);

enum Machine {
    Contender(Contender),
    Detector(Detector),
    Group(Group),
}

impl Machine {
    /// How many things are known to it by nothing but a silent watch.
    fn rests(&self, seats: &Seats) -> usize {
        match self {
            Self::Contender(contender) => usize::from(contender.rests()),
            Self::Detector(detector) => usize::from(detector.rests()),
            Self::Group(group) => group.rests(seats),
        }
    }
}

/// One session, and everything that shares it. See the [module](super) for the contract.
pub struct Client {
    shared: Shared,
    machines: BTreeMap<Handle, Machine>,
    /// The newest answer is too old for what was learnt to be relied on.
    stale: bool,
    /// It has been, and nobody has looked anew since.
    unseen: bool,
    contact: Option<Time>,
    /// Where the next proof goes on when there are too many leaderships for one.
    turn: usize,
    /// A proof has failed because of some of the znodes that it named: the others are proved at once.
    reprove: bool,
    /// When something was last looked at though its watch was silent, or the connection was made.
    rechecked: Time,
    /// Whose turn it is of the contenders, and of all others, and whether the last turn was a contender's.
    contenders_turn: usize,
    others_turn: usize,
    contenders_looked: bool,
    /// In this step a connection was made: everybody has just been asked to look.
    looked: bool,
    closing: Vec<CallId>,
    ended: bool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
        Self {
            shared: Shared {
                now: Time::default(),
                session: Session::new(options, seed),
                watches: Watches::default(),
                seats: Seats::default(),
                out: Outbox::default(),
            },
            machines: BTreeMap::new(),
            stale: false,
            unseen: false,
            contact: None,
            turn: 0,
            reprove: false,
            rechecked: Time::default(),
            contenders_turn: 0,
            others_turn: 0,
            contenders_looked: false,
            looked: false,
            closing: Vec::new(),
            ended: false,
        }
    }

    /// Takes one input at `now`.
    pub fn handle(&mut self, input: Input<'_>, now: Time) {
        self.shared.now = self.shared.now.max(now);
        let now = self.shared.now;
        self.looked = false;
        // What the clock says comes first: an answer that was read too late renews nothing.
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
        self.settle();
        self.renew();
        self.give_up();
        self.prove();
        self.shared.session.flush(now, &mut self.shared.out);
        self.shared.out.push(Output::Wait {
            until: self.deadline(),
        });
    }

    /// The next thing to do, in order; `None` when everything is done.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.shared.out.0.pop_front()
    }

    /// Whether the session is closed and nothing will ever happen again.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Tells by how much the clock that `now` comes from may have fallen behind true time within the
    /// last session timeout, if somebody slows it down: what the session is known to live for ends so
    /// much sooner. Zero unless told.
    pub fn set_clock_lag(&mut self, lag: std::time::Duration) {
        self.shared.session.set_clock_lag(lag);
    }

    /// How many handles, own znodes and watchers it holds: what must not grow as they come and go.
    pub fn footprint(&self) -> [usize; 3] {
        [
            self.machines.len(),
            self.shared.seats.len(),
            self.shared.watches.len(),
        ]
    }

    /// The session timeout to reckon with: nothing that a lease rests on is older.
    pub fn timeout(&self) -> std::time::Duration {
        self.shared.session.timeout()
    }

    /// How many requests wait: to be sent, or for their answers. The edge holds commands back while
    /// there are many, also those of calls that were forgotten meanwhile.
    pub fn backlog(&self) -> usize {
        self.shared.session.waiting()
    }

    fn deadline(&self) -> Option<(Time, Wake)> {
        // While closing nothing is held any more, and only patience counts.
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
        let machines = self.machines.values().filter_map(|machine| match machine {
            Machine::Contender(contender) => Some((contender.deadline()?, Wake::Lease)),
            Machine::Detector(detector) => Some((detector.deadline()?, Wake::Again)),
            Machine::Group(group) => Some((group.deadline()?, Wake::Again)),
        });
        let timeout = self.shared.session.timeout();
        let retries = self.machines.values().filter_map(|machine| match machine {
            Machine::Contender(contender) => Some((contender.retry_at(timeout)?, Wake::Again)),
            Machine::Detector(_) | Machine::Group(_) => None,
        });
        let seats = self.shared.seats.deadline().map(|at| (at, Wake::Again));
        let attached = self.shared.session.attached();
        let retries = retries.chain(seats).filter(|_| attached);
        let recheck = self
            .recheck_at()
            .map(|at| (at, Wake::Session(SessionWake::Ping)));
        let session = self.shared.session.deadline();
        session
            .map(|(at, wake)| (at, Wake::Session(wake)))
            .into_iter()
            .chain(knowledge)
            .chain(machines)
            .chain(retries)
            .chain(recheck)
            .min_by_key(|(at, _)| *at)
    }

    /// Steps over every threshold of age that has been passed.
    fn grow_old(&mut self) {
        self.each(|machine, shared| {
            if let Machine::Contender(contender) = machine {
                contender.tick(shared);
            }
        });
        let Some(answered) = self.shared.session.answered() else {
            return;
        };
        if !self.closing.is_empty() {
            return;
        }
        let timeout = self.shared.session.timeout();
        let now = self.shared.now;
        let stale = lease::horizon(answered, timeout) <= now && !mutant::on(Mutant::NeverStale);
        if !self.stale && stale {
            self.stale = true;
            self.unseen = true;
            self.each(|machine, shared| match machine {
                Machine::Contender(_) => {}
                Machine::Detector(detector) => detector.on_stale(answered, shared),
                Machine::Group(group) => group.on_stale(answered, shared),
            });
        }
        if lease::over(answered, timeout) <= now && !mutant::on(Mutant::NeverOver) {
            self.shared
                .session
                .expire_locally(now, &mut self.shared.out);
        }
        self.settle();
    }

    /// A newer answer has come: leases are renewed, and what was too old is looked at again.
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
        // An answer that took long may be too old to look anew by, and yet be news that grows old.
        self.stale &= lease::horizon(answered, self.shared.session.timeout()) <= self.shared.now;
        let stale = self.stale;
        self.each(|machine, shared| match machine {
            Machine::Contender(contender) => contender.renew(shared),
            Machine::Detector(detector) if look => detector.refresh(shared),
            Machine::Group(group) if look => group.refresh(shared),
            // What has only just come is too old already.
            Machine::Detector(detector) if stale => detector.on_stale(answered, shared),
            Machine::Group(group) if stale => group.on_stale(answered, shared),
            Machine::Detector(_) | Machine::Group(_) => {}
        });
        self.settle();
    }

    /// A session that may be about to be closed makes no leader, nor does one whose proved life has run
    /// out where answers are too slow to prove it again. Where somebody waits for a lease, and nothing
    /// hangs on the session that does not come back by itself, it is given up for another one.
    fn give_up(&mut self) {
        let is_doubtful = self
            .shared
            .session
            .doubtful_until(self.shared.now)
            .is_some();
        if !is_doubtful && !self.shared.session.is_too_slow_to_confirm(self.shared.now)
            || !self.closing.is_empty()
        {
            return;
        }
        let mut waits = false;
        for machine in self.machines.values() {
            match machine {
                Machine::Contender(contender) if !contender.may_begin_anew() => return,
                Machine::Contender(contender) if is_doubtful => {
                    waits |= contender.waits_for_lease()
                }
                Machine::Contender(contender) => {
                    waits |=
                        contender.waits_in_vain(self.shared.now, self.shared.session.timeout());
                }
                Machine::Group(group) if group.has_members() => return,
                Machine::Group(_) | Machine::Detector(_) => {}
            }
        }
        if waits {
            self.shared.session.give_up();
            self.settle();
        }
    }

    /// Sends a proof of all leaderships, if one is due.
    fn prove(&mut self) {
        let contenders = || {
            self.machines.values().filter_map(|machine| match machine {
                Machine::Contender(contender) => Some(contender),
                Machine::Detector(_) | Machine::Group(_) => None,
            })
        };
        let leads = contenders().any(Contender::is_leading);
        // One znode that is not known to be ours must not take the others' leases along.
        let claims: Vec<(Proving, SeatId, &str)> = contenders()
            .filter_map(Contender::claim)
            .filter(|(_, seat, _)| {
                self.shared.seats.is_trusted(*seat) || mutant::on(Mutant::CulpritTakesAll)
            })
            .collect();
        let proving = claims.iter().map(|(proving, ..)| *proving).max();
        // Where answers are slow the proofs begin before it is known whose turn it is.
        let early = claims.is_empty()
            && self.shared.session.is_slow(self.shared.now)
            && contenders().any(Contender::may_be_first);
        let proving = match proving {
            None if early => Proving::Steadily,
            proving => proving.unwrap_or(Proving::No),
        };
        self.shared.session.set_leading(leads);
        self.shared.session.set_proving(proving, self.shared.now);
        let again = std::mem::take(&mut self.reprove) && self.shared.session.can_prove();
        if !again && !self.shared.session.proof_is_due(self.shared.now)
            || claims.is_empty() && !early
        {
            return;
        }
        let first = self.turn % claims.len().max(1);
        let mut bytes = 0;
        let window = claims.iter().cycle().skip(first).take(claims.len());
        let (seats, mut ops): (Vec<SeatId>, Vec<MultiOp>) = window
            .take(CHECKS_MAX)
            .take_while(|(_, _, path)| {
                let fits = bytes == 0 || bytes + path.len() + CHECK_BYTES <= CHECKS_BYTES_MAX;
                bytes += path.len() + CHECK_BYTES;
                fits
            })
            .map(|(_, seat, path)| {
                let check = MultiOp::Check {
                    path: (*path).to_owned(),
                    version: -1,
                };
                (*seat, check)
            })
            .unzip();
        self.turn = first + seats.len();
        if ops.is_empty() {
            // Nothing of ours stands: any write proves as much.
            ops.push(MultiOp::Check {
                path: "/".to_owned(),
                version: -1,
            });
        }
        let request = Request::Multi { ops };
        self.shared
            .session
            .prove(Ask::Proof(seats), request, self.shared.now);
    }

    /// A check that failed says that a znode is not what it was: its seat looks, and the others are
    /// proved without it.
    fn proved(&mut self, seats: &[SeatId], result: Result<Response, ServerError>) {
        if mutant::on(Mutant::FailedProof) {
            return;
        }
        match result {
            Ok(Response::Multi(outcomes)) => {
                let mut failed = seats.iter().zip(outcomes).filter_map(|(seat, outcome)| {
                    let error = outcome.err()?;
                    // Those behind the one that is to blame were not looked at.
                    (error != NOT_LOOKED_AT).then_some((*seat, error))
                });
                if let Some((seat, error)) = failed.next() {
                    znode::on_failed_check(&mut self.shared, seat, error);
                    self.reprove = true;
                } else {
                    self.each_of(seats, |contender, _| contender.on_proved());
                }
            }
            Ok(_) => {}
            // The whole proof was not carried out, or it is not known whether: the next one follows.
            Err(error) => self.each_of(seats, |contender, shared| {
                let error = Error::undecided(error, "prove the leadership in", contender.path());
                contender.on_blocked(error, shared);
            }),
        }
    }

    /// The contenders whose seats these are, and not those of an earlier candidacy.
    fn each_of(&mut self, seats: &[SeatId], mut act: impl FnMut(&mut Contender, &mut Shared)) {
        let shared = &mut self.shared;
        for seat in seats {
            let owner = shared.seats.owner(*seat);
            if let Some(Machine::Contender(contender)) =
                owner.and_then(|owner| self.machines.get_mut(&owner))
                && contender.holds(*seat)
            {
                act(contender, shared);
            }
        }
    }

    /// Each T/3, in the place of the ping that would be due in an idle session, one of those that
    /// rest on a watch looks: contenders in turn, and all others in turn, one from each. A watch is silent
    /// not only when nothing happens: servers send no event of a znode to whoever may not read it by
    /// then. With N contenders and others, each contender is looked at every 2·N·T/3.
    fn recheck(&mut self) {
        if self.recheck_at().is_none_or(|at| at > self.shared.now) {
            return;
        }
        self.rechecked = self.shared.now;
        let is_contender = |machine: &&Machine| matches!(machine, Machine::Contender(_));
        let machines = self.machines.values();
        let count = |machine: &Machine| machine.rests(&self.shared.seats);
        let contenders: usize = machines.clone().filter(is_contender).map(count).sum();
        let others = machines.map(count).sum::<usize>() - contenders;
        // Contenders have every second turn: while their looks fail nobody leads.
        let of_contenders = match (contenders, others) {
            (0, 0) => return,
            (_, 0) => true,
            (0, _) => false,
            _ => !std::mem::replace(&mut self.contenders_looked, true),
        };
        self.contenders_looked = of_contenders;
        let (turn, total) = match of_contenders {
            true => (&mut self.contenders_turn, contenders),
            false => (&mut self.others_turn, others),
        };
        let mut nth = *turn % total;
        *turn = nth + 1;
        let mut found = None;
        for (handle, machine) in &self.machines {
            if matches!(machine, Machine::Contender(_)) != of_contenders {
                continue;
            }
            let count = machine.rests(&self.shared.seats);
            if nth < count {
                found = Some(*handle);
                break;
            }
            nth -= count;
        }
        if let Some(handle) = found {
            self.look(handle, nth);
            self.shared.session.asks_now(self.shared.now);
        }
    }

    /// One look though a watch is silent: at the `nth` thing that this machine has a watch on.
    fn look(&mut self, handle: Handle, nth: usize) {
        let shared = &mut self.shared;
        match self.machines.get_mut(&handle) {
            Some(Machine::Contender(contender)) => match contender.next_in_line() {
                // A proof is a look at its own znode and at the one before it, too.
                Some((seat, own, before)) if shared.seats.is_trusted(seat) => {
                    let ops = [own, before].map(|path| MultiOp::Check {
                        path: path.to_owned(),
                        version: -1,
                    });
                    let request = Request::Multi { ops: ops.into() };
                    let ask = Ask::IdleProof(handle, seat);
                    self.shared.session.prove(ask, request, self.shared.now);
                }
                Some(_) | None => contender.recheck(shared),
            },
            Some(Machine::Detector(detector)) => detector.recheck(shared),
            Some(Machine::Group(group)) => group.recheck(nth, shared),
            None => {}
        }
    }

    /// A proof of who is next in line was answered: what failed of it is looked at.
    fn proved_idly(&mut self, handle: Handle, seat: SeatId, result: Result<Response, ServerError>) {
        let Ok(Response::Multi(outcomes)) = result else {
            return;
        };
        let failed = |outcome: &Result<_, ServerError>| {
            outcome.as_ref().is_err_and(|error| *error != NOT_LOOKED_AT)
        };
        match outcomes.iter().position(failed) {
            Some(0) => {
                if let Some(Err(error)) = outcomes.first() {
                    znode::on_failed_check(&mut self.shared, seat, *error);
                }
            }
            Some(_) => {
                if let Some(Machine::Contender(contender)) = self.machines.get_mut(&handle)
                    && contender.next_in_line().is_some()
                {
                    contender.watch_predecessor(&mut self.shared);
                }
            }
            None => {}
        }
    }

    /// When [`recheck`](Self::recheck) is due, if anything may rest on a watch.
    fn recheck_at(&self) -> Option<Time> {
        // It would hide these mistakes.
        let hidden = mutant::on(Mutant::Unarmed)
            || mutant::on(Mutant::OwnUnwatched)
            || mutant::on(Mutant::FailedProof)
            || mutant::on(Mutant::PathUnwatched);
        if hidden || !self.shared.session.attached() || self.machines.is_empty() {
            return None;
        }
        Some(self.rechecked + again::leisure(self.shared.session.timeout()))
    }

    fn machines_tick(&mut self) {
        self.each(|machine, shared| match machine {
            Machine::Detector(detector) => detector.tick(shared),
            Machine::Group(group) => group.tick(shared),
            Machine::Contender(contender) => contender.retry(shared),
        });
        znode::tick(&mut self.shared);
    }

    /// Carries every signal and every news of a seat to whom it concerns, until there is none.
    fn settle(&mut self) {
        loop {
            while let Some((owner, seat, news)) = self.shared.seats.next_news() {
                let shared = &mut self.shared;
                match self.machines.get_mut(&owner) {
                    Some(Machine::Contender(contender)) => {
                        contender.on_news(seat, news, shared);
                        if contender.is_gone() {
                            // It may have armed a watch while it was leaving.
                            self.shared.watches.forget(Watcher::Handle(owner));
                            self.machines.remove(&owner);
                        }
                    }
                    Some(Machine::Group(group)) => group.on_news(seat, news, shared),
                    Some(Machine::Detector(_)) | None => {}
                }
            }
            let Some(signal) = self
                .shared
                .session
                .next_signal(self.shared.now, &mut self.shared.out)
            else {
                return;
            };
            self.signal(signal);
        }
    }

    fn signal(&mut self, signal: Signal<Ask>) {
        match signal {
            Signal::Connecting => self.tell(SessionEvent::Connecting),
            Signal::Retrying { attempt, error } => {
                self.tell(SessionEvent::Retrying { attempt, error });
            }
            Signal::Attached => {
                self.looked = true;
                self.reprove = false;
                self.rechecked = self.shared.now;
                self.tell(SessionEvent::Connected {
                    session: self.shared.session.id(),
                    timeout: self.shared.session.timeout(),
                });
                znode::on_attached(&mut self.shared);
                self.each(|machine, shared| match machine {
                    Machine::Contender(contender) => contender.on_attached(shared),
                    Machine::Detector(detector) => detector.refresh(shared),
                    Machine::Group(group) => group.on_attached(shared),
                });
            }
            Signal::Detached { why } => {
                self.detach();
                self.tell(SessionEvent::Suspended {
                    since: self.shared.now,
                    error: why,
                });
            }
            Signal::Expired { by } => {
                self.detach();
                self.stale = false;
                self.unseen = false;
                self.contact = None;
                self.tell(SessionEvent::Expired { by });
                znode::on_expired(&mut self.shared, by);
                // No server will say more about what was known in the old session.
                let now = self.shared.now;
                self.each(|machine, shared| match machine {
                    Machine::Detector(detector) => detector.on_stale(now, shared),
                    Machine::Group(group) => group.on_stale(now, shared),
                    Machine::Contender(_) => {}
                });
            }
            Signal::Buried => {
                znode::on_buried(&mut self.shared);
            }
            Signal::Reply {
                question: ask,
                result,
                sent,
                zxid,
                watch,
                op,
            } => {
                let undecided = result.as_ref().err().copied();
                let undecided = undecided.filter(|error| !verdict::decides(op, *error));
                // Whoever is gone by now must not be remembered.
                let watcher = match &ask {
                    Ask::Seat(id, _) if self.shared.seats.contains(*id) => Some(Watcher::Seat(*id)),
                    Ask::Contender(handle, _)
                    | Ask::Detector(handle, _)
                    | Ask::Group(handle, _)
                        if self.machines.contains_key(handle) =>
                    {
                        Some(Watcher::Handle(*handle))
                    }
                    _ => None,
                };
                if let (Some((kind, path)), Some(watcher)) = (watch, watcher) {
                    self.shared.watches.arm(kind, path, watcher);
                }
                if let Some(error) = undecided {
                    self.undecided(ask, error);
                    return;
                }
                let shared = &mut self.shared;
                match ask {
                    Ask::Seat(id, ask) => znode::on_reply(&mut self.shared, id, ask, result),
                    Ask::Contender(handle, ask) => {
                        if let Some(Machine::Contender(contender)) = self.machines.get_mut(&handle)
                        {
                            contender.on_reply(ask, result, shared);
                        }
                    }
                    Ask::Detector(handle, ask) => {
                        if let Some(Machine::Detector(detector)) = self.machines.get_mut(&handle) {
                            detector.on_reply(ask, result, sent, zxid, shared);
                        }
                    }
                    Ask::Group(handle, ask) => {
                        if let Some(Machine::Group(group)) = self.machines.get_mut(&handle) {
                            group.on_reply(ask, result, shared);
                        }
                    }
                    Ask::Proof(seats) => self.proved(&seats, result),
                    Ask::IdleProof(handle, seat) => self.proved_idly(handle, seat, result),
                }
            }
            Signal::Watch(event) => self.watch(&event),
            Signal::AuthFailed => self.tell(SessionEvent::AuthFailed),
            Signal::Ended { clean } => self.end(clean),
        }
    }

    /// An answer that decides nothing: whoever asked tries again.
    fn undecided(&mut self, ask: Ask, error: ServerError) {
        let shared = &mut self.shared;
        match ask {
            Ask::Seat(id, ask) => znode::on_undecided(&mut self.shared, id, &ask, error),
            Ask::Contender(handle, ask) => {
                if let Some(Machine::Contender(contender)) = self.machines.get_mut(&handle) {
                    contender.on_undecided(&ask, error, shared);
                }
            }
            Ask::Detector(handle, ask) => {
                if let Some(Machine::Detector(detector)) = self.machines.get_mut(&handle) {
                    detector.on_undecided(ask, error, shared);
                }
            }
            Ask::Group(handle, ask) => {
                if let Some(Machine::Group(group)) = self.machines.get_mut(&handle) {
                    group.on_undecided(ask, error, shared);
                }
            }
            Ask::Proof(seats) => self.proved(&seats, Err(error)),
            // The next one comes in its turn.
            Ask::IdleProof(..) => {}
        }
    }

    fn watch(&mut self, event: &WatchEvent) {
        for watcher in self.shared.watches.fire(event.kind, &event.path) {
            let shared = &mut self.shared;
            match watcher {
                Watcher::Seat(id) => znode::on_watch(&mut self.shared, id, event.kind),
                Watcher::Handle(handle) => match self.machines.get_mut(&handle) {
                    Some(Machine::Contender(contender)) => {
                        contender.on_watch(event.kind, &event.path, shared);
                    }
                    Some(Machine::Detector(detector)) => {
                        detector.on_watch(event.kind, &event.path, shared);
                    }
                    Some(Machine::Group(group)) => group.on_watch(&event.path, shared),
                    None => {}
                },
            }
        }
    }

    fn command(&mut self, command: Command) {
        let refused = self.ended || !self.closing.is_empty();
        if refused {
            self.refuse(command);
            return;
        }
        let shared = &mut self.shared;
        match command {
            Command::Contend { handle, spec } => {
                let mut contender = Contender::new(handle, spec);
                contender.enrol(shared);
                self.machines.insert(handle, Machine::Contender(contender));
            }
            Command::Withdraw { handle, call } => match self.machines.get_mut(&handle) {
                Some(Machine::Contender(contender)) => contender.withdraw(Some(call), shared),
                _ => shared.out.done(call, Ok(Answer::Removed(false))),
            },
            Command::Detect { handle, path } => {
                let mut detector = Detector::new(handle, path, shared.now);
                detector.refresh(shared);
                self.machines.insert(handle, Machine::Detector(detector));
            }
            Command::Group { handle, path } => {
                let group = Group::new(handle, path);
                self.machines.insert(handle, Machine::Group(group));
            }
            Command::Join {
                handle,
                call,
                label,
                data,
            } => match self.machines.get_mut(&handle) {
                Some(Machine::Group(group)) => {
                    group.join(call, label.as_deref(), &data, shared);
                }
                _ => shared.out.done(call, Err(Error::closed())),
            },
            Command::Cancel { handle, call, path } => match self.machines.get_mut(&handle) {
                Some(Machine::Group(group)) => group.cancel(call, &path, shared),
                _ => shared.out.done(call, Err(Error::closed())),
            },
            Command::SetData { handle, call, data } => match self.machines.get_mut(&handle) {
                Some(Machine::Contender(contender)) => contender.set_data(call, data, shared),
                _ => shared.out.done(call, Err(Error::closed())),
            },
            Command::SetMemberData {
                handle,
                call,
                path,
                data,
            } => match self.machines.get_mut(&handle) {
                Some(Machine::Group(group)) => group.set_data(call, &path, &data, shared),
                _ => shared.out.done(call, Err(Error::closed())),
            },
            Command::AwaitEnd { handle, call, path } => match self.machines.get_mut(&handle) {
                Some(Machine::Group(group)) => group.await_end(call, path, shared),
                _ => shared.out.done(call, Err(Error::closed())),
            },
            Command::Evict {
                handle,
                call,
                path,
                token,
            } => match self.machines.get_mut(&handle) {
                Some(Machine::Group(group)) => group.evict(call, path, token, shared),
                _ => shared.out.done(call, Err(Error::closed())),
            },
            Command::Members { handle, call } => match self.machines.get_mut(&handle) {
                Some(Machine::Group(group)) => group.members(call, shared),
                _ => shared.out.done(call, Err(Error::closed())),
            },
            Command::Data { handle, call, path } => match self.machines.get_mut(&handle) {
                Some(Machine::Group(group)) => group.data(call, path, shared),
                _ => shared.out.done(call, Err(Error::closed())),
            },
            Command::Watch { handle } => {
                if let Some(Machine::Group(group)) = self.machines.get_mut(&handle) {
                    group.watch(shared);
                }
            }
            Command::Forget { call } => {
                for machine in self.machines.values_mut() {
                    match machine {
                        Machine::Contender(contender) => contender.forget(call),
                        Machine::Group(group) => group.forget(call, shared),
                        Machine::Detector(_) => {}
                    }
                }
            }
            Command::Drop { handle } => self.drop_handle(handle),
            Command::Close { call, patience } => self.close(call, patience),
        }
    }

    /// A command after the client was closed, or while it is.
    fn refuse(&mut self, command: Command) {
        let closed = |call| Output::Done {
            call,
            result: Err(Error::closed()),
        };
        let output = match command {
            Command::Close { call, .. } if self.ended => Output::Done {
                call,
                result: Ok(Answer::Closed),
            },
            Command::Close { call, .. } => {
                self.closing.push(call);
                return;
            }
            // Nothing of it is there, or will be.
            Command::Withdraw { call, .. } | Command::Cancel { call, .. } if self.ended => {
                Output::Done {
                    call,
                    result: Ok(Answer::Removed(false)),
                }
            }
            Command::Withdraw { call, .. }
            | Command::Cancel { call, .. }
            | Command::Join { call, .. }
            | Command::Evict { call, .. }
            | Command::SetData { call, .. }
            | Command::SetMemberData { call, .. }
            | Command::AwaitEnd { call, .. }
            | Command::Members { call, .. }
            | Command::Data { call, .. } => closed(call),
            Command::Contend { .. }
            | Command::Detect { .. }
            | Command::Group { .. }
            | Command::Watch { .. }
            | Command::Forget { .. }
            | Command::Drop { .. } => return,
        };
        self.shared.out.push(output);
    }

    fn drop_handle(&mut self, handle: Handle) {
        self.shared.watches.forget(Watcher::Handle(handle));
        let shared = &mut self.shared;
        match self.machines.get_mut(&handle) {
            Some(Machine::Contender(contender)) => {
                contender.withdraw(None, shared);
                if contender.is_gone() {
                    self.machines.remove(&handle);
                }
            }
            Some(Machine::Group(group)) => {
                group.drop_all(shared);
                self.machines.remove(&handle);
            }
            Some(Machine::Detector(_)) => {
                self.machines.remove(&handle);
            }
            None => {}
        }
    }

    fn close(&mut self, call: CallId, patience: std::time::Duration) {
        self.closing.push(call);
        self.each(|machine, shared| match machine {
            Machine::Contender(contender) => contender.close(shared),
            Machine::Group(group) => group.close(shared),
            Machine::Detector(_) => {}
        });
        self.shared
            .session
            .close(self.shared.now + patience, &mut self.shared.out);
    }

    fn end(&mut self, clean: bool) {
        self.ended = true;
        self.detach();
        self.each(|machine, shared| match machine {
            Machine::Contender(contender) => contender.close(shared),
            Machine::Group(group) => group.fail_calls(&Error::closed(), shared),
            Machine::Detector(_) => {}
        });
        znode::on_closed(&mut self.shared);
        self.tell(SessionEvent::Closed);
        for call in std::mem::take(&mut self.closing) {
            let result = if clean {
                Ok(Answer::Closed)
            } else {
                Err(Error::new(
                    ErrorKind::Timeout,
                    "no server could be told that the session is closed; \
                     what belongs to it goes when it times out",
                ))
            };
            self.shared.out.done(call, result);
        }
    }

    fn detach(&mut self) {
        self.shared.watches.clear();
        self.shared.seats.on_detached();
        self.each(|machine, shared| match machine {
            Machine::Contender(contender) => contender.on_detached(shared),
            Machine::Detector(detector) => detector.on_detached(),
            Machine::Group(group) => group.on_detached(),
        });
    }

    fn tell(&mut self, event: SessionEvent) {
        self.shared.out.event(SESSION, Event::Session(event));
    }

    fn each(&mut self, mut act: impl FnMut(&mut Machine, &mut Shared)) {
        for machine in self.machines.values_mut() {
            act(machine, &mut self.shared);
        }
    }
}
