//! What follows a create of which the outcome is not known: a look for what it may have made, which
//! is adopted; a ghost is deleted.

use super::{Look, OwnZnode, OwnZnodes, State, ZnodeAsk, ZnodeId, ZnodeNews, create, leave};
use super::{finish, late, on_undecided};
use crate::SESSION;
use crate::ask::Ask;
use crate::event::Member;
use crate::shared::Shared;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use tenure_proto::path::{self, MemberName};
use tenure_proto::{MultiOp, Request, Response, ServerError, op};

impl OwnZnodes {
    /// Those whose doubt the looks of `looker` end: it, and those that wait for it.
    pub(super) fn doubters(&self, looker: ZnodeId) -> Vec<ZnodeId> {
        let Some(group) = self.all.get(looker).map(|znode| &znode.group) else {
            return Vec::new();
        };
        let waits = |(id, znode): &(ZnodeId, &OwnZnode)| {
            *id == looker || matches!(znode.state, State::Doubt)
        };
        let doubters = self.all.of_group(group).filter(waits);
        doubters.map(|(id, _)| id).collect()
    }

    /// The paths that own znodes of a group are known to stand at.
    pub(super) fn claimed(&self, group: &Arc<str>) -> BTreeSet<&str> {
        self.all
            .of_group(group)
            .filter_map(|(_, znode)| match &znode.state {
                State::Standing(member) | State::Leaving { member, .. } => {
                    Some(member.path.as_str())
                }
                State::Named(path) => Some(path.as_str()),
                State::Absent
                | State::Creating
                | State::Doubt
                | State::Looking { .. }
                | State::Late
                | State::Unburied => None,
            })
            .collect()
    }
}

pub(super) fn look(shared: &mut Shared, id: ZnodeId) {
    let covers = shared.znodes.doubters(id);
    // A server that does not know it hangs up. A look that nothing waits for is not worth that.
    let ephemerals = match shared.znodes.are_of_client(&covers) {
        true => shared.session.knows(op::GET_EPHEMERALS),
        false => shared.session.may_know(op::GET_EPHEMERALS),
    };
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    znode.again.cancel();
    znode.look = znode.look.wrapping_add(1);
    znode.state = State::Looking {
        covers,
        ephemerals,
        unread: 0,
        found: Vec::new(),
    };
    let number = znode.look;
    // The create may still be on its way to a majority: what we own is only known behind a write
    // of our own. (A `sync` does not wait for that where we are attached to ZooKeeper's leader.)
    // Whether the check succeeds does not matter, only that it was carried out.
    let group = znode.group.clone();
    let check = MultiOp::Check {
        path: group.as_ref().into(),
        version: -1,
    };
    let write = Request::Multi { ops: vec![check] };
    shared.ask(Ask::Znode(id, ZnodeAsk::Look(number, Look::Flush)), write);
    if ephemerals {
        let prefix = path::child(&group, "");
        shared.ask(
            Ask::Znode(id, ZnodeAsk::Look(number, Look::Ephemerals)),
            Request::GetEphemerals { prefix },
        );
    } else {
        look_at_children(shared, id);
    }
}

/// An answer to the present look.
pub(super) fn seen(
    shared: &mut Shared,
    id: ZnodeId,
    look: Look,
    result: Result<Response, ServerError>,
) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    match (look, result) {
        (Look::Flush, _) => {}
        (Look::Ephemerals, Ok(Response::Ephemerals(paths))) => {
            shared.session.has(op::GET_EPHEMERALS);
            suspect(shared, id, paths);
        }
        (Look::Ephemerals, Err(ServerError::Unimplemented)) => {
            shared.session.lacks(op::GET_EPHEMERALS);
            look_at_children(shared, id);
        }
        (Look::Children, Ok(Response::Children { children, .. })) => {
            let group = znode.group.clone();
            let paths = children.iter().map(|name| path::child(&group, name));
            suspect(shared, id, paths.collect());
        }
        (Look::Children, Err(ServerError::NoNode)) => suspect(shared, id, Vec::new()),
        (Look::Suspect(path), result) => questioned(shared, id, &path, result),
        // What we own there is not known: nothing may be created yet.
        (ask @ (Look::Ephemerals | Look::Children), result) => {
            let error = result.err().unwrap_or(ServerError::Other(0));
            let ask = ZnodeAsk::Look(znode.look, ask);
            on_undecided(shared, id, &ask, error);
        }
    }
}

fn look_at_children(shared: &mut Shared, id: ZnodeId) {
    if let Some(znode) = shared.znodes.get_mut(id) {
        if let State::Looking { ephemerals, .. } = &mut znode.state {
            *ephemerals = false;
        }
        let request = Request::GetChildren2 {
            path: znode.group.as_ref().into(),
            watch: false,
        };
        let ask = ZnodeAsk::Look(znode.look, Look::Children);
        shared.ask(Ask::Znode(id, ask), request);
    }
}

/// Reads every child that may be what a lost create made.
fn suspect(shared: &mut Shared, id: ZnodeId, paths: Vec<String>) {
    let Some(znode) = shared.znodes.get(id) else {
        return;
    };
    let doubters = shared.znodes.doubters(id);
    let labels: BTreeSet<&Option<String>> = doubters
        .iter()
        .filter_map(|id| Some(&shared.znodes.get(*id)?.label))
        .collect();
    let claimed = shared.znodes.claimed(&znode.group);
    let suspects: Vec<String> = paths
        .into_iter()
        .filter(|path| {
            path::parent(path) == Some(&*znode.group)
                && MemberName::parse(path::basename(path))
                    .is_some_and(|name| labels.contains(&name.label))
                && !claimed.contains(path.as_str())
        })
        .collect();
    if let Some(OwnZnode {
        state: State::Looking { unread, .. },
        ..
    }) = shared.znodes.get_mut(id)
    {
        *unread = suspects.len();
    }
    if suspects.is_empty() {
        decide(shared, id);
        return;
    }
    let number = shared.znodes.get(id).map_or(0, |znode| znode.look);
    for path in suspects {
        let ask = Ask::Znode(id, ZnodeAsk::Look(number, Look::Suspect(path.clone())));
        shared.ask(ask, Request::GetData { path, watch: false });
    }
}

fn questioned(shared: &mut Shared, id: ZnodeId, path: &str, result: Result<Response, ServerError>) {
    let session = shared.session.id();
    let Some(OwnZnode {
        state:
            State::Looking {
                ephemerals,
                unread,
                found,
                ..
            },
        ..
    }) = shared.znodes.get_mut(id)
    else {
        return;
    };
    *unread = unread.saturating_sub(1);
    let done = *unread == 0;
    match result {
        Ok(Response::Data { data, stat }) if stat.ephemeral_owner == session => {
            found.push((Member::new(path, stat.czxid), Some(data)));
        }
        // Ours, by the server's word, and of no use: it cannot be proved.
        Err(ServerError::NoAuth) if *ephemerals => found.push((Member::new(path, 0), None)),
        // Gone, or a stranger's.
        Ok(_) | Err(_) => {}
    }
    if done {
        decide(shared, id);
    }
}

/// All suspects are known: each own znode in doubt adopts one that has its label and payload, or
/// creates after all; what nobody adopts is a ghost and is deleted.
fn decide(shared: &mut Shared, looker: ZnodeId) {
    let doubters = shared.znodes.doubters(looker);
    let Some(znode) = shared.znodes.get_mut(looker) else {
        return;
    };
    let State::Looking { found, covers, .. } = core::mem::replace(&mut znode.state, State::Doubt)
    else {
        return;
    };
    // One that came into doubt meanwhile may own what was found, and something that was not.
    if doubters.iter().any(|id| !covers.contains(id)) {
        look(shared, looker);
        return;
    }
    let Some(znode) = shared.znodes.get(looker) else {
        return;
    };
    let group = znode.group.clone();
    let claimed = shared.znodes.claimed(&group);
    let mut free: Vec<(Member, Option<Vec<u8>>)> = found
        .into_iter()
        .filter(|(member, _)| !claimed.contains(member.path.as_str()))
        .collect();
    let (late, doubters): (Vec<_>, Vec<_>) = doubters
        .into_iter()
        .partition(|id| shared.znodes.is_of_client(*id));
    for id in late {
        late::wait(shared, id);
    }
    for id in doubters {
        let Some(znode) = shared.znodes.get(id) else {
            continue;
        };
        let mine = free.iter().position(|(member, data)| {
            member.label == znode.label && data.as_ref() == Some(&znode.carried)
        });
        if znode.lost {
            late::expect(shared, id, mine.is_some());
        }
        let Some(znode) = shared.znodes.get(id) else {
            continue;
        };
        match mine {
            Some(at) => {
                let (member, _) = free.remove(at);
                create::stands(shared, id, member);
            }
            None if znode.released => finish(shared, id, ZnodeNews::Left { by_us: false }),
            None => create::send_create(shared, id),
        }
    }
    for (ghost, _) in free {
        let label = ghost.label.clone();
        let mut znode = OwnZnode::new(SESSION, &group, label, &[]);
        znode.released = true;
        let id = shared.znodes.add(znode);
        leave::leave(shared, id, ghost);
    }
}
