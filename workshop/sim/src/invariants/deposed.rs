//! A leader that shows beats is deposed only after four of them have not been carried out.

use super::Broken;
use crate::judge::{Judge, World};
use tenure::core::{ContenderEvent, Handle, LostReason};
use tenure_worlds::{Nanos, nanos};

/// The newest change of a group's data.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beat {
    group: i64,
    version: i32,
    at: Nanos,
}

/// Notes the newest change of the data of every group.
pub(super) fn note(judge: &mut Judge, world: &World) {
    for (group, path) in judge.plan.groups.iter().enumerate() {
        let Some((_, stat)) = world.ensemble.node(path) else {
            continue;
        };
        let beat = &mut judge.checks.beats[group];
        if (beat.group, beat.version) != (stat.czxid, stat.version) {
            *beat = Beat {
                group: stat.czxid,
                version: stat.version,
                at: world.now,
            };
        }
    }
}

pub(super) fn check(
    world: &World,
    judge: &Judge,
    id: usize,
    handle: Handle,
    event: &ContenderEvent,
) -> Result<(), Broken> {
    let ContenderEvent::Lost {
        reason: LostReason::Evicted,
        led_until: Some(_),
        ..
    } = event
    else {
        return Ok(());
    };
    let candidate = judge.user(id).and_then(|u| u.candidates.get(&handle));
    let (Some(candidate), Some(within)) = (candidate, judge.plan.nodes[id].fail_over) else {
        return Ok(());
    };
    // Other servers close sessions by rules of their own.
    if judge.checks.is_excused(candidate.group, world.now) || !judge.plan.is_zookeeper() {
        return Ok(());
    }
    let silent = world.now - judge.checks.beats[candidate.group].at;
    // Clocks differ in rate, and beats are of whole milliseconds.
    let least = nanos(within) * 4 / 10 * 99 / 100 - 4_000_000;
    if silent >= least {
        return Ok(());
    }
    Err(format!(
        "client {id} was deposed as leader of group {} {} ms after its last beat",
        candidate.group,
        silent / 1_000_000
    ))
}
