//! At no instant do two contenders answer "I lead", each by its own clock. Stopped contenders count
//! too, with the answer that they would give now. Between publications leases only run out, so it
//! is enough to look at each publication.

use super::{Broken, believers};
use crate::judge::{Judge, World};

pub(super) fn check(world: &World, judge: &Judge, group: usize) -> Result<(), Broken> {
    if judge.checks.is_excused(group, world.now) && !judge.plan.all_guarded() {
        return Ok(());
    }
    let all: Vec<_> = believers(world, judge, group).collect();
    if all.len() < 2 {
        return Ok(());
    }
    let named = all.iter().map(|(id, held)| {
        let left = held.until.saturating_sub(world.now) / 1_000_000;
        format!("client {id} with token {} for {left} ms more", held.token)
    });
    let named: Vec<_> = named.collect();
    Err(format!(
        "two leaders of group {group}: {}",
        named.join(", ")
    ))
}
