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
use crate::trial::Trial;
use crate::trouble;
pub(crate) use members::wrap;
pub(crate) use tools::{around, timeout};

/// Everything that goes wrong by itself.
const ANY: &[fn(&mut Trial)] = &[
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
const FORMULAS: &[fn(&mut Trial)] = &[
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
pub(crate) fn any(trial: &mut Trial) {
    let formula = trial.world.dice.u8(0..10) < if trial.plan.tight { 8 } else { 1 };
    if formula || trial.world.dice.u8(0..10) < 8 {
        calm(trial);
    }
    let plots = if formula { FORMULAS } else { ANY };
    let plot = trial.world.dice.usize(0..plots.len());
    plots[plot](trial);
}

/// What worlds end with.
const LAST: &[fn(&mut Trial)] = &[
    last::attach_into_silence,
    last::write_a_pair,
    last::number_alike,
];

/// How a tight world ends.
pub(crate) fn last(trial: &mut Trial) {
    if trial.plan.tight && trial.world.broken().is_none() {
        calm(trial);
        let plot = trial.world.dice.usize(0..LAST.len());
        LAST[plot](trial);
    }
}

/// What an administrator does last, so that nothing else tells anybody of it.
pub(crate) fn meddle_last(trial: &mut Trial) {
    if trial.plan.tampers {
        calm(trial);
        members::evict_somebody(trial);
    }
}

/// Heals, and waits until somebody leads.
pub(crate) fn calm(trial: &mut Trial) {
    trouble::heal(trial);
    let nodes = trial.plan.nodes.len();
    for server in 0..trial.plan.servers() {
        acts::resume_server(trial, server);
        trial.restart(server);
    }
    acts::heal_servers(trial);
    for node in 0..nodes {
        trial.world.heal_client(node, true);
        trial.resume(node);
        acts::revive(trial, node);
        acts::stand(trial, node);
    }
    let patience = trial.plan.timeout();
    trial.run_until(patience, |w| {
        (0..w.plan.nodes.len()).any(|id| w.leads_any(id))
    });
    // By then the lease rests on proofs, not on the connection's handshake.
    let length = trial.world.dice.u64(0..=patience / 2);
    trial.run(length);
}
