//! No client sees the past: a server that accepts a client has applied every transaction that the
//! client has seen. (Where every server has hung up for a whole T, the servers may have been
//! restored, and the client forgets the transactions that it has seen.)

use super::Broken;
use crate::judge::{Judge, World};

/// Whether the client may have forgotten the transactions that it has seen.
pub(super) fn is_forgotten(world: &World, judge: &Judge, id: usize) -> bool {
    judge.user(id).is_some_and(|user| {
        let silence = world.hosts[id].clock.shows(world.now).since(user.received);
        silence > user.timeout.min(judge.plan.nodes[id].timeout)
    })
}

pub(super) fn check(world: &World, judge: &Judge, id: usize, server: usize) -> Result<(), Broken> {
    let Some(user) = judge.user(id) else {
        return Ok(());
    };
    let applied = world.ensemble.zxid(server);
    // ClickHouse Keeper accepts every client: it gets a new session anyway.
    if applied >= user.zxid || !judge.plan.is_zookeeper() {
        return Ok(());
    }
    Err(format!(
        "client {id} has seen transaction {:#x}, and is attached to server {server}, which is at \
         {applied:#x}",
        user.zxid
    ))
}
