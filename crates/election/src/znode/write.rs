//! The payload of an own znode: one write at a time.

use super::{State, ZnodeAsk, ZnodeId, ZnodeNews};
use crate::ask::Ask;
use crate::error::Error;
use crate::shared::Shared;
use alloc::borrow::ToOwned;
use tenure_proto::{Request, Response, ServerError};

/// Changes the payload of an own znode, now or as soon as its znode stands: [`ZnodeNews::Written`] or
/// [`ZnodeNews::Unwritten`] follows if it stands.
pub(crate) fn set_data(shared: &mut Shared, id: ZnodeId, data: &[u8]) {
    if let Some(znode) = shared.znodes.get_mut(id) {
        data.clone_into(&mut znode.data);
        if matches!(znode.state, State::Standing(_)) {
            write(shared, id);
        }
    }
}

/// Writes the payload, one write at a time.
pub(super) fn write(shared: &mut Shared, id: ZnodeId) {
    let Some(znode) = shared.znodes.get_mut(id) else {
        return;
    };
    let State::Standing(member) = &znode.state else {
        return;
    };
    if znode.writing.is_some() || !shared.session.attached() {
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
        Ok(_) => {
            znode.rewrite.over();
            znode.written = Some(written);
            if znode.is_behind() {
                write(shared, id);
                return;
            }
            ZnodeNews::Written
        }
        // The watch on it reports that.
        Err(ServerError::NoNode) => return,
        Err(error) => {
            znode.data = znode.written.clone().unwrap_or_default();
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
