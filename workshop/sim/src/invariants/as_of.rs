//! `as_of` of a detector's event is the send time of the request that is being answered. A server
//! may have looked at any time after that, and not before.

use super::Broken;
use crate::judge::World;
use tenure::core::{DetectorEvent, Leader};

pub(super) fn check(world: &World, id: usize, event: &DetectorEvent) -> Result<(), Broken> {
    let DetectorEvent::Leader(Leader { as_of, .. }) = event else {
        return Ok(());
    };
    match world.hosts[id].answering() {
        Some(sent) if sent == *as_of => Ok(()),
        sent => Err(format!(
            "client {id} says that it knows the leader as of {as_of:?}, but asked at {sent:?}"
        )),
    }
}
