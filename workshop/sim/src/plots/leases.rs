//! A lease is at stake: what is between a leader and the quorum fails at a bad moment.

use super::tools::{after_proof, around, only, proof_sent, relay, timeout};
use crate::acts;
use crate::clock::MS;
use crate::node::Trap;
use crate::wire::Way;
use crate::world::World;

pub(super) fn cut_after_proof(world: &mut World) {
    let Some((node, server)) = world.somebody_who_leads() else {
        return;
    };
    after_proof(world, node);
    world.marks.hit("cut-after-proof");
    match world.dice.u8(0..3) {
        0 => {
            let way = acts::either(world);
            world.cut(node, server, way);
        }
        _ => acts::cut_client(world, node),
    }
    let length = around(world, node, 20, 170);
    world.run(length);
    let prompt = world.dice.bool();
    world.heal_client(node, prompt);
}

/// The follower goes on answering its client, and nobody hears of it.
pub(super) fn cut_follower_off(world: &mut World) {
    let Some((node, server)) = world.somebody_who_leads() else {
        return;
    };
    let Some(leader) = world.ensemble.leader().filter(|leader| *leader != server) else {
        return depose_with_client(world);
    };
    if world.dice.bool() {
        only(world, node, server);
    }
    match world.dice.u8(0..3) {
        0 => after_proof(world, node),
        1 => proof_sent(world, node),
        _ => {}
    }
    let token = world.leads_any(node);
    world.marks.hit("follower-cut-off-while-leading");
    if world.dice.bool() {
        acts::cut_servers(world, server, leader);
    } else {
        acts::isolate(world, server);
    }
    let length = around(world, node, 50, 200);
    let answered = world.nodes[node].process.as_ref().map(|p| p.heard);
    world.run(length);
    let process = world.nodes[node].process.as_ref();
    let heard = process.map(|p| p.heard) > answered;
    if token && heard && !world.leads_any(node) && process.is_some_and(|p| p.server == Some(server))
    {
        world.marks.hit("follower-kept-answering-past-lease");
    }
    acts::heal_servers(world);
    world.heal_client(node, false);
}

/// ZooKeeper's leader stops between a proof's arrival and its commit, for about T, and takes up
/// what has piled up in any order.
pub(super) fn pause_zookeeper_leader(world: &mut World) {
    let (Some((node, server)), Some(leader)) =
        (world.somebody_who_leads(), world.ensemble.leader())
    else {
        return;
    };
    only(world, node, server);
    let rounds = world.dice.u8(1..4);
    for _ in 0..rounds {
        proof_sent(world, node);
        let late = world.dice.u64(0..4 * MS);
        world.run(late);
        world.marks.hit("zookeeper-leader-paused-during-proof");
        acts::pause_server(world, leader);
        let length = around(world, node, 5, 120);
        world.run(length);
        if world.dice.u8(0..3) == 0 {
            world.pause(node);
        }
        acts::resume_server(world, leader);
        let length = world.dice.u64(0..20 * MS);
        world.run(length);
        if world.dice.u8(0..3) == 0 {
            // Nothing of the next proofs comes through.
            acts::cut_servers(world, leader, server);
        }
    }
    let length = around(world, node, 50, 150);
    world.run(length);
    world.resume(node);
    acts::heal_servers(world);
    world.heal_client(node, true);
}

/// The client's link stands still for R or a little more or less, and then the follower is cut
/// off: what was sent before the stall arrived after it.
pub(super) fn stall_the_link(world: &mut World) {
    let Some((node, server)) = world.somebody_who_leads() else {
        return;
    };
    only(world, node, server);
    let ways: &[Way] = match world.dice.u8(0..3) {
        0 => &[Way::Up],
        1 => &[Way::Down],
        _ => &[Way::Up, Way::Down],
    };
    world.marks.hit("stall-of-r");
    let rounds = world.dice.u8(1..4);
    for _ in 0..rounds {
        match world.dice.u8(0..3) {
            0 => proof_sent(world, node),
            1 => after_proof(world, node),
            _ => {}
        }
        for way in ways {
            world.cut(node, server, *way);
        }
        let relay = relay(world, node);
        let length = match world.dice.u8(0..4) {
            0 => relay,
            1 => relay + MS,
            2 => relay.saturating_sub(MS),
            _ => world.dice.u64(relay / 2..=relay * 3 / 2),
        };
        // More, and the connection would be given up.
        world.run(length.min(timeout(world, node) * 24 / 100));
        for way in ways {
            world.heal(node, server, *way, true);
        }
    }
    if world.dice.bool() {
        after_proof(world, node);
    }
    let leader = world.ensemble.leader();
    match leader {
        Some(leader) if leader != server => {
            if world.dice.u8(0..3) == 0 {
                acts::pause_server(world, leader);
                let length = around(world, node, 30, 110);
                world.run(length);
                acts::resume_server(world, leader);
            } else {
                acts::cut_servers(world, server, leader);
            }
        }
        _ => acts::cut_client(world, node),
    }
    let length = around(world, node, 60, 160);
    world.run(length);
    acts::heal_servers(world);
    world.heal_client(node, false);
}

/// ZooKeeper's leader, and with it the client that leads, are cut off from the majority.
pub(super) fn depose_with_client(world: &mut World) {
    let (Some((node, server)), Some(leader)) =
        (world.somebody_who_leads(), world.ensemble.leader())
    else {
        return;
    };
    if world.dice.bool() {
        only(world, node, server);
    }
    if world.dice.bool() {
        after_proof(world, node);
    }
    acts::isolate(world, leader);
    if world.dice.u8(0..3) == 0 {
        let length = around(world, node, 10, 60);
        world.run(length);
        acts::heal_servers(world);
    }
    let length = around(world, node, 80, 250);
    world.run(length);
    acts::heal_servers(world);
    world.heal_client(node, false);
}

/// The connection is lost, and the reply to the next handshake with it, or just late.
pub(super) fn reattach_in_the_dark(world: &mut World) {
    let Some((node, server)) = world.somebody_who_leads() else {
        return;
    };
    if world.dice.bool() {
        // Through another server.
        world.cut(node, server, Way::Up);
        world.cut(node, server, Way::Down);
    }
    if world.dice.bool() {
        world.nodes[node].trap = Some(Trap::Handshake);
    } else {
        for server in 0..world.plan.servers() {
            world.cut(node, server, Way::Down);
        }
    }
    world.reset(node);
    let length = around(world, node, 5, 120);
    world.run(length);
    let prompt = world.dice.bool();
    world.heal_client(node, prompt);
    let length = around(world, node, 0, 60);
    world.run(length);
    world.nodes[node].trap = None;
}

/// The process that leads is stopped, now and then for longer than its lease.
pub(super) fn stop_the_leader(world: &mut World) {
    let Some((node, _)) = world.somebody_who_leads() else {
        return;
    };
    match world.dice.u8(0..3) {
        0 => after_proof(world, node),
        1 => proof_sent(world, node),
        _ => {}
    }
    let late = world.dice.u64(0..3 * MS);
    world.run(late);
    world.pause(node);
    let length = around(world, node, 30, 220);
    world.run(length);
    world.resume(node);
}
