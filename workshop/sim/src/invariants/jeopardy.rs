//! A leader whose leadership is in danger reports `Jeopardy`: at once when its connection is lost,
//! and when no write has succeeded whose request was sent less than T/4 ago. The event holds the
//! end of the lease.

use super::Broken;
use crate::judge::{Judge, World};
use std::time::Duration;
use tenure::core::{Handle, LeasePolicy, Time};

/// How late a wake-up may be, by two clocks that differ in rate.
const SLACK: Duration = Duration::from_millis(1);

pub(super) fn check(world: &World, judge: &Judge) -> Result<(), Broken> {
    for (id, user) in judge.awake(world).filter(|(_, user)| !user.closing) {
        let now = world.hosts[id].clock.shows(world.now);
        let fresh = |sent: Time| now <= sent + user.timeout / 4 + SLACK;
        for (handle, candidate) in &user.candidates {
            if candidate.leading.is_none()
                || candidate.in_jeopardy
                || !judge.believes(world, candidate)
            {
                continue;
            }
            if !user.attached {
                return Err(format!(
                    "client {id}/{} leads without a connection, and has no `Jeopardy`",
                    handle.0
                ));
            }
            let proved = candidate.policy != LeasePolicy::Session;
            if proved && !user.committed.is_some_and(fresh) {
                return Err(format!(
                    "client {id}/{} leads, its renewal is overdue, and it has no `Jeopardy`",
                    handle.0
                ));
            }
        }
    }
    Ok(())
}

/// The event holds the end of the lease.
pub(super) fn told(
    world: &World,
    judge: &Judge,
    id: usize,
    handle: Handle,
    lease_end: Time,
) -> Result<(), Broken> {
    let Some(user) = judge.user(id) else {
        return Ok(());
    };
    let held = user.candidates.get(&handle).and_then(|c| c.held);
    match held {
        Some(held) if held.until == world.hosts[id].clock.reaches(lease_end) => Ok(()),
        _ => Err(format!(
            "client {id}/{} has a `Jeopardy` with another end than that of its lease",
            handle.0
        )),
    }
}
