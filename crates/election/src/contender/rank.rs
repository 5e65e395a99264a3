//! The place of a contender among the members, and the members before it.

use super::Contender;
use crate::ask::Ask;
use crate::event::{ContenderEvent, LostReason, Member};
use crate::members::{self, MemberStats};
use crate::shared::Shared;
use crate::shared_lease::Held;
use crate::strangers::Strangers;
use crate::znode::{self, ZnodeId};
use crate::{Error, ErrorKind};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;
use tenure_proto::{EventKind, Request, Response, ServerError, path};
use tenure_session::Time;

/// The most members before it that a contender keeps by name; when all of them are gone and there were
/// more, it lists again.
const KNOWN_MAX: usize = 16;

/// Of so many looks of a standby although its watches have not fired, one is at its own znode.
const OWN_LOOK: u32 = 4;

/// A question of a contender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ContenderAsk {
    /// The own znode of the candidacy that asked, which distinguishes answers to an earlier candidacy.
    of: ZnodeId,
    pub(crate) what: RankAsk,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RankAsk {
    List,
    Count(String),
    Predecessor(String),
    /// Whether a predecessor that may not be read is still in the list.
    Peek,
    /// Whether a member further ahead still stands.
    Ahead(String),
    /// The mark of the group.
    Mark,
    /// The own mark is written, by a proof.
    SetMark,
    /// The mark of the leader, and its changes.
    Beat,
    /// The silent leader with this path is deleted.
    Depose(String),
}

#[derive(Debug)]
pub(super) enum Rank {
    /// The own znode or the listing is not there yet.
    Unknown,
    /// The numbers have wrapped: the contender is looking at every other candidate.
    Counting(MemberStats),
    /// Members are before it; the last of them is watched, or is being looked at.
    Behind { reported: Option<usize> },
    /// No member is before it; it leads as soon as the lease allows.
    First,
    /// Leads by this lease.
    Leading(Held),
}

impl Contender {
    pub(crate) fn on_watch(&mut self, kind: EventKind, path: &str, shared: &mut Shared) {
        if path == self.spec.path && kind == EventKind::DataChanged {
            self.on_beat(shared);
            return;
        }
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
        if !matches!(self.rank, Rank::Behind { .. }) {
            return;
        }
        self.unseen_ahead(path);
        if self.before.back().is_none_or(|p| p != path) {
            return match kind {
                EventKind::Deleted => self.gone_ahead(path, shared),
                _ => self.watch_ahead(shared),
            };
        }
        match kind {
            EventKind::Deleted => {
                self.before.pop_back();
                self.take_place(shared);
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
        sent: Time,
        shared: &mut Shared,
    ) {
        if self.znode != Some(ask.of) || self.leaving {
            return;
        }
        match ask.what {
            RankAsk::List => self.listed(result, shared),
            RankAsk::Count(path) => {
                let Rank::Counting(stats) = &mut self.rank else {
                    return;
                };
                stats.record(&path, result);
                self.counted(shared);
            }
            RankAsk::Ahead(path) => match result {
                Ok(_) => self.seen_ahead(path, shared),
                Err(ServerError::NoNode) => self.gone_ahead(&path, shared),
                Err(_) => self.unseen_ahead(&path),
            },
            RankAsk::Peek => self.peeked_at(result, shared),
            RankAsk::Mark => self.mark_read(result, shared),
            RankAsk::SetMark => self.mark_written(result, sent, shared),
            RankAsk::Beat => self.beat_read(result, shared),
            RankAsk::Depose(path) => self.deposed(&path, result, shared),
            RankAsk::Predecessor(path) => {
                if self.before.back() != Some(&path) || !matches!(self.rank, Rank::Behind { .. }) {
                    return;
                }
                self.looked_at(result, shared);
            }
        }
    }

    /// An answer that decides nothing.
    pub(crate) fn on_undecided(
        &mut self,
        ask: &ContenderAsk,
        error: ServerError,
        shared: &mut Shared,
    ) {
        if self.znode != Some(ask.of) || self.leaving {
            return;
        }
        let (act, path) = match &ask.what {
            RankAsk::List | RankAsk::Peek => ("list the members of", &self.spec.path),
            RankAsk::Count(path) | RankAsk::Predecessor(path) | RankAsk::Ahead(path) => {
                ("look at", path)
            }
            RankAsk::Mark | RankAsk::Beat => ("read the mark of", &self.spec.path),
            RankAsk::SetMark => ("write the mark of", &self.spec.path),
            RankAsk::Depose(path) => ("delete", path),
        };
        let reported = Error::undecided(error, act, path);
        match (&ask.what, &mut self.rank) {
            (RankAsk::List, _) => self.listing = false,
            (RankAsk::Count(path), Rank::Counting(stats)) => {
                stats.record(path, Err(error));
                self.counted(shared);
                return;
            }
            (RankAsk::Predecessor(path), Rank::Behind { .. })
                if self.before.back() == Some(path) => {}
            (RankAsk::Peek, Rank::Behind { .. }) if self.blind => self.peeked = None,
            (RankAsk::Mark | RankAsk::SetMark, Rank::First | Rank::Leading(_)) => {
                self.guard_undecided();
            }
            (RankAsk::Beat | RankAsk::Depose(_), Rank::Behind { .. }) => self.suspicion = None,
            (RankAsk::Ahead(path), _) => return self.unseen_ahead(path),
            _ => return,
        }
        self.wait(reported, shared);
    }

    /// Waits, and reports the error.
    pub(super) fn wait(&mut self, error: Error, shared: &mut Shared) {
        let timeout = shared.session.timeout();
        match error.kind() {
            ErrorKind::NoAuth => self.again.later(shared.now, timeout),
            _ => self.again.soon(shared.now, timeout),
        }
        if self.again.is_news(&error) {
            self.report_blocked(error, shared);
        }
    }

    pub(super) fn list(&mut self, shared: &mut Shared) {
        self.rank = Rank::Unknown;
        self.again.cancel();
        self.listing = shared.attached();
        let request = Request::GetChildren2 {
            path: self.spec.path.clone(),
            watch: false,
        };
        self.ask(RankAsk::List, request, shared);
    }

    /// Asks on behalf of the present candidacy, if there is one.
    pub(super) fn ask(&self, what: RankAsk, request: Request, shared: &mut Shared) {
        if let Some(of) = self.znode {
            let ask = ContenderAsk { of, what };
            shared.ask(Ask::Contender(self.handle, ask), request);
        }
    }

    /// The same for a write that proves as much as a proof.
    pub(super) fn prove(&self, what: RankAsk, request: Request, shared: &mut Shared) {
        if let Some(of) = self.znode {
            let ask = ContenderAsk { of, what };
            let ask = Ask::Contender(self.handle, ask);
            shared.session.prove(ask, request, shared.now);
        }
    }

    fn listed(&mut self, result: Result<Response, ServerError>, shared: &mut Shared) {
        self.listing = false;
        let (Some(znode), Rank::Unknown) = (self.znode, &self.rank) else {
            return;
        };
        let (children, stat) = match result {
            Ok(Response::Children { children, stat }) => (children, stat),
            // Not there yet, or just deleted: the own znode shows which.
            Ok(_) | Err(ServerError::NoNode) => {
                self.miss(znode, shared);
                return;
            }
            // The contender has had a rank: the read may be allowed again.
            Err(error) if self.ranked => {
                let error = Error::undecided(error, "list the members of", &self.spec.path);
                self.wait(error, shared);
                return;
            }
            Err(error) => {
                let error = Error::from_server(error, "list the members of", &self.spec.path);
                self.lose(LostReason::Failed(error), shared);
                self.let_go(shared);
                return;
            }
        };
        self.look_for_strangers(&children, shared);
        let candidates = members::candidates(&self.spec.path, &children);
        let mine = candidates.iter().find(|(_, path)| {
            self.member
                .as_ref()
                .is_some_and(|member| member.path == *path)
        });
        // If it is not in the listing, the listing was sent before the own znode stood: another follows
        // when it stands.
        let Some(mine) = mine.map(|(sequence, _)| *sequence) else {
            self.miss(znode, shared);
            return;
        };
        if members::wrapped(&candidates) {
            // The same group's znode never uses a name for two children.
            let known = match core::mem::take(&mut self.counted) {
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
            self.rank = Rank::Counting(MemberStats::new(kept, asked.len()));
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

    /// Reports members of other recipes, once in a candidacy.
    fn look_for_strangers(&mut self, children: &[String], shared: &mut Shared) {
        let strangers = Strangers::among(children);
        if let Some(strangers) = &strangers
            && !self.strangers
        {
            let event = ContenderEvent::Strangers {
                member: self.member.clone(),
                error: strangers.warning(&self.spec.path),
            };
            self.report(event, shared);
        }
        self.strangers = strangers.is_some();
    }

    /// The own znode is not in the listing. If it stood, it is gone, and its watch may not have fired.
    fn miss(&self, znode: ZnodeId, shared: &mut Shared) {
        if self.member.is_some() {
            znode::look_again(shared, znode);
        }
    }

    fn count(&self, paths: Vec<String>, shared: &mut Shared) {
        for path in paths {
            let what = RankAsk::Count(path.clone());
            self.ask(what, Request::Exists { path, watch: false }, shared);
        }
    }

    /// One more answer for a candidate has come.
    fn counted(&mut self, shared: &mut Shared) {
        let Rank::Counting(stats) = &self.rank else {
            return;
        };
        if !stats.is_complete() {
            return;
        }
        // A candidate that cannot be counted may be before the own one.
        if let Some(flaw) = stats.flaw() {
            self.counted.1 = stats.known().clone();
            self.wait(flaw, shared);
            return;
        }
        let members = stats.members();
        self.place(members.into_iter().map(|m| (m.token, m.path)), shared);
    }

    /// Takes the place in this order, which is certain.
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

    /// Takes the place behind these members, oldest first.
    fn stand_behind(&mut self, mut before: VecDeque<String>, shared: &mut Shared) {
        self.further = before.len().saturating_sub(KNOWN_MAX);
        self.before = before.split_off(self.further);
        self.ranked = true;
        self.rank = Rank::Behind { reported: None };
        self.again.over();
        self.take_place(shared);
    }

    fn take_place(&mut self, shared: &mut Shared) {
        self.blind = false;
        self.predecessor = None;
        self.suspicion = None;
        if self.before.is_empty() && self.further > 0 {
            self.list(shared);
        } else if self.before.is_empty() {
            self.rank = Rank::First;
            self.begin_guard(shared);
            self.renew(shared);
        } else {
            self.watch_predecessor(shared);
        }
    }

    pub(crate) fn watch_predecessor(&self, shared: &mut Shared) {
        if let Some(path) = self.before.back() {
            let what = RankAsk::Predecessor(path.clone());
            let path = path.clone();
            self.ask(what, Request::Exists { path, watch: true }, shared);
        }
    }

    fn looked_at(&mut self, result: Result<Response, ServerError>, shared: &mut Shared) {
        let Some(member) = &self.member else {
            return;
        };
        match result {
            // Without an owner it is not a member; with a higher `czxid` it was created again, behind the
            // own one.
            Ok(Response::Stat(stat))
                if stat.ephemeral_owner == 0
                    || Member::new(&member.path, stat.czxid).token > member.token =>
            {
                self.before.pop_back();
                self.take_place(shared);
            }
            Ok(response) => {
                if let Response::Stat(stat) = response {
                    self.predecessor = u64::try_from(stat.czxid).ok();
                }
                self.blind = false;
                self.again.over();
                self.stand_by(shared);
                self.follow_beats(shared);
                self.watch_ahead(shared);
            }
            // It was gone before it could be watched. That shows nothing about the others.
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

    /// Reports how many members are before it, if the number has changed.
    fn stand_by(&mut self, shared: &mut Shared) {
        let ahead = self.before.len() + self.further;
        if let Rank::Behind { reported } = &mut self.rank
            && reported.replace(ahead) != Some(ahead)
            && let Some(member) = self.member.clone()
        {
            let waits_until = None;
            let event = ContenderEvent::Standby {
                member,
                ahead,
                waits_until,
            };
            self.report(event, shared);
        }
    }

    /// Lists the group, and watches the list: the end of a predecessor that may not be read fires no
    /// watch on it, but changes the list of children.
    fn peek(&mut self, shared: &mut Shared) {
        if self.znode.is_none() {
            return;
        }
        self.peeked = Some(shared.now);
        let request = Request::GetChildren2 {
            path: self.spec.path.clone(),
            watch: true,
        };
        self.ask(RankAsk::Peek, request, shared);
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
                    self.take_place(shared);
                }
            }
            // The group is gone, and all its znodes: the own znode reports it.
            Ok(_) | Err(ServerError::NoNode) => self.list(shared),
            // No watch is armed: the contender looks each T/3.
            Err(_) => self.again.later(shared.now, shared.session.timeout()),
        }
    }

    /// Repeats the requests that a server has not decided, and gives up a place that it cannot use.
    pub(crate) fn retry(&mut self, shared: &mut Shared) {
        if !shared.attached() || self.leaving || self.znode.is_none() {
            return;
        }
        let give_up = self.gives_up_at(shared.session.timeout());
        if give_up.is_some_and(|at| at <= shared.now) {
            self.lapse(shared);
            return;
        }
        self.guard_tick(shared);
        self.suspect(shared);
        if !self.again.take_due(shared.now) {
            return;
        }
        match &mut self.rank {
            Rank::Unknown if !self.listing => self.list(shared),
            Rank::Counting(stats) if stats.is_complete() => {
                match stats.flaw().map(|flaw| flaw.kind()) {
                    // The predecessor may be gone by now.
                    Some(ErrorKind::NoAuth) | None => self.list(shared),
                    Some(_) => {
                        let paths = stats.ask_again();
                        self.count(paths, shared);
                    }
                }
            }
            Rank::Behind { .. } if self.blind && self.peeked.is_none() => self.peek(shared),
            Rank::Behind { .. } => self.watch_predecessor(shared),
            Rank::First | Rank::Leading(_) => self.guard_retry(shared),
            Rank::Unknown | Rank::Counting(_) => {}
        }
    }

    /// When [`retry`](Self::retry) must be called, on a standing connection.
    pub(super) fn retry_at(&self, timeout: Duration) -> Option<Time> {
        let give_up = self.gives_up_at(timeout);
        let guard = self.guard_at().into_iter().chain(self.suspects_at());
        self.again
            .at()
            .into_iter()
            .chain(give_up)
            .chain(guard)
            .min()
    }

    /// Whether only watches show that its place is still the same.
    pub(crate) fn rests(&self) -> bool {
        matches!(self.rank, Rank::Behind { reported: Some(_) })
            && !self.leaving
            && !self.blind
            && self.again.at().is_none()
    }

    /// Looks although its watches have not fired: at the members before it, and now and then at its own
    /// znode.
    pub(crate) fn recheck(&mut self, shared: &mut Shared) {
        self.looks = self.looks.wrapping_add(1);
        match self.znode {
            Some(znode) if self.looks.is_multiple_of(OWN_LOOK) && shared.znodes.rests(znode) => {
                znode::look_again(shared, znode);
            }
            // The end of a member further ahead fires no watch. A contender that finds itself next in
            // line gets its lease ready for its turn.
            Some(_) if self.looks.is_multiple_of(2) && self.before.len() > 1 => {
                self.look_ahead(self.before[0].clone(), false, shared);
            }
            _ => self.watch_predecessor(shared),
        }
    }
}
