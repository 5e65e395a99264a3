//! The memberships that this group joined: a znode each, and the calls that wait for it.

use super::Name;
use crate::event::{GroupEvent, LostReason, Member};
use crate::shared::Shared;
use crate::znode::{self, OwnZnodes, ZnodeId, ZnodeNews};
use crate::{Answer, CallId, Error, ErrorKind};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

#[derive(Debug)]
struct Membership {
    /// The call that joined.
    made_by: CallId,
    /// The same, until it is answered.
    join: Option<CallId>,
    member: Option<Member>,
    cancels: Vec<CallId>,
    writes: Vec<CallId>,
    /// Calls that wait for its end.
    ends: Vec<CallId>,
}

#[derive(Debug, Default)]
pub(super) struct Memberships(BTreeMap<ZnodeId, Membership>);

impl Memberships {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, znode: ZnodeId) -> bool {
        self.0.contains_key(&znode)
    }

    /// The memberships of which only a watch shows that they still stand.
    pub(super) fn resting(&self, znodes: &OwnZnodes) -> impl Iterator<Item = ZnodeId> {
        let all = self.0.keys().copied();
        all.filter(|znode| znodes.rests(*znode))
    }

    pub(super) fn join(
        &mut self,
        group: &Name,
        call: CallId,
        label: Option<&str>,
        data: &[u8],
        shared: &mut Shared,
    ) {
        let znode = znode::create(shared, group.handle, &group.path, label, data);
        let membership = Membership {
            made_by: call,
            join: Some(call),
            member: None,
            cancels: Vec::new(),
            writes: Vec::new(),
            ends: Vec::new(),
        };
        self.0.insert(znode, membership);
    }

    pub(super) fn cancel(&mut self, call: CallId, path: &str, shared: &mut Shared) {
        match self.at(path) {
            Some((znode, membership)) => {
                membership.cancels.push(call);
                znode::release(shared, znode);
            }
            None => shared.out.done(call, Ok(Answer::Removed(false))),
        }
    }

    pub(super) fn set_data(&mut self, call: CallId, path: &str, data: &[u8], shared: &mut Shared) {
        match self.at(path) {
            Some((znode, membership)) => {
                membership.writes.push(call);
                znode::set_data(shared, znode, data);
            }
            None => shared.out.done(call, Ok(Answer::Written(false))),
        }
    }

    /// Answers when the membership at this path is gone. Returns whether there is one.
    pub(super) fn await_end(&mut self, call: CallId, path: &str) -> bool {
        let own = self.at(path);
        own.map(|(_, membership)| membership.ends.push(call))
            .is_some()
    }

    fn at(&mut self, path: &str) -> Option<(ZnodeId, &mut Membership)> {
        let of = |m: &Membership| m.member.as_ref().is_some_and(|member| member.path == path);
        let mut all = self.0.iter_mut();
        all.find(|(_, m)| of(m)).map(|(znode, m)| (*znode, m))
    }

    /// Releases all znodes; no call waits until they are gone.
    pub(super) fn release_all(&self, shared: &mut Shared) {
        for znode in self.0.keys() {
            znode::release(shared, *znode);
        }
    }

    /// Reports the end of each membership that no call has ended.
    pub(super) fn close(&mut self, group: &Name, shared: &mut Shared) {
        for membership in self.0.values_mut() {
            if membership.cancels.is_empty()
                && let Some(member) = membership.member.take()
            {
                let reason = LostReason::Closed;
                group.report(GroupEvent::MembershipLost { member, reason }, shared);
            }
        }
    }

    pub(super) fn fail_calls(&mut self, error: &Error, shared: &mut Shared) {
        for membership in self.0.values_mut() {
            let calls = membership.join.take().into_iter();
            let calls = calls.chain(membership.writes.drain(..));
            for call in calls.chain(membership.ends.drain(..)) {
                shared.out.done(call, Err(error.clone()));
            }
        }
    }

    pub(super) fn forget(&mut self, call: CallId, shared: &mut Shared) {
        for (znode, membership) in &mut self.0 {
            for calls in [
                &mut membership.cancels,
                &mut membership.writes,
                &mut membership.ends,
            ] {
                calls.retain(|waiting| *waiting != call);
            }
            // No caller will ever hold the member of this join: it must not be left behind. The join may
            // have been answered before the caller gave it up.
            if membership.made_by == call {
                membership.join = None;
                znode::release(shared, *znode);
            }
        }
    }

    pub(super) fn on_news(
        &mut self,
        group: &Name,
        znode: ZnodeId,
        news: ZnodeNews,
        shared: &mut Shared,
    ) {
        match news {
            ZnodeNews::Stands(member) => {
                if let Some(membership) = self.0.get_mut(&znode) {
                    membership.member = Some(member.clone());
                    if let Some(call) = membership.join.take() {
                        shared.out.done(call, Ok(Answer::Joined(member)));
                    }
                }
            }
            ZnodeNews::Written => self.written(znode, &Ok(Answer::Written(true)), shared),
            ZnodeNews::Unwritten(error) => self.written(znode, &Err(error), shared),
            // The group reports the first; no lease depends on a membership.
            ZnodeNews::Blocked(_) | ZnodeNews::Doubted | ZnodeNews::Trusted => {}
            ZnodeNews::Left { by_us } => {
                self.ended(group, znode, Ok(Answer::Removed(by_us)), None, shared);
            }
            ZnodeNews::Stuck(error) => self.ended(group, znode, Err(error), None, shared),
            ZnodeNews::Refused(error) => {
                let lost = LostReason::Failed(error);
                self.ended(group, znode, Ok(Answer::Removed(false)), Some(lost), shared);
            }
            ZnodeNews::Evicted => {
                let lost = LostReason::Evicted;
                self.ended(group, znode, Ok(Answer::Removed(false)), Some(lost), shared);
            }
            ZnodeNews::SessionOver => {
                let lost = LostReason::SessionExpired;
                self.ended(group, znode, Ok(Answer::Removed(false)), Some(lost), shared);
            }
        }
    }

    fn written(&mut self, znode: ZnodeId, answer: &Result<Answer, Error>, shared: &mut Shared) {
        if let Some(membership) = self.0.get_mut(&znode) {
            for call in membership.writes.drain(..) {
                shared.out.done(call, answer.clone());
            }
        }
    }

    /// The own znode is gone, or given up. `answer` is for the calls that cancelled the membership.
    fn ended(
        &mut self,
        group: &Name,
        znode: ZnodeId,
        answer: Result<Answer, Error>,
        lost: Option<LostReason>,
        shared: &mut Shared,
    ) {
        let Some(mut membership) = self.0.remove(&znode) else {
            return;
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
                    format!("the session ended before {} was joined", group.path),
                ),
            };
            shared.out.done(call, Err(error));
        } else if let (Some(member), Some(reason)) = (membership.member, lost) {
            group.report(GroupEvent::MembershipLost { member, reason }, shared);
        }
    }
}
