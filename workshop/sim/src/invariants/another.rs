//! No client writes a payload to the znode of another one, or deletes it as its own, if it could know that: if its
//! server had that znode already when it attached to the server.

use super::Broken;
use crate::judge::{Judge, World};
use tenure::proto::op;
use tenure_worlds::int;

pub(super) fn check(world: &World, judge: &Judge, id: usize, body: &[u8]) -> Result<(), Broken> {
    let user = judge.user(id);
    let (Some(user), Some(path)) = (user, touched(body)) else {
        return Ok(());
    };
    let node = |server| world.ensemble.node_at(server, path);
    let Some((_, stat)) = user.server.and_then(node) else {
        return Ok(());
    };
    // Where sessions cannot be reattached, a client deletes the znodes of its own earlier sessions.
    if int(body, 4) != Some(op::SET_DATA) && !judge.plan.is_zookeeper() {
        return Ok(());
    }
    // The data of a group have no owner.
    let is_anothers = ![0, user.session.unwrap_or(0)].contains(&stat.ephemeral_owner);
    if is_anothers && stat.czxid <= user.attached_at {
        return Err(format!(
            "client {id} writes to {path} or deletes it, which is of session {:#x}",
            stat.ephemeral_owner
        ));
    }
    Ok(())
}

/// The path of a `setData`, of a `delete`, and of a `multi` that begins with one: it deletes the own znode. A deposition
/// begins with a check.
fn touched(body: &[u8]) -> Option<&str> {
    let at = match int(body, 4)? {
        op::SET_DATA | op::DELETE => 8,
        // Behind the operation's header: its number, a byte and an error.
        op::MULTI if int(body, 8) == Some(op::DELETE) => 17,
        _ => return None,
    };
    let length = usize::try_from(int(body, at)?).ok()?;
    std::str::from_utf8(body.get(at + 4..at + 4 + length)?).ok()
}
