//! Whether an own znode still stands and is the client's, and whether proofs may name it.

use super::{OwnZnode, OwnZnodes, Sight, State, Trust, ZnodeAsk, ZnodeId, ZnodeNews, leave, write};
use super::{blocked, finish, on_undecided};
use crate::ask::Ask;
use crate::error::Error;
use crate::event::Member;
use crate::shared::Shared;
use alloc::vec;
use tenure_proto::{MultiOp, Request, Response, ServerError, Stat, op};

impl OwnZnodes {
    /// Whether proofs may name this znode.
    pub(crate) fn is_trusted(&self, id: ZnodeId) -> bool {
        self.all
            .get(id)
            .is_some_and(|znode| znode.trust == Trust::Whole)
    }

    pub(super) fn doubt(&mut self, id: ZnodeId, trust: Trust) {
        if let Some(znode) = self.all.get_mut(id)
            && core::mem::replace(&mut znode.trust, trust) == Trust::Whole
        {
            self.news.push_back((znode.owner, id, ZnodeNews::Doubted));
        }
    }

    pub(super) fn trust(&mut self, id: ZnodeId) {
        if let Some(znode) = self.all.get_mut(id) {
            znode.again.over();
            if core::mem::replace(&mut znode.trust, Trust::Whole) != Trust::Whole {
                self.news.push_back((znode.owner, id, ZnodeNews::Trusted));
            }
        }
    }
}

/// A report or an answer indicates that this znode may be gone.
pub(crate) fn look_again(shared: &mut Shared, id: ZnodeId) {
    verify(shared, id, true);
}

/// The check of this znode has made a proof fail: until an answer shows that it is the client's, proofs
/// do not name it, and its lease is not renewed.
pub(crate) fn on_failed_check(shared: &mut Shared, id: ZnodeId, error: ServerError) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    if !matches!(znode.state, State::Standing(_)) {
        return;
    }
    if error == ServerError::NoAuth {
        unread(shared, id);
        return;
    }
    shared.znodes.doubt(id, Trust::Doubted);
    verify(shared, id, true);
}

pub(super) fn verify(shared: &mut Shared, id: ZnodeId, watch: bool) {
    if let Some(OwnZnode {
        state: State::Standing(member) | State::Leaving { member, .. },
        ..
    }) = shared.znodes.get(id)
    {
        let request = Request::Exists {
            path: member.path.clone(),
            watch,
        };
        shared.ask(Ask::Znode(id, ZnodeAsk::Verify), request);
    }
}

pub(super) fn verified(shared: &mut Shared, id: ZnodeId, result: Result<Response, ServerError>) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    let session = znode.session;
    let ours = |member: &Member, stat: Stat| {
        stat.ephemeral_owner == session
            // If it may not be read, its `czxid` is not known.
            && (member.token == 0 || Member::new(&member.path, stat.czxid) == *member)
    };
    match (&znode.state, result) {
        // Some servers show the stat to a client that may not read the znode, and send it no events.
        (State::Standing(member), Ok(Response::Stat(stat)))
            if ours(member, stat) && znode.trust == Trust::Unread => {}
        (State::Standing(member), Ok(Response::Stat(stat))) if ours(member, stat) => {
            znode.sight = Sight::Watched;
            shared.znodes.trust(id);
            write::seen(shared, id, stat.version);
        }
        (State::Standing(_), Ok(_) | Err(ServerError::NoNode)) => {
            finish(shared, id, ZnodeNews::Evicted);
        }
        (State::Standing(_), Err(ServerError::NoAuth)) => unread(shared, id),
        (State::Leaving { member, .. }, Ok(Response::Stat(stat))) if ours(member, stat) => {
            let member = member.clone();
            leave::leave(shared, id, member);
        }
        (State::Leaving { asked, .. }, Ok(_) | Err(ServerError::NoNode)) => {
            let by_us = *asked;
            finish(shared, id, ZnodeNews::Left { by_us });
        }
        (State::Leaving { member, .. }, Err(ServerError::NoAuth)) => {
            let request = if shared.session.may_know(op::GET_EPHEMERALS) {
                let prefix = member.path.clone();
                Request::GetEphemerals { prefix }
            } else {
                Request::GetChildren2 {
                    path: znode.group.as_ref().into(),
                    watch: false,
                }
            };
            shared.ask(Ask::Znode(id, ZnodeAsk::Own), request);
        }
        (State::Standing(_) | State::Leaving { .. }, Err(error)) => {
            on_undecided(shared, id, &ZnodeAsk::Verify, error);
        }
        _ => {}
    }
}

/// The own znode may not be read: servers send no event about it, and no proof can name it.
fn unread(shared: &mut Shared, id: ZnodeId) {
    shared.znodes.doubt(id, Trust::Unread);
    if let Some(OwnZnode {
        state: State::Standing(member),
        ..
    }) = shared.znodes.get(id)
    {
        let error = Error::unreadable(&member.path);
        blocked(shared, id, error);
    }
}

/// Asks whether the own znode may be read again. Servers differ in the other operations that need READ; a
/// check always does.
pub(super) fn check(shared: &mut Shared, id: ZnodeId) {
    if let Some(OwnZnode {
        state: State::Standing(member),
        trust: Trust::Unread,
        ..
    }) = shared.znodes.get(id)
    {
        let check = MultiOp::Check {
            path: member.path.clone(),
            version: -1,
        };
        let request = Request::Multi { ops: vec![check] };
        shared.ask(Ask::Znode(id, ZnodeAsk::Check), request);
    }
}

pub(super) fn checked(shared: &mut Shared, id: ZnodeId, result: Result<Response, ServerError>) {
    match shared.znodes.get(id) {
        Some(znode) if matches!(znode.state, State::Standing(_)) => {}
        _ => return,
    }
    let Ok(Response::Multi(outcomes)) = result else {
        return;
    };
    match outcomes.into_iter().find_map(Result::err) {
        None => {
            shared.znodes.trust(id);
            // A watch that was armed while the znode could not be read never fires.
            verify(shared, id, true);
        }
        Some(ServerError::NoAuth) => unread(shared, id),
        Some(ServerError::NoNode) => verify(shared, id, true),
        Some(error) => on_undecided(shared, id, &ZnodeAsk::Check, error),
    }
}
