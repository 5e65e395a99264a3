//! Who leads by the policy `strict` has a connection.

use super::Broken;
use crate::world::World;
use tenure::core::LeasePolicy;

pub(super) fn check(world: &World) -> Result<(), Broken> {
    for (id, node) in world.nodes.iter().enumerate() {
        let detached = node.process.iter().filter(|p| !p.attached);
        for candidate in detached.flat_map(|p| p.candidates.values()) {
            if candidate.policy == LeasePolicy::Strict && candidate.held.is_some() {
                return Err(format!(
                    "client {id} leads by the strict policy without a connection"
                ));
            }
        }
    }
    Ok(())
}
