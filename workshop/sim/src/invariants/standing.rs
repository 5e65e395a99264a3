//! As long as a contender believes that it leads, its znode exists: neither the ensemble by itself
//! nor a request of the contender's own process removes it before. This is stronger than one
//! leader, and a world without a successor can break it, too.

use super::{Broken, believers};
use crate::judge::{Judge, World};

pub(super) fn check(world: &World, judge: &Judge) -> Result<(), Broken> {
    // A member that is deposed, or whose session a server has closed, may lead on until its lease ends: its successor waits.
    if judge.plan.members_vanish() {
        return Ok(());
    }
    for group in 0..judge.plan.groups.len() {
        if judge.checks.is_excused(group, world.now) {
            continue;
        }
        for (id, held) in believers(world, judge, group) {
            let user = judge.user(id);
            let candidates = user.iter().flat_map(|u| u.candidates.values());
            let mut members = candidates.filter_map(|c| c.member.as_ref());
            let Some(member) = members.find(|m| m.token == held.token) else {
                continue;
            };
            let stat = world.ensemble.node(&member.path).map(|(_, stat)| stat);
            if stat.is_none_or(|stat| u64::try_from(stat.czxid) != Ok(held.token)) {
                let left = held.until.saturating_sub(world.now) / 1_000_000;
                return Err(format!(
                    "client {id} leads group {group} with token {} for {left} ms more, but its \
                     znode is gone",
                    held.token
                ));
            }
        }
    }
    Ok(())
}
