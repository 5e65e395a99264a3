//! The end of a world: everything is healed, and all must come into order.

use crate::acts;
use crate::clock::{MS, Nanos, SECOND};
use crate::invariants;
use crate::plan::Quality;
use crate::world::World;

/// What is granted beyond T + 2 τ: an election and the servers' synchronisation; what TCP waits
/// before it sends again; a client's pause before it tries again.
fn grace(world: &World) -> Nanos {
    2 * SECOND + 4 * world.plan.tick + 3 * SECOND + 2 * SECOND
}

pub(crate) fn heal(world: &mut World) {
    world.note(|| "everything is healed".to_owned());
    for server in 0..world.plan.servers() {
        acts::resume_server(world, server);
        world.restart(server);
    }
    acts::heal_servers(world);
    for node in 0..world.nodes.len() {
        world.nodes[node].trap = None;
        world.set_quality(node, Quality::GOOD);
        world.heal_client(node, false);
        world.resume(node);
        acts::revive(world, node);
    }
}

/// Heals, waits for order, and looks whether it stays.
pub(crate) fn settle(world: &mut World) {
    heal(world);
    let limit = world.plan.timeout() + 2 * world.plan.tick + grace(world);
    let end = world.now + limit;
    loop {
        for node in 0..world.nodes.len() {
            acts::revive(world, node);
            acts::stand(world, node);
        }
        acts::remove_strangers(world);
        world.run(50 * MS);
        if world.broken.is_some() {
            return;
        }
        let Some(disorder) = invariants::disorder(world) else {
            break;
        };
        if world.now >= end {
            let limit = limit / MS;
            let state = world.state();
            world.note(|| state);
            world.fail(format!(
                "not in order {limit} ms after the last fault: {disorder}"
            ));
            return;
        }
    }
    world.settled = limit.saturating_sub(end.saturating_sub(world.now));
    world.run(world.plan.timeout());
    if let (None, Some(disorder)) = (&world.broken, invariants::disorder(world)) {
        world.fail(format!("order did not last: {disorder}"));
    }
    invariants::at_end(world);
}
