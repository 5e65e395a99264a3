//! What plots have in common: lengths, moments, ways.

use crate::clock::{MS, Nanos, SECOND};
use crate::wire::Way;
use crate::world::{World, nanos};
use std::time::Duration;

/// How late pings may be: what `GUARANTEES.md` allows.
pub(super) const LATE: Duration = Duration::from_millis(100);

pub(crate) fn timeout(world: &World, node: usize) -> Nanos {
    world.nodes[node]
        .process
        .as_ref()
        .map_or(SECOND, |p| nanos(p.timeout))
}

/// A length around T.
pub(crate) fn around(world: &mut World, node: usize, low: u64, high: u64) -> Nanos {
    let timeout = timeout(world, node);
    world.dice.u64(timeout * low / 100..=timeout * high / 100)
}

/// The moment after a leader's next proof has succeeded.
pub(super) fn after_proof(world: &mut World, node: usize) {
    let done = world.nodes[node].proofs_done;
    let patience = timeout(world, node) / 4;
    world.run_until(patience, |w| w.nodes[node].proofs_done > done);
}

/// The moment after a leader's next proof was sent.
pub(super) fn proof_sent(world: &mut World, node: usize) {
    let sent = world.nodes[node].proofs_sent;
    let patience = timeout(world, node) / 4;
    world.run_until(patience, |w| w.nodes[node].proofs_sent > sent);
}

/// R, as the client reckons it.
pub(super) fn relay(world: &World, node: usize) -> Nanos {
    let tick = world.nodes[node].plan.tick.map(nanos);
    tick.unwrap_or_else(|| timeout(world, node) / 2) / 2 + 100 * MS
}

/// When ZooKeeper's leader pings next.
pub(super) fn next_ping(world: &World) -> Nanos {
    world.ensemble.next_ping().map_or(world.now, nanos)
}

/// How long the ensemble certainly keeps a leader that is stopped.
pub(super) fn patience(world: &World) -> Nanos {
    u64::from(world.plan.sync_limit) * world.plan.tick * 9 / 10
}

/// A client can reach this server and no other, or all of them again.
pub(super) fn only(world: &mut World, node: usize, server: usize) {
    for other in (0..world.plan.servers()).filter(|other| *other != server) {
        world.cut(node, other, Way::Up);
        world.cut(node, other, Way::Down);
    }
}
