//! Requests in flight: their questions, their send times, and the order in which a server must answer.

use super::blame::{self, Blame, Suspect};
use super::question::Question;
use super::time::Time;
use super::watch::WatchKind;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Bound;
use tenure_proto::{Request, Response, ServerError, op};

/// The most requests that wait for an answer at once; others are held back. Real servers begin to
/// throttle at 1,000 over all their clients (`globalOutstandingLimit`).
const IN_FLIGHT_MAX: usize = 512;
/// The most of them that may be bulk: a proof waits behind at most so many.
const BULK_IN_FLIGHT_MAX: usize = 64;
/// The most bulk listings that wait for an answer at once.
const LISTINGS_IN_FLIGHT_MAX: usize = 8;
/// While more bulk reads than this are held back, no listing is sent: each listing leads to more reads.
const LISTING_ROOM: usize = 16_384;
/// The most bulk requests that are held back before calls are refused.
const HELD_MAX: usize = 65_536;

/// A question of a machine, or a request of the session itself.
#[derive(Debug)]
pub(crate) enum Ask<Q> {
    Auth,
    CloseSession,
    /// A proof: it goes before all that is held back.
    Proof(Q),
    Question(Q),
}

impl<Q: Question> Ask<Q> {
    fn bulk(&self, request: &Request) -> Option<Q::Turn> {
        match self {
            Self::Question(question) => question.bulk(request),
            Self::Auth | Self::CloseSession | Self::Proof(_) => None,
        }
    }

    pub(crate) fn may_fail(&self) -> bool {
        match self {
            Self::Question(question) => question.may_fail(),
            Self::Auth | Self::CloseSession | Self::Proof(_) => false,
        }
    }
}

/// How the reply to a request shows that a quorum has committed a write of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Commits {
    /// By its success: every operation that changes the tree goes through the quorum.
    BySuccess,
    /// By the outcomes in its body: a `multi` goes through the quorum, too.
    ByOutcomes,
    Never,
}

impl Commits {
    fn of(request: &Request) -> Self {
        match request {
            Request::Create { .. }
            | Request::Create2 { .. }
            | Request::CreateContainer { .. }
            | Request::Delete { .. }
            | Request::SetData { .. }
            | Request::SetAcl { .. } => Self::BySuccess,
            Request::Multi { .. } => Self::ByOutcomes,
            Request::Ping
            | Request::Auth { .. }
            | Request::Exists { .. }
            | Request::GetData { .. }
            | Request::GetChildren2 { .. }
            | Request::GetAcl { .. }
            | Request::Sync { .. }
            | Request::SetWatches(_)
            | Request::SetWatches2(_)
            | Request::AddWatch { .. }
            | Request::RemoveWatches { .. }
            | Request::GetEphemerals { .. }
            | Request::CloseSession => Self::Never,
        }
    }
}

/// A request that was sent and not yet answered.
#[derive(Debug)]
pub(crate) struct InFlight<Q> {
    pub(crate) xid: i32,
    pub(crate) op: i32,
    pub(crate) ask: Ask<Q>,
    /// Stamped before the bytes were handed to the socket.
    pub(crate) sent: Time,
    /// The send time that it relies on, if it is a write that is committed.
    pub(crate) relayed: Option<Time>,
    /// The watch that the answer arms.
    pub(crate) watch: Option<(WatchKind, String)>,
    pub(crate) key: blame::Key,
    bytes: usize,
    is_bulk: bool,
    may_fail: bool,
    commits: Commits,
}

impl<Q> InFlight<Q> {
    pub(crate) fn suspect(&self) -> Suspect {
        Suspect {
            key: self.key,
            op: self.op,
            bytes: self.bytes,
            may_fail: self.may_fail,
        }
    }

    /// Whether this reply shows that a quorum has committed a write of the session.
    pub(crate) fn commits(&self, result: &Result<Response, ServerError>) -> bool {
        match (self.commits, result) {
            (Commits::ByOutcomes, Ok(Response::Multi(outcomes))) => {
                outcomes.iter().all(Result::is_ok)
            }
            (Commits::BySuccess, Ok(_)) => true,
            (Commits::BySuccess | Commits::ByOutcomes | Commits::Never, _) => false,
        }
    }
}

/// The requests of one connection. They end with it: those in flight then have an unknown outcome, and
/// the machines that asked read the present state.
///
/// Proofs precede all requests that are held back. Bulk reads go last, few at a time, and the parties
/// that asked them take turns: so neither a lease nor another group waits long behind ten thousand
/// members.
#[derive(Debug)]
pub(crate) struct Requests<Q: Question> {
    last_xid: i32,
    in_flight: VecDeque<InFlight<Q>>,
    bulk_in_flight: usize,
    listings_in_flight: usize,
    first: VecDeque<(Ask<Q>, Request)>,
    held: VecDeque<(Ask<Q>, Request)>,
    bulk: BTreeMap<Q::Turn, VecDeque<(Ask<Q>, Request)>>,
    /// The parties whose next bulk request is a listing, and those whose next is another read: so the
    /// next party is found without a look at all that wait.
    next_lists: BTreeSet<Q::Turn>,
    next_reads: BTreeSet<Q::Turn>,
    /// How many requests `bulk` holds, and how many of them are not listings.
    bulk_held: usize,
    bulk_reads: usize,
    /// The party whose bulk request was sent last.
    turn: Option<Q::Turn>,
}

impl<Q: Question> Requests<Q> {
    /// The requests of the next connection of a session in which `last_xid` was the last number. Numbers
    /// go on for the life of the session: a server matches committed requests to waiting ones by session
    /// and number only (`CommitProcessor`), so a write of an earlier connection could answer one of this
    /// connection with the same number.
    pub(crate) fn after(last_xid: i32) -> Self {
        Self {
            last_xid,
            in_flight: VecDeque::new(),
            bulk_in_flight: 0,
            listings_in_flight: 0,
            first: VecDeque::new(),
            held: VecDeque::new(),
            bulk: BTreeMap::new(),
            next_lists: BTreeSet::new(),
            next_reads: BTreeSet::new(),
            bulk_held: 0,
            bulk_reads: 0,
            turn: None,
        }
    }

    /// How many requests wait: to be sent, or for their answers.
    pub(crate) fn waiting(&self) -> usize {
        self.held.len() + self.in_flight.len()
    }

    /// The number of the last request.
    pub(crate) fn last_xid(&self) -> i32 {
        self.last_xid
    }

    /// Queues a request before all that are held back.
    pub(crate) fn push_first(&mut self, ask: Ask<Q>, request: Request) {
        self.first.push_back((ask, request));
    }

    /// Queues a request behind all queued requests of its kind.
    ///
    /// # Errors
    /// The question, if a user's call begins with it and too many requests are held back.
    pub(crate) fn push(&mut self, question: Q, request: Request) -> Result<(), Q> {
        let is_full = self.bulk_held >= HELD_MAX;
        match question.bulk(&request) {
            Some(_) if is_full && question.begins_call() => return Err(question),
            Some(turn) => {
                self.bulk_held += 1;
                self.bulk_reads += usize::from(!lists(&request));
                let queue = self.bulk.entry(turn).or_default();
                if queue.is_empty() {
                    match lists(&request) {
                        true => self.next_lists.insert(turn),
                        false => self.next_reads.insert(turn),
                    };
                }
                queue.push_back((Ask::Question(question), request));
            }
            None => self.held.push_back((Ask::Question(question), request)),
        }
        Ok(())
    }

    /// Queues the last request of a session, and drops the bulk reads: their answers are no longer of
    /// use.
    pub(crate) fn close(&mut self) {
        self.bulk.clear();
        self.next_lists.clear();
        self.next_reads.clear();
        self.bulk_held = 0;
        self.bulk_reads = 0;
        self.held
            .push_back((Ask::CloseSession, Request::CloseSession));
    }

    /// Whether the last request of the session was sent.
    pub(crate) fn is_closing(&self) -> bool {
        self.in_flight
            .iter()
            .any(|request| matches!(request.ask, Ask::CloseSession))
    }

    /// Moves as many requests as may be in flight from the queues into `out`, stamped `now` and
    /// `relayed`. Returns whether there were any.
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

    /// Whether a request may be sent now: only one suspect at a time may be in flight.
    fn may_go(&self, ask: &Ask<Q>, request: &Request, blame: &Blame) -> bool {
        !blame.suspects(request, ask.may_fail())
            || !self.in_flight.iter().any(|r| blame.is_suspect(r.key))
    }

    fn next_bulk(&mut self, blame: &Blame) -> Option<(Ask<Q>, Request)> {
        let turn = self.next_turn(blame)?;
        let queue = self.bulk.get_mut(&turn)?;
        let next = queue.pop_front()?;
        self.next_lists.remove(&turn);
        self.next_reads.remove(&turn);
        match queue.front().map(|(_, request)| lists(request)) {
            Some(true) => drop(self.next_lists.insert(turn)),
            Some(false) => drop(self.next_reads.insert(turn)),
            None => drop(self.bulk.remove(&turn)),
        }
        self.turn = Some(turn);
        self.bulk_held -= 1;
        self.bulk_reads -= usize::from(!lists(&next.1));
        Some(next)
    }

    /// The first party, after the one whose turn was last, whose next bulk request may be sent now.
    fn next_turn(&self, blame: &Blame) -> Option<Q::Turn> {
        let listings = match self.bulk_reads < LISTING_ROOM {
            true => LISTINGS_IN_FLIGHT_MAX,
            false => 0,
        };
        let may_list = self.listings_in_flight < listings;
        let after = (
            self.turn.map_or(Bound::Unbounded, Bound::Excluded),
            Bound::Unbounded,
        );
        if blame.has_suspects() {
            let mut round = self.bulk.range(after).chain(&self.bulk);
            return round
                .find(|(_, queue)| {
                    queue.front().is_some_and(|(ask, request)| {
                        (!lists(request) || may_list) && self.may_go(ask, request, blame)
                    })
                })
                .map(|(turn, _)| *turn);
        }
        let first = |all: &BTreeSet<Q::Turn>, from: (Bound<Q::Turn>, Bound<Q::Turn>)| {
            all.range(from).next().copied()
        };
        let next = |from| {
            let listing = first(&self.next_lists, from).filter(|_| may_list);
            let read = first(&self.next_reads, from);
            listing.into_iter().chain(read).min()
        };
        next(after).or_else(|| next((Bound::Unbounded, Bound::Unbounded)))
    }

    fn send(
        &mut self,
        ask: Ask<Q>,
        request: &Request,
        (now, relayed): (Time, Option<Time>),
        out: &mut Vec<u8>,
    ) {
        let xid = match request.op() {
            op::AUTH => tenure_proto::xid::AUTH,
            _ => {
                // Numbers stay positive: the negative ones have other meanings.
                self.last_xid = self.last_xid.checked_add(1).unwrap_or(1);
                self.last_xid
            }
        };
        let at = out.len();
        request.encode(xid, out);
        let is_bulk = ask.bulk(request).is_some();
        let may_fail = ask.may_fail();
        let key = blame::key(&out[at..], may_fail);
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
            may_fail,
            commits: Commits::of(request),
        });
    }

    /// The request that the server must answer next.
    pub(crate) fn oldest(&self) -> Option<&InFlight<Q>> {
        self.in_flight.front()
    }

    /// The requests that may be the cause, if the connection ends now.
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

    /// Takes the oldest request if it has this xid. A server answers in order: any other xid means that a
    /// request was dropped on the way, and then no later answer can be trusted.
    pub(crate) fn answer(&mut self, xid: i32) -> Option<InFlight<Q>> {
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
