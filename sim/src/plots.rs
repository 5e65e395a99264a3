//! Faults in an order that somebody thought out to break the lease: what dice alone would find
//! once in a million worlds.

use crate::acts;
use crate::clock::{MS, Nanos, SECOND};
use crate::node::Trap;
use crate::wire::Way;
use crate::world::{World, nanos};
use tenure::proto::op;

/// One plot, from calm water to the wreck. It leaves things as they are.
pub(crate) fn any(world: &mut World) {
    if world.dice.u8(0..10) < 8 {
        calm(world);
    }
    let plots = [
        cut_after_proof,
        cut_follower_off,
        cut_follower_off,
        pause_zookeeper_leader,
        pause_zookeeper_leader,
        stall_the_link,
        stall_the_link,
        depose_with_client,
        reattach_in_the_dark,
        stop_the_leader,
        lose_a_create,
        lose_a_delete,
        everything_down,
        crash_zookeeper_leader,
        back_to_the_deposed,
        queue_of_members,
        lose_the_path,
    ];
    let plot = world.dice.usize(0..plots.len());
    plots[plot](world);
}

/// Heals, and waits until somebody leads.
fn calm(world: &mut World) {
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

fn timeout(world: &World, node: usize) -> Nanos {
    world.nodes[node]
        .process
        .as_ref()
        .map_or(SECOND, |p| nanos(p.timeout))
}

/// A length around T.
fn around(world: &mut World, node: usize, low: u64, high: u64) -> Nanos {
    let timeout = timeout(world, node);
    world.dice.u64(timeout * low / 100..=timeout * high / 100)
}

/// The moment after a leader's next proof has succeeded.
fn after_proof(world: &mut World, node: usize) {
    let done = world.nodes[node].proofs_done;
    let patience = timeout(world, node) / 4;
    world.run_until(patience, |w| w.nodes[node].proofs_done > done);
}

/// The moment after a leader's next proof was sent.
fn proof_sent(world: &mut World, node: usize) {
    let sent = world.nodes[node].proofs_sent;
    let patience = timeout(world, node) / 4;
    world.run_until(patience, |w| w.nodes[node].proofs_sent > sent);
}

/// R, as the client reckons it.
fn relay(world: &World, node: usize) -> Nanos {
    let tick = world.nodes[node].plan.tick.map(nanos);
    tick.unwrap_or_else(|| timeout(world, node) / 2) / 2 + 100 * MS
}

/// A client can reach this server and no other, or all of them again.
fn only(world: &mut World, node: usize, server: usize) {
    for other in (0..world.plan.servers()).filter(|other| *other != server) {
        world.cut(node, other, Way::Up);
        world.cut(node, other, Way::Down);
    }
}

fn cut_after_proof(world: &mut World) {
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
fn cut_follower_off(world: &mut World) {
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
fn pause_zookeeper_leader(world: &mut World) {
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
fn stall_the_link(world: &mut World) {
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
fn depose_with_client(world: &mut World) {
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
fn reattach_in_the_dark(world: &mut World) {
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
fn stop_the_leader(world: &mut World) {
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

/// The reply to a create is lost, and the connection with it.
fn lose_a_create(world: &mut World) {
    let node = world.dice.usize(0..world.nodes.len());
    acts::withdraw(world, node);
    world.run(20 * MS);
    let create = if world.plan.unknown.contains(&op::CREATE2) {
        op::CREATE
    } else {
        op::CREATE2
    };
    world.nodes[node].trap = Some(Trap::ReplyTo(create));
    if world.dice.u8(0..3) == 0 {
        // Killed in the middle, and started again: its znode is somebody else's by then.
        let machine = world.dice.bool();
        world.kill(node, machine);
        world.start(node);
    }
    acts::stand(world, node);
    let length = around(world, node, 5, 50);
    world.run(length);
    if world.dice.u8(0..3) == 0 {
        acts::withdraw(world, node);
        world.run(length);
    }
    world.nodes[node].trap = None;
}

/// The reply to a delete is lost, or the delete itself.
fn lose_a_delete(world: &mut World) {
    let Some((node, _)) = world.somebody_who_leads() else {
        return;
    };
    if world.dice.bool() {
        world.nodes[node].trap = Some(Trap::ReplyTo(op::DELETE));
        acts::withdraw(world, node);
    } else {
        acts::cut_client(world, node);
        acts::withdraw(world, node);
        let length = around(world, node, 1, 20);
        world.run(length);
        world.reset(node);
        world.heal_client(node, true);
    }
    let length = around(world, node, 5, 50);
    world.run(length);
    world.nodes[node].trap = None;
}

fn everything_down(world: &mut World) {
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

fn crash_zookeeper_leader(world: &mut World) {
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
fn back_to_the_deposed(world: &mut World) {
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

/// Members come and go in front of each other.
fn queue_of_members(world: &mut World) {
    for _ in 0..world.dice.u8(2..8) {
        let node = world.dice.usize(0..world.nodes.len());
        match world.dice.u8(0..5) {
            0 => acts::withdraw(world, node),
            1 => world.kill(node, true),
            2 => {
                let process = world.nodes[node].process.as_ref();
                if process.is_some_and(|p| !p.closing) {
                    world.reset(node);
                }
            }
            _ => {}
        }
        acts::revive(world, node);
        acts::stand(world, node);
        let late = world.dice.u64(0..300 * MS);
        world.run(late);
    }
}

/// All members leave, and somebody who may deletes the group's path, while others look at it.
fn lose_the_path(world: &mut World) {
    if !world.plan.tampers {
        return queue_of_members(world);
    }
    for node in 0..world.nodes.len() {
        acts::withdraw(world, node);
    }
    world.run(300 * MS);
    for _ in 0..6 {
        acts::meddle(world);
        world.run(100 * MS);
    }
    for node in 0..world.nodes.len() {
        acts::stand(world, node);
    }
}

/// The counters of all groups are put where they wrap: who stands keeps a high number, who comes
/// gets a negative one.
pub(crate) fn wrap(world: &mut World, negative: bool) {
    let near = world.dice.i32(4..20);
    for group in world.plan.groups.clone() {
        let counter = if negative {
            i32::MIN + near
        } else {
            i32::MAX - 10_000
        };
        world.ensemble.set_counter(&group, counter);
    }
    world.note(|| format!("the counters wrap: {negative}"));
}
