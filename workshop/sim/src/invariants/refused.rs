//! No candidacy or join is refused: servers here forbid nothing, and clients create missing paths.

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
