//! The payload of an own znode: one write at a time, and only while the znode is known to be the own one.
//! After a reconnection, its path may belong to another client.
//!
//! The payload is the owner's. Others may change it, too: a client that wrote to a path that was its own
//! until then, an administrator, or the client itself, if a write whose reply was lost is carried out after
//! newer ones (as behind an `ObserverMaster`). The server tells of that, as the own znode is watched: data
//! of a version that no own write made are replaced, after a pause.

use super::{OwnZnode, State, ZnodeAsk, ZnodeId, ZnodeNews};
use crate::ask::Ask;
use crate::error::Error;
use crate::shared::Shared;
use alloc::borrow::ToOwned;
use tenure_proto::{Request, Response, ServerError};

impl OwnZnode {
    /// The outcome of a write in flight, if there is one, will not be known.
    pub(super) fn lose_write(&mut self) {
        if self.writing.take().is_some() {
            self.written = None;
            self.version = None;
        }
    }
}

/// Changes the payload of an own znode, now or as soon as its znode stands: [`ZnodeNews::Written`] or
/// [`ZnodeNews::Unwritten`] follows if it stands.
pub(crate) fn set_data(shared: &mut Shared, id: ZnodeId, data: &[u8]) {
    if let Some(znode) = shared.znodes.get_mut(id) {
        data.clone_into(&mut znode.data);
        write(shared, id);
    }
}

/// Writes the payload, if it may be written now; if not, the next answer that shows the znode to be the own
/// one leads to it.
fn write(shared: &mut Shared, id: ZnodeId) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    let State::Standing(member) = &znode.state else {
        return;
    };
    if znode.writing.is_some() || !znode.is_watched() || !shared.session.attached() {
        return;
    }
    let request = Request::SetData {
        path: member.path.clone(),
        data: znode.data.clone(),
        version: -1,
    };
    znode.writing = Some(znode.data.clone());
    shared.ask(Ask::Znode(id, ZnodeAsk::Write), request);
}

pub(super) fn wrote(shared: &mut Shared, id: ZnodeId, result: Result<Response, ServerError>) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    let (State::Standing(member), Some(written)) = (&znode.state, znode.writing.take()) else {
        return;
    };
    let news = match result {
        Ok(response) => {
            znode.rewrite.cancel();
            znode.written = Some(written);
            znode.version = match response {
                Response::Stat(stat) => Some(stat.version),
                _ => None,
            };
            if znode.is_behind() {
                write(shared, id);
                return;
            }
            ZnodeNews::Written
        }
        // The watch on it reports that.
        Err(ServerError::NoNode) => return,
        Err(error) => {
            if let Some(written) = &znode.written {
                written.clone_into(&mut znode.data);
            }
            ZnodeNews::Unwritten(Error::from_server(
                error,
                "change the payload of",
                &member.path,
            ))
        }
    };
    let owner = znode.owner;
    shared.znodes.tell(owner, id, news);
}

/// An answer has shown that the znode is the own one, and the version of its data.
pub(super) fn seen(shared: &mut Shared, id: ZnodeId, version: i32) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    if znode.writing.is_some() {
        // Its answer names another version.
        return;
    }
    if znode.version.is_some_and(|own| own != version) {
        znode.written = None;
        znode.version = None;
        znode.rewrite.soon(shared.now, shared.session.timeout());
    } else if !znode.is_behind() {
        znode.rewrite.over();
    } else if znode.rewrite.at().is_none() {
        write(shared, id);
    }
}
