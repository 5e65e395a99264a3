//! Tokens only rise from tenure to tenure of a group. Where an administrator has meddled, somebody
//! who has not heard of it yet may lead with an older one for a moment: what the token is for.

use super::Broken;
use crate::node::Held;
use crate::world::World;

pub(super) fn check(world: &World, group: usize, held: Held) -> Result<(), Broken> {
    let last = world.checks.tenures[group];
    if held.token > last || world.checks.is_excused(group, world.now) {
        return Ok(());
    }
    Err(format!(
        "token {} of group {group} after token {last}",
        held.token
    ))
}
