//! Plots: faults in an order that is designed to break the lease, which dice alone would find once
//! in a million worlds.

mod doomed;
mod formulas;
mod guards;
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

/// The plots of all worlds.
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

/// The plots that refute simpler formulas of the lease.
const FORMULAS: &[fn(&mut Trial)] = &[
    formulas::write_all_the_time,
    formulas::ask_into_a_stall,
    formulas::receive_late,
    formulas::receive_late,
    formulas::receive_late,
    formulas::receive_late,
    formulas::wake_late,
    formulas::wake_late,
    formulas::answer_late,
    formulas::lose_a_touch,
    formulas::write_together,
    servers::deposed_wakes,
    doomed::reattach,
    doomed::next_in_line,
];

/// The plots against guarded leases.
const GUARDS: &[fn(&mut Trial)] = &[
    guards::depose_in_the_dark,
    guards::depose_in_the_dark,
    guards::leave_while_waiting,
    guards::leave_while_waiting,
    guards::empty_the_group,
    guards::path_comes_back,
    guards::path_comes_back,
    guards::name_comes_back,
    guards::lose_the_mark,
    guards::bury,
    guards::shut_the_server_down,
    guards::shut_the_server_down,
    guards::step_the_clock,
    guards::step_the_clock,
];

/// One plot, from a healed world to its last fault. It repairs nothing.
pub(crate) fn any(trial: &mut Trial) {
    let formula = trial.world.dice.u8(0..10) < if trial.plan.tight { 8 } else { 1 };
    if formula || trial.world.dice.u8(0..10) < 8 {
        calm(trial);
    }
    let guarded = trial.plan.all_guarded() && trial.world.more.u8(0..3) > 0;
    let plots = match formula {
        _ if guarded => GUARDS,
        true => FORMULAS,
        false => ANY,
    };
    let plot = trial.world.dice.usize(0..plots.len());
    plots[plot](trial);
}

/// The plots that end a world.
const LAST: &[fn(&mut Trial)] = &[
    last::attach_into_silence,
    last::write_a_pair,
    last::number_alike,
];

/// The plots that end a tight world.
pub(crate) fn last(trial: &mut Trial) {
    if trial.plan.tight && trial.world.broken().is_none() {
        calm(trial);
        let plot = trial.world.dice.usize(0..LAST.len());
        LAST[plot](trial);
    }
}

/// The acts of an administrator that end a world, so that no later event informs a client of them.
pub(crate) fn meddle_last(trial: &mut Trial) {
    if trial.plan.tampers {
        calm(trial);
        members::evict_somebody(trial);
    }
}

/// Heals, and waits until a contender leads.
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
