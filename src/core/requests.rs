//! Requests in flight: who asked what, when it was sent, and the order in which a server must
//! answer.

use super::blame::{self, Blame, Suspect};
use super::contender::ContenderAsk;
use super::detector::DetectorAsk;
use super::group::{GroupAsk, What};
use super::seat::{Look, SeatAsk, SeatId};
use super::time::Time;
use super::{Handle, SESSION, watch::WatchKind};
use crate::proto::{Request, op};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

/// How many requests wait for an answer at once; more are held back. Real servers begin to
/// throttle at 1,000 over all their clients (`globalOutstandingLimit`).
pub(crate) const IN_FLIGHT_MAX: usize = 512;
/// How many of them may be bulk: a proof waits behind no more than these.
pub(crate) const BULK_IN_FLIGHT_MAX: usize = 64;
/// How many bulk listings wait for an answer at once.
const LISTINGS_IN_FLIGHT_MAX: usize = 8;
/// While more bulk reads than this are held back no listing is asked for: each begets more reads.
const LISTING_ROOM: usize = 16_384;
/// How many bulk requests are held back before a call is refused.
pub(crate) const HELD_MAX: usize = 65_536;

/// Who asked, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Auth,
    CloseSession,
    /// A proof of the members of these seats.
    Proof(Vec<SeatId>),
    /// A proof of a member that is next in line, with a look at the member before it.
    IdleProof(Handle, SeatId),
    Seat(SeatId, SeatAsk),
    Contender(Handle, ContenderAsk),
    Detector(Handle, DetectorAsk),
    Group(Handle, GroupAsk),
}

impl Ask {
    /// Whose turn it takes if it is one of the many reads that a view, a census or a user's calls
    /// ask at once, and that nothing is in a hurry for.
    fn bulk(&self, request: &Request) -> Option<Handle> {
        let reads = matches!(
            request.op(),
            op::EXISTS | op::GET_DATA | op::GET_CHILDREN2 | op::GET_EPHEMERALS
        );
        let handle = match self {
            Self::Detector(handle, _)
            | Self::Group(handle, _)
            | Self::Contender(handle, ContenderAsk::Count(..)) => Some(*handle),
            Self::Seat(_, SeatAsk::Look(_, Look::Suspect(_))) => Some(SESSION),
            Self::Auth
            | Self::CloseSession
            | Self::Proof(_)
            | Self::IdleProof(..)
            | Self::Seat(..)
            | Self::Contender(..) => None,
        };
        handle.filter(|_| reads)
    }

    /// Whether nothing is lost if it fails.
    pub(crate) fn may_fail(&self) -> bool {
        match self {
            Self::Detector(..) | Self::Group(..) => true,
            Self::Auth
            | Self::CloseSession
            | Self::Proof(_)
            | Self::IdleProof(..)
            | Self::Seat(..)
            | Self::Contender(..) => false,
        }
    }

    /// Whether a user's call begins with it.
    fn begins_call(&self) -> bool {
        matches!(self, Self::Group(_, GroupAsk::Query(_, what)) if !matches!(what, What::Count(_)))
    }
}

/// A request that was sent and not yet answered.
#[derive(Debug)]
pub(crate) struct InFlight {
    pub(crate) xid: i32,
    pub(crate) op: i32,
    pub(crate) ask: Ask,
    /// Stamped before the bytes were handed to the socket.
    pub(crate) sent: Time,
    /// What it relies on, if it is a write that is committed.
    pub(crate) relayed: Option<Time>,
    /// The watch that the answer arms.
    pub(crate) watch: Option<(WatchKind, String)>,
    pub(crate) key: blame::Key,
    bytes: usize,
    is_bulk: bool,
}

impl InFlight {
    pub(crate) fn suspect(&self) -> Suspect {
        Suspect {
            key: self.key,
            op: self.op,
            bytes: self.bytes,
            may_fail: self.ask.may_fail(),
        }
    }
}

/// The table of one connection. It dies with the connection: what was in flight then has an
/// unknown outcome, and its owners look.
///
/// Proofs go before all that is held back. Bulk reads go last, few at a time, and whoever asked them
/// takes turns: so neither a lease nor another group waits long behind ten thousand members.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    last_xid: i32,
    in_flight: VecDeque<InFlight>,
    bulk_in_flight: usize,
    listings_in_flight: usize,
    first: VecDeque<(Ask, Request)>,
    held: VecDeque<(Ask, Request)>,
    bulk: BTreeMap<Handle, VecDeque<(Ask, Request)>>,
    /// How many are held in `bulk`, and how many of them are no listings.
    bulk_held: usize,
    bulk_reads: usize,
    /// Whose bulk request was sent last.
    turn: Option<Handle>,
}

impl Requests {
    /// The table of the next connection of a session on which `last_xid` was the last number given
    /// out. Numbers go on for the life of the session: a server matches what is committed to what
    /// waits by session and number only (`CommitProcessor`), so that a write of an earlier
    /// connection could answer one of this connection that bears the same number.
    pub(crate) fn after(last_xid: i32) -> Self {
        Self {
            last_xid,
            ..Self::default()
        }
    }

    /// How many requests wait: to be sent, or for their answers.
    pub(crate) fn waiting(&self) -> usize {
        self.held.len() + self.in_flight.len()
    }

    /// The last number given out.
    pub(crate) fn last_xid(&self) -> i32 {
        self.last_xid
    }

    /// Queues a request before all that are held back.
    pub(crate) fn push_first(&mut self, ask: Ask, request: Request) {
        self.first.push_back((ask, request));
    }

    /// Queues a request behind all of its kind that were queued before.
    ///
    /// # Errors
    /// Whoever asked, if it is a call and too many are held back.
    pub(crate) fn push(&mut self, ask: Ask, request: Request) -> Result<(), Ask> {
        match (ask.bulk(&request), &ask) {
            (_, Ask::Proof(_) | Ask::IdleProof(..)) => self.push_first(ask, request),
            (Some(_), _) if self.bulk_held >= HELD_MAX && ask.begins_call() => return Err(ask),
            (Some(handle), _) => {
                self.bulk_held += 1;
                self.bulk_reads += usize::from(!lists(&request));
                self.bulk
                    .entry(handle)
                    .or_default()
                    .push_back((ask, request));
            }
            (None, _) => self.held.push_back((ask, request)),
        }
        Ok(())
    }

    /// Queues the last request of a session; nobody waits for bulk reads any more.
    pub(crate) fn close(&mut self) {
        self.bulk.clear();
        self.bulk_held = 0;
        self.bulk_reads = 0;
        self.held
            .push_back((Ask::CloseSession, Request::CloseSession));
    }

    /// Moves as many requests as may be in flight from the queues into `out`, stamped `now` and
    /// `relayed`. Says whether there were any.
    pub(crate) fn pump(
        &mut self,
        now: Time,
        relayed: Option<Time>,
        blame: &Blame,
        out: &mut Vec<u8>,
    ) -> bool {
        let before = out.len();
        while let Some((ask, request)) = self.first.pop_front() {
            self.send(ask, &request, (now, relayed), out);
        }
        while self.in_flight.len() < IN_FLIGHT_MAX
            && let Some((ask, request)) = self.held.pop_front()
        {
            if !self.may_go(&ask, &request, blame) {
                self.held.push_front((ask, request));
                break;
            }
            self.send(ask, &request, (now, relayed), out);
        }
        while self.bulk_in_flight < BULK_IN_FLIGHT_MAX
            && self.in_flight.len() < IN_FLIGHT_MAX
            && let Some((ask, request)) = self.next_bulk(blame)
        {
            self.send(ask, &request, (now, relayed), out);
        }
        out.len() > before
    }

    /// Whether a request may be sent now, as far as suspects go: one of them at a time.
    fn may_go(&self, ask: &Ask, request: &Request, blame: &Blame) -> bool {
        !blame.suspects(request, ask.may_fail())
            || !self.in_flight.iter().any(|r| blame.is_suspect(r.key))
    }

    fn next_bulk(&mut self, blame: &Blame) -> Option<(Ask, Request)> {
        let listings = match self.bulk_reads < LISTING_ROOM {
            true => LISTINGS_IN_FLIGHT_MAX,
            false => 0,
        };
        let may_go = |(ask, request): &(Ask, Request)| {
            (!lists(request) || self.listings_in_flight < listings)
                && self.may_go(ask, request, blame)
        };
        let after = self.turn.map_or(Bound::Unbounded, Bound::Excluded);
        let round = self.bulk.range((after, Bound::Unbounded)).chain(&self.bulk);
        let (handle, _) = round
            .take(self.bulk.len())
            .find(|(_, queue)| queue.front().is_some_and(may_go))?;
        let handle = *handle;
        let queue = self.bulk.get_mut(&handle)?;
        let next = queue.pop_front()?;
        if queue.is_empty() {
            self.bulk.remove(&handle);
        }
        self.turn = Some(handle);
        self.bulk_held -= 1;
        self.bulk_reads -= usize::from(!lists(&next.1));
        Some(next)
    }

    fn send(
        &mut self,
        ask: Ask,
        request: &Request,
        (now, relayed): (Time, Option<Time>),
        out: &mut Vec<u8>,
    ) {
        let xid = match request.op() {
            op::AUTH => crate::proto::xid::AUTH,
            _ => {
                // Numbers stay positive for ever: the negative ones have other meanings.
                self.last_xid = self.last_xid.checked_add(1).unwrap_or(1);
                self.last_xid
            }
        };
        let at = out.len();
        request.encode(xid, out);
        let is_bulk = ask.bulk(request).is_some();
        let key = blame::key(&out[at..], ask.may_fail());
        self.bulk_in_flight += usize::from(is_bulk);
        self.listings_in_flight += usize::from(is_bulk && lists(request));
        self.in_flight.push_back(InFlight {
            xid,
            op: request.op(),
            ask,
            sent: now,
            relayed,
            watch: WatchKind::armed_by(request),
            key,
            bytes: out.len() - at,
            is_bulk,
        });
    }

    /// The request that must be answered next.
    pub(crate) fn oldest(&self) -> Option<&InFlight> {
        self.in_flight.front()
    }

    /// What the connection may have ended of, if it ends now.
    pub(crate) fn suspects(&self) -> impl Iterator<Item = Suspect> {
        self.in_flight.iter().map(InFlight::suspect)
    }

    /// The operation of a request that waits for an answer.
    pub(crate) fn op_of(&self, xid: i32) -> Option<i32> {
        let mut waiting = self.in_flight.iter();
        waiting
            .find(|request| request.xid == xid)
            .map(|request| request.op)
    }

    /// Takes the oldest request if it has this xid. A server answers in order: with any other
    /// xid, a request was dropped on the way and nothing about the rest can be trusted.
    pub(crate) fn answer(&mut self, xid: i32) -> Option<InFlight> {
        if self.oldest()?.xid != xid {
            return None;
        }
        let request = self.in_flight.pop_front()?;
        self.bulk_in_flight -= usize::from(request.is_bulk);
        let is_listing = request.is_bulk && request.op == op::GET_CHILDREN2;
        self.listings_in_flight -= usize::from(is_listing);
        Some(request)
    }
}

fn lists(request: &Request) -> bool {
    request.op() == op::GET_CHILDREN2
}
