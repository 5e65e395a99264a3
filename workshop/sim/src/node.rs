//! A client's machine: its clock, its process, and what that process has told its user.

use crate::clock::{Clock, Nanos};
use crate::invariants::traffic::Bucket;
use crate::plan::NodePlan;
use crate::wire::Segment;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tenure::core::{
    CallId, Client, DetectorEvent, GroupEvent, Handle, Lease, LeasePolicy, Member, Time,
};

pub(crate) struct Node {
    pub(crate) plan: NodePlan,
    pub(crate) process: Option<Process>,
    /// How many processes it has run.
    pub(crate) incarnation: u32,
    /// Stopped (SIGSTOP).
    pub(crate) paused: bool,
    /// What the kernel has taken in meanwhile, by connection.
    pub(crate) inbox: BTreeMap<usize, VecDeque<Segment>>,
    /// A reply to this operation will be lost, with its connection.
    pub(crate) trap: Option<Trap>,
    /// When the request was sent that is answered at this moment, by its clock.
    pub(crate) answering: Option<Time>,
    pub(crate) proofs_sent: u64,
    pub(crate) proofs_done: u64,
    /// When the newest process started that may be closing now.
    pub(crate) last_handle: u64,
    pub(crate) last_call: u64,
}

/// What is to be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trap {
    Handshake,
    ReplyTo(i32),
}

pub(crate) struct Process {
    pub(crate) core: Client,
    pub(crate) clock: Clock,
    /// Its connections: what it calls them, and what the world does.
    pub(crate) conns: BTreeMap<u64, usize>,
    /// When it wants to be called, in true time.
    pub(crate) wakes: Option<Nanos>,
    pub(crate) candidates: BTreeMap<Handle, Candidate>,
    pub(crate) detectors: BTreeMap<Handle, View<DetectorEvent>>,
    pub(crate) groups: BTreeMap<Handle, View<GroupEvent>>,
    pub(crate) memberships: BTreeMap<Handle, Vec<Member>>,
    /// Calls without an answer, and what they are.
    pub(crate) calls: BTreeMap<CallId, Call>,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Withdraw(Handle),
    Write,
    Join(Handle),
    Cancel(Handle),
    Ask,
    Close,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) what: What,
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

impl Process {
    /// Whether something is still to stand for this contender.
    pub(crate) fn stands(candidate: &Candidate) -> bool {
        !candidate.withdrawn && !candidate.stopped
    }
}

impl Node {
    pub(crate) fn new(plan: NodePlan) -> Self {
        Self {
            plan,
            process: None,
            incarnation: 0,
            paused: false,
            inbox: BTreeMap::new(),
            trap: None,
            answering: None,
            proofs_sent: 0,
            proofs_done: 0,
            last_handle: 0,
            last_call: 0,
        }
    }

    pub(crate) fn handle(&mut self) -> Handle {
        self.last_handle += 1;
        Handle(self.last_handle)
    }

    pub(crate) fn call(&mut self) -> CallId {
        self.last_call += 1;
        CallId(self.last_call)
    }
}
