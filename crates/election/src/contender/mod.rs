//! A contender: one candidacy after another for the leadership of a group.
//!
//! Once its own znode stands, one listing shows every member that can ever be before it: members that
//! come later have a higher `czxid`. It watches the nearest of those before it, and leads when it has
//! seen all of them gone. So a standby gets an event only when its predecessor or its own znode changes,
//! and a vanished predecessor alone never makes a leader.
//!
//! If the predecessor may not be read, servers send no event about it: then the contender watches the
//! group's list of children, and looks at the predecessor each T/3. A member that cannot be looked at
//! counts as before the own one.
//!
//! A candidacy begins and ends here; `rank` finds its place, `leadership` keeps its lease.
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
//! | in | event | then |
//! |---|---|---|
//! | `Unknown` | the own znode stands, and is in a listing | `Behind` |
//! | `Unknown` | … in which the numbers have wrapped | `Counting`: every candidate is looked at |
//! | `Counting` | the answers for all candidates are there | `Behind`, in the order of `czxid` |
//! | `Behind` | the predecessor is gone | the member before it is watched; `First` if there is none |
//! | `Behind` | all known ones are gone, and more stood before those | `Unknown`: it lists again |
//! | `First` | the lease is long enough, and will be renewed | `Leading` |
//! | `First` | the own znode has been doubted for T | lost: `LeaseLapsed` |
//! | `Leading` | a renewal is overdue, or the connection is lost | `Leading`, in jeopardy |
//! | `Leading` | the lease ends; with `Strict` the connection is lost | lost: `LeaseLapsed` |
//! | any | the own znode is gone, or is given up | lost, with the reason |
//!
//! `Behind`, `First` and `Leading` outlive a connection: on the next one the contender looks at the
//! predecessor again.

mod guard;
mod leadership;
mod rank;
mod suspect;

pub(crate) use rank::{ContenderAsk, RankAsk};

use super::again::Again;
use super::event::{ContenderEvent, Event, LostReason, Member};
use super::shared::Shared;
use super::words::{LeasePolicy, Reenrol};
use super::znode::{self, ZnodeId, ZnodeNews};
use super::{Answer, Call, CallId, Error, Handle, Output};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use guard::Guard;
use rank::Rank;
use suspect::Suspicion;
use tenure_proto::Stat;
use tenure_session::Time;

impl LeasePolicy {
    /// Whether the lease rests on proofs.
    pub(crate) fn is_proved(self) -> bool {
        match self {
            Self::Verified | Self::Strict | Self::Guarded => true,
            Self::Session => false,
        }
    }
}

/// The group and the options of a contender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContenderSpec {
    /// The group's znode; created if it is missing.
    pub path: String,
    /// The part before `_` in the name of the member.
    pub label: Option<String>,
    /// The payload.
    pub data: Vec<u8>,
    /// When leadership ends without an answer.
    pub policy: LeasePolicy,
    /// What follows a lost candidacy.
    pub reenrol: Reenrol,
    /// Whether to send proofs also while next in line, to lead without a round trip later.
    pub warm: bool,
    /// The length of a guarded lease; `None` for the default.
    pub lease: Option<Duration>,
    /// The time in which a silent leader is replaced, sooner than the session timeout; only with
    /// [`LeasePolicy::Guarded`].
    pub fail_over: Option<Duration>,
}

impl ContenderSpec {
    /// The defaults, for the group at `path`.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            label: None,
            data: Vec::new(),
            policy: LeasePolicy::default(),
            reenrol: Reenrol::default(),
            warm: false,
            lease: None,
            fail_over: None,
        }
    }
}

pub(crate) struct Contender {
    handle: Handle,
    spec: ContenderSpec,
    znode: Option<ZnodeId>,
    /// The znodes of earlier candidacies that are being removed.
    former: BTreeSet<ZnodeId>,
    /// The outcome of the removals that withdrawals have waited for so far.
    left: Result<bool, Error>,
    member: Option<Member>,

    rank: Rank,
    /// The paths of the nearest members before the own one, oldest first: those that were in the listing
    /// and have not been seen gone.
    before: VecDeque<String>,
    /// How many more members stood before those.
    further: usize,
    /// Whether a listing is in flight.
    listing: bool,
    /// Whether it has had a rank.
    ranked: bool,
    /// The `czxid` of the group's znode, and the stats that a count of it got, if not all candidates
    /// could be counted.
    counted: (i64, BTreeMap<String, Stat>),
    /// Whether the predecessor may not be read.
    blind: bool,
    /// When the children of the group were last asked for with a watch, while they are watched.
    peeked: Option<Time>,
    /// How often the contender looked although its watches had not fired.
    looks: u32,
    again: Again,

    /// Since when it has waited for a lease, and the instant from which it may report again why there is
    /// none.
    waiting: Option<(Time, Time)>,
    /// Since when the own znode has been doubted: nothing is renewed meanwhile.
    doubted: Option<Time>,
    /// The causes of `Blocked` that were reported.
    blocks: Again,
    /// Whether the newest listing of this candidacy had members of other recipes.
    strangers: bool,
    /// The token of its newest znode, also of one that is gone.
    newest: u64,

    /// The token of the member before it, if that was looked at.
    predecessor: Option<u64>,
    /// Its guard, while it is first and its lease is guarded.
    guard: Option<Guard>,
    /// What it knows of the beats of the leader, while it is next in line and may replace it.
    suspicion: Option<Suspicion>,
    /// The member before its predecessor, while it is watched.
    ahead: Option<String>,

    withdrawals: Vec<CallId>,
    writes: Vec<CallId>,
    /// Whether it was withdrawn, dropped or closed: its loss was reported, and no candidacy follows.
    leaving: bool,
    dropped: bool,
}

impl Contender {
    pub(crate) fn new(handle: Handle, spec: ContenderSpec) -> Self {
        Self {
            handle,
            spec,
            znode: None,
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
            strangers: false,
            newest: 0,
            predecessor: None,
            guard: None,
            suspicion: None,
            ahead: None,
            former: BTreeSet::new(),
            left: Ok(false),
            withdrawals: Vec::new(),
            writes: Vec::new(),
            leaving: false,
            dropped: false,
        }
    }

    /// Begins a candidacy.
    pub(crate) fn enrol(&mut self, shared: &mut Shared) {
        self.report(ContenderEvent::Enrolling, shared);
        if let Some(error) = self.refusal(shared) {
            self.lose(LostReason::Failed(error), shared);
            return;
        }
        let znode = znode::create(
            shared,
            self.handle,
            &self.spec.path,
            self.spec.label.as_deref(),
            &self.spec.data,
        );
        self.znode = Some(znode);
        // The listing follows the create in the same segment: if no member is before the own one, one
        // round trip decides.
        self.list(shared);
    }

    /// Begins a call. `false` if a contender has no such call.
    pub(crate) fn call(&mut self, call: CallId, what: Call, shared: &mut Shared) -> bool {
        match what {
            Call::Withdraw => self.withdraw(Some(call), shared),
            Call::SetData { data } => self.set_data(call, data, shared),
            Call::Join { .. }
            | Call::Cancel { .. }
            | Call::SetMemberData { .. }
            | Call::AwaitEnd { .. }
            | Call::Evict { .. }
            | Call::Members
            | Call::Strangers
            | Call::Data { .. } => return false,
        }
        true
    }

    /// Ends the candidacy for the user; the call is answered when the znode is gone.
    pub(crate) fn withdraw(&mut self, call: Option<CallId>, shared: &mut Shared) {
        match call {
            Some(call) => self.withdrawals.push(call),
            None => self.dropped = true,
        }
        let first = !core::mem::replace(&mut self.leaving, true);
        let Some(znode) = self.znode else {
            // The znode of a candidacy before may stand yet.
            self.on_left(Ok(false), shared);
            return;
        };
        if first {
            self.lose(LostReason::Withdrawn, shared);
        }
        znode::release(shared, znode);
    }

    /// Changes the payload of this candidacy and of those that follow.
    pub(crate) fn set_data(&mut self, call: CallId, data: Vec<u8>, shared: &mut Shared) {
        self.spec.data = data;
        match self.znode {
            Some(znode) if !self.leaving => {
                self.writes.push(call);
                znode::set_data(shared, znode, &self.spec.data);
            }
            _ => shared.out.done(call, Ok(Answer::Written(false))),
        }
    }

    /// Whether it was dropped, and no znode of it remains.
    pub(crate) fn is_gone(&self) -> bool {
        self.dropped && self.znode.is_none()
    }

    /// Whether this is the znode of the present candidacy.
    pub(crate) fn holds(&self, znode: ZnodeId) -> bool {
        self.znode == Some(znode)
    }

    /// The client is being closed: leadership ends now, the rest goes with the session.
    pub(crate) fn close(&mut self, shared: &mut Shared) {
        let Some(znode) = self.znode else {
            self.leaving = true;
            return;
        };
        if !core::mem::replace(&mut self.leaving, true) {
            self.lose(LostReason::Closed, shared);
        }
        if shared.znodes.leaves_mark(znode) {
            znode::release(shared, znode);
        }
    }

    pub(crate) fn forget(&mut self, call: CallId) {
        self.withdrawals.retain(|waiting| *waiting != call);
        self.writes.retain(|waiting| *waiting != call);
    }

    pub(crate) fn on_news(&mut self, znode: ZnodeId, news: ZnodeNews, shared: &mut Shared) {
        if self.znode != Some(znode) {
            self.on_news_of_former(znode, news, shared);
            return;
        }
        match news {
            ZnodeNews::Refused(_) | ZnodeNews::Evicted | ZnodeNews::SessionOver if self.leaving => {
                // Its loss was reported when it began to leave.
                self.znode = None;
                self.on_left(Ok(false), shared);
            }
            // The znode goes with the session, which is being closed.
            ZnodeNews::Stands(_) if self.leaving => {}
            ZnodeNews::Stands(member) => {
                self.member = Some(member.clone());
                self.report(ContenderEvent::Enrolled { member }, shared);
                self.compare_tokens(shared);
                if !self.listing {
                    self.list(shared);
                }
            }
            ZnodeNews::Blocked(_) | ZnodeNews::Doubted | ZnodeNews::Trusted if self.leaving => {}
            ZnodeNews::Blocked(error) => self.report_blocked(error, shared),
            ZnodeNews::Doubted => self.doubt(shared),
            ZnodeNews::Trusted => {
                self.doubted = None;
                self.renew(shared);
            }
            ZnodeNews::Written => self.answer_writes(&Ok(Answer::Written(true)), shared),
            ZnodeNews::Unwritten(error) => self.answer_writes(&Err(error), shared),
            ZnodeNews::Refused(error) => {
                self.znode = None;
                self.lose(LostReason::Failed(error), shared);
            }
            ZnodeNews::Evicted => {
                self.znode = None;
                self.lose(LostReason::Evicted, shared);
                self.again(shared);
            }
            ZnodeNews::SessionOver => {
                self.znode = None;
                self.lose(LostReason::SessionExpired, shared);
                self.again(shared);
            }
            ZnodeNews::Left { by_us } => {
                self.znode = None;
                self.on_left(Ok(by_us), shared);
            }
            ZnodeNews::Stuck(error) => {
                self.znode = None;
                self.on_left(Err(error), shared);
            }
        }
    }

    /// News of the znode of a candidacy that has ended, which is being removed.
    fn on_news_of_former(&mut self, znode: ZnodeId, news: ZnodeNews, shared: &mut Shared) {
        let outcome = match news {
            ZnodeNews::Left { by_us } => Ok(by_us),
            ZnodeNews::Stuck(error) => Err(error),
            ZnodeNews::Refused(_) | ZnodeNews::Evicted | ZnodeNews::SessionOver => Ok(false),
            ZnodeNews::Stands(_)
            | ZnodeNews::Written
            | ZnodeNews::Unwritten(_)
            | ZnodeNews::Blocked(_)
            | ZnodeNews::Doubted
            | ZnodeNews::Trusted => return,
        };
        if self.former.remove(&znode) {
            self.on_left(outcome, shared);
        }
    }

    /// A znode of it is gone: because of the contender itself or not; or it stays until the session ends. The last one
    /// answers withdrawals.
    fn on_left(&mut self, outcome: Result<bool, Error>, shared: &mut Shared) {
        if self.withdrawals.is_empty() {
            return;
        }
        self.left = match (core::mem::replace(&mut self.left, Ok(false)), outcome) {
            (Ok(before), Ok(by_us)) => Ok(before || by_us),
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        if self.znode.is_none() && self.former.is_empty() {
            let left = core::mem::replace(&mut self.left, Ok(false));
            self.answer_withdrawals(&left.map(Answer::Removed), shared);
        }
    }

    pub(crate) fn on_attached(&mut self, shared: &mut Shared) {
        if let (Some(error), Some(_), false) = (self.refusal(shared), self.znode, self.leaving) {
            self.lose(LostReason::Failed(error), shared);
            self.let_go(shared);
            return;
        }
        if let Some((since, _)) = &mut self.waiting {
            *since = shared.now;
        }
        // The session timeout may have become shorter, and the lease with it.
        self.renew(shared);
        match &self.rank {
            Rank::Unknown | Rank::Counting(_) => self.list(shared),
            Rank::Behind { .. } => self.watch_predecessor(shared),
            Rank::First | Rank::Leading(_) => self.guard_again(shared),
        }
    }

    pub(crate) fn on_detached(&mut self, shared: &mut Shared) {
        self.again.cancel();
        self.peeked = None;
        self.suspicion = None;
        self.ahead = None;
        self.guard_detached();
        if self.is_leading() {
            match self.spec.policy {
                LeasePolicy::Strict => self.lapse(shared),
                LeasePolicy::Verified | LeasePolicy::Session | LeasePolicy::Guarded => {
                    self.endanger(shared);
                }
            }
        }
    }

    /// The group's znode.
    pub(crate) fn path(&self) -> &str {
        &self.spec.path
    }

    /// A proof that named its znode, and was sent at `sent`, has succeeded.
    pub(crate) fn on_proved(&mut self, sent: Time, shared: &mut Shared) {
        self.blocks.over();
        self.guard_proved(sent, shared);
    }

    /// It cannot go on for now.
    pub(crate) fn on_blocked(&mut self, error: Error, shared: &mut Shared) {
        if !self.leaving && self.blocks.is_news(&error) {
            self.report_blocked(error, shared);
        }
    }

    fn report_blocked(&mut self, error: Error, shared: &mut Shared) {
        let member = self.member.clone();
        self.report(ContenderEvent::Blocked { member, error }, shared);
    }

    fn report(&self, event: ContenderEvent, shared: &mut Shared) {
        shared.event(self.handle, Event::Contender(event));
    }

    /// Reports a token that is lower than the one before.
    fn compare_tokens(&mut self, shared: &mut Shared) {
        let Some(member) = self.member.clone() else {
            return;
        };
        let before = core::mem::replace(&mut self.newest, member.token);
        if member.token < before {
            self.report(ContenderEvent::TokenFell { member, before }, shared);
        }
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

    /// Ends the candidacy: first the lease, then the event.
    fn lose(&mut self, reason: LostReason, shared: &mut Shared) {
        let led_until = self.lease(shared).map(|lease| lease.end.min(shared.now));
        if led_until.is_some() {
            shared.out.push(Output::Lease {
                handle: self.handle,
                lease: None,
                renewed_by: None,
            });
        }
        self.rank = Rank::Unknown;
        self.ranked = false;
        self.counted = Default::default();
        self.blind = false;
        self.doubted = None;
        self.waiting = None;
        self.predecessor = None;
        self.guard = None;
        self.suspicion = None;
        self.ahead = None;
        self.again.over();
        self.blocks.over();
        self.strangers = false;
        self.answer_writes(&Ok(Answer::Written(false)), shared);
        self.before.clear();
        self.further = 0;
        let member = self.member.take();
        let event = ContenderEvent::Lost {
            member,
            led_until,
            reason,
        };
        self.report(event, shared);
    }

    /// The lease is over: the candidacy ends, and its znode is removed as soon as possible.
    fn lapse(&mut self, shared: &mut Shared) {
        self.lose(LostReason::LeaseLapsed, shared);
        self.let_go(shared);
        self.again(shared);
    }

    /// Its candidacy is over, and its znode is to be removed.
    fn let_go(&mut self, shared: &mut Shared) {
        if let Some(znode) = self.znode.take() {
            self.former.insert(znode);
            znode::release(shared, znode);
        }
    }

    fn again(&mut self, shared: &mut Shared) {
        match self.spec.reenrol {
            Reenrol::Always => self.enrol(shared),
            Reenrol::Never => {}
        }
    }
}
