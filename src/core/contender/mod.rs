//! A contender: one candidacy after another for the leadership of a group.
//!
//! Once its own znode stands, one listing tells every member that can ever be before it: members
//! that come later have a higher `czxid`. It watches the nearest of those before it, and leads
//! when it has seen all of them gone. So a standby is woken only when its predecessor or its own
//! znode changes, and a vanished predecessor alone never makes a leader.
//!
//! Where the predecessor may not be read, no event of it comes: then the group's list of children
//! is watched, and the predecessor looked at each T/3. Whoever cannot be looked at stands before us.
//!
//! # States
//!
//! ```text
//!  begins ──▶ Unknown ── listed ──▶ Behind ── all before it are gone ──▶ First ── a lease ──▶ Leading
//!    ▲           │                    ▲
//!    │           └▶ Counting ─────────┘
//!    └── Reenrol::Always ── Lost ◀── from any of them
//! ```
//!
//! | in | what happens | then |
//! |---|---|---|
//! | `Unknown` | the own znode stands, and is in a listing | `Behind` |
//! | `Unknown` | … of which the numbers have wrapped | `Counting`: every candidate is looked at |
//! | `Counting` | every candidate was answered for | `Behind`, in the order of `czxid` |
//! | `Behind` | the predecessor is gone | the one before it is watched; `First` if there is none |
//! | `Behind` | all that were known are gone, and more stood before those | `Unknown`: it lists again |
//! | `First` | the lease is long enough, and will be renewed | `Leading` |
//! | `First` | for T it is not known that the znode is ours | lost: `LeaseLapsed` |
//! | `Leading` | a renewal is overdue, or the connection is lost | `Leading`, in jeopardy |
//! | `Leading` | the lease ends; with `Strict` the connection is lost | lost: `LeaseLapsed` |
//! | any | the seat is gone, or is given up | lost, with the reason |
//!
//! `Behind`, `First` and `Leading` outlive a connection: on the next one the predecessor is looked at again.

use super::again::Again;
use super::ask::Ask;
use super::event::{ContenderEvent, Event, LostReason, Member};
use super::lease::{self, LeasePolicy};
use super::members::{self, Census};
use super::mutant::{self, Mutant};
use super::session::Proving;
use super::shared::Shared;
use super::time::Time;
use super::znode::{self, SeatId, SeatNews};
use super::{Answer, CallId, Error, ErrorKind, Handle, Lease, Output};
use crate::proto::{EventKind, Request, Response, ServerError, Stat, path};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// How many of those before it a contender knows by name; when all of them are gone and there were
/// more, it lists again.
const KNOWN_MAX: usize = 16;

/// Of so many looks that a standby takes though its watches are silent, one is at its own znode.
const OWN_LOOK: u32 = 4;

/// Whether a contender enrols again after a lost candidacy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reenrol {
    /// The contender enrols again by itself, with a new znode behind all other members.
    #[default]
    Always,
    /// The contender stops: the event was its last.
    Never,
}

/// What to contend for, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContenderSpec {
    /// The group's znode; created if it is missing.
    pub path: String,
    /// What stands before `_` in the name of the member.
    pub label: Option<String>,
    /// The payload.
    pub data: Vec<u8>,
    /// When leadership ends without an answer.
    pub policy: LeasePolicy,
    /// What follows a lost candidacy.
    pub reenrol: Reenrol,
    /// Whether to prove while next in line, too, so as to lead without a round trip.
    pub warm: bool,
}

/// What a contender asks; each carries the seat it is asked for, so that an answer to an earlier
/// candidacy is told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContenderAsk {
    List(SeatId),
    Count(SeatId, String),
    Predecessor(SeatId, String),
    /// Whether a predecessor that may not be read is still in the list.
    Peek(SeatId),
    /// Whether one further ahead still stands.
    Ahead(SeatId, String),
}

#[derive(Debug)]
enum Rank {
    /// The own znode or the listing is not there yet.
    Unknown,
    /// Numbers cannot be trusted: every other candidate is being looked at.
    Counting(Census),
    /// Members stand before; the last of them is watched, or is being looked at.
    Behind { told: Option<usize> },
    /// Nobody stands before; leads as soon as the lease allows.
    First,
    Leading {
        /// From when on it is in jeopardy; `None` once that was told.
        fresh_until: Option<Time>,
        /// The end of the lease as it was last published.
        end: Time,
    },
}

pub(crate) struct Contender {
    handle: Handle,
    spec: ContenderSpec,
    seat: Option<SeatId>,
    member: Option<Member>,
    /// The paths of those nearest before us, oldest first: who was there when we listed and has
    /// not been seen gone.
    before: VecDeque<String>,
    /// How many more stood before those.
    further: usize,
    /// A listing is in flight.
    listing: bool,
    /// It has had a rank.
    ranked: bool,
    /// What was counted of the group that was born at this transaction, where not all could be.
    counted: (i64, BTreeMap<String, Stat>),
    /// The predecessor may not be read.
    blind: bool,
    /// When the children of the group were last asked for with a watch, while they are watched.
    peeked: Option<Time>,
    /// How often the predecessor was looked at because its watch was silent.
    looks: u32,
    rank: Rank,
    /// Since when it has waited for a lease, and from when on it may say again why there is none.
    waiting: Option<(Time, Time)>,
    again: Again,
    /// Since when it is not known that the own znode is ours: nothing is renewed meanwhile.
    doubted: Option<Time>,
    /// What kept it from going on was told.
    blocks: Again,
    withdrawals: Vec<CallId>,
    writes: Vec<CallId>,
    /// Withdrawn, dropped or closed: its loss was told, and no candidacy follows.
    leaving: bool,
    dropped: bool,
}

impl Contender {
    pub(crate) fn new(handle: Handle, spec: ContenderSpec) -> Self {
        Self {
            handle,
            spec,
            seat: None,
            member: None,
            before: VecDeque::new(),
            further: 0,
            listing: false,
            ranked: false,
            counted: Default::default(),
            blind: false,
            peeked: None,
            looks: 0,
            rank: Rank::Unknown,
            waiting: None,
            again: Again::default(),
            doubted: None,
            blocks: Again::default(),
            withdrawals: Vec::new(),
            writes: Vec::new(),
            leaving: false,
            dropped: false,
        }
    }

    /// Begins a candidacy.
    pub(crate) fn enrol(&mut self, shared: &mut Shared) {
        self.tell(ContenderEvent::Enrolling, shared);
        if let Some(error) = self.refusal(shared) {
            self.lose(LostReason::Failed(error), shared);
            return;
        }
        let seat = znode::create(
            shared,
            self.handle,
            &self.spec.path,
            self.spec.label.as_deref(),
            &self.spec.data,
        );
        self.seat = Some(seat);
        // Behind the create, in the same segment: with nobody before us one round trip decides.
        self.list(shared);
    }

    /// Ends the candidacy because the user says so; the call is answered when the znode is gone.
    pub(crate) fn withdraw(&mut self, call: Option<CallId>, shared: &mut Shared) {
        match call {
            Some(call) => self.withdrawals.push(call),
            None => self.dropped = true,
        }
        let first = !std::mem::replace(&mut self.leaving, true);
        let Some(seat) = self.seat else {
            self.answer_withdrawals(&Ok(Answer::Removed(false)), shared);
            return;
        };
        if first && !mutant::on(Mutant::ReleaseLate) {
            self.lose(LostReason::Withdrawn, shared);
        }
        znode::release(shared, seat);
    }

    /// Changes the payload of this candidacy and of those that follow.
    pub(crate) fn set_data(&mut self, call: CallId, data: Vec<u8>, shared: &mut Shared) {
        self.spec.data = data;
        match self.seat {
            Some(seat) if !self.leaving => {
                self.writes.push(call);
                znode::set_data(shared, seat, &self.spec.data);
            }
            _ => shared.out.done(call, Ok(Answer::Written(false))),
        }
    }

    /// Whether nothing of it is left to wait for.
    pub(crate) fn is_gone(&self) -> bool {
        self.dropped && self.seat.is_none()
    }

    /// Whether this is the seat of the present candidacy.
    pub(crate) fn holds(&self, seat: SeatId) -> bool {
        self.seat == Some(seat)
    }

    /// Whether a lease hangs on the session.
    pub(crate) fn is_leading(&self) -> bool {
        matches!(self.rank, Rank::Leading { .. })
    }

    /// The client is being closed: leadership ends now, the rest goes with the session.
    pub(crate) fn close(&mut self, shared: &mut Shared) {
        if !std::mem::replace(&mut self.leaving, true) && self.seat.is_some() {
            self.lose(LostReason::Closed, shared);
        }
    }

    pub(crate) fn forget(&mut self, call: CallId) {
        self.withdrawals.retain(|waiting| *waiting != call);
        self.writes.retain(|waiting| *waiting != call);
    }

    pub(crate) fn on_news(&mut self, seat: SeatId, news: SeatNews, shared: &mut Shared) {
        if self.seat != Some(seat) {
            // A candidacy that lapsed earlier; its znode has only just been removed.
            return;
        }
        match news {
            SeatNews::Refused(_) | SeatNews::Evicted | SeatNews::SessionOver if self.leaving => {
                // Its loss was told when it began to leave.
                self.seat = None;
                self.answer_withdrawals(&Ok(Answer::Removed(false)), shared);
            }
            // It goes with the session, which is being closed.
            SeatNews::Seated(_) if self.leaving => {}
            SeatNews::Seated(member) => {
                self.member = Some(member.clone());
                self.tell(ContenderEvent::Enrolled { member }, shared);
                if !self.listing {
                    self.list(shared);
                }
            }
            SeatNews::Blocked(_) | SeatNews::Doubted | SeatNews::Trusted if self.leaving => {}
            SeatNews::Blocked(error) => self.tell_blocked(error, shared),
            SeatNews::Doubted => self.doubted = Some(shared.now),
            SeatNews::Trusted => {
                self.doubted = None;
                self.renew(shared);
            }
            SeatNews::Written => self.answer_writes(&Ok(Answer::Written(true)), shared),
            SeatNews::Unwritten(error) => self.answer_writes(&Err(error), shared),
            SeatNews::Refused(error) => {
                self.seat = None;
                self.lose(LostReason::Failed(error), shared);
            }
            SeatNews::Evicted => {
                self.seat = None;
                self.lose(LostReason::Evicted, shared);
                self.again(shared);
            }
            SeatNews::SessionOver => {
                self.seat = None;
                self.lose(LostReason::SessionExpired, shared);
                self.again(shared);
            }
            SeatNews::Left { by_us } => {
                self.seat = None;
                if mutant::on(Mutant::ReleaseLate) {
                    self.lose(LostReason::Withdrawn, shared);
                }
                self.answer_withdrawals(&Ok(Answer::Removed(by_us)), shared);
            }
            SeatNews::Stuck(error) => {
                self.seat = None;
                self.answer_withdrawals(&Err(error), shared);
            }
        }
    }

    pub(crate) fn on_attached(&mut self, shared: &mut Shared) {
        if let (Some(error), Some(seat), false) = (self.refusal(shared), self.seat, self.leaving) {
            self.lose(LostReason::Failed(error), shared);
            self.seat = None;
            znode::release(shared, seat);
            return;
        }
        if let Some((since, _)) = &mut self.waiting {
            *since = shared.now;
        }
        // The session timeout may have become shorter, and the lease with it.
        self.renew(shared);
        match &self.rank {
            Rank::Unknown | Rank::Counting(_) => self.list(shared),
            Rank::Behind { .. } if mutant::on(Mutant::Unarmed) => {}
            Rank::Behind { .. } => self.watch_predecessor(shared),
            Rank::First | Rank::Leading { .. } => {}
        }
    }

    pub(crate) fn on_detached(&mut self, shared: &mut Shared) {
        self.again.cancel();
        self.peeked = None;
        if self.is_leading() {
            match self.spec.policy {
                LeasePolicy::Strict if !mutant::on(Mutant::StrictWaits) => self.lapse(shared),
                LeasePolicy::Verified | LeasePolicy::Strict | LeasePolicy::Session => {
                    self.endanger(shared);
                }
            }
        }
    }

    /// Looks at the clock.
    pub(crate) fn tick(&mut self, shared: &mut Shared) {
        let Rank::Leading { fresh_until, end } = self.rank else {
            return;
        };
        let dead = end <= shared.now && !mutant::on(Mutant::Revived);
        // With Mesos's rule the end is that of the session, which says so itself, unless the znode is
        // not known to be ours.
        let own = self.spec.policy.is_proved() || self.doubted.is_some();
        if own && dead {
            self.lapse(shared);
        } else if fresh_until.is_some_and(|at| at <= shared.now) {
            self.endanger(shared);
        }
    }

    /// When [`tick`](Self::tick) must be called.
    pub(crate) fn deadline(&self) -> Option<Time> {
        match self.rank {
            Rank::Leading { fresh_until, end } => Some(fresh_until.map_or(end, |at| at.min(end))),
            Rank::Unknown | Rank::Counting(_) | Rank::Behind { .. } | Rank::First => None,
        }
    }

    /// Tries again what a server has not decided, and gives a place up that cannot be used.
    pub(crate) fn retry(&mut self, shared: &mut Shared) {
        if !shared.attached() || self.leaving || self.seat.is_none() {
            return;
        }
        let give_up = self.gives_up_at(shared.session.timeout());
        if give_up.is_some_and(|at| at <= shared.now) {
            self.lapse(shared);
            return;
        }
        if !self.again.take_due(shared.now) {
            return;
        }
        match &mut self.rank {
            Rank::Unknown if !self.listing => self.list(shared),
            Rank::Counting(census) if census.is_complete() => {
                match census.flaw().map(|flaw| flaw.kind()) {
                    // Whoever stands there may be gone by now.
                    Some(ErrorKind::NoAuth) | None => self.list(shared),
                    Some(_) => {
                        let paths = census.ask_again();
                        self.count(paths, shared);
                    }
                }
            }
            Rank::Behind { .. } if self.blind && self.peeked.is_none() => self.peek(shared),
            Rank::Behind { .. } => self.watch_predecessor(shared),
            Rank::Unknown | Rank::Counting(_) | Rank::First | Rank::Leading { .. } => {}
        }
    }

    /// When [`retry`](Self::retry) must be called, on a standing connection.
    pub(crate) fn retry_at(&self, timeout: Duration) -> Option<Time> {
        let give_up = self.gives_up_at(timeout);
        self.again.at().into_iter().chain(give_up).min()
    }

    /// Who is first and cannot show that its znode is its own keeps all others from leading: it
    /// makes another znode, behind them.
    fn gives_up_at(&self, timeout: Duration) -> Option<Time> {
        match self.rank {
            Rank::First if !self.leaving => self.doubted.map(|since| since + timeout),
            _ => None,
        }
    }

    /// Whether nothing but watches says that its place is still the same.
    pub(crate) fn rests(&self) -> bool {
        matches!(self.rank, Rank::Behind { told: Some(_) })
            && !self.leaving
            && !self.blind
            && self.again.at().is_none()
    }

    /// Looks though its watches are silent: at what stands before it, and now and then at its own.
    pub(crate) fn recheck(&mut self, shared: &mut Shared) {
        self.looks = self.looks.wrapping_add(1);
        match self.seat {
            Some(seat) if self.looks.is_multiple_of(OWN_LOOK) && shared.seats.rests(seat) => {
                znode::look_again(shared, seat);
            }
            // Those further ahead go without a word. Whoever knows that it is next in line has its lease
            // at hand when its turn comes.
            Some(seat) if self.looks.is_multiple_of(2) && self.before.len() > 1 => {
                let path = self.before[0].clone();
                let ask = ContenderAsk::Ahead(seat, path.clone());
                let request = Request::Exists { path, watch: false };
                shared.ask(Ask::Contender(self.handle, ask), request);
            }
            _ => self.watch_predecessor(shared),
        }
    }

    /// The group's znode.
    pub(crate) fn path(&self) -> &str {
        &self.spec.path
    }

    /// A proof that named its znode has succeeded.
    pub(crate) fn on_proved(&mut self) {
        self.blocks.over();
    }

    /// Something keeps it from going on for now.
    pub(crate) fn on_blocked(&mut self, error: Error, shared: &mut Shared) {
        if !self.leaving && self.blocks.is_news(&error) {
            self.tell_blocked(error, shared);
        }
    }

    fn tell_blocked(&mut self, error: Error, shared: &mut Shared) {
        let member = self.member.clone();
        self.tell(ContenderEvent::Blocked { member, error }, shared);
    }

    /// An answer that decides nothing.
    pub(crate) fn on_undecided(
        &mut self,
        ask: &ContenderAsk,
        error: ServerError,
        shared: &mut Shared,
    ) {
        let (seat, path) = match ask {
            ContenderAsk::List(seat) | ContenderAsk::Peek(seat) => (*seat, &self.spec.path),
            ContenderAsk::Count(seat, path)
            | ContenderAsk::Predecessor(seat, path)
            | ContenderAsk::Ahead(seat, path) => (*seat, path),
        };
        if self.seat != Some(seat) || self.leaving {
            return;
        }
        match (ask, &mut self.rank) {
            (ContenderAsk::List(_), _) => self.listing = false,
            (ContenderAsk::Count(..), Rank::Counting(census)) => {
                census.count(path, Err(error));
                self.counted(shared);
                return;
            }
            (ContenderAsk::Predecessor(..), Rank::Behind { .. })
                if self.before.back() == Some(path) => {}
            (ContenderAsk::Peek(_), Rank::Behind { .. }) if self.blind => self.peeked = None,
            _ => return,
        }
        let act = match ask {
            ContenderAsk::List(_) | ContenderAsk::Peek(_) => "list the members of",
            ContenderAsk::Count(..) | ContenderAsk::Predecessor(..) | ContenderAsk::Ahead(..) => {
                "look at"
            }
        };
        let error = Error::undecided(error, act, path);
        self.wait(error, shared);
    }

    /// Waits, and says why.
    fn wait(&mut self, error: Error, shared: &mut Shared) {
        let timeout = shared.session.timeout();
        match error.kind() {
            ErrorKind::NoAuth => self.again.later(shared.now, timeout),
            _ => self.again.soon(shared.now, timeout),
        }
        if self.again.is_news(&error) {
            self.tell_blocked(error, shared);
        }
    }

    /// The znode that proofs must name, with its seat, and how often they are needed.
    pub(crate) fn claim(&self) -> Option<(Proving, SeatId, &str)> {
        let next_in_line = self.before.len() + self.further == 1;
        let proving = match self.rank {
            Rank::First => Proving::Urgently,
            Rank::Leading { .. } => Proving::Steadily,
            Rank::Behind { .. } if !next_in_line => return None,
            Rank::Behind { .. } if self.spec.warm => Proving::Steadily,
            Rank::Behind { .. } => Proving::Idly,
            Rank::Unknown | Rank::Counting(_) => return None,
        };
        match (&self.member, self.seat) {
            (Some(member), Some(seat)) if self.spec.policy.is_proved() => {
                Some((proving, seat, &member.path))
            }
            _ => None,
        }
    }

    /// While it is next in line and its proofs are not warm: its seat, its znode and the one before
    /// it.
    pub(crate) fn next_in_line(&self) -> Option<(SeatId, &str, &str)> {
        match (self.claim(), self.before.back()) {
            (Some((Proving::Idly, seat, own)), Some(before)) if self.rests() => {
                Some((seat, own, before))
            }
            _ => None,
        }
    }

    /// Whether its session can be given up for another one without anything being lost that does not
    /// come back by itself.
    pub(crate) fn may_begin_anew(&self) -> bool {
        !self.is_leading() && self.spec.reenrol == Reenrol::Always
    }

    /// Whether it may be its turn, which is not known yet.
    pub(crate) fn may_be_first(&self) -> bool {
        let unknown = matches!(self.rank, Rank::Unknown | Rank::Counting(_));
        unknown && self.seat.is_some() && !self.leaving && self.spec.policy.is_proved()
    }

    /// Whether only a lease is missing.
    pub(crate) fn waits_for_lease(&self) -> bool {
        matches!(self.rank, Rank::First) && self.spec.policy.is_proved() && self.doubted.is_none()
    }

    /// Why it cannot lead with the present session, if it cannot.
    fn refusal(&self, shared: &Shared) -> Option<Error> {
        if self.spec.policy.is_proved() {
            let refusal = shared.session.lease_refusal()?;
            Some(Error::new(ErrorKind::InvalidInput, refusal.to_string()))
        } else {
            None
        }
    }

    /// A renewal is overdue, or the connection is lost.
    fn endanger(&mut self, shared: &mut Shared) {
        let (Rank::Leading { fresh_until, end }, Some(member)) = (&mut self.rank, &self.member)
        else {
            return;
        };
        if fresh_until.take().is_some() && !mutant::on(Mutant::Untold) {
            let event = ContenderEvent::Jeopardy {
                member: member.clone(),
                lease_end: *end,
            };
            shared.event(self.handle, Event::Contender(event));
        }
    }

    /// Whether a lease until `end` is long enough for a leadership to begin: nobody is to lead for a
    /// moment only.
    fn is_enough(&self, end: Time, shared: &Shared) -> bool {
        let pace = shared.session.pace();
        let renewal = match self.spec.policy.is_proved() {
            true => shared.session.next_renewal(shared.now),
            false => None,
        };
        shared.now + lease::enough(pace) < end
            && (!self.spec.policy.is_proved() || shared.session.is_steady())
            && renewal.is_none_or(|at| at + lease::to_spare(pace) < end)
    }

    /// Something new is known of the session: leadership begins, or goes on.
    pub(crate) fn renew(&mut self, shared: &mut Shared) {
        let Some(standing) = Standing::of(&self.spec, shared) else {
            return self.explain(shared);
        };
        let Some(member) = &self.member else {
            return;
        };
        let Standing { end, .. } = standing;
        let fresh_until = standing.fresh_until.filter(|at| *at > shared.now);
        let (end, fresh_until) = match (self.doubted, &self.rank) {
            (None, _) => (end, fresh_until),
            // What is proved now says nothing of this znode.
            (Some(_), Rank::Leading { end: held, .. }) => (end.min(*held), None),
            (Some(_), _) => return,
        };
        let (before, told) = match self.rank {
            Rank::First => {
                // Only an answer on a standing connection makes a leader, or ends jeopardy.
                if fresh_until.is_none() || !self.is_enough(end, shared) {
                    self.explain(shared);
                    return;
                }
                self.waiting = None;
                (None, None)
            }
            Rank::Leading { fresh_until, end } => (Some(end), fresh_until),
            Rank::Unknown | Rank::Counting(_) | Rank::Behind { .. } => return,
        };
        // It may also become shorter; if it is over by that, the next look at the clock says so.
        if before != Some(end) {
            let lease = Lease {
                token: member.token,
                end,
            };
            shared.out.push(Output::Lease {
                handle: self.handle,
                lease: Some(lease),
            });
        }
        if told.is_none() && fresh_until.is_some() && end > shared.now {
            self.blocks.over();
            let event = ContenderEvent::Leading {
                member: member.clone(),
                lease_end: end,
            };
            self.tell(event, shared);
        }
        self.rank = Rank::Leading {
            fresh_until: fresh_until.or(told),
            end,
        };
    }

    /// Whether it has waited for a lease for a whole session timeout, and has said why there is none.
    pub(crate) fn waits_in_vain(&self, now: Time, timeout: Duration) -> bool {
        let in_vain = |(since, again)| since + timeout <= now && since < again;
        self.waits_for_lease() && self.waiting.is_some_and(in_vain)
    }

    /// Says, once in a session timeout, why it does not lead though nobody stands before it.
    fn explain(&mut self, shared: &mut Shared) {
        if !self.waits_for_lease() {
            return;
        }
        let timeout = shared.session.timeout();
        let &mut (since, ref mut again) = self.waiting.get_or_insert((shared.now, shared.now));
        if *again > shared.now {
            return;
        }
        let waits_long = since + timeout <= shared.now;
        let Some(hindrance) = shared.session.lease_hindrance(shared.now, waits_long) else {
            return;
        };
        *again = shared.now + timeout;
        let error = Error::new(ErrorKind::Timeout, hindrance.to_string());
        self.tell_blocked(error, shared);
    }

    pub(crate) fn on_watch(&mut self, kind: EventKind, path: &str, shared: &mut Shared) {
        if self.blind && path == self.spec.path && matches!(self.rank, Rank::Behind { .. }) {
            let last = self.peeked.take();
            self.again.sooner(last.unwrap_or_default());
            if self.again.take_due(shared.now) {
                self.peek(shared);
            }
            return;
        }
        if path == self.spec.path {
            self.peeked = None;
        }
        let stale = self.before.back().is_none_or(|p| p != path) && !mutant::on(Mutant::StaleWatch);
        if !matches!(self.rank, Rank::Behind { .. }) || stale {
            return;
        }
        match kind {
            EventKind::Deleted => {
                self.before.pop_back();
                if mutant::on(Mutant::VanishedLeads) {
                    self.before.clear();
                }
                self.settle(shared);
            }
            EventKind::Created | EventKind::DataChanged | EventKind::ChildrenChanged => {
                self.watch_predecessor(shared);
            }
        }
    }

    pub(crate) fn on_reply(
        &mut self,
        ask: ContenderAsk,
        result: Result<Response, ServerError>,
        shared: &mut Shared,
    ) {
        let of = match &ask {
            ContenderAsk::List(seat)
            | ContenderAsk::Count(seat, _)
            | ContenderAsk::Predecessor(seat, _)
            | ContenderAsk::Ahead(seat, _)
            | ContenderAsk::Peek(seat) => *seat,
        };
        if self.seat != Some(of) || self.leaving {
            return;
        }
        match ask {
            ContenderAsk::List(_) => self.listed(result, shared),
            ContenderAsk::Count(_, path) => {
                let Rank::Counting(census) = &mut self.rank else {
                    return;
                };
                census.count(&path, result);
                self.counted(shared);
            }
            ContenderAsk::Ahead(_, path) => {
                // The nearest is looked at with its watch.
                if result == Err(ServerError::NoNode) && self.before.len() > 1 {
                    let nearest = self.before.len() - 1;
                    let at = self.before.iter().take(nearest).position(|p| *p == path);
                    at.and_then(|at| self.before.remove(at));
                }
            }
            ContenderAsk::Peek(_) => self.peeked_at(result, shared),
            ContenderAsk::Predecessor(_, path) => {
                if self.before.back() != Some(&path) || !matches!(self.rank, Rank::Behind { .. }) {
                    return;
                }
                self.looked_at(result, shared);
            }
        }
    }

    fn tell(&self, event: ContenderEvent, shared: &mut Shared) {
        shared.event(self.handle, Event::Contender(event));
    }

    fn answer_withdrawals(&mut self, answer: &Result<Answer, Error>, shared: &mut Shared) {
        for call in self.withdrawals.drain(..) {
            shared.out.done(call, answer.clone());
        }
    }

    fn answer_writes(&mut self, answer: &Result<Answer, Error>, shared: &mut Shared) {
        for call in self.writes.drain(..) {
            shared.out.done(call, answer.clone());
        }
    }

    /// Ends the candidacy: first the lease, then the news of it.
    fn lose(&mut self, reason: LostReason, shared: &mut Shared) {
        let led_until = match self.rank {
            Rank::Leading { end, .. } => Some(end.min(shared.now)),
            _ => None,
        };
        if led_until.is_some() {
            shared.out.push(Output::Lease {
                handle: self.handle,
                lease: None,
            });
        }
        self.rank = Rank::Unknown;
        self.ranked = false;
        self.counted = Default::default();
        self.blind = false;
        self.doubted = None;
        self.waiting = None;
        self.again.over();
        self.blocks.over();
        self.answer_writes(&Ok(Answer::Written(false)), shared);
        self.before.clear();
        self.further = 0;
        let member = self.member.take();
        let event = ContenderEvent::Lost {
            member,
            led_until,
            reason,
        };
        self.tell(event, shared);
    }

    /// The lease is over: the candidacy is dead, its znode is removed as soon as that can be.
    fn lapse(&mut self, shared: &mut Shared) {
        self.lose(LostReason::LeaseLapsed, shared);
        if let Some(seat) = self.seat.take() {
            znode::release(shared, seat);
        }
        self.again(shared);
    }

    fn again(&mut self, shared: &mut Shared) {
        match self.spec.reenrol {
            Reenrol::Always => self.enrol(shared),
            Reenrol::Never => {}
        }
    }

    fn list(&mut self, shared: &mut Shared) {
        self.rank = Rank::Unknown;
        self.again.cancel();
        self.listing = shared.attached();
        if let Some(seat) = self.seat {
            let request = Request::GetChildren2 {
                path: self.spec.path.clone(),
                watch: false,
            };
            shared.ask(
                Ask::Contender(self.handle, ContenderAsk::List(seat)),
                request,
            );
        }
    }

    fn listed(&mut self, result: Result<Response, ServerError>, shared: &mut Shared) {
        self.listing = false;
        let (Some(seat), Rank::Unknown) = (self.seat, &self.rank) else {
            return;
        };
        let (children, stat) = match result {
            Ok(Response::Children { children, stat }) => (children, stat),
            // Not there yet, or just deleted: the seat says which.
            Ok(_) | Err(ServerError::NoNode) => {
                self.miss(seat, shared);
                return;
            }
            // Once it stood in line, whoever has forbidden it may allow it again.
            Err(error) if self.ranked => {
                let error = Error::undecided(error, "list the members of", &self.spec.path);
                self.wait(error, shared);
                return;
            }
            Err(error) => {
                let error = Error::from_server(error, "list the members of", &self.spec.path);
                self.lose(LostReason::Failed(error), shared);
                self.seat = None;
                znode::release(shared, seat);
                return;
            }
        };
        let candidates = members::candidates(&self.spec.path, &children);
        let mine = candidates.iter().find(|(_, path)| {
            self.member
                .as_ref()
                .is_some_and(|member| member.path == *path)
        });
        // Without it the listing was asked for before the own znode stood: another follows the
        // seat's news.
        let Some(mine) = mine.map(|(sequence, _)| *sequence) else {
            self.miss(seat, shared);
            return;
        };
        if members::wrapped(&candidates) {
            // The same group's znode never uses a name for two children.
            let known = match std::mem::take(&mut self.counted) {
                (epoch, known) if epoch == stat.czxid => known,
                _ => BTreeMap::new(),
            };
            let mut kept = BTreeMap::new();
            let mut asked = Vec::new();
            for (_, path) in candidates {
                match known.get(&path) {
                    Some(stat) => {
                        kept.insert(path, *stat);
                    }
                    None => asked.push(path),
                }
            }
            self.counted.0 = stat.czxid;
            self.rank = Rank::Counting(Census::new(kept, asked.len()));
            if asked.is_empty() {
                self.counted(shared);
            }
            self.count(asked, shared);
            return;
        }
        let before = candidates
            .into_iter()
            .take_while(|(sequence, _)| *sequence <= mine)
            .map(|(_, path)| path)
            .filter(|path| self.member.as_ref().is_some_and(|m| m.path != *path))
            .collect();
        self.stand_behind(before, shared);
    }

    /// The own znode is not in the listing. If it stood, it is gone, and its watch may not have said
    /// so.
    fn miss(&self, seat: SeatId, shared: &mut Shared) {
        if self.member.is_some() {
            znode::look_again(shared, seat);
        }
    }

    fn count(&self, paths: Vec<String>, shared: &mut Shared) {
        let Some(seat) = self.seat else {
            return;
        };
        for path in paths {
            let ask = ContenderAsk::Count(seat, path.clone());
            shared.ask(
                Ask::Contender(self.handle, ask),
                Request::Exists { path, watch: false },
            );
        }
    }

    /// One more candidate was answered for.
    fn counted(&mut self, shared: &mut Shared) {
        let Rank::Counting(census) = &self.rank else {
            return;
        };
        if !census.is_complete() {
            return;
        }
        // Whoever cannot be counted may stand before us.
        if let Some(flaw) = census.flaw() {
            self.counted.1 = census.stats().clone();
            self.wait(flaw, shared);
            return;
        }
        let members = census.members();
        self.place(members.into_iter().map(|m| (m.token, m.path)), shared);
    }

    /// The order is known for sure.
    fn place(&mut self, members: impl Iterator<Item = (u64, String)>, shared: &mut Shared) {
        let Some(mine) = self.member.as_ref().map(|member| member.token) else {
            return;
        };
        let before = members
            .filter(|(token, _)| *token < mine)
            .map(|(_, path)| path)
            .collect();
        self.stand_behind(before, shared);
    }

    /// These stand before us, oldest first.
    fn stand_behind(&mut self, mut before: VecDeque<String>, shared: &mut Shared) {
        self.further = before.len().saturating_sub(KNOWN_MAX);
        self.before = before.split_off(self.further);
        if mutant::on(Mutant::FurtherForgotten) {
            self.further = 0;
        }
        self.ranked = true;
        self.rank = Rank::Behind { told: None };
        self.again.over();
        self.settle(shared);
    }

    fn settle(&mut self, shared: &mut Shared) {
        self.blind = false;
        if self.before.is_empty() && self.further > 0 {
            self.list(shared);
        } else if self.before.is_empty() {
            self.rank = Rank::First;
            self.renew(shared);
        } else {
            self.watch_predecessor(shared);
        }
    }

    pub(crate) fn watch_predecessor(&self, shared: &mut Shared) {
        if let (Some(seat), Some(path)) = (self.seat, self.before.back()) {
            let ask = ContenderAsk::Predecessor(seat, path.clone());
            shared.ask(
                Ask::Contender(self.handle, ask),
                Request::Exists {
                    path: path.clone(),
                    watch: true,
                },
            );
        }
    }

    fn looked_at(&mut self, result: Result<Response, ServerError>, shared: &mut Shared) {
        let Some(member) = &self.member else {
            return;
        };
        match result {
            // Without an owner it is no member; with a higher czxid the path was born again, and
            // stands behind us.
            Ok(Response::Stat(stat))
                if stat.ephemeral_owner == 0
                    || Member::new(&member.path, stat.czxid).token > member.token =>
            {
                self.before.pop_back();
                self.settle(shared);
            }
            Ok(_) => {
                self.blind = false;
                self.again.over();
                self.stand_by(shared);
            }
            // Gone before it could be watched. That proves nothing about the others.
            Err(ServerError::NoNode) => self.list(shared),
            Err(error) => {
                self.blind = true;
                if self.peeked.is_none() {
                    self.peek(shared);
                }
                let path = self.before.back().map_or("", String::as_str);
                let error = Error::undecided(error, "look at", path);
                self.wait(error, shared);
            }
        }
    }

    /// Says how many stand before it, if that is news.
    fn stand_by(&mut self, shared: &mut Shared) {
        let ahead = self.before.len() + self.further;
        if let Rank::Behind { told } = &mut self.rank
            && told.replace(ahead) != Some(ahead)
            && let Some(member) = self.member.clone()
        {
            self.tell(ContenderEvent::Standby { member, ahead }, shared);
        }
    }

    /// Lists the group, and watches the list: a predecessor that may not be read goes without a
    /// word, but not without a change of its parent.
    fn peek(&mut self, shared: &mut Shared) {
        let Some(seat) = self.seat else {
            return;
        };
        self.peeked = Some(shared.now);
        let request = Request::GetChildren2 {
            path: self.spec.path.clone(),
            watch: true,
        };
        let ask = ContenderAsk::Peek(seat);
        shared.ask(Ask::Contender(self.handle, ask), request);
    }

    fn peeked_at(&mut self, result: Result<Response, ServerError>, shared: &mut Shared) {
        if !self.blind || !matches!(self.rank, Rank::Behind { .. }) {
            return;
        }
        match result {
            Ok(Response::Children { children, .. }) => {
                let standing: BTreeSet<String> = children
                    .iter()
                    .map(|name| path::child(&self.spec.path, name))
                    .collect();
                let watched = self.before.back().cloned();
                self.before.retain(|path| standing.contains(path));
                if self.before.back() == watched.as_ref() {
                    self.again.later(shared.now, shared.session.timeout());
                    self.stand_by(shared);
                } else {
                    self.settle(shared);
                }
            }
            // The group is gone, and everybody's znode with it: the seat says so.
            Ok(_) | Err(ServerError::NoNode) => self.list(shared),
            // Nothing is watched: what is left is to look at leisure.
            Err(_) => self.again.later(shared.now, shared.session.timeout()),
        }
    }
}

/// What a leader with these rules has in hand, as things stand.
struct Standing {
    end: Time,
    /// From when on a renewal is overdue; `None` while nothing has been renewed on the present
    /// connection, or there is none.
    fresh_until: Option<Time>,
}

impl Standing {
    fn of(spec: &ContenderSpec, shared: &Shared) -> Option<Self> {
        let session = &shared.session;
        let timeout = session.timeout();
        let answered = session.answered();
        let mistaken = match () {
            () if mutant::on(Mutant::AnyAnswer) => Some(lease::horizon(answered?, timeout)),
            () if mutant::on(Mutant::DisconnectTimer) => Some(shared.now + timeout),
            () if mutant::on(Mutant::Mesos) => Some(lease::over(answered?, timeout)),
            () => None,
        };
        if let Some(end) = mistaken {
            let fresh_until = session.newest_proof().map(|_| end);
            return Some(Self { end, fresh_until });
        }
        Some(if spec.policy.is_proved() {
            let newest = session.newest_proof();
            Self {
                end: lease::lease_end(session.proved()?, timeout),
                fresh_until: newest.map(|sent| lease::overdue(sent, timeout)),
            }
        } else {
            let answered = answered?;
            let attached = session.attached();
            Self {
                end: lease::over(answered, timeout),
                fresh_until: attached.then(|| lease::shaky(answered, timeout)),
            }
        })
    }
}
