//! ZooKeeper's leader has taken a session out of its expiry queue and closes it a moment later:
//! until then it seems to live, whatever it is asked.

use super::tools::{after_proof, around, patience, timeout};
use crate::acts;
use crate::clock::MS;
use crate::wire::Way;
use crate::world::World;

/// A client is silent for T, and is heard again in the moment between.
pub(super) fn reattach(world: &mut World) {
    let node = world.dice.usize(0..world.nodes.len());
    let node =
        world.somebody_who_leads().map_or(
            node,
            |(leader, _)| {
                if world.dice.bool() { leader } else { node }
            },
        );
    let session = |w: &World| w.nodes[node].process.as_ref().and_then(|p| p.session);
    let Some(session) = session(world) else {
        return;
    };
    for server in 0..world.plan.servers() {
        for way in [Way::Up, Way::Down] {
            world.cut(node, server, way);
        }
    }
    let patience = timeout(world, node) + 2 * world.plan.tick;
    let doomed = world.run_until(patience, |w| w.ensemble.is_doomed(session));
    if doomed {
        world.marks.hit("doomed-session-reattached");
    }
    let late = world.dice.u64(0..=world.plan.hazards.closing / 4);
    world.run(late);
    world.heal_client(node, true);
    match world.dice.u8(0..3) {
        // Its answer is late, and one proof follows.
        0 => {
            world.run(2 * MS);
            for server in 0..world.plan.servers() {
                world.cut(node, server, Way::Down);
            }
            let length = around(world, node, 1, 24);
            world.run(length);
            world.heal_client(node, true);
        }
        _ => after_proof(world, node),
    }
    if world.dice.bool() {
        acts::cut_client(world, node);
    }
    let length = around(world, node, 10, 120);
    world.run(length);
    world.heal_client(node, true);
}

/// ZooKeeper's leader is stopped for nearly as long as sessions live. Somebody who stood by has
/// nobody before it then, or comes back while it is stopped.
pub(super) fn next_in_line(world: &mut World) {
    let (Some((first, _)), Some(leader)) = (world.somebody_who_leads(), world.ensemble.leader())
    else {
        return;
    };
    let others: Vec<usize> = (0..world.nodes.len()).filter(|id| *id != first).collect();
    let Some(second) = world.dice.choice(&others).copied() else {
        return;
    };
    let length = around(world, second, 40, 130).min(patience(world));
    acts::pause_server(world, leader);
    let back = world.dice.u64(0..=length);
    world.run(back);
    if world.dice.bool() {
        world.reset(second);
    }
    world.run(length - back);
    world.marks.hit("idle-while-zookeeper-stalls");
    match world.dice.u8(0..3) {
        0 => acts::withdraw(world, first),
        1 => world.kill(first, false),
        _ => {}
    }
    acts::resume_server(world, leader);
    after_proof(world, second);
    if world.dice.bool() {
        acts::cut_client(world, second);
    }
    let length = around(world, second, 50, 120);
    world.run(length);
    world.heal_client(second, true);
    acts::revive(world, first);
    acts::stand(world, first);
}
