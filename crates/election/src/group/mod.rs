//! A group: the memberships that it joined, one-time questions, and a standing view of all members.
//!
//! Questions survive a lost connection: the group asks them again on the next one. It does not renew
//! memberships when their session is over: it reports their end, and the caller may join again.
//!
//! Each part asks by itself: `memberships` through own znodes, `questions` and `view` each with its own
//! enum, so that no answer can come to the wrong part.
//!
//! # States
//!
//! | part | in | event | then |
//! |---|---|---|---|
//! | a membership | joining | its znode stands | it stands: the join is answered |
//! | | joining | its znode is gone | gone: the join fails |
//! | | it stands | it is cancelled, or its join was forgotten | leaving, until its znode has `Left` |
//! | | it stands | its znode is gone | gone: `MembershipLost` |
//! | a question | asked | an answer that decides | gone: answered |
//! | | asked | an answer that decides nothing | asked again after a pause |
//! | | asked | the connection is lost | asked again on the next one |
//! | the view | listing | the list has come | looking at those of its members that are new |
//! | | looking | the answers for all members are there | at rest: `Members` if they differ from the reported ones |
//! | | at rest | a watch fires, or the connection is made again | listing |
//! | | any | nothing was confirmed for too long | `Unknown` is reported; the rest is as before |

mod memberships;
mod questions;
mod view;

pub(crate) use questions::QuestionAsk;

use super::event::{Event, GroupEvent};
use super::shared::Shared;
use super::znode::{self, OwnZnodes, ZnodeId, ZnodeNews};
use super::{Call, CallId, Error, Handle};
use alloc::string::String;
use alloc::vec::Vec;
use memberships::Memberships;
use questions::Questions;
use tenure_proto::{Response, ServerError};
use tenure_session::Time;
use view::{View, ViewAsk};

/// The part of a group that asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupAsk {
    /// A one-time question.
    Question(CallId, QuestionAsk),
    /// The view, in this round.
    View(u32, ViewAsk),
}

/// The handle and the path of a group, for its parts.
struct Name {
    handle: Handle,
    /// The path of its znode.
    path: String,
}

impl Name {
    fn report(&self, event: GroupEvent, shared: &mut Shared) {
        shared.event(self.handle, Event::Group(event));
    }
}

pub(crate) struct Group {
    name: Name,
    memberships: Memberships,
    questions: Questions,
    view: Option<View>,
}

impl Group {
    pub(crate) fn new(handle: Handle, path: String) -> Self {
        Self {
            name: Name { handle, path },
            memberships: Memberships::default(),
            questions: Questions::default(),
            view: None,
        }
    }

    /// Begins a call. `false` if a group has no such call.
    pub(crate) fn call(&mut self, call: CallId, what: Call, shared: &mut Shared) -> bool {
        match what {
            Call::Join { label, data } => {
                let label = label.as_deref();
                self.memberships
                    .join(&self.name, call, label, &data, shared);
            }
            Call::Cancel { path } => self.memberships.cancel(call, &path, shared),
            Call::SetMemberData { path, data } => {
                self.memberships.set_data(call, &path, &data, shared);
            }
            Call::AwaitEnd { path } => {
                if !self.memberships.await_end(call, &path) {
                    self.questions.await_end(&self.name, call, path, shared);
                }
            }
            Call::Members => self.questions.members(&self.name, call, shared),
            Call::Strangers => self.questions.strangers(&self.name, call, shared),
            Call::Data { path } => self.questions.data(&self.name, call, path, shared),
            Call::Evict { path, token } => {
                self.questions.evict(&self.name, call, path, token, shared);
            }
            Call::Withdraw | Call::SetData { .. } => return false,
        }
        true
    }

    /// Whether it holds memberships, or is about to.
    pub(crate) fn has_members(&self) -> bool {
        !self.memberships.is_empty()
    }

    /// Begins to report every change.
    pub(crate) fn watch(&mut self, shared: &mut Shared) {
        if self.view.is_none() {
            let mut view = View::new(shared.now);
            view.refresh(&self.name, shared);
            self.view = Some(view);
        }
    }

    /// Gives up all memberships; their znodes are removed later, and no call waits for that.
    pub(crate) fn drop_all(&mut self, shared: &mut Shared) {
        self.memberships.release_all(shared);
        self.fail_calls(&Error::closed(), shared);
    }

    /// The client is being closed: memberships end with it, and the group reports that before a server
    /// can report that their znodes are gone.
    pub(crate) fn close(&mut self, shared: &mut Shared) {
        self.fail_calls(&Error::closed(), shared);
        self.memberships.close(&self.name, shared);
    }

    /// Every call that still waits ends with this error.
    pub(crate) fn fail_calls(&mut self, error: &Error, shared: &mut Shared) {
        self.questions.fail_calls(error, shared);
        self.memberships.fail_calls(error, shared);
    }

    pub(crate) fn forget(&mut self, call: CallId, shared: &mut Shared) {
        self.questions.forget(call);
        self.memberships.forget(call, shared);
    }

    pub(crate) fn on_news(&mut self, znode: ZnodeId, news: ZnodeNews, shared: &mut Shared) {
        match (news, &mut self.view) {
            (ZnodeNews::Blocked(_), _) if !self.memberships.contains(znode) => {}
            (ZnodeNews::Blocked(error), Some(view)) => view.blocked(error, &self.name, shared),
            (ZnodeNews::Blocked(error), None) => {
                self.name.report(GroupEvent::Failed(error), shared)
            }
            (news, _) => self.memberships.on_news(&self.name, znode, news, shared),
        }
    }

    pub(crate) fn on_attached(&mut self, shared: &mut Shared) {
        self.questions.ask_all(&self.name, shared);
        self.refresh(shared);
    }

    pub(crate) fn on_detached(&mut self) {
        self.questions.on_detached();
        if let Some(view) = &mut self.view {
            view.on_detached();
        }
    }

    /// The view was last confirmed too long ago.
    pub(crate) fn on_stale(&mut self, since: Time, shared: &mut Shared) {
        if let Some(view) = &mut self.view {
            view.on_stale(since, &self.name, shared);
        }
    }

    pub(crate) fn deadline(&self) -> Option<Time> {
        let view = self.view.as_ref().and_then(View::deadline);
        self.questions.deadline().into_iter().chain(view).min()
    }

    pub(crate) fn tick(&mut self, shared: &mut Shared) {
        self.questions.tick(&self.name, shared);
        if let Some(view) = &mut self.view {
            view.tick(&self.name, shared);
        }
    }

    /// The number of states that only watches confirm: memberships of this group, awaited ends, the view.
    pub(crate) fn rests(&self, znodes: &OwnZnodes) -> usize {
        let own = self.memberships.resting(znodes).count();
        let view = self.view.as_ref().is_some_and(View::rests);
        own + self.questions.ends().count() + usize::from(view)
    }

    /// Looks at the `nth` of those although its watch has not fired.
    pub(crate) fn recheck(&mut self, nth: usize, shared: &mut Shared) {
        let own: Vec<ZnodeId> = self.memberships.resting(&shared.znodes).collect();
        let ends: Vec<CallId> = self.questions.ends().collect();
        if let Some(znode) = own.get(nth) {
            znode::look_again(shared, *znode);
        } else if let Some(call) = ends.get(nth - own.len()) {
            self.questions.ask(&self.name, *call, shared);
        } else if let Some(view) = &self.view {
            view.recheck(&self.name, shared);
        }
    }

    /// An answer that decides nothing.
    pub(crate) fn on_undecided(&mut self, ask: GroupAsk, error: ServerError, shared: &mut Shared) {
        match (ask, &mut self.view) {
            (GroupAsk::Question(call, ask), _) => {
                self.questions
                    .on_undecided(&self.name, call, ask, error, shared);
            }
            (GroupAsk::View(round, ask), Some(view)) => {
                view.on_undecided(&self.name, round, ask, error, shared);
            }
            (GroupAsk::View(..), None) => {}
        }
    }

    pub(crate) fn on_reply(
        &mut self,
        ask: GroupAsk,
        result: Result<Response, ServerError>,
        shared: &mut Shared,
    ) {
        match (ask, &mut self.view) {
            (GroupAsk::Question(call, ask), _) => {
                self.questions
                    .on_reply(&self.name, call, ask, result, shared);
            }
            (GroupAsk::View(round, ask), Some(view)) => {
                view.on_reply(&self.name, round, ask, result, shared);
            }
            (GroupAsk::View(..), None) => {}
        }
    }

    pub(crate) fn on_watch(&mut self, path: &str, shared: &mut Shared) {
        if path == self.name.path
            && let Some(view) = &mut self.view
        {
            view.on_watch(&self.name, shared);
        }
        self.questions.on_watch(&self.name, path, shared);
    }

    /// Looks again for the view.
    pub(crate) fn refresh(&mut self, shared: &mut Shared) {
        if let Some(view) = &mut self.view {
            view.refresh(&self.name, shared);
        }
    }
}
