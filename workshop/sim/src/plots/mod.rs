//! Faults in an order that somebody thought out to break the lease: what dice alone would find
//! once in a million worlds.

mod doomed;
mod formulas;
mod last;
mod leases;
mod members;
mod scene;
mod servers;
mod tools;

use crate::acts;
use crate::trouble;
use crate::world::World;
pub(crate) use members::wrap;
pub(crate) use tools::{around, timeout};

/// Everything that goes wrong by itself.
const ANY: &[fn(&mut World)] = &[
    leases::cut_after_proof,
    leases::cut_follower_off,
    leases::cut_follower_off,
    leases::pause_zookeeper_leader,
    leases::pause_zookeeper_leader,
    leases::stall_the_link,
    leases::stall_the_link,
    leases::depose_with_client,
    leases::reattach_in_the_dark,
    leases::stop_the_leader,
    doomed::reattach,
    doomed::next_in_line,
    members::lose_a_create,
    members::lose_a_delete,
    members::queue_of_members,
    members::lose_the_path,
    members::evict_somebody,
    members::stranger_in_line,
    servers::everything_down,
    servers::crash_zookeeper_leader,
    servers::back_to_the_deposed,
    servers::deposed_wakes,
];

/// What refutes simpler formulas of the lease.
const FORMULAS: &[fn(&mut World)] = &[
    formulas::write_all_the_time,
    formulas::ask_into_a_stall,
    formulas::hear_late,
    formulas::hear_late,
    formulas::hear_late,
    formulas::hear_late,
    formulas::wake_late,
    formulas::wake_late,
    formulas::answer_late,
    formulas::lose_a_touch,
    formulas::write_together,
    servers::deposed_wakes,
    doomed::reattach,
    doomed::next_in_line,
];

/// One plot, from calm water to the wreck. It leaves things as they are.
pub(crate) fn any(world: &mut World) {
    let formula = world.dice.u8(0..10) < if world.plan.tight { 8 } else { 1 };
    if formula || world.dice.u8(0..10) < 8 {
        calm(world);
    }
    let plots = if formula { FORMULAS } else { ANY };
    let plot = world.dice.usize(0..plots.len());
    plots[plot](world);
}

/// What worlds end with.
const LAST: &[fn(&mut World)] = &[
    last::attach_into_silence,
    last::write_a_pair,
    last::number_alike,
];

/// How a tight world ends.
pub(crate) fn last(world: &mut World) {
    if world.plan.tight && world.broken.is_none() {
        calm(world);
        let plot = world.dice.usize(0..LAST.len());
        LAST[plot](world);
    }
}

/// What an administrator does last, so that nothing else tells anybody of it.
pub(crate) fn meddle_last(world: &mut World) {
    if world.plan.tampers {
        calm(world);
        members::evict_somebody(world);
    }
}

/// Heals, and waits until somebody leads.
pub(crate) fn calm(world: &mut World) {
    trouble::heal(world);
    let nodes = world.nodes.len();
    for server in 0..world.plan.servers() {
        acts::resume_server(world, server);
        world.restart(server);
    }
    acts::heal_servers(world);
    for node in 0..nodes {
        world.heal_client(node, true);
        world.resume(node);
        acts::revive(world, node);
        acts::stand(world, node);
    }
    let patience = world.plan.timeout();
    world.run_until(patience, |w| (0..w.nodes.len()).any(|id| w.leads_any(id)));
    // By then the lease rests on proofs, not on the connection's handshake.
    let length = world.dice.u64(0..=patience / 2);
    world.run(length);
}
