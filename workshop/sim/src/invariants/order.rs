//! Each candidacy begins once and ends once, and has only events that fit its state.

use super::Broken;
use crate::judge::Judge;
use tenure::core::{ContenderEvent, Handle};

pub(super) fn check(
    judge: &Judge,
    id: usize,
    handle: Handle,
    event: &ContenderEvent,
) -> Result<(), Broken> {
    let Some(candidate) = judge.user(id).and_then(|u| u.candidates.get(&handle)) else {
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
        ContenderEvent::Blocked { .. } | ContenderEvent::Strangers { .. } => candidate.open,
        _ => candidate.open && candidate.leading.is_none(),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("client {id}/{}: {event:?} does not fit", handle.0))
    }
}
