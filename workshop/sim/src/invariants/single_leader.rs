//! At no instant do two answer "I lead", each by its own clock; those that are stopped count too,
//! for what they would answer if they were asked now. Leases only run out between publications, so
//! it is enough to look at each of these.

use super::{Broken, believers};
use crate::judge::{Judge, World};

pub(super) fn check(world: &World, judge: &Judge, group: usize) -> Result<(), Broken> {
    if judge.checks.is_excused(group, world.now) {
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
