//! No client writes a payload to the znode of another one, if it could know that: if its server had that
//! znode already when it attached to the server.

use super::Broken;
use crate::judge::{Judge, World};
use tenure::proto::op;
use tenure_worlds::int;

pub(super) fn check(world: &World, judge: &Judge, id: usize, body: &[u8]) -> Result<(), Broken> {
    let user = judge.user(id);
    let (Some(user), Some(path)) = (user, written(body)) else {
        return Ok(());
    };
    let node = |server| world.ensemble.node_at(server, path);
    let Some((_, stat)) = user.server.and_then(node) else {
        return Ok(());
    };
    // The data of a group have no owner.
    let is_anothers = ![0, user.session.unwrap_or(0)].contains(&stat.ephemeral_owner);
    if is_anothers && stat.czxid <= user.attached_at {
        return Err(format!(
            "client {id} writes to {path}, which is of session {:#x}",
            stat.ephemeral_owner
        ));
    }
    Ok(())
}

/// The path of a `setData`.
fn written(body: &[u8]) -> Option<&str> {
    let length = match int(body, 4) {
        Some(op::SET_DATA) => usize::try_from(int(body, 8)?).ok()?,
        _ => return None,
    };
    std::str::from_utf8(body.get(12..12 + length)?).ok()
}
