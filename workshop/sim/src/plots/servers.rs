//! Servers fail, and others take over.

use super::tools::{LATE, after_proof, around, only, proof_sent, timeout};
use crate::acts;
use crate::clock::MS;
use crate::wire::Way;
use crate::world::{World, span};

pub(super) fn everything_down(world: &mut World) {
    let servers = world.plan.servers();
    let machines = world.dice.bool();
    world.marks.hit("ensemble-down");
    for server in 0..servers {
        world.crash(server, machines);
    }
    let timeout = world.plan.timeout();
    let length = world.dice.u64(timeout / 10..=timeout * 5 / 2);
    world.run(length);
    for server in 0..servers {
        world.restart(server);
        let late = world.dice.u64(0..500 * MS);
        world.run(late);
    }
}

pub(super) fn crash_zookeeper_leader(world: &mut World) {
    let Some(leader) = world.ensemble.leader() else {
        return;
    };
    if let Some((node, _)) = world.somebody_who_leads() {
        match world.dice.u8(0..3) {
            0 => after_proof(world, node),
            1 => proof_sent(world, node),
            _ => {}
        }
        if world.dice.bool() {
            world.pause(node);
        }
    }
    let machine = world.dice.bool();
    world.crash(leader, machine);
    let timeout = world.plan.timeout();
    let length = world.dice.u64(timeout / 4..=timeout * 2);
    world.run(length);
    world.restart(leader);
    for node in 0..world.nodes.len() {
        world.resume(node);
    }
}

/// A new leader is elected; the client finds its way back to the old one, which does not know.
pub(super) fn back_to_the_deposed(world: &mut World) {
    let (Some((node, _)), Some(leader)) = (world.somebody_who_leads(), world.ensemble.leader())
    else {
        return;
    };
    // Its link to some follower stays, so that it is not alone with its own voice.
    acts::isolate(world, leader);
    let patience = world.plan.timeout();
    let length = around(world, node, 5, 60);
    world.run(length);
    only(world, node, leader);
    world.heal(node, leader, Way::Up, true);
    world.heal(node, leader, Way::Down, true);
    world.reset(node);
    let length = world.dice.u64(0..=patience * 3 / 2);
    world.run(length);
    acts::heal_servers(world);
    world.heal_client(node, false);
}

/// ZooKeeper's leader is stopped, another is elected, and the client knows only the old one. That
/// goes on, and answers a handshake before it counts its followers.
pub(super) fn deposed_wakes(world: &mut World) {
    let (Some((node, _)), Some(leader)) = (world.somebody_who_leads(), world.ensemble.leader())
    else {
        return;
    };
    if !world.nodes[node].plan.servers.contains(&leader) {
        return;
    }
    after_proof(world, node);
    only(world, node, leader);
    let timeout = timeout(world, node);
    let began = world.now;
    acts::pause_server(world, leader);
    if world.dice.bool() {
        world.ensemble.set_ping_lateness(LATE);
    }
    let deposed = move |w: &World| w.ensemble.leader().is_some_and(|l| l != leader);
    if world.run_until(timeout * 7 / 10, deposed) {
        // The new leader gave the session a whole T; the handshake comes later by more than what
        // is taken off for work under way.
        let length = around(world, node, 6, 20);
        world.run(length);
        world.reset(node);
        world.run(5 * MS);
        let patience = (began + timeout).saturating_sub(world.now);
        let knocks = |w: &World| w.knocks(node, leader) || !w.leads_any(node);
        if world.run_until(patience, knocks) && world.leads_any(node) {
            world.marks.hit("deposed-leader-wakes");
        }
        world.run(5 * MS);
    }
    acts::resume_server(world, leader);
    let attached = |w: &World| w.nodes[node].process.as_ref().is_some_and(|p| p.attached);
    world.run_until(20 * MS, attached);
    // It will follow the new leader soon.
    world.cut(node, leader, Way::Up);
    world.cut(node, leader, Way::Down);
    let length = around(world, node, 110, 130);
    world.run(length);
    world.ensemble.set_ping_lateness(span(world.plan.lateness));
    world.heal_client(node, true);
}
