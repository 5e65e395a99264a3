//! Tokens only rise from tenure to tenure of a group. Where an administrator has meddled, somebody
//! who has not heard of it yet may lead with an older one for a moment: what the token is for.

use super::Broken;
use crate::judge::{Judge, World};
use crate::user::Held;

pub(super) fn check(world: &World, judge: &Judge, group: usize, held: Held) -> Result<(), Broken> {
    let last = judge.checks.tenures[group];
    if held.token > last || judge.checks.is_excused(group, world.now) {
        return Ok(());
    }
    Err(format!(
        "token {} of group {group} after token {last}",
        held.token
    ))
}
