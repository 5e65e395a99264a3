//! A contender: one candidacy after another for the leadership of a group.
//!
//! Once its own znode stands, one listing tells every member that can ever be before it: members
//! that come later have a higher `czxid`. It watches the nearest of those before it, and leads
//! when it has seen all of them gone. So a standby is woken only when its predecessor or its own
//! znode changes, and a vanished predecessor alone never makes a leader.

use super::event::{ContenderEvent, Event, LostReason, Member};
use super::lease::{self, LeasePolicy};
use super::mutant::{self, Mutant};
use super::requests::Ask;
use super::roster::{self, Census};
use super::seat::{SeatId, SeatNews};
use super::session::Proving;
use super::time::Time;
use super::wire::{Bench, Wire};
use super::{Answer, CallId, Error, Handle, Lease, Output};
use crate::proto::{EventKind, Request, Response, ServerError};
use std::collections::BTreeMap;
use std::collections::VecDeque;

/// How many of those before it a contender knows by name; when all of them are gone and there were
/// more, it lists again.
const KNOWN_MAX: usize = 16;

/// What to do after a candidacy was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reenrol {
    /// Begin a new one, with a new znode behind everybody else.
    #[default]
    Always,
    /// Stop: the event was the last.
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
    rank: Rank,
    /// When it may say again why it has no lease.
    explained: Option<Time>,
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
            rank: Rank::Unknown,
            explained: None,
            withdrawals: Vec::new(),
            writes: Vec::new(),
            leaving: false,
            dropped: false,
        }
    }

    /// Begins a candidacy.
    pub(crate) fn enrol(&mut self, bench: &mut Bench<'_>) {
        self.tell(ContenderEvent::Enrolling, &mut bench.wire);
        if let Some(error) = self.refusal(&bench.wire) {
            self.lose(LostReason::Failed(error), &mut bench.wire);
            return;
        }
        let seat = bench.seats.create(
            self.handle,
            &self.spec.path,
            self.spec.label.as_deref(),
            &self.spec.data,
            &mut bench.wire,
        );
        self.seat = Some(seat);
        // Behind the create, in the same segment: with nobody before us one round trip decides.
        self.list(&mut bench.wire);
    }

    /// Ends the candidacy because the user says so; the call is answered when the znode is gone.
    pub(crate) fn withdraw(&mut self, call: Option<CallId>, bench: &mut Bench<'_>) {
        match call {
            Some(call) => self.withdrawals.push(call),
            None => self.dropped = true,
        }
        let first = !std::mem::replace(&mut self.leaving, true);
        let Some(seat) = self.seat else {
            self.answer_withdrawals(&Ok(Answer::Removed(false)), &mut bench.wire);
            return;
        };
        if first && !mutant::on(Mutant::ReleaseLate) {
            self.lose(LostReason::Withdrawn, &mut bench.wire);
        }
        bench.seats.release(seat, &mut bench.wire);
    }

    /// Changes the payload of this candidacy and of those that follow.
    pub(crate) fn set_data(&mut self, call: CallId, data: Vec<u8>, bench: &mut Bench<'_>) {
        self.spec.data = data;
        match self.seat {
            Some(seat) if !self.leaving => {
                self.writes.push(call);
                bench.seats.set_data(seat, &self.spec.data, &mut bench.wire);
            }
            _ => bench.wire.out.done(call, Ok(Answer::Written(false))),
        }
    }

    /// Whether nothing of it is left to wait for.
    pub(crate) fn is_gone(&self) -> bool {
        self.dropped && self.seat.is_none()
    }

    /// Whether a lease hangs on the session.
    pub(crate) fn is_leading(&self) -> bool {
        matches!(self.rank, Rank::Leading { .. })
    }

    /// The client is being closed: leadership ends now, the rest goes with the session.
    pub(crate) fn close(&mut self, wire: &mut Wire<'_>) {
        if !std::mem::replace(&mut self.leaving, true) && self.seat.is_some() {
            self.lose(LostReason::Closed, wire);
        }
    }

    pub(crate) fn forget(&mut self, call: CallId) {
        self.withdrawals.retain(|waiting| *waiting != call);
        self.writes.retain(|waiting| *waiting != call);
    }

    pub(crate) fn on_news(&mut self, seat: SeatId, news: SeatNews, bench: &mut Bench<'_>) {
        if self.seat != Some(seat) {
            // A candidacy that lapsed earlier; its znode has only just been removed.
            return;
        }
        match news {
            SeatNews::Refused(_) | SeatNews::Evicted | SeatNews::SessionOver if self.leaving => {
                // Its loss was told when it began to leave.
                self.seat = None;
                self.answer_withdrawals(&Ok(Answer::Removed(false)), &mut bench.wire);
            }
            // It goes with the session, which is being closed.
            SeatNews::Seated(_) if self.leaving => {}
            SeatNews::Seated(member) => {
                self.member = Some(member.clone());
                self.tell(ContenderEvent::Enrolled { member }, &mut bench.wire);
                if !self.listing {
                    self.list(&mut bench.wire);
                }
            }
            SeatNews::Written => self.answer_writes(&Ok(Answer::Written(true)), &mut bench.wire),
            SeatNews::Unwritten(error) => self.answer_writes(&Err(error), &mut bench.wire),
            SeatNews::Refused(error) => {
                self.seat = None;
                self.lose(LostReason::Failed(error), &mut bench.wire);
            }
            SeatNews::Evicted => {
                self.seat = None;
                self.lose(LostReason::Evicted, &mut bench.wire);
                self.again(bench);
            }
            SeatNews::SessionOver => {
                self.seat = None;
                self.lose(LostReason::SessionExpired, &mut bench.wire);
                self.again(bench);
            }
            SeatNews::Left { by_us } => {
                self.seat = None;
                if mutant::on(Mutant::ReleaseLate) {
                    self.lose(LostReason::Withdrawn, &mut bench.wire);
                }
                self.answer_withdrawals(&Ok(Answer::Removed(by_us)), &mut bench.wire);
            }
            SeatNews::Stuck(error) => {
                self.seat = None;
                self.answer_withdrawals(&Err(error), &mut bench.wire);
            }
        }
    }

    pub(crate) fn on_attached(&mut self, bench: &mut Bench<'_>) {
        if let (Some(error), Some(seat), false) =
            (self.refusal(&bench.wire), self.seat, self.leaving)
        {
            self.lose(LostReason::Failed(error), &mut bench.wire);
            self.seat = None;
            bench.seats.release(seat, &mut bench.wire);
            return;
        }
        let wire = &mut bench.wire;
        // The session timeout may have become shorter, and the lease with it.
        self.renew(wire);
        match &self.rank {
            Rank::Unknown | Rank::Counting(_) => self.list(wire),
            Rank::Behind { .. } if mutant::on(Mutant::Unarmed) => {}
            Rank::Behind { .. } => self.watch_predecessor(wire),
            Rank::First | Rank::Leading { .. } => {}
        }
    }

    pub(crate) fn on_detached(&mut self, bench: &mut Bench<'_>) {
        if self.is_leading() {
            match self.spec.policy {
                LeasePolicy::Strict if !mutant::on(Mutant::StrictWaits) => self.lapse(bench),
                LeasePolicy::Verified | LeasePolicy::Strict | LeasePolicy::Session => {
                    self.endanger(&mut bench.wire);
                }
            }
        }
    }

    /// Looks at the clock.
    pub(crate) fn tick(&mut self, bench: &mut Bench<'_>) {
        let Rank::Leading { fresh_until, end } = self.rank else {
            return;
        };
        let dead = end <= bench.wire.now && !mutant::on(Mutant::Revived);
        // With Mesos's rule the end is that of the session, which says so itself.
        if self.spec.policy.is_proved() && dead {
            self.lapse(bench);
        } else if fresh_until.is_some_and(|at| at <= bench.wire.now) {
            self.endanger(&mut bench.wire);
        }
    }

    /// When [`tick`](Self::tick) must be called.
    pub(crate) fn deadline(&self) -> Option<Time> {
        match self.rank {
            Rank::Leading { fresh_until, end } => Some(fresh_until.map_or(end, |at| at.min(end))),
            Rank::Unknown | Rank::Counting(_) | Rank::Behind { .. } | Rank::First => None,
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

    /// Whether its session can be given up for another one without anything being lost that does not
    /// come back by itself.
    pub(crate) fn may_begin_anew(&self) -> bool {
        !self.is_leading() && self.spec.reenrol == Reenrol::Always
    }

    /// Whether only a lease is missing.
    pub(crate) fn waits_for_lease(&self) -> bool {
        matches!(self.rank, Rank::First) && self.spec.policy.is_proved()
    }

    /// Why it cannot lead with the present session, if it cannot.
    fn refusal(&self, wire: &Wire<'_>) -> Option<Error> {
        if self.spec.policy.is_proved() {
            wire.session.lease_refusal()
        } else {
            None
        }
    }

    /// A renewal is overdue, or the connection is lost.
    fn endanger(&mut self, wire: &mut Wire<'_>) {
        let (Rank::Leading { fresh_until, end }, Some(member)) = (&mut self.rank, &self.member)
        else {
            return;
        };
        if fresh_until.take().is_some() && !mutant::on(Mutant::Untold) {
            let event = ContenderEvent::Jeopardy {
                member: member.clone(),
                deadline: *end,
            };
            wire.event(self.handle, Event::Contender(event));
        }
    }

    /// Whether a lease until `end` is long enough for a leadership to begin: nobody is to lead for a
    /// moment only.
    fn is_enough(&self, end: Time, wire: &Wire<'_>) -> bool {
        let pace = wire.session.pace();
        let renewal = match self.spec.policy.is_proved() {
            true => wire.session.next_renewal(wire.now),
            false => None,
        };
        wire.now + lease::enough(pace) < end
            && renewal.is_none_or(|at| at + lease::to_spare(pace) < end)
    }

    /// Something new is known of the session: leadership begins, or goes on.
    pub(crate) fn renew(&mut self, wire: &mut Wire<'_>) {
        let Some(standing) = Standing::of(&self.spec, wire) else {
            return self.explain(wire);
        };
        let Some(member) = &self.member else {
            return;
        };
        let Standing { end, .. } = standing;
        let fresh_until = standing.fresh_until.filter(|at| *at > wire.now);
        let (before, told) = match self.rank {
            Rank::First => {
                // Only an answer on a standing connection makes a leader, or ends jeopardy.
                if fresh_until.is_none() || !self.is_enough(end, wire) {
                    self.explain(wire);
                    return;
                }
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
            wire.out.push(Output::Lease {
                handle: self.handle,
                lease: Some(lease),
            });
        }
        if told.is_none() && fresh_until.is_some() && end > wire.now {
            let event = ContenderEvent::Leading {
                member: member.clone(),
                lease_end: end,
            };
            self.tell(event, wire);
        }
        self.rank = Rank::Leading {
            fresh_until: fresh_until.or(told),
            end,
        };
    }

    /// Says, once in a session timeout, why it does not lead though nobody stands before it.
    fn explain(&mut self, wire: &mut Wire<'_>) {
        if !self.waits_for_lease() || self.explained.is_some_and(|again| again > wire.now) {
            return;
        }
        if let Some(error) = wire.session.lease_hindrance(wire.now) {
            self.explained = Some(wire.now + wire.session.timeout());
            let member = self.member.clone();
            self.tell(ContenderEvent::Blocked { member, error }, wire);
        }
    }

    pub(crate) fn on_watch(&mut self, kind: EventKind, path: &str, wire: &mut Wire<'_>) {
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
                self.settle(wire);
            }
            EventKind::Created | EventKind::DataChanged | EventKind::ChildrenChanged => {
                self.watch_predecessor(wire);
            }
        }
    }

    pub(crate) fn on_reply(
        &mut self,
        ask: ContenderAsk,
        result: Result<Response, ServerError>,
        bench: &mut Bench<'_>,
    ) {
        let of = match &ask {
            ContenderAsk::List(seat)
            | ContenderAsk::Count(seat, _)
            | ContenderAsk::Predecessor(seat, _) => *seat,
        };
        if self.seat != Some(of) || self.leaving {
            return;
        }
        match ask {
            ContenderAsk::List(_) => self.listed(result, bench),
            ContenderAsk::Count(_, path) => {
                let wire = &mut bench.wire;
                let Rank::Counting(census) = &mut self.rank else {
                    return;
                };
                census.count(&path, result);
                if census.is_complete() {
                    let members = census.members();
                    self.place(members.into_iter().map(|m| (m.token, m.path)), wire);
                }
            }
            ContenderAsk::Predecessor(_, path) => {
                if self.before.back() != Some(&path) || !matches!(self.rank, Rank::Behind { .. }) {
                    return;
                }
                self.looked_at(result, &mut bench.wire);
            }
        }
    }

    fn tell(&self, event: ContenderEvent, wire: &mut Wire<'_>) {
        wire.event(self.handle, Event::Contender(event));
    }

    fn answer_withdrawals(&mut self, answer: &Result<Answer, Error>, wire: &mut Wire<'_>) {
        for call in self.withdrawals.drain(..) {
            wire.out.done(call, answer.clone());
        }
    }

    fn answer_writes(&mut self, answer: &Result<Answer, Error>, wire: &mut Wire<'_>) {
        for call in self.writes.drain(..) {
            wire.out.done(call, answer.clone());
        }
    }

    /// Ends the candidacy: first the lease, then the news of it.
    fn lose(&mut self, reason: LostReason, wire: &mut Wire<'_>) {
        let led_until = match self.rank {
            Rank::Leading { end, .. } => Some(end.min(wire.now)),
            _ => None,
        };
        if led_until.is_some() {
            wire.out.push(Output::Lease {
                handle: self.handle,
                lease: None,
            });
        }
        self.rank = Rank::Unknown;
        self.answer_writes(&Ok(Answer::Written(false)), wire);
        self.before.clear();
        self.further = 0;
        let member = self.member.take();
        let event = ContenderEvent::Lost {
            member,
            led_until,
            reason,
        };
        self.tell(event, wire);
    }

    /// The lease is over: the candidacy is dead, its znode is removed as soon as that can be.
    fn lapse(&mut self, bench: &mut Bench<'_>) {
        self.lose(LostReason::LeaseLapsed, &mut bench.wire);
        if let Some(seat) = self.seat.take() {
            bench.seats.release(seat, &mut bench.wire);
        }
        self.again(bench);
    }

    fn again(&mut self, bench: &mut Bench<'_>) {
        match self.spec.reenrol {
            Reenrol::Always => self.enrol(bench),
            Reenrol::Never => {}
        }
    }

    fn list(&mut self, wire: &mut Wire<'_>) {
        self.rank = Rank::Unknown;
        self.listing = wire.attached();
        if let Some(seat) = self.seat {
            let request = Request::GetChildren2 {
                path: self.spec.path.clone(),
                watch: false,
            };
            wire.ask(
                Ask::Contender(self.handle, ContenderAsk::List(seat)),
                request,
            );
        }
    }

    fn listed(&mut self, result: Result<Response, ServerError>, bench: &mut Bench<'_>) {
        self.listing = false;
        let (Some(seat), Rank::Unknown) = (self.seat, &self.rank) else {
            return;
        };
        let children = match result {
            Ok(Response::Children { children, .. }) => children,
            // Not there yet, or just deleted: the seat says which.
            Ok(_) | Err(ServerError::NoNode) => return,
            Err(error) => {
                let error = Error::from_server(error, "list the members of", &self.spec.path);
                self.lose(LostReason::Failed(error), &mut bench.wire);
                self.seat = None;
                bench.seats.release(seat, &mut bench.wire);
                return;
            }
        };
        let wire = &mut bench.wire;
        let candidates = roster::candidates(&self.spec.path, &children);
        let mine = candidates.iter().find(|(_, path)| {
            self.member
                .as_ref()
                .is_some_and(|member| member.path == *path)
        });
        // Without it the listing was asked for before the own znode stood: another follows the
        // seat's news.
        let Some(mine) = mine.map(|(sequence, _)| *sequence) else {
            return;
        };
        if roster::wrapped(&candidates) {
            self.rank = Rank::Counting(Census::new(BTreeMap::new(), candidates.len()));
            for (_, path) in candidates {
                let ask = ContenderAsk::Count(seat, path.clone());
                wire.ask(
                    Ask::Contender(self.handle, ask),
                    Request::Exists { path, watch: false },
                );
            }
            return;
        }
        let before = candidates
            .into_iter()
            .take_while(|(sequence, _)| *sequence <= mine)
            .map(|(_, path)| path)
            .filter(|path| self.member.as_ref().is_some_and(|m| m.path != *path))
            .collect();
        self.stand_behind(before, wire);
    }

    /// The order is known for sure.
    fn place(&mut self, members: impl Iterator<Item = (u64, String)>, wire: &mut Wire<'_>) {
        let Some(mine) = self.member.as_ref().map(|member| member.token) else {
            return;
        };
        let before = members
            .filter(|(token, _)| *token < mine)
            .map(|(_, path)| path)
            .collect();
        self.stand_behind(before, wire);
    }

    /// These stand before us, oldest first.
    fn stand_behind(&mut self, mut before: VecDeque<String>, wire: &mut Wire<'_>) {
        self.further = before.len().saturating_sub(KNOWN_MAX);
        self.before = before.split_off(self.further);
        if mutant::on(Mutant::FurtherForgotten) {
            self.further = 0;
        }
        self.rank = Rank::Behind { told: None };
        self.settle(wire);
    }

    fn settle(&mut self, wire: &mut Wire<'_>) {
        if self.before.is_empty() && self.further > 0 {
            self.list(wire);
        } else if self.before.is_empty() {
            self.rank = Rank::First;
            self.renew(wire);
        } else {
            self.watch_predecessor(wire);
        }
    }

    fn watch_predecessor(&self, wire: &mut Wire<'_>) {
        if let (Some(seat), Some(path)) = (self.seat, self.before.back()) {
            let ask = ContenderAsk::Predecessor(seat, path.clone());
            wire.ask(
                Ask::Contender(self.handle, ask),
                Request::Exists {
                    path: path.clone(),
                    watch: true,
                },
            );
        }
    }

    fn looked_at(&mut self, result: Result<Response, ServerError>, wire: &mut Wire<'_>) {
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
                self.settle(wire);
            }
            Ok(_) => {
                let ahead = self.before.len() + self.further;
                if let Rank::Behind { told } = &mut self.rank
                    && told.replace(ahead) != Some(ahead)
                {
                    let event = ContenderEvent::Standby {
                        member: member.clone(),
                        ahead,
                    };
                    self.tell(event, wire);
                }
            }
            // Gone before it could be watched. That proves nothing about the others.
            Err(_) => self.list(wire),
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
    fn of(spec: &ContenderSpec, wire: &Wire<'_>) -> Option<Self> {
        let session = &wire.session;
        let timeout = session.timeout();
        let answered = session.answered();
        let mistaken = match () {
            () if mutant::on(Mutant::AnyAnswer) => Some(lease::horizon(answered?, timeout)),
            () if mutant::on(Mutant::DisconnectTimer) => Some(wire.now + timeout),
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
