//! Each candidacy begins once and ends once, and says only what fits where it is.

use super::Broken;
use crate::world::World;
use tenure::core::{ContenderEvent, Handle};

pub(super) fn check(
    world: &World,
    id: usize,
    handle: Handle,
    event: &ContenderEvent,
) -> Result<(), Broken> {
    let process = world.nodes[id].process.as_ref();
    let Some(candidate) = process.and_then(|p| p.candidates.get(&handle)) else {
        return Ok(());
    };
    let fits = match event {
        ContenderEvent::Enrolling => !candidate.open && !candidate.withdrawn,
        ContenderEvent::Lost { led_until, .. } => {
            candidate.open
                && candidate.held.is_none()
                && led_until.is_some() == candidate.leading.is_some()
        }
        ContenderEvent::Leading { member, .. } => {
            candidate.open
                && candidate
                    .held
                    .is_some_and(|held| held.token == member.token)
                && candidate.leading.is_none_or(|token| token == member.token)
        }
        ContenderEvent::Jeopardy { member, .. } => candidate.leading == Some(member.token),
        ContenderEvent::Blocked { .. } => candidate.open,
        _ => candidate.open && candidate.leading.is_none(),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("client {id}/{}: {event:?} does not fit", handle.0))
    }
}
