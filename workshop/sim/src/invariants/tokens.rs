//! Tokens only rise from tenure to tenure of a group. After an administrator's act, a contender
//! that it has not reached yet may lead with an older token for a moment: the token exists for
//! that.

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
