//! The events of each machine's users, and the commands that they gave: the judge's books.

use crate::invariants::traffic::Bucket;
use std::collections::BTreeMap;
use std::time::Duration;
use tenure::core::{CallId, DetectorEvent, GroupEvent, Handle, Lease, LeasePolicy, Member, Time};
use tenure_worlds::{Clock, Nanos};

/// The record of a machine, whatever process runs on it.
#[derive(Default)]
pub(crate) struct Account {
    /// The user of the present process.
    pub(crate) user: Option<User>,
    pub(crate) proofs_sent: u64,
    pub(crate) proofs_done: u64,
    /// The newest handle and call of any process.
    last_handle: u64,
    last_call: u64,
}

/// The user of one process.
pub(crate) struct User {
    pub(crate) candidates: BTreeMap<Handle, Candidate>,
    pub(crate) detectors: BTreeMap<Handle, View<DetectorEvent>>,
    pub(crate) groups: BTreeMap<Handle, View<GroupEvent>>,
    pub(crate) memberships: BTreeMap<Handle, Vec<Member>>,
    /// Calls without an answer, and their purpose.
    pub(crate) calls: BTreeMap<CallId, What>,
    /// A group of which only one-time questions are asked.
    pub(crate) asker: Option<Handle>,
    pub(crate) session: Option<i64>,
    pub(crate) attached: bool,
    /// The server to which it was attached last.
    pub(crate) server: Option<usize>,
    /// The newest transaction that this server had applied by then.
    pub(crate) attached_at: i64,
    pub(crate) timeout: Duration,
    /// When bytes last arrived, by its own clock.
    pub(crate) received: Time,
    /// When the newest write of this connection was sent that has succeeded, by its own clock.
    pub(crate) committed: Option<Time>,
    /// The newest transaction that it has seen.
    pub(crate) zxid: i64,
    /// The requests that it may send.
    pub(crate) requests: Bucket,
    /// The connections that it may open.
    pub(crate) dials: Bucket,
    pub(crate) closing: bool,
    pub(crate) counts: Counts,
}

/// The numbers that bound the number of creates.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) creates: u64,
    /// Lost connections.
    pub(crate) suspended: u64,
    /// Candidacies that began and joins that were called.
    pub(crate) begun: u64,
    /// Creates that a server refused.
    pub(crate) refused: u64,
    /// Creates whose reply may have been lost: at most one more for each own znode and disturbance.
    pub(crate) disturbed: u64,
}

/// The purpose of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Withdraw(Handle),
    Write,
    Join(Handle),
    Cancel(Handle),
    Ask,
    Close,
}

/// The newest event of a detector or a watcher.
pub(crate) struct View<E> {
    pub(crate) group: usize,
    pub(crate) told: Option<E>,
}

/// A leadership as its process has published it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) token: u64,
    /// The first instant of true time after it.
    pub(crate) until: Nanos,
}

impl Held {
    pub(crate) fn new(lease: Lease, clock: Clock) -> Self {
        Self {
            token: lease.token,
            until: clock.reaches(lease.end),
        }
    }
}

/// A contender, as its user sees it.
pub(crate) struct Candidate {
    pub(crate) group: usize,
    pub(crate) policy: LeasePolicy,
    pub(crate) reenrols: bool,
    pub(crate) held: Option<Held>,
    /// A candidacy has begun, and its loss is not reported yet.
    pub(crate) open: bool,
    /// It has reported that it leads, with this token.
    pub(crate) leading: Option<u64>,
    pub(crate) in_jeopardy: bool,
    pub(crate) member: Option<Member>,
    /// The newest token that it has lost.
    pub(crate) lost: u64,
    pub(crate) withdrawn: bool,
    /// No candidacy follows by itself.
    pub(crate) stopped: bool,
    pub(crate) data: Vec<u8>,
}

impl Candidate {
    /// Whether a member of this contender is to exist.
    pub(crate) fn stands(&self) -> bool {
        !self.withdrawn && !self.stopped
    }
}

impl User {
    /// A user without any event, for the session timeout of the plan, and the time by the machine's
    /// clock.
    pub(crate) fn new(timeout: Duration, now: Time) -> Self {
        Self {
            candidates: BTreeMap::new(),
            detectors: BTreeMap::new(),
            groups: BTreeMap::new(),
            memberships: BTreeMap::new(),
            calls: BTreeMap::new(),
            asker: None,
            session: None,
            attached: false,
            server: None,
            attached_at: 0,
            timeout,
            received: now,
            committed: None,
            zxid: 0,
            requests: Bucket::default(),
            dials: Bucket::default(),
            closing: false,
            counts: Counts::default(),
        }
    }
}

impl Account {
    /// A new handle.
    pub(crate) fn handle(&mut self) -> Handle {
        self.last_handle += 1;
        Handle(self.last_handle)
    }

    /// The number of handles so far.
    pub(crate) fn handles(&self) -> u64 {
        self.last_handle
    }

    pub(crate) fn call(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }
}
