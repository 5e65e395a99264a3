//! Who led is told of its loss before anybody else leads, unless it is stopped.

use super::Broken;
use crate::world::World;
use tenure::core::Handle;

pub(super) fn check(world: &World, id: usize, handle: Handle, group: usize) -> Result<(), Broken> {
    if world.checks.is_excused(group, world.now) {
        return Ok(());
    }
    for (other, node) in world.nodes.iter().enumerate().filter(|(_, n)| !n.paused) {
        for (h, candidate) in node.process.iter().flat_map(|p| &p.candidates) {
            let same = other == id && *h == handle;
            if !same && candidate.group == group && candidate.leading.is_some() {
                return Err(format!(
                    "client {id} leads group {group} before client {other} is told of its loss"
                ));
            }
        }
    }
    Ok(())
}
