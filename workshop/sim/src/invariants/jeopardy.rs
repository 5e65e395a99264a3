//! Who leads and is about to lose it knows: when the connection is lost at once, and when no write
//! has succeeded whose request was sent less than T/4 ago. And it is told until when.

use super::Broken;
use crate::world::World;
use std::time::Duration;
use tenure::core::{Handle, LeasePolicy, Time};

/// What a wake-up may be late, by two clocks that differ in rate.
const SLACK: Duration = Duration::from_millis(1);

pub(super) fn check(world: &World) -> Result<(), Broken> {
    for (id, node) in world.nodes.iter().enumerate().filter(|(_, n)| !n.paused) {
        let Some(process) = node.process.as_ref().filter(|p| !p.closing) else {
            continue;
        };
        let now = process.clock.shows(world.now);
        let fresh = |sent: Time| now <= sent + process.timeout / 4 + SLACK;
        for (handle, candidate) in &process.candidates {
            if candidate.leading.is_none() || candidate.in_jeopardy || !world.believes(candidate) {
                continue;
            }
            if !process.attached {
                return Err(format!(
                    "client {id}/{} leads without a connection, and was not told",
                    handle.0
                ));
            }
            let proved = candidate.policy != LeasePolicy::Session;
            if proved && !process.committed.is_some_and(fresh) {
                return Err(format!(
                    "client {id}/{} leads, its renewal is overdue, and it was not told",
                    handle.0
                ));
            }
        }
    }
    Ok(())
}

/// The event gives the end of the lease.
pub(super) fn told(
    world: &World,
    id: usize,
    handle: Handle,
    lease_end: Time,
) -> Result<(), Broken> {
    let Some(process) = world.nodes[id].process.as_ref() else {
        return Ok(());
    };
    let held = process.candidates.get(&handle).and_then(|c| c.held);
    match held {
        Some(held) if held.until == process.clock.reaches(lease_end) => Ok(()),
        _ => Err(format!(
            "client {id}/{} is told another end than that of its lease",
            handle.0
        )),
    }
}
