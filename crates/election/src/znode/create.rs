//! The create of an own znode, with what is missing of the path above it.

use super::{OwnZnode, Sight, State, Trust, ZnodeAsk, ZnodeId, ZnodeNews, leave, verify};
use super::{blocked, finish};
use crate::Handle;
use crate::ask::Ask;
use crate::error::{Error, ErrorKind};
use crate::event::Member;
use crate::shared::Shared;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use tenure_proto::path::{self, MemberName};
use tenure_proto::{Acl, CreateMode, Request, Response, ServerError, op};
use tenure_session::Session;

/// How often a create may be refused when others keep deleting the group's path under it, or the
/// server's counter yields a name that exists.
const CREATE_REFUSALS_MAX: u32 = 8;

/// A new own znode under `group`; its create is sent now, or as soon as there is a session.
pub(crate) fn create(
    shared: &mut Shared,
    owner: Handle,
    group: &str,
    label: Option<&str>,
    data: &[u8],
) -> ZnodeId {
    let label = label.map(str::to_owned);
    let id = shared.znodes.add(OwnZnode::new(owner, group, label, data));
    if shared.attached() {
        send_create(shared, id);
    }
    id
}

pub(super) fn send_create(shared: &mut Shared, id: ZnodeId) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    znode.state = State::Creating;
    znode.lost = false;
    znode.carried.clone_from(&znode.data);
    let path = MemberName::prefix(&znode.group, znode.label.as_deref());
    let mode = CreateMode::EphemeralSequential;
    let request = create_request(&shared.session, path, znode.data.clone(), mode);
    shared.ask(Ask::Znode(id, ZnodeAsk::Create), request);
}

/// Creates what is missing of the group's path, and the znode again behind it. Whether an
/// ancestor is missing or may not be created, only the last create can tell: an ancestor
/// that exists under a parent that we may not write to is refused, and no harm.
fn send_ancestors(shared: &mut Shared, id: ZnodeId) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    znode.ancestor_error = None;
    znode.ancestor_doubt = None;
    let mut ancestors = vec![&*znode.group];
    while let Some(parent) = ancestors.last().and_then(|path| path::parent(path)) {
        ancestors.push(parent);
    }
    for ancestor in ancestors.into_iter().rev().filter(|path| *path != "/") {
        let path = ancestor.to_owned();
        let request = create_request(&shared.session, path, Vec::new(), CreateMode::Persistent);
        shared.session.ask(
            Ask::Znode(id, ZnodeAsk::Ancestor(ancestor.to_owned())),
            request,
        );
    }
    send_create(shared, id);
}

pub(super) fn created(shared: &mut Shared, id: ZnodeId, result: Result<Response, ServerError>) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    if !matches!(znode.state, State::Creating) {
        return;
    }
    if let Err(ServerError::NoNode | ServerError::NodeExists) = result {
        znode.refusals += 1;
    }
    let error = match result {
        Ok(Response::Created { path, stat }) => {
            stands(shared, id, Member::new(&path, stat.czxid));
            return;
        }
        // An older server tells no stat: only a look says which birth this is.
        Ok(Response::Path(path)) => {
            znode.state = State::Named(path.clone());
            identify(shared, id, path);
            return;
        }
        Ok(_) => Error::new(ErrorKind::Server, "the server answered a create oddly"),
        Err(ServerError::Unimplemented) if shared.session.may_know(op::CREATE2) => {
            // It was not carried out. The server closes now; the next connection asks in
            // the old way.
            shared.session.lacks(op::CREATE2);
            znode.state = State::Absent;
            return;
        }
        Err(ServerError::NoNode) if znode.ancestor_doubt.is_some() && !znode.released => {
            znode.refusals -= 1;
            znode.state = State::Absent;
            // What was said of its children says nothing either.
            znode.ancestor_error = None;
            if let Some(error) = znode.ancestor_doubt.take() {
                blocked(shared, id, error);
            }
            return;
        }
        Err(ServerError::NoNode) => {
            if znode.ancestor_error.is_none() && znode.refusals < CREATE_REFUSALS_MAX {
                if znode.released {
                    finish(shared, id, ZnodeNews::Left { by_us: false });
                } else {
                    send_ancestors(shared, id);
                }
                return;
            }
            znode.ancestor_error.take().unwrap_or_else(|| {
                Error::from_server(ServerError::NoNode, "create a member under", &znode.group)
            })
        }
        Err(ServerError::NodeExists) if znode.refusals < CREATE_REFUSALS_MAX && !znode.released => {
            send_create(shared, id);
            return;
        }
        Err(ServerError::NoAuth) => Error::new(
            ErrorKind::NoAuth,
            format!(
                "cannot create a member under {0}: {1}; CREATE permission on {0} is needed",
                znode.group,
                ServerError::NoAuth
            ),
        ),
        Err(ServerError::NodeExists) => Error::new(
            ErrorKind::Server,
            format!(
                "cannot create a member under {0}: the server has no more numbers for its \
                 members and repeats {1}; another label makes another name, or delete {0} once \
                 it is empty",
                znode.group,
                i32::MAX
            ),
        ),
        Err(error) => Error::from_server(error, "create a member under", &znode.group),
    };
    let news = if znode.released {
        ZnodeNews::Left { by_us: false }
    } else {
        ZnodeNews::Refused(error)
    };
    finish(shared, id, news);
}

/// Asks which birth the znode is that an older server has created.
pub(super) fn identify(shared: &mut Shared, id: ZnodeId, path: String) {
    let ask = Ask::Znode(id, ZnodeAsk::Name(path.clone()));
    shared.ask(ask, Request::Exists { path, watch: true });
}

/// An older server has said which birth it is.
pub(super) fn identified(
    shared: &mut Shared,
    id: ZnodeId,
    path: &str,
    result: Result<Response, ServerError>,
) {
    let Some(znode) = shared.znodes.get(id) else {
        return;
    };
    match (&znode.state, result) {
        (State::Named(_), Ok(Response::Stat(stat)))
            if stat.ephemeral_owner == shared.session.id() =>
        {
            stands(shared, id, Member::new(path, stat.czxid));
        }
        (State::Named(_), Err(error)) if error != ServerError::NoNode => {
            blocked(shared, id, Error::undecided(error, "look at", path));
        }
        (State::Named(_), _) if znode.released => {
            finish(shared, id, ZnodeNews::Left { by_us: false });
        }
        (State::Named(_), _) => finish(shared, id, ZnodeNews::Evicted),
        _ => {}
    }
}

/// The znode stands; the watch on it is armed next, by a read that proves it ours.
pub(super) fn stands(shared: &mut Shared, id: ZnodeId, member: Member) {
    let session = shared.session.id();
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    znode.refusals = 0;
    znode.trust = Trust::Whole;
    znode.session = session;
    znode.sight = Sight::Shown;
    znode.again.over();
    if znode.released {
        leave::leave(shared, id, member);
        return;
    }
    znode.written = Some(znode.carried.clone());
    znode.version = Some(0);
    znode.state = State::Standing(member.clone());
    let owner = znode.owner;
    shared.znodes.changes += 1;
    shared.znodes.tell(owner, id, ZnodeNews::Stands(member));
    verify::verify(shared, id, true);
    if !shared.znodes.is_behind(id) {
        // Who asked for a payload before the create was sent waits for this.
        shared.znodes.tell(owner, id, ZnodeNews::Written);
    }
}

fn create_request(
    session: &Session<Ask>,
    path: String,
    data: Vec<u8>,
    mode: CreateMode,
) -> Request {
    let acl = if session.authenticated() {
        Acl::world_read_creator_all()
    } else {
        Acl::open()
    };
    if session.may_know(op::CREATE2) {
        Request::Create2 {
            path,
            data,
            acl,
            mode,
        }
    } else {
        Request::Create {
            path,
            data,
            acl,
            mode,
        }
    }
}
