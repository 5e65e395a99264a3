//! Servers fail, and others take over.

use super::tools::{LATE, after_proof, around, only, proof_sent, timeout};
use crate::acts;
use crate::trial::Trial;
use tenure_worlds::{MS, Way, span};

pub(super) fn everything_down(trial: &mut Trial) {
    let servers = trial.plan.servers();
    let machines = trial.world.dice.bool();
    trial.judge.marks.hit("ensemble-down");
    for server in 0..servers {
        trial.crash(server, machines);
    }
    let timeout = trial.plan.timeout();
    let length = trial.world.dice.u64(timeout / 10..=timeout * 5 / 2);
    trial.run(length);
    for server in 0..servers {
        trial.restart(server);
        let late = trial.world.dice.u64(0..500 * MS);
        trial.run(late);
    }
}

pub(super) fn crash_zookeeper_leader(trial: &mut Trial) {
    let Some(leader) = trial.world.ensemble.leader() else {
        return;
    };
    if let Some((node, _)) = trial.a_leader() {
        match trial.world.dice.u8(0..3) {
            0 => after_proof(trial, node),
            1 => proof_sent(trial, node),
            _ => {}
        }
        if trial.world.dice.bool() {
            trial.pause(node);
        }
    }
    let machine = trial.world.dice.bool();
    trial.crash(leader, machine);
    let timeout = trial.plan.timeout();
    let length = trial.world.dice.u64(timeout / 4..=timeout * 2);
    trial.run(length);
    trial.restart(leader);
    for node in 0..trial.plan.nodes.len() {
        trial.resume(node);
    }
}

/// A new leader is elected; the client returns to the old one, which still believes that it leads.
pub(super) fn back_to_the_deposed(trial: &mut Trial) {
    let (Some((node, _)), Some(leader)) = (trial.a_leader(), trial.world.ensemble.leader()) else {
        return;
    };
    // Its link to one follower stays, so that it does not notice at once that it is alone.
    acts::isolate(trial, leader);
    let patience = trial.plan.timeout();
    let length = around(trial, node, 5, 60);
    trial.run(length);
    only(trial, node, leader);
    trial.world.heal(node, leader, Way::Up, true);
    trial.world.heal(node, leader, Way::Down, true);
    trial.reset(node);
    let length = trial.world.dice.u64(0..=patience * 3 / 2);
    trial.run(length);
    acts::heal_servers(trial);
    trial.world.heal_client(node, false);
}

/// ZooKeeper's leader is stopped, another is elected, and the client knows only the old one. The
/// old one resumes, and answers a handshake before it counts its followers.
pub(super) fn deposed_wakes(trial: &mut Trial) {
    let (Some((node, _)), Some(leader)) = (trial.a_leader(), trial.world.ensemble.leader()) else {
        return;
    };
    if !trial.plan.nodes[node].servers.contains(&leader) {
        return;
    }
    after_proof(trial, node);
    only(trial, node, leader);
    let timeout = timeout(trial, node);
    let began = trial.world.now;
    acts::pause_server(trial, leader);
    if trial.world.dice.bool() {
        trial.world.ensemble.set_ping_lateness(LATE);
    }
    let deposed = move |w: &Trial| w.world.ensemble.leader().is_some_and(|l| l != leader);
    if trial.run_until(timeout * 7 / 10, deposed) {
        // The new leader gave the session a whole T; the handshake comes later by more than the
        // margin for work under way.
        let length = around(trial, node, 6, 20);
        trial.run(length);
        trial.reset(node);
        trial.run(5 * MS);
        let patience = (began + timeout).saturating_sub(trial.world.now);
        let knocks = |w: &Trial| w.world.knocks(node, leader) || !w.leads_any(node);
        if trial.run_until(patience, knocks) && trial.leads_any(node) {
            trial.judge.marks.hit("deposed-leader-wakes");
        }
        trial.run(5 * MS);
    }
    acts::resume_server(trial, leader);
    let attached = |w: &Trial| w.judge.user(node).is_some_and(|u| u.attached);
    trial.run_until(20 * MS, attached);
    // It will follow the new leader soon.
    trial.world.cut(node, leader, Way::Up);
    trial.world.cut(node, leader, Way::Down);
    let length = around(trial, node, 110, 130);
    trial.run(length);
    trial
        .world
        .ensemble
        .set_ping_lateness(span(trial.plan.lateness));
    trial.world.heal_client(node, true);
}
