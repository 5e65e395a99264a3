//! A group: memberships of our own, one-time questions, and a standing view of all members.
//!
//! Questions survive a lost connection: they are asked again on the next one. Memberships are
//! not renewed when their session is over; the group says so, and joining again is the caller's
//! choice.
//!
//! # States
//!
//! | of | in | what happens | then |
//! |---|---|---|---|
//! | a membership | joining | its seat is `Seated` | it stands: the join is answered |
//! | | joining | its seat is gone | gone: the join fails |
//! | | it stands | it is cancelled, or its join was forgotten | leaving, until its seat has `Left` |
//! | | it stands | its seat is gone | gone: `MembershipLost` |
//! | a question | asked | an answer that decides | gone: answered |
//! | | asked | an answer that decides nothing | asked again after a pause |
//! | | asked | the connection is lost | asked again on the next one |
//! | the view | listing | the list has come | looking at those of its members that are new |
//! | | looking | every member was answered for | at rest: `Members` if they differ from what was told |
//! | | at rest | a watch fires, or the connection is made again | listing |
//! | | any | nothing was confirmed for too long | `Unknown` is told; the rest is as before |

use super::again::Again;
use super::ask::Ask;
use super::event::{Event, GroupEvent, LostReason, Member};
use super::members::{self, Census};
use super::shared::Shared;
use super::time::Time;
use super::znode::{self, SeatId, SeatNews, Seats};
use super::{Answer, CallId, Error, ErrorKind, Handle};
use crate::proto::{Request, Response, ServerError, Stat};
use std::collections::BTreeMap;

/// Who in a group asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupAsk {
    /// A one-time question.
    Query(CallId, What),
    /// The view, in this round.
    View(u32, What),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Path,
    List,
    Count(String),
    Read(String),
    End(String),
    /// Whether it is still the member that was meant.
    Look(String),
    Delete(String),
    /// Whether the list is still the one that is known.
    Same,
}

impl What {
    /// What it does, for people, and to which znode of the group at `group`.
    fn act<'a>(&'a self, group: &'a str) -> (&'static str, &'a str) {
        match self {
            Self::Path | Self::List | Self::Same => ("list the members of", group),
            Self::Count(path) | Self::End(path) | Self::Look(path) => ("look at", path),
            Self::Read(path) => ("read", path),
            Self::Delete(path) => ("delete", path),
        }
    }
}

#[derive(Debug)]
struct Membership {
    /// The call that made it.
    made_by: CallId,
    /// The same, until it is answered.
    join: Option<CallId>,
    member: Option<Member>,
    cancels: Vec<CallId>,
    writes: Vec<CallId>,
    /// Calls that wait for its end.
    ends: Vec<CallId>,
}

#[derive(Debug)]
enum Query {
    Members(Option<Census>),
    Data(String),
    /// Waits until this member, which is not ours, is gone.
    End(String),
    Evict {
        path: String,
        token: u64,
        /// The member stood, and its deletion was asked for.
        asked: bool,
    },
}

#[derive(Debug)]
struct View {
    round: u32,
    census: Census,
    /// The `czxid` of the group's znode: the same znode never uses a name for two children.
    epoch: i64,
    /// The transaction that last changed the list of its children.
    changed: i64,
    told: GroupEvent,
    /// The list is asked for. Its answer comes after all events, so it knows of what they were about.
    listing: bool,
    /// The list has changed while its members were still being looked at.
    moved: bool,
    /// The list is known, and watched.
    rests: bool,
    again: Again,
}

pub(crate) struct Group {
    handle: Handle,
    path: String,
    memberships: BTreeMap<SeatId, Membership>,
    queries: BTreeMap<CallId, Query>,
    /// Questions that a server has not decided.
    retries: BTreeMap<CallId, Again>,
    view: Option<View>,
}

impl Group {
    pub(crate) fn new(handle: Handle, path: String) -> Self {
        Self {
            handle,
            path,
            memberships: BTreeMap::new(),
            queries: BTreeMap::new(),
            retries: BTreeMap::new(),
            view: None,
        }
    }

    pub(crate) fn join(
        &mut self,
        call: CallId,
        label: Option<&str>,
        data: &[u8],
        shared: &mut Shared,
    ) {
        let seat = znode::create(shared, self.handle, &self.path, label, data);
        let membership = Membership {
            made_by: call,
            join: Some(call),
            member: None,
            cancels: Vec::new(),
            writes: Vec::new(),
            ends: Vec::new(),
        };
        self.memberships.insert(seat, membership);
    }

    pub(crate) fn cancel(&mut self, call: CallId, path: &str, shared: &mut Shared) {
        match self.own(path) {
            Some((seat, membership)) => {
                membership.cancels.push(call);
                znode::release(shared, seat);
            }
            None => shared.out.done(call, Ok(Answer::Removed(false))),
        }
    }

    /// Changes the payload of a membership of our own.
    pub(crate) fn set_data(&mut self, call: CallId, path: &str, data: &[u8], shared: &mut Shared) {
        match self.own(path) {
            Some((seat, membership)) => {
                membership.writes.push(call);
                znode::set_data(shared, seat, data);
            }
            None => shared.out.done(call, Ok(Answer::Written(false))),
        }
    }

    /// Answers when a member, ours or not, is gone.
    pub(crate) fn await_end(&mut self, call: CallId, path: String, shared: &mut Shared) {
        if let Some((_, membership)) = self.own(&path) {
            membership.ends.push(call);
        } else {
            self.queries.insert(call, Query::End(path));
            self.ask_query(call, shared);
        }
    }

    fn own(&mut self, path: &str) -> Option<(SeatId, &mut Membership)> {
        let of = |m: &Membership| m.member.as_ref().is_some_and(|member| member.path == path);
        let mut all = self.memberships.iter_mut();
        all.find(|(_, m)| of(m)).map(|(seat, m)| (*seat, m))
    }

    pub(crate) fn members(&mut self, call: CallId, shared: &mut Shared) {
        self.queries.insert(call, Query::Members(None));
        self.ask_query(call, shared);
    }

    pub(crate) fn data(&mut self, call: CallId, path: String, shared: &mut Shared) {
        self.queries.insert(call, Query::Data(path));
        self.ask_query(call, shared);
    }

    /// Deletes a member, whoever owns it.
    pub(crate) fn evict(&mut self, call: CallId, path: String, token: u64, shared: &mut Shared) {
        let query = Query::Evict {
            path,
            token,
            asked: false,
        };
        self.queries.insert(call, query);
        self.ask_query(call, shared);
    }

    /// Whether it holds memberships, or is about to.
    pub(crate) fn has_members(&self) -> bool {
        !self.memberships.is_empty()
    }

    /// Begins to tell of every change.
    pub(crate) fn watch(&mut self, shared: &mut Shared) {
        if self.view.is_none() {
            self.view = Some(View {
                round: 0,
                census: Census::default(),
                epoch: 0,
                changed: 0,
                told: GroupEvent::Unknown { since: shared.now },
                listing: false,
                moved: false,
                rests: false,
                again: Again::default(),
            });
            self.refresh(shared);
        }
    }

    /// Gives up everything; the znodes are removed behind the back of the caller.
    pub(crate) fn drop_all(&mut self, shared: &mut Shared) {
        for seat in self.memberships.keys() {
            znode::release(shared, *seat);
        }
        self.fail_calls(&Error::closed(), shared);
    }

    /// The client is being closed: memberships end with it, and are told of before a server can say
    /// that their znodes are gone.
    pub(crate) fn close(&mut self, shared: &mut Shared) {
        self.fail_calls(&Error::closed(), shared);
        for membership in self.memberships.values_mut() {
            if membership.cancels.is_empty()
                && let Some(member) = membership.member.take()
            {
                let reason = LostReason::Closed;
                let event = GroupEvent::MembershipLost { member, reason };
                shared.event(self.handle, Event::Group(event));
            }
        }
    }

    /// Every call that still waits ends with this error.
    pub(crate) fn fail_calls(&mut self, error: &Error, shared: &mut Shared) {
        self.retries.clear();
        for call in std::mem::take(&mut self.queries).into_keys() {
            shared.out.done(call, Err(error.clone()));
        }
        for membership in self.memberships.values_mut() {
            let calls = membership.join.take().into_iter();
            let calls = calls.chain(membership.writes.drain(..));
            for call in calls.chain(membership.ends.drain(..)) {
                shared.out.done(call, Err(error.clone()));
            }
        }
    }

    pub(crate) fn forget(&mut self, call: CallId, shared: &mut Shared) {
        self.queries.remove(&call);
        self.retries.remove(&call);
        for (seat, membership) in &mut self.memberships {
            for calls in [
                &mut membership.cancels,
                &mut membership.writes,
                &mut membership.ends,
            ] {
                calls.retain(|waiting| *waiting != call);
            }
            // Nobody will ever hold what this join makes: it must not be left behind. The answer
            // may have crossed with the word that nobody wants it.
            if membership.made_by == call {
                membership.join = None;
                znode::release(shared, *seat);
            }
        }
    }

    pub(crate) fn on_news(&mut self, seat: SeatId, news: SeatNews, shared: &mut Shared) {
        if let SeatNews::Seated(member) = news {
            if let Some(membership) = self.memberships.get_mut(&seat) {
                membership.member = Some(member.clone());
                if let Some(call) = membership.join.take() {
                    shared.out.done(call, Ok(Answer::Joined(member)));
                }
            }
            return;
        }
        let written = match &news {
            SeatNews::Written => Some(Ok(Answer::Written(true))),
            SeatNews::Unwritten(error) => Some(Err(error.clone())),
            SeatNews::Blocked(error) => {
                if self.memberships.contains_key(&seat) {
                    self.blocked(error.clone(), shared);
                }
                return;
            }
            // No lease hangs on a membership.
            SeatNews::Doubted | SeatNews::Trusted => return,
            _ => None,
        };
        if let Some(answer) = written {
            if let Some(membership) = self.memberships.get_mut(&seat) {
                for call in membership.writes.drain(..) {
                    shared.out.done(call, answer.clone());
                }
            }
            return;
        }
        let Some(mut membership) = self.memberships.remove(&seat) else {
            return;
        };
        let (answer, lost) = match news {
            SeatNews::Seated(_)
            | SeatNews::Written
            | SeatNews::Unwritten(_)
            | SeatNews::Blocked(_)
            | SeatNews::Doubted
            | SeatNews::Trusted => return,
            SeatNews::Left { by_us } => (Ok(Answer::Removed(by_us)), None),
            SeatNews::Stuck(error) => (Err(error), None),
            SeatNews::Refused(error) => {
                (Ok(Answer::Removed(false)), Some(LostReason::Failed(error)))
            }
            SeatNews::Evicted => (Ok(Answer::Removed(false)), Some(LostReason::Evicted)),
            SeatNews::SessionOver => (Ok(Answer::Removed(false)), Some(LostReason::SessionExpired)),
        };
        let by_us = matches!(answer, Ok(Answer::Removed(true)));
        for call in membership.ends.drain(..) {
            shared.out.done(call, Ok(Answer::Removed(by_us)));
        }
        for call in membership.writes.drain(..) {
            shared.out.done(call, Ok(Answer::Written(false)));
        }
        for call in membership.cancels.drain(..) {
            shared.out.done(call, answer.clone());
        }
        if let Some(call) = membership.join.take() {
            let error = match lost {
                Some(LostReason::Failed(error)) => error,
                _ => Error::new(
                    ErrorKind::SessionExpired,
                    format!("the session ended before {} was joined", self.path),
                ),
            };
            shared.out.done(call, Err(error));
        } else if let (Some(member), Some(reason)) = (membership.member, lost) {
            let event = GroupEvent::MembershipLost { member, reason };
            shared.event(self.handle, Event::Group(event));
        }
    }

    /// A membership cannot go on for now.
    fn blocked(&mut self, error: Error, shared: &mut Shared) {
        let failed = GroupEvent::Failed(error);
        if let Some(view) = &mut self.view {
            // The members that are known are told again.
            view.again.later(shared.now, shared.session.timeout());
            self.tell(failed, shared);
        } else {
            shared.event(self.handle, Event::Group(failed));
        }
    }

    pub(crate) fn on_attached(&mut self, shared: &mut Shared) {
        self.retries.clear();
        let calls: Vec<CallId> = self.queries.keys().copied().collect();
        for call in calls {
            self.ask_query(call, shared);
        }
        self.refresh(shared);
    }

    pub(crate) fn on_detached(&mut self) {
        for again in self.retries.values_mut() {
            again.cancel();
        }
        if let Some(view) = &mut self.view {
            view.listing = false;
            view.round += 1;
            view.rests = false;
            view.again.cancel();
        }
    }

    /// What the view shows was last confirmed too long ago.
    pub(crate) fn on_stale(&mut self, since: Time, shared: &mut Shared) {
        if let Some(view) = &self.view
            && !matches!(view.told, GroupEvent::Unknown { .. })
        {
            self.tell(GroupEvent::Unknown { since }, shared);
        }
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        let view = self.view.as_ref().and_then(|view| view.again.at());
        let queries = self.retries.values().filter_map(Again::at);
        queries.chain(view).min()
    }

    pub(crate) fn tick(&mut self, shared: &mut Shared) {
        let due =
            |(call, again): (&CallId, &mut Again)| again.take_due(shared.now).then_some(*call);
        let calls: Vec<CallId> = self.retries.iter_mut().filter_map(due).collect();
        for call in calls {
            let unknown = match self.queries.get_mut(&call) {
                Some(Query::Members(Some(census))) if census.is_complete() => census.ask_again(),
                _ => {
                    self.ask_query(call, shared);
                    continue;
                }
            };
            for path in unknown {
                self.ask_of(call, What::Count(path), shared);
            }
        }
        let Some(view) = &mut self.view else {
            return;
        };
        if !view.again.take_due(shared.now) {
            return;
        }
        // With thousands of members, only those are asked for again that a server has not decided.
        let undecided = view
            .census
            .flaw()
            .is_some_and(|flaw| flaw.kind() != ErrorKind::NoAuth);
        if undecided && view.census.is_complete() && shared.attached() {
            for path in view.census.ask_again() {
                self.ask_view(What::Count(path), shared);
            }
        } else {
            self.refresh(shared);
        }
    }

    /// What only watches say of: memberships of our own, ends that are waited for, the view.
    pub(crate) fn rests(&self, seats: &Seats) -> usize {
        let own = self.memberships.keys().filter(|seat| seats.rests(**seat));
        let view = self.view.as_ref().is_some_and(|view| view.rests);
        own.count() + self.ends().count() + usize::from(view)
    }

    /// Looks at one of those though its watch is silent.
    pub(crate) fn recheck(&mut self, nth: usize, shared: &mut Shared) {
        let seats = self.memberships.keys().copied();
        let own: Vec<SeatId> = seats.filter(|seat| shared.seats.rests(*seat)).collect();
        let ends: Vec<CallId> = self.ends().collect();
        if let Some(seat) = own.get(nth) {
            znode::look_again(shared, *seat);
        } else if let Some(call) = ends.get(nth - own.len()) {
            self.ask_query(*call, shared);
        } else if let Some(view) = &self.view {
            // A znode that is missing is watched by this; one that stands by its children.
            let path = self.path.clone();
            let watch = view.epoch == 0;
            let ask = GroupAsk::View(view.round, What::Same);
            let ask = Ask::Group(self.handle, ask);
            shared.ask(ask, Request::Exists { path, watch });
        }
    }

    fn ends(&self) -> impl Iterator<Item = CallId> {
        let waits = |(call, query): (&CallId, &Query)| {
            (matches!(query, Query::End(_)) && !self.retries.contains_key(call)).then_some(*call)
        };
        self.queries.iter().filter_map(waits)
    }

    /// An answer that decides nothing.
    pub(crate) fn on_undecided(&mut self, ask: GroupAsk, error: ServerError, shared: &mut Shared) {
        match ask {
            GroupAsk::Query(call, What::Count(path)) => {
                self.on_query(call, What::Count(path), Err(error), shared);
            }
            // To ask again is of no use: the caller is told.
            GroupAsk::Query(call, what) if error.is_local() => {
                self.on_query(call, what, Err(error), shared);
            }
            GroupAsk::Query(call, _) => self.retry(call, shared),
            GroupAsk::View(round, what) => {
                let Some(view) = self.view.as_mut().filter(|view| view.round == round) else {
                    return;
                };
                view.listing &= what != What::List;
                match what {
                    What::Count(path) => self.on_view(What::Count(path), Err(error), shared),
                    what => {
                        let (act, path) = what.act(&self.path);
                        let error = Error::undecided(error, act, path);
                        self.refused(error, shared);
                    }
                }
            }
        }
    }

    /// A call whose question was not decided goes on to wait.
    fn retry(&mut self, call: CallId, shared: &Shared) {
        if self.queries.contains_key(&call) {
            let again = self.retries.entry(call).or_default();
            again.soon(shared.now, shared.session.timeout());
        }
    }

    /// The view cannot be had for now; it is tried again by itself.
    fn refused(&mut self, error: Error, shared: &mut Shared) {
        let Some(view) = &mut self.view else {
            return;
        };
        let timeout = shared.session.timeout();
        view.rests = false;
        match error.kind() {
            ErrorKind::NoAuth => view.again.later(shared.now, timeout),
            _ => view.again.soon(shared.now, timeout),
        }
        // What it knows is not overthrown by one answer that decides nothing.
        let knows = matches!(view.told, GroupEvent::Members(_));
        if knows && error.kind() != ErrorKind::NoAuth && !view.again.is_in_vain() {
            return;
        }
        self.tell(GroupEvent::Failed(error), shared);
    }

    pub(crate) fn on_watch(&mut self, path: &str, shared: &mut Shared) {
        if path == self.path {
            match &mut self.view {
                // Many that come at once are looked at once each, not again for each of the others.
                Some(view) if !view.census.is_complete() => view.moved = true,
                Some(_) | None => self.refresh(shared),
            }
        }
        let ends = |query: &Query| matches!(query, Query::End(awaited) if awaited == path);
        let calls = self.queries.iter().filter(|(_, query)| ends(query));
        for call in calls.map(|(call, _)| *call).collect::<Vec<_>>() {
            self.ask_query(call, shared);
        }
    }

    /// Looks anew for the view.
    pub(crate) fn refresh(&mut self, shared: &mut Shared) {
        if let Some(view) = &mut self.view {
            if view.listing {
                return;
            }
            view.round += 1;
            view.listing = shared.attached();
            view.moved = false;
            view.rests = false;
            view.again.cancel();
            self.ask_view(What::List, shared);
        }
    }

    pub(crate) fn on_reply(
        &mut self,
        ask: GroupAsk,
        result: Result<Response, ServerError>,
        shared: &mut Shared,
    ) {
        match ask {
            GroupAsk::Query(call, what) => self.on_query(call, what, result, shared),
            GroupAsk::View(round, what) => {
                if let Some(view) = self.view.as_mut().filter(|view| view.round == round) {
                    view.listing &= what != What::List;
                    self.on_view(what, result, shared);
                }
            }
        }
    }

    fn request(&self, what: &What, watch: bool) -> Request {
        match what {
            What::Path | What::Same => Request::Exists {
                path: self.path.clone(),
                watch,
            },
            What::List => Request::GetChildren2 {
                path: self.path.clone(),
                watch,
            },
            What::Count(path) => Request::Exists {
                path: path.clone(),
                watch: false,
            },
            What::End(path) => Request::Exists {
                path: path.clone(),
                watch: true,
            },
            What::Look(path) => Request::Exists {
                path: path.clone(),
                watch: false,
            },
            What::Read(path) => Request::GetData {
                path: path.clone(),
                watch: false,
            },
            What::Delete(path) => Request::Delete {
                path: path.clone(),
                version: -1,
            },
        }
    }

    fn ask_query(&mut self, call: CallId, shared: &mut Shared) {
        let what = match self.queries.get_mut(&call) {
            Some(Query::Members(census)) => {
                *census = None;
                What::List
            }
            Some(Query::Data(path)) => What::Read(path.clone()),
            // Also when the reply to a deletion was lost: look first.
            Some(Query::Evict { path, .. }) => What::Look(path.clone()),
            Some(Query::End(path)) => What::End(path.clone()),
            None => return,
        };
        self.ask_of(call, what, shared);
    }

    fn ask_of(&self, call: CallId, what: What, shared: &mut Shared) {
        let request = self.request(&what, false);
        let ask = GroupAsk::Query(call, what);
        shared.ask(Ask::Group(self.handle, ask), request);
    }

    fn ask_view(&mut self, what: What, shared: &mut Shared) {
        if let Some(view) = &self.view {
            let request = self.request(&what, true);
            let ask = GroupAsk::View(view.round, what);
            shared.ask(Ask::Group(self.handle, ask), request);
        }
    }

    fn on_query(
        &mut self,
        call: CallId,
        what: What,
        result: Result<Response, ServerError>,
        shared: &mut Shared,
    ) {
        let Some(query) = self.queries.get_mut(&call) else {
            return;
        };
        let answer = match (what, result) {
            (What::Path | What::Same, _) => return,
            (What::List, Ok(Response::Children { children, .. })) => {
                let found = members::candidates(&self.path, &children);
                if found.is_empty() {
                    Ok(Answer::Members(Vec::new()))
                } else {
                    *query = Query::Members(Some(Census::new(BTreeMap::new(), found.len())));
                    for (_, path) in found {
                        self.ask_of(call, What::Count(path), shared);
                    }
                    return;
                }
            }
            (What::List, Err(ServerError::NoNode)) => Ok(Answer::Members(Vec::new())),
            (What::Count(path), result) => {
                let Query::Members(Some(census)) = query else {
                    return;
                };
                census.count(&path, result);
                if !census.is_complete() {
                    return;
                }
                match census.flaw() {
                    None => Ok(Answer::Members(census.members())),
                    // Whoever may not be read may be a member.
                    Some(flaw) if flaw.kind() == ErrorKind::NoAuth => Err(flaw),
                    Some(_) => {
                        self.retry(call, shared);
                        return;
                    }
                }
            }
            // It stands, and is watched.
            (What::End(_), Ok(_)) => {
                self.retries.remove(&call);
                return;
            }
            (What::End(_), Err(ServerError::NoNode)) => Ok(Answer::Removed(false)),
            (What::Look(path), result) => {
                let Query::Evict { token, asked, .. } = query else {
                    return;
                };
                match result {
                    Ok(Response::Stat(stat))
                        if stat.ephemeral_owner != 0
                            && Member::new(&path, stat.czxid).token == *token =>
                    {
                        *asked = true;
                        let what = What::Delete(path);
                        let request = self.request(&what, false);
                        let ask = GroupAsk::Query(call, what);
                        shared.ask(Ask::Group(self.handle, ask), request);
                        return;
                    }
                    Ok(_) | Err(ServerError::NoNode) => Ok(Answer::Removed(*asked)),
                    Err(ServerError::NoAuth) => Err(Error::unreadable(&path)),
                    Err(error) => Err(Error::from_server(error, "look at", &path)),
                }
            }
            (What::Delete(_), Ok(_)) => Ok(Answer::Removed(true)),
            // It went by itself meanwhile.
            (What::Delete(_), Err(ServerError::NoNode)) => Ok(Answer::Removed(false)),
            (What::Delete(path), Err(error @ ServerError::NoAuth)) => Err(Error::new(
                ErrorKind::NoAuth,
                format!(
                    "cannot delete {path}: {error}; DELETE permission on {} is needed",
                    self.path
                ),
            )),
            (What::Delete(path), Err(error)) => Err(Error::from_server(error, "delete", &path)),
            (What::Read(_), Ok(Response::Data { data, .. })) => Ok(Answer::Data(Some(data))),
            (What::Read(_), Err(ServerError::NoNode)) => Ok(Answer::Data(None)),
            (What::List, Err(error)) => {
                Err(Error::from_server(error, "list the members of", &self.path))
            }
            (What::Read(path) | What::End(path), Err(ServerError::NoAuth)) => {
                Err(Error::unreadable(&path))
            }
            (What::Read(path) | What::End(path), Err(error)) => {
                Err(Error::from_server(error, "read", &path))
            }
            (What::List | What::Read(_), Ok(_)) => Err(Error::new(
                ErrorKind::Server,
                "the server answered another question",
            )),
        };
        self.queries.remove(&call);
        self.retries.remove(&call);
        shared.out.done(call, answer);
    }

    fn on_view(&mut self, what: What, result: Result<Response, ServerError>, shared: &mut Shared) {
        let Some(view) = &mut self.view else {
            return;
        };
        match (what, result) {
            (What::Path, Ok(_)) => self.refresh(shared),
            // Missing, and watched: an empty group.
            (What::Path, Err(ServerError::NoNode)) => {
                view.census = Census::default();
                (view.epoch, view.changed) = (0, 0);
                self.counted(shared);
            }
            (What::List, Ok(Response::Children { children, stat })) => {
                let found = members::candidates(&self.path, &children);
                let mut known: BTreeMap<String, Stat> = BTreeMap::new();
                let mut asked = Vec::new();
                for (_, path) in found {
                    match view.census.stats().get(&path) {
                        Some(seen) if view.epoch == stat.czxid => {
                            known.insert(path, *seen);
                        }
                        _ => asked.push(path),
                    }
                }
                view.epoch = stat.czxid;
                view.changed = stat.pzxid;
                view.census = Census::new(known, asked.len());
                if asked.is_empty() {
                    self.counted(shared);
                }
                for path in asked {
                    self.ask_view(What::Count(path), shared);
                }
            }
            (What::List, Err(ServerError::NoNode)) => self.ask_view(What::Path, shared),
            (What::Count(path), result) => {
                view.census.count(&path, result);
                if view.census.is_complete() {
                    let moved = view.moved;
                    self.counted(shared);
                    if moved {
                        self.refresh(shared);
                    }
                }
            }
            (What::Same, Ok(Response::Stat(stat)))
                if (stat.czxid, stat.pzxid) == (view.epoch, view.changed) => {}
            (What::Same, Err(ServerError::NoNode)) if view.epoch == 0 => {}
            (What::Same, _) => self.refresh(shared),
            // The view asks none of these.
            (What::Look(_) | What::Delete(_), _) => {}
            (What::Path | What::List | What::Read(_) | What::End(_), Err(error)) => {
                let error = Error::from_server(error, "list the members of", &self.path);
                self.refused(error, shared);
            }
            (What::List | What::Read(_) | What::End(_), Ok(_)) => {}
        }
    }

    fn counted(&mut self, shared: &mut Shared) {
        let Some(view) = &mut self.view else {
            return;
        };
        // Whoever cannot be looked at must not vanish from the view.
        if let Some(flaw) = view.census.flaw() {
            self.refused(flaw, shared);
            return;
        }
        view.rests = true;
        view.again.over();
        let members = GroupEvent::Members(view.census.members());
        self.tell(members, shared);
    }

    fn tell(&mut self, event: GroupEvent, shared: &mut Shared) {
        if let Some(view) = &mut self.view
            && view.told != event
        {
            view.told = event.clone();
            shared.event(self.handle, Event::Group(event));
        }
    }
}
