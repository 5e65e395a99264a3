//! A detector: finds the leader of the group at a path, without a znode of its own in the group.
//!
//! It watches the leader's znode and nothing else, so standbys that come and go cost it nothing. It keeps
//! the next few members of the last listing: others only ever join behind them, so when the leader goes,
//! the next of them that still stands leads. It watches the children of an empty group, and the existence
//! of a missing one.
//!
//! A leader that may not be read cannot be reported, and servers send no event about it: then the
//! detector watches the group's list of children, and reads the leader again each T/3.

use super::again::Again;
use super::ask::Ask;
use super::event::{DetectorEvent, Event, Leader, Member};
use super::members::{self, MemberStats};
use super::shared::Shared;
use super::{Error, ErrorKind, Handle};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use tenure_proto::{EventKind, Request, Response, ServerError, path};
use tenure_session::Time;

/// The most successors of the leader that a detector keeps by name.
const KNOWN_MAX: usize = 16;

/// A question of a detector. The round distinguishes answers to abandoned questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DetectorAsk {
    round: u32,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Path,
    List {
        watch: bool,
    },
    Count(String),
    Read(String),
    /// Whether a leader that may not be read is still in the list.
    Peek,
}

impl What {
    /// The act of the question, for people.
    fn act(&self) -> &'static str {
        match self {
            Self::Path => "look for",
            Self::List { .. } | Self::Peek => "list the members of",
            Self::Count(_) => "look at",
            Self::Read(_) => "read the leader",
        }
    }
}

#[derive(Debug)]
enum Phase {
    /// Detached, or refused and waiting to try again.
    Idle,
    /// A question is in flight.
    Asking,
    Counting(MemberStats),
    /// The leader's znode is watched.
    Following(String),
    /// The leader's znode may not be read: the children of the group are watched.
    Blind(String),
    /// No member leads: the path or its children are watched.
    Empty,
}

pub(crate) struct Detector {
    handle: Handle,
    path: String,
    round: u32,
    phase: Phase,
    /// The next members of the last listing behind the leader, oldest first.
    next: VecDeque<String>,
    /// The server's newest transaction when it answered the last listing: a znode that was created later
    /// was not in the listing, whatever its name.
    listed_zxid: i64,
    /// Whether the znode that is read is that of the reported leader, and not the first of the last
    /// listing: if it was created again, it does not show the leader.
    confirms: bool,
    /// Children that have names like members', and no owner.
    strangers: BTreeSet<String>,
    reported: DetectorEvent,
    /// The token of the newest leader, also of one that is gone: it only rises, unless the ensemble loses
    /// what it has committed.
    newest: u64,
    /// The path is missing, as far as is known.
    missing: bool,
    /// When the children of the group were last asked for with a watch because the leader may not be
    /// read, while they are watched.
    peeked: Option<Time>,
    again: Again,
}

impl Detector {
    pub(crate) fn new(handle: Handle, path: String, now: Time) -> Self {
        Self {
            handle,
            path,
            round: 0,
            phase: Phase::Idle,
            next: VecDeque::new(),
            listed_zxid: 0,
            confirms: false,
            strangers: BTreeSet::new(),
            reported: DetectorEvent::Unknown { since: now },
            newest: 0,
            missing: false,
            peeked: None,
            again: Again::default(),
        }
    }

    /// Looks again: on a new connection, or because the knowledge is too old.
    pub(crate) fn refresh(&mut self, shared: &mut Shared) {
        self.round += 1;
        self.again.cancel();
        if !shared.attached() {
            self.phase = Phase::Idle;
            return;
        }
        match &self.reported {
            // Most likely still there: one read confirms it and arms the watch.
            DetectorEvent::Leader(leader) => {
                let path = leader.member.path.clone();
                self.confirms = true;
                self.read(path, shared);
            }
            _ => self.list(false, shared),
        }
    }

    pub(crate) fn on_detached(&mut self) {
        self.round += 1;
        self.phase = Phase::Idle;
        self.peeked = None;
        self.again.cancel();
    }

    /// The knowledge was last confirmed too long ago.
    pub(crate) fn on_stale(&mut self, since: Time, shared: &mut Shared) {
        if !matches!(self.reported, DetectorEvent::Unknown { .. }) {
            self.report(DetectorEvent::Unknown { since }, shared);
        }
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        self.again.at()
    }

    pub(crate) fn tick(&mut self, shared: &mut Shared) {
        if !self.again.take_due(shared.now) {
            return;
        }
        match &self.phase {
            Phase::Blind(_) if self.peeked.is_none() && shared.attached() => self.peek(shared),
            Phase::Blind(path) if shared.attached() => {
                let path = path.clone();
                self.read(path, shared);
            }
            _ => self.refresh(shared),
        }
    }

    /// Whether only watches show that the reported state still holds.
    pub(crate) fn rests(&self) -> bool {
        matches!(self.phase, Phase::Following(_) | Phase::Empty) && self.again.at().is_none()
    }

    /// Looks although its watch has not fired.
    pub(crate) fn recheck(&mut self, shared: &mut Shared) {
        match &self.phase {
            Phase::Following(path) => {
                let path = path.clone();
                self.read(path, shared);
            }
            Phase::Empty if self.missing => self.look_for_path(shared),
            Phase::Empty => self.list(true, shared),
            Phase::Idle | Phase::Asking | Phase::Counting(_) | Phase::Blind(_) => {}
        }
    }

    fn look_for_path(&mut self, shared: &mut Shared) {
        let path = self.path.clone();
        self.ask(What::Path, Request::Exists { path, watch: true }, shared);
    }

    /// Lists the group, and watches the list.
    fn peek(&mut self, shared: &mut Shared) {
        self.peeked = Some(shared.now);
        let ask = DetectorAsk {
            round: self.round,
            what: What::Peek,
        };
        let request = Request::GetChildren2 {
            path: self.path.clone(),
            watch: true,
        };
        shared.ask(Ask::Detector(self.handle, ask), request);
    }

    /// An answer that decides nothing.
    pub(crate) fn on_undecided(
        &mut self,
        ask: DetectorAsk,
        error: ServerError,
        shared: &mut Shared,
    ) {
        if ask.round != self.round {
            return;
        }
        let act = ask.what.act();
        match ask.what {
            What::Count(path) => self.count(&path, Err(error), shared),
            What::Read(path) => self.refused(Error::undecided(error, act, &path), shared),
            What::Peek => {
                self.peeked = None;
                self.again.soon(shared.now, shared.session.timeout());
            }
            What::Path | What::List { .. } => {
                self.refused(Error::undecided(error, act, &self.path), shared);
            }
        }
    }

    pub(crate) fn on_watch(&mut self, kind: EventKind, path: &str, shared: &mut Shared) {
        if path == self.path && !matches!(self.phase, Phase::Blind(_)) {
            self.peeked = None;
        }
        match &self.phase {
            Phase::Following(leader) if leader == path => match kind {
                EventKind::Deleted => self.succeed(shared),
                EventKind::Created | EventKind::DataChanged | EventKind::ChildrenChanged => {
                    let path = path.to_owned();
                    self.read(path, shared);
                }
            },
            Phase::Empty if path == self.path => self.list(false, shared),
            Phase::Blind(_) if path == self.path => {
                let last = self.peeked.take();
                self.again.sooner(last.unwrap_or_default());
                self.tick(shared);
            }
            Phase::Idle
            | Phase::Asking
            | Phase::Counting(_)
            | Phase::Following(_)
            | Phase::Blind(_)
            | Phase::Empty => {}
        }
    }

    pub(crate) fn on_reply(
        &mut self,
        ask: DetectorAsk,
        result: Result<Response, ServerError>,
        sent: Time,
        zxid: i64,
        shared: &mut Shared,
    ) {
        if ask.round != self.round {
            return;
        }
        match ask.what {
            What::Path => match result {
                Ok(_) => self.list(false, shared),
                Err(ServerError::NoNode) => {
                    self.missing = true;
                    self.empty(shared);
                }
                Err(error) => {
                    let error = Error::from_server(error, "look for", &self.path);
                    self.refused(error, shared);
                }
            },
            What::List { watch } => match result {
                Ok(Response::Children { children, .. }) => {
                    self.listed_zxid = zxid;
                    self.listed(&children, watch, shared);
                }
                Ok(_) | Err(ServerError::NoNode) => {
                    self.next.clear();
                    self.look_for_path(shared);
                }
                Err(error) => {
                    let error = Error::from_server(error, "list the members of", &self.path);
                    self.refused(error, shared);
                }
            },
            What::Count(path) => {
                self.count(&path, result, shared);
            }
            What::Peek => match (&self.phase, result) {
                (Phase::Blind(path), Ok(Response::Children { children, .. })) => {
                    let leader = path::basename(path);
                    if children.iter().any(|name| name == leader) {
                        self.again.later(shared.now, shared.session.timeout());
                    } else {
                        self.list(false, shared);
                    }
                }
                (Phase::Blind(_), Ok(_) | Err(ServerError::NoNode)) => self.list(false, shared),
                // No watch is armed: the detector looks each T/3.
                (Phase::Blind(_), Err(_)) => self.again.later(shared.now, shared.session.timeout()),
                _ => {}
            },
            What::Read(path) => match (result, core::mem::take(&mut self.confirms)) {
                (Ok(Response::Data { stat, .. }), _) if stat.ephemeral_owner == 0 => {
                    self.strangers.insert(path);
                    self.succeed(shared);
                }
                // Created again after the listing, which showed an earlier znode at this path.
                (Ok(Response::Data { stat, .. }), confirms)
                    if (stat.czxid > self.listed_zxid || confirms)
                        && !self.is_reported(&path, stat.czxid) =>
                {
                    self.list(false, shared);
                }
                (Ok(Response::Data { data, stat }), _) => {
                    let member = Member::new(&path, stat.czxid);
                    self.phase = Phase::Following(path);
                    self.found(
                        Leader {
                            member,
                            data,
                            as_of: sent,
                        },
                        shared,
                    );
                }
                (Ok(_) | Err(ServerError::NoNode), _) => self.list(false, shared),
                (Err(ServerError::NoAuth), _) => {
                    self.refused(Error::unreadable(&path), shared);
                    self.again.later(shared.now, shared.session.timeout());
                    self.phase = Phase::Blind(path);
                    if self.peeked.is_none() {
                        self.peek(shared);
                    }
                }
                (Err(error), _) => {
                    let error = Error::from_server(error, "read the leader", &path);
                    self.refused(error, shared);
                }
            },
        }
    }

    /// The answer for one candidate has come.
    fn count(&mut self, path: &str, result: Result<Response, ServerError>, shared: &mut Shared) {
        let Phase::Counting(stats) = &mut self.phase else {
            return;
        };
        stats.record(path, result);
        if !stats.is_complete() {
            return;
        }
        // A candidate that cannot be counted may be the leader.
        if let Some(flaw) = stats.flaw() {
            self.refused(flaw, shared);
            return;
        }
        let known = stats.known().iter();
        let ownerless = known.filter(|(_, stat)| stat.ephemeral_owner == 0);
        self.strangers
            .extend(ownerless.map(|(path, _)| path.clone()));
        let members = stats.members().into_iter().map(|m| m.path);
        self.next.extend(members.take(KNOWN_MAX));
        self.succeed(shared);
    }

    fn is_reported(&self, path: &str, czxid: i64) -> bool {
        matches!(&self.reported, DetectorEvent::Leader(leader)
            if leader.member == Member::new(path, czxid))
    }

    fn ask(&mut self, what: What, request: Request, shared: &mut Shared) {
        self.phase = Phase::Asking;
        let ask = DetectorAsk {
            round: self.round,
            what,
        };
        shared.ask(Ask::Detector(self.handle, ask), request);
    }

    fn read(&mut self, path: String, shared: &mut Shared) {
        let request = Request::GetData {
            path: path.clone(),
            watch: true,
        };
        self.ask(What::Read(path), request, shared);
    }

    fn list(&mut self, watch: bool, shared: &mut Shared) {
        let path = self.path.clone();
        self.ask(
            What::List { watch },
            Request::GetChildren2 { path, watch },
            shared,
        );
    }

    fn listed(&mut self, children: &[String], watched: bool, shared: &mut Shared) {
        let mut found = members::candidates(&self.path, children);
        self.strangers
            .retain(|path| found.iter().any(|(_, p)| p == path));
        found.retain(|(_, path)| !self.strangers.contains(path));
        self.next.clear();
        self.missing = false;
        if found.is_empty() {
            if watched {
                self.empty(shared);
            } else {
                // Only now is the list of children watched: while there is a leader the watch would fire
                // for every standby.
                self.list(true, shared);
            }
        } else if members::wrapped(&found) {
            self.phase = Phase::Counting(MemberStats::new(BTreeMap::new(), found.len()));
            for (_, path) in found {
                let ask = DetectorAsk {
                    round: self.round,
                    what: What::Count(path.clone()),
                };
                shared.ask(
                    Ask::Detector(self.handle, ask),
                    Request::Exists { path, watch: false },
                );
            }
        } else {
            // Not collected in place: the deque would keep the capacity of the whole listing.
            let members = found.into_iter().map(|(_, path)| path);
            self.next.extend(members.take(KNOWN_MAX));
            self.succeed(shared);
        }
    }

    /// Reads the next member of the listing, or lists again.
    fn succeed(&mut self, shared: &mut Shared) {
        match self.next.pop_front() {
            Some(path) => self.read(path, shared),
            None => self.list(false, shared),
        }
    }

    fn empty(&mut self, shared: &mut Shared) {
        self.phase = Phase::Empty;
        self.again.over();
        if self.reported != DetectorEvent::None {
            self.report(DetectorEvent::None, shared);
        }
    }

    fn found(&mut self, leader: Leader, shared: &mut Shared) {
        self.again.over();
        let before = core::mem::replace(&mut self.newest, leader.member.token);
        if self.newest < before {
            let member = leader.member.clone();
            let event = DetectorEvent::TokenFell { member, before };
            shared.event(self.handle, Event::Detector(event));
        }
        let known = matches!(&self.reported, DetectorEvent::Leader(reported)
            if reported.member == leader.member && reported.data == leader.data);
        if known {
            self.reported = DetectorEvent::Leader(leader);
        } else {
            self.report(DetectorEvent::Leader(leader), shared);
        }
    }

    /// Reports an error, and tries again later.
    fn refused(&mut self, error: Error, shared: &mut Shared) {
        self.phase = Phase::Idle;
        let timeout = shared.session.timeout();
        match error.kind() {
            ErrorKind::NoAuth => self.again.later(shared.now, timeout),
            _ => self.again.soon(shared.now, timeout),
        }
        // One answer that decides nothing does not replace the knowledge.
        let knows = matches!(
            self.reported,
            DetectorEvent::Leader(_) | DetectorEvent::None
        );
        if knows && error.kind() != ErrorKind::NoAuth && !self.again.is_in_vain() {
            return;
        }
        let failed = DetectorEvent::Failed(error);
        if self.reported != failed {
            self.report(failed, shared);
        }
    }

    fn report(&mut self, event: DetectorEvent, shared: &mut Shared) {
        self.reported = event.clone();
        shared.event(self.handle, Event::Detector(event));
    }
}
