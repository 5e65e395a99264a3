//! The end of a world: everything is healed, and all must come into order.

use crate::acts;
use crate::clock::{MS, Nanos, SECOND};
use crate::invariants;
use crate::plan::Quality;
use crate::trouble;
use crate::world::World;

/// What is granted beyond T + 2 τ: an election and the servers' synchronisation; what TCP waits
/// before it sends again; a client's pause before it tries again.
fn grace(world: &World) -> Nanos {
    2 * SECOND + 4 * world.plan.tick + 3 * SECOND + 2 * SECOND + trouble::grace(world)
}

pub(crate) fn heal(world: &mut World) {
    world.note(|| "everything is healed".to_owned());
    for server in 0..world.plan.servers() {
        acts::resume_server(world, server);
        world.restart(server);
    }
    acts::heal_servers(world);
    trouble::end(world);
    for node in 0..world.nodes.len() {
        world.nodes[node].trap = None;
        world.set_quality(node, Quality::GOOD);
        world.heal_client(node, false);
        world.resume(node);
        acts::revive(world, node);
    }
}

/// Heals, waits for order, and looks whether it stays. What servers have yet to notice of the last
/// faults may upset it once more, as long as it could have come later.
pub(crate) fn settle(world: &mut World) {
    heal(world);
    let limit = world.plan.timeout() + 2 * world.plan.tick + grace(world);
    let end = world.now + limit;
    while let Some(disorder) = unsettled(world, end) {
        if world.now >= end && world.broken.is_none() {
            let limit = limit / MS;
            let state = world.state();
            world.note(|| state);
            world.fail(format!(
                "not in order {limit} ms after the last fault: {disorder}"
            ));
        }
        if world.broken.is_some() {
            return;
        }
    }
    invariants::at_end(world);
}

/// Waits for order until `end`, and then whether it lasts for T; says what is wrong.
fn unsettled(world: &mut World, end: Nanos) -> Option<String> {
    let began = world.now;
    loop {
        trouble::unlock(world);
        for node in 0..world.nodes.len() {
            acts::revive(world, node);
            acts::stand(world, node);
        }
        acts::remove_strangers(world);
        world.run(50 * MS);
        match invariants::disorder(world) {
            disorder if world.broken.is_some() => return disorder.or_else(|| world.broken.clone()),
            None => break,
            Some(disorder) if world.now >= end => return Some(disorder),
            Some(_) => {}
        }
    }
    world.settled += world.now - began;
    world.run(world.plan.timeout());
    let disorder = invariants::disorder(world);
    disorder.map(|what| format!("order did not last: {what}"))
}
