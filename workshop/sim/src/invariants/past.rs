//! Nobody is shown the past: a server that takes a client up has applied all that the client was told
//! of. (Where every server has hung up for a whole T, they may have been restored, and the client
//! forgets what it has seen.)

use super::Broken;
use crate::world::World;

/// Whether it may have forgotten what it has seen.
pub(super) fn is_forgotten(world: &World, id: usize) -> bool {
    let node = &world.nodes[id];
    node.process.as_ref().is_some_and(|process| {
        let silence = process.clock.shows(world.now).since(process.heard);
        silence > process.timeout.min(node.plan.timeout)
    })
}

pub(super) fn check(world: &World, id: usize, server: usize) -> Result<(), Broken> {
    let Some(process) = &world.nodes[id].process else {
        return Ok(());
    };
    let applied = world.ensemble.zxid(server);
    if applied >= process.zxid {
        return Ok(());
    }
    Err(format!(
        "client {id} has heard of transaction {:#x}, and goes by server {server}, which is at \
         {applied:#x}",
        process.zxid
    ))
}
