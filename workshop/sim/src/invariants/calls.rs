//! Every call ends.

use super::Broken;
use crate::world::World;

pub(super) fn check(world: &World) -> Result<(), Broken> {
    for (id, node) in world.nodes.iter().enumerate() {
        if let Some((call, what)) = node.process.iter().flat_map(|p| &p.calls).next() {
            return Err(format!("client {id}: call {} waits: {what:?}", call.0));
        }
    }
    Ok(())
}
