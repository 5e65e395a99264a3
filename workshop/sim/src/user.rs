//! What the clients of a machine have told their user, and what that has asked of them: the judge's books.

use crate::invariants::traffic::Bucket;
use std::collections::BTreeMap;
use std::time::Duration;
use tenure::core::{CallId, DetectorEvent, GroupEvent, Handle, Lease, LeasePolicy, Member, Time};
use tenure_worlds::{Clock, Nanos};

/// What is kept of a machine, whatever process runs on it.
#[derive(Default)]
pub(crate) struct Account {
    /// Who uses the process that runs now.
    pub(crate) user: Option<User>,
    pub(crate) proofs_sent: u64,
    pub(crate) proofs_done: u64,
    /// The handle and the call that were made last, by any process.
    last_handle: u64,
    last_call: u64,
}

/// The user of one process.
pub(crate) struct User {
    pub(crate) candidates: BTreeMap<Handle, Candidate>,
    pub(crate) detectors: BTreeMap<Handle, View<DetectorEvent>>,
    pub(crate) groups: BTreeMap<Handle, View<GroupEvent>>,
    pub(crate) memberships: BTreeMap<Handle, Vec<Member>>,
    /// Calls without an answer, and what they are.
    pub(crate) calls: BTreeMap<CallId, What>,
    /// A group that is only asked about.
    pub(crate) asker: Option<Handle>,
    pub(crate) session: Option<i64>,
    pub(crate) attached: bool,
    /// The server that it was attached to last.
    pub(crate) server: Option<usize>,
    pub(crate) timeout: Duration,
    /// When bytes last arrived, by its own clock.
    pub(crate) heard: Time,
    /// When the newest write of this connection was sent that has succeeded, by its own clock.
    pub(crate) committed: Option<Time>,
    /// The newest transaction that it was told of.
    pub(crate) zxid: i64,
    /// What it may ask.
    pub(crate) requests: Bucket,
    /// How often it may connect.
    pub(crate) dials: Bucket,
    pub(crate) closing: bool,
    pub(crate) counts: Counts,
}

/// What decides how many creates there may be.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) creates: u64,
    /// Connections that were lost.
    pub(crate) suspended: u64,
    /// Candidacies begun and joins asked for.
    pub(crate) begun: u64,
    /// Creates that a server refused.
    pub(crate) refused: u64,
    /// Creates whose reply may have been lost: at most one more for each seat and disturbance.
    pub(crate) disturbed: u64,
}

/// What a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Withdraw(Handle),
    Write,
    Join(Handle),
    Cancel(Handle),
    Ask,
    Close,
}

/// What a detector or a watcher was told last.
pub(crate) struct View<E> {
    pub(crate) group: usize,
    pub(crate) told: Option<E>,
}

/// A leadership as its process has published it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) token: u64,
    /// The first instant of true time at which it is over.
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
    /// A candidacy has begun, and its loss was not told yet.
    pub(crate) open: bool,
    /// It was told that it leads, with this token.
    pub(crate) leading: Option<u64>,
    pub(crate) in_jeopardy: bool,
    pub(crate) member: Option<Member>,
    /// The newest token with which it has lost.
    pub(crate) lost: u64,
    pub(crate) withdrawn: bool,
    /// No candidacy follows by itself any more.
    pub(crate) stopped: bool,
    pub(crate) data: Vec<u8>,
}

impl Candidate {
    /// Whether something is still to stand for this contender.
    pub(crate) fn stands(&self) -> bool {
        !self.withdrawn && !self.stopped
    }
}

impl User {
    /// Nobody has been told anything. The session timeout that is asked for, and the time by the clock
    /// of the machine.
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
            timeout,
            heard: now,
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
    /// A handle that was never given.
    pub(crate) fn handle(&mut self) -> Handle {
        self.last_handle += 1;
        Handle(self.last_handle)
    }

    /// How many handles were given.
    pub(crate) fn handles(&self) -> u64 {
        self.last_handle
    }

    pub(crate) fn call(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }
}
