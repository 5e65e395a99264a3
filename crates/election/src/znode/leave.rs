//! The end of an own znode that is released.

use super::{OwnZnode, State, ZnodeAsk, ZnodeId, ZnodeNews, blocked, finish};
use crate::ask::Ask;
use crate::error::Error;
use crate::event::Member;
use crate::shared::Shared;
use tenure_proto::{Request, Response, ServerError, op, path};

/// Releases an own znode: [`ZnodeNews::Left`] or [`ZnodeNews::Stuck`] follows.
pub(crate) fn release(shared: &mut Shared, id: ZnodeId) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    znode.released = true;
    match &znode.state {
        State::Absent => finish(shared, id, ZnodeNews::Left { by_us: false }),
        State::Standing(member) => {
            let member = member.clone();
            leave(shared, id, member);
        }
        State::Creating
        | State::Named(_)
        | State::Doubt
        | State::Looking { .. }
        | State::Late
        | State::Leaving { .. }
        | State::Unburied => {}
    }
}

pub(super) fn leave(shared: &mut Shared, id: ZnodeId, member: Member) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    let asked = shared.session.attached();
    if asked {
        let request = Request::Delete {
            path: member.path.clone(),
            version: -1,
        };
        shared
            .session
            .ask(Ask::Znode(id, ZnodeAsk::Delete), request);
    }
    znode.state = State::Leaving { member, asked };
}

pub(super) fn deleted(shared: &mut Shared, id: ZnodeId, result: Result<Response, ServerError>) {
    let Some(OwnZnode {
        state: State::Leaving { member, .. },
        ..
    }) = shared.znodes.get(id)
    else {
        return;
    };
    let news = match result {
        Ok(_) => ZnodeNews::Left { by_us: true },
        Err(ServerError::NoNode) => ZnodeNews::Left { by_us: false },
        Err(error) => ZnodeNews::Stuck(Error::from_server(error, "delete", &member.path)),
    };
    finish(shared, id, news);
}

/// The answer of a list that shows whether a znode that may not be read is the client's.
pub(super) fn owned(shared: &mut Shared, id: ZnodeId, result: Result<Response, ServerError>) {
    let Some(znode) = shared.znodes.get(id) else {
        return;
    };
    let State::Leaving { member, asked } = &znode.state else {
        return;
    };
    let (member, by_us) = (member.clone(), *asked);
    let stands = match result {
        Ok(Response::Ephemerals(paths)) => paths.contains(&member.path),
        // If the group's znode is older than the own znode it is the same as before, and the same one
        // never uses a name twice.
        Ok(Response::Children { children, stat }) => {
            let born = Member::new(&znode.group, stat.czxid).token;
            let own = path::basename(&member.path);
            born < member.token && children.iter().any(|name| name == own)
        }
        Ok(_) | Err(ServerError::NoNode) => false,
        Err(ServerError::Unimplemented) => {
            shared.session.lacks(op::GET_EPHEMERALS);
            return;
        }
        Err(error) => {
            let error = Error::undecided(error, "list the members of", &znode.group);
            blocked(shared, id, error);
            return;
        }
    };
    if stands {
        leave(shared, id, member);
    } else {
        finish(shared, id, ZnodeNews::Left { by_us });
    }
}
