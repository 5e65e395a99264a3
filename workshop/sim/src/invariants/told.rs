//! A leader reports its loss before another contender leads, unless the leader is stopped.

use super::Broken;
use crate::judge::{Judge, World};
use tenure::core::Handle;

pub(super) fn check(
    world: &World,
    judge: &Judge,
    id: usize,
    handle: Handle,
    group: usize,
) -> Result<(), Broken> {
    if judge.checks.is_excused(group, world.now) {
        return Ok(());
    }
    for (other, user) in judge.awake(world) {
        for (h, candidate) in &user.candidates {
            let same = other == id && *h == handle;
            if !same && candidate.group == group && candidate.leading.is_some() {
                return Err(format!(
                    "client {id} leads group {group} before client {other} reports its loss"
                ));
            }
        }
    }
    Ok(())
}
