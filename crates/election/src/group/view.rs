//! The standing view of all members.

use super::{GroupAsk, Name};
use crate::again::Again;
use crate::ask::Ask;
use crate::event::GroupEvent;
use crate::members::{self, MemberStats};
use crate::shared::Shared;
use crate::{Error, ErrorKind};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use tenure_proto::{Request, Response, ServerError, Stat};
use tenure_session::Time;

/// A question of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ViewAsk {
    /// Whether the group's znode, which was missing, stands.
    Path,
    List,
    Count(String),
    /// Whether the list is still the known one.
    Same,
}

#[derive(Debug)]
pub(super) struct View {
    round: u32,
    stats: MemberStats,
    /// The `czxid` of the group's znode: the same znode never uses a name for two children.
    epoch: i64,
    /// The transaction that last changed the list of its children.
    changed: i64,
    reported: GroupEvent,
    /// Whether a listing is in flight. Its answer comes after all events so far, so it includes their
    /// changes.
    listing: bool,
    /// Whether the list has changed while the view was still looking at its members.
    moved: bool,
    /// Whether the list is known, and watched.
    rests: bool,
    again: Again,
}

impl View {
    pub(super) fn new(now: Time) -> Self {
        Self {
            round: 0,
            stats: MemberStats::default(),
            epoch: 0,
            changed: 0,
            reported: GroupEvent::Unknown { since: now },
            listing: false,
            moved: false,
            rests: false,
            again: Again::default(),
        }
    }

    /// Whether only a watch shows that the reported state still holds.
    pub(super) fn rests(&self) -> bool {
        self.rests
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        self.again.at()
    }

    pub(super) fn on_detached(&mut self) {
        self.listing = false;
        self.round += 1;
        self.rests = false;
        self.again.cancel();
    }

    /// The view was last confirmed too long ago.
    pub(super) fn on_stale(&mut self, since: Time, group: &Name, shared: &mut Shared) {
        if !matches!(self.reported, GroupEvent::Unknown { .. }) {
            self.report(GroupEvent::Unknown { since }, group, shared);
        }
    }

    /// A membership cannot go on for now. After this report the known members are reported again.
    pub(super) fn blocked(&mut self, error: Error, group: &Name, shared: &mut Shared) {
        self.again.later(shared.now, shared.session.timeout());
        self.report(GroupEvent::Failed(error), group, shared);
    }

    pub(super) fn tick(&mut self, group: &Name, shared: &mut Shared) {
        if !self.again.take_due(shared.now) {
            return;
        }
        // With thousands of members, the view asks again only for those that a server has not decided.
        let undecided = self
            .stats
            .flaw()
            .is_some_and(|flaw| flaw.kind() != ErrorKind::NoAuth);
        if undecided && self.stats.is_complete() && shared.attached() {
            for path in self.stats.ask_again() {
                self.ask(ViewAsk::Count(path), group, shared);
            }
        } else {
            self.refresh(group, shared);
        }
    }

    /// Looks although its watch has not fired.
    pub(super) fn recheck(&self, group: &Name, shared: &mut Shared) {
        self.ask(ViewAsk::Same, group, shared);
    }

    pub(super) fn on_watch(&mut self, group: &Name, shared: &mut Shared) {
        // If many members come at once, the view looks once at each, and not again for each of the
        // others.
        if self.stats.is_complete() {
            self.refresh(group, shared);
        } else {
            self.moved = true;
        }
    }

    /// Looks again from the beginning.
    pub(super) fn refresh(&mut self, group: &Name, shared: &mut Shared) {
        if self.listing {
            return;
        }
        self.round += 1;
        self.listing = shared.attached();
        self.moved = false;
        self.rests = false;
        self.again.cancel();
        self.ask(ViewAsk::List, group, shared);
    }

    fn ask(&self, ask: ViewAsk, group: &Name, shared: &mut Shared) {
        let path = group.path.clone();
        let request = match &ask {
            ViewAsk::List => Request::GetChildren2 { path, watch: true },
            ViewAsk::Path => Request::Exists { path, watch: true },
            // This watches a missing znode; the list of children watches one that stands.
            ViewAsk::Same => Request::Exists {
                path,
                watch: self.epoch == 0,
            },
            ViewAsk::Count(path) => Request::Exists {
                path: path.clone(),
                watch: false,
            },
        };
        let ask = GroupAsk::View(self.round, ask);
        shared.ask(Ask::Group(group.handle, ask), request);
    }

    /// An answer that decides nothing.
    pub(super) fn on_undecided(
        &mut self,
        group: &Name,
        round: u32,
        ask: ViewAsk,
        error: ServerError,
        shared: &mut Shared,
    ) {
        match ask {
            ViewAsk::Count(_) => self.on_reply(group, round, ask, Err(error), shared),
            ViewAsk::Path | ViewAsk::List | ViewAsk::Same if round == self.round => {
                self.listing &= ask != ViewAsk::List;
                let error = Error::undecided(error, "list the members of", &group.path);
                self.refused(error, group, shared);
            }
            ViewAsk::Path | ViewAsk::List | ViewAsk::Same => {}
        }
    }

    pub(super) fn on_reply(
        &mut self,
        group: &Name,
        round: u32,
        ask: ViewAsk,
        result: Result<Response, ServerError>,
        shared: &mut Shared,
    ) {
        if round != self.round {
            return;
        }
        self.listing &= ask != ViewAsk::List;
        match (ask, result) {
            (ViewAsk::Path, Ok(_)) => self.refresh(group, shared),
            // Missing, and watched: an empty group.
            (ViewAsk::Path, Err(ServerError::NoNode)) => {
                self.stats = MemberStats::default();
                (self.epoch, self.changed) = (0, 0);
                self.counted(group, shared);
            }
            (ViewAsk::List, Ok(Response::Children { children, stat })) => {
                self.listed(&children, &stat, group, shared);
            }
            (ViewAsk::List, Err(ServerError::NoNode)) => self.ask(ViewAsk::Path, group, shared),
            (ViewAsk::Count(path), result) => {
                self.stats.record(&path, result);
                if self.stats.is_complete() {
                    let moved = self.moved;
                    self.counted(group, shared);
                    if moved {
                        self.refresh(group, shared);
                    }
                }
            }
            (ViewAsk::Same, Ok(Response::Stat(stat)))
                if (stat.czxid, stat.pzxid) == (self.epoch, self.changed) => {}
            (ViewAsk::Same, Err(ServerError::NoNode)) if self.epoch == 0 => {}
            (ViewAsk::Same, _) => self.refresh(group, shared),
            (ViewAsk::Path | ViewAsk::List, Err(error)) => {
                let error = Error::from_server(error, "list the members of", &group.path);
                self.refused(error, group, shared);
            }
            (ViewAsk::List, Ok(_)) => {}
        }
    }

    /// Looks at those of the list that are new.
    fn listed(&mut self, children: &[String], stat: &Stat, group: &Name, shared: &mut Shared) {
        let found = members::candidates(&group.path, children);
        let mut known: BTreeMap<String, Stat> = BTreeMap::new();
        let mut asked = Vec::new();
        for (_, path) in found {
            match self.stats.known().get(&path) {
                Some(seen) if self.epoch == stat.czxid => {
                    known.insert(path, *seen);
                }
                _ => asked.push(path),
            }
        }
        self.epoch = stat.czxid;
        self.changed = stat.pzxid;
        self.stats = MemberStats::new(known, asked.len());
        if asked.is_empty() {
            self.counted(group, shared);
        }
        for path in asked {
            self.ask(ViewAsk::Count(path), group, shared);
        }
    }

    fn counted(&mut self, group: &Name, shared: &mut Shared) {
        // A member that cannot be looked at must not vanish from the view.
        if let Some(flaw) = self.stats.flaw() {
            self.refused(flaw, group, shared);
            return;
        }
        self.rests = true;
        self.again.over();
        let members = GroupEvent::Members(self.stats.members());
        self.report(members, group, shared);
    }

    /// The view cannot be read for now; it tries again by itself.
    fn refused(&mut self, error: Error, group: &Name, shared: &mut Shared) {
        let timeout = shared.session.timeout();
        self.rests = false;
        match error.kind() {
            ErrorKind::NoAuth => self.again.later(shared.now, timeout),
            _ => self.again.soon(shared.now, timeout),
        }
        // One answer that decides nothing does not replace the knowledge.
        let knows = matches!(self.reported, GroupEvent::Members(_));
        if knows && error.kind() != ErrorKind::NoAuth && !self.again.is_in_vain() {
            return;
        }
        self.report(GroupEvent::Failed(error), group, shared);
    }

    fn report(&mut self, event: GroupEvent, group: &Name, shared: &mut Shared) {
        if self.reported != event {
            self.reported = event.clone();
            group.report(event, shared);
        }
    }
}
