//! The end of an own znode that is released.

use super::{
    OwnZnode, OwnZnodes, State, ZnodeAsk, ZnodeId, ZnodeNews, blocked, finish, on_undecided, verify,
};
use crate::SESSION;
use crate::ask::{self, Ask};
use crate::error::Error;
use crate::event::Member;
use crate::mark::Mark;
use crate::shared::Shared;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use tenure_proto::{MultiOp, Request, Response, ServerError, op, path};
use tenure_session::verdict;

/// The mark that the deletion of an own znode leaves in the data of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Farewell {
    /// The mark.
    pub data: Vec<u8>,
    /// The version of the data that it replaces.
    pub version: i32,
}

impl Farewell {
    /// After the leadership of this mark, which has this version.
    pub(crate) fn new(mark: &Mark, version: i32) -> Self {
        Self {
            data: mark.after_release().write(),
            version,
        }
    }
}

/// Sets the mark that the deletion of an own znode leaves.
pub(crate) fn set_farewell(shared: &mut Shared, id: ZnodeId, farewell: Farewell) {
    if let Some(znode) = shared.znodes.get_mut(id) {
        znode.farewell = Some(farewell);
        shared.znodes.on_farewell(id);
    }
}

/// How many wills are told at most: those of more znodes would not fit into a message to the undertaker.
const WILLS_MAX: usize = 2_000;

/// An own znode that is to be deleted when the process is dead: the end of the session alone would leave it, or no
/// mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Will {
    /// Its path.
    pub path: String,
    /// Its token.
    pub token: u64,
    /// The mark that its deletion leaves.
    pub farewell: Option<Farewell>,
}

impl OwnZnode {
    /// What is to be done with it once its owner is gone, if it may stand.
    fn will(&self) -> Option<Will> {
        match &self.state {
            State::Standing(member) | State::Leaving { member, .. } => Some(Will {
                path: member.path.clone(),
                token: member.token,
                farewell: self.farewell.clone(),
            }),
            _ => None,
        }
    }
}

impl OwnZnodes {
    /// The first of all znodes, if `all`, where the end of the session alone would leave them; or of those that leave
    /// a mark.
    pub(crate) fn wills(&self, all: bool) -> Vec<Will> {
        let own = |id: &ZnodeId| self.all.get(*id);
        let will = |id| {
            own(id)
                .filter(|znode| all || znode.farewell.is_some())?
                .will()
        };
        match all {
            true => (self.all.ids().iter().filter_map(will).take(WILLS_MAX)).collect(),
            false => (self.with_farewell.iter().filter_map(will).take(WILLS_MAX)).collect(),
        }
    }

    /// A number that changes whenever [`wills`](Self::wills) may have changed: odd if of `all`, even if not.
    pub(crate) fn wills_version(&self, all: bool) -> u64 {
        match all {
            true => 2 * (self.changes + self.farewell_changes) + 1,
            false => 2 * self.farewell_changes,
        }
    }

    /// The deletion of a znode leaves a mark, or another one.
    pub(super) fn on_farewell(&mut self, id: ZnodeId) {
        self.with_farewell.insert(id);
        self.farewell_changes += 1;
    }

    /// Takes over a znode of this session, which its owner has no longer, to delete it.
    pub(crate) fn inherit(&mut self, will: Will, session: i64) {
        let group = path::parent(&will.path).unwrap_or_default();
        let znode = OwnZnode {
            state: State::Leaving {
                member: Member::known(&will.path, will.token),
                asked: false,
            },
            released: true,
            session,
            farewell: will.farewell,
            ..OwnZnode::new(SESSION, group, None, &[])
        };
        self.add(znode);
    }
}

/// The session of this znode is over for the client, but not for the servers: the client itself deletes the
/// znode.
pub(super) fn leave_behind(shared: &mut Shared, id: ZnodeId) {
    let znode = shared.znodes.get(id);
    if let Some((will, session)) = znode.and_then(|znode| Some((znode.will()?, znode.session))) {
        shared.znodes.inherit(will, session);
    }
}

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
            match znode.is_shown() || !shared.session.attached() {
                true => leave(shared, id, member),
                // The group may have been made again, and the path be another client's.
                false => look_first(shared, id, member),
            }
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

/// Leaves once an answer has shown that the znode is still the own one.
fn look_first(shared: &mut Shared, id: ZnodeId, member: Member) {
    if let Some(znode) = shared.znodes.get_mut(id) {
        let asked = false;
        znode.state = State::Leaving { member, asked };
        verify::verify(shared, id, false);
    }
}

/// Deletes a znode that was shown to be the own one, on the present connection; without one, the next
/// connection begins with a look.
pub(super) fn leave(shared: &mut Shared, id: ZnodeId, member: Member) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    let asked = shared.session.attached();
    if asked {
        let (path, version) = (member.path.clone(), -1);
        let request = match &znode.farewell {
            None => Request::Delete { path, version },
            Some(Farewell {
                data,
                version: of_mark,
            }) => Request::Multi {
                ops: vec![
                    MultiOp::Delete { path, version },
                    MultiOp::SetData {
                        path: znode.group.as_ref().into(),
                        data: data.clone(),
                        version: *of_mark,
                    },
                ],
            },
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
        farewell,
        ..
    }) = shared.znodes.get_mut(id)
    else {
        return;
    };
    let result = match result {
        Ok(Response::Multi(outcomes)) => match ask::failed(&outcomes) {
            None => Ok(Response::Empty),
            Some((0, error)) if !verdict::decides(op::DELETE, error) => {
                return on_undecided(shared, id, &ZnodeAsk::Delete, error);
            }
            Some((0, error)) => Err(error),
            // The mark is no longer the own one, or may not be written: a successor waits.
            Some(_) => {
                *farewell = None;
                let member = member.clone();
                return look_first(shared, id, member);
            }
        },
        result => result,
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
