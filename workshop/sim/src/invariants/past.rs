//! Nobody is shown the past: a server that takes a client up has applied all that the client was told
//! of. (Where every server has hung up for a whole T, they may have been restored, and the client
//! forgets what it has seen.)

use super::Broken;
use crate::judge::{Judge, World};

/// Whether it may have forgotten what it has seen.
pub(super) fn is_forgotten(world: &World, judge: &Judge, id: usize) -> bool {
    judge.user(id).is_some_and(|user| {
        let silence = world.hosts[id].clock.shows(world.now).since(user.heard);
        silence > user.timeout.min(judge.plan.nodes[id].timeout)
    })
}

pub(super) fn check(world: &World, judge: &Judge, id: usize, server: usize) -> Result<(), Broken> {
    let Some(user) = judge.user(id) else {
        return Ok(());
    };
    let applied = world.ensemble.zxid(server);
    if applied >= user.zxid {
        return Ok(());
    }
    Err(format!(
        "client {id} has heard of transaction {:#x}, and goes by server {server}, which is at \
         {applied:#x}",
        user.zxid
    ))
}
