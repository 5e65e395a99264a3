//! Nothing is refused: servers here forbid nothing, and what is missing is created.

use super::Broken;
use tenure::core::{ContenderEvent, LostReason};

pub(super) fn check(id: usize, event: &ContenderEvent) -> Result<(), Broken> {
    match event {
        ContenderEvent::Lost {
            reason: LostReason::Failed(error),
            ..
        } => Err(format!("client {id} cannot stand: {error}")),
        _ => Ok(()),
    }
}
