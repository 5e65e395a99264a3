//! Simpler formulas of the lease, each with the order of events that refutes it. The derivation of
//! the right one in `src/core/session/lease.rs` says what each part of it is for.

use super::scene::{Scene, run_to};
use super::tools::{LATE, next_ping, patience};
use crate::acts;
use crate::clock::MS;
use crate::wire::Way;
use crate::world::World;

/// *What was answered had reached ZooKeeper's leader.* The follower tells of it only when it is
/// pinged: proofs follow each other as fast as they can until just before that, and nothing
/// arrives after that.
pub(super) fn write_all_the_time(world: &mut World) {
    let Some(scene) = Scene::set(world) else {
        return;
    };
    if scene.aim(world, 30 * MS) {
        let ping = next_ping(world);
        scene.write_until(world, ping + 3 * MS);
        let early = world.dice.u64(4 * MS..20 * MS);
        let end = next_ping(world).saturating_sub(early);
        scene.write_until(world, end);
        world.marks.hit("proofs-all-the-time");
        scene.cut(world);
    }
    scene.wreck(world);
}

/// *What was sent R before a proof had reached the follower long before it.* The client's link
/// stands still: what it asks meanwhile arrives together with the proof, between two pings.
pub(super) fn ask_into_a_stall(world: &mut World) {
    let Some(scene) = Scene::set(world) else {
        return;
    };
    if scene.aim(world, 30 * MS) {
        let ping = next_ping(world);
        run_to(world, ping - 15 * MS);
        scene.write_through(world);
        run_to(world, ping + 3 * MS);
        let began = world.now;
        world.cut(scene.node, scene.server, Way::Up);
        // More, and the connection would be given up.
        let length = world
            .dice
            .u64(scene.timeout * 15 / 100..=scene.timeout * 22 / 100);
        let latest = began + scene.timeout * 235 / 1000;
        scene.ask_until(world, began + length);
        scene.ask_until(world, (next_ping(world) + 3 * MS).min(latest));
        scene.write(world);
        world.marks.hit("asked-into-a-stall");
        world.heal(scene.node, scene.server, Way::Up, true);
        world.run_until(50 * MS, |w| !scene.is_writing(w));
        scene.cut(world);
    }
    scene.wreck(world);
}

/// *A request counts from the arrival of its reply.* It was relayed at once, and its reply is late;
/// what follows is late on its way to the follower, until three proofs get through between two
/// pings.
pub(super) fn hear_late(world: &mut World) {
    let Some(scene) = Scene::set(world) else {
        return;
    };
    if scene.aim(world, 40 * MS) {
        let ping = next_ping(world);
        run_to(world, ping - 20 * MS);
        scene.write_through(world);
        run_to(world, ping - 4 * MS);
        world.cut(scene.node, scene.server, Way::Down);
        scene.ask(world);
        run_to(world, ping + 3 * MS);
        world.cut(scene.node, scene.server, Way::Up);
        // More than this, and the connection would be given up; right after a ping there is room
        // for three proofs until the next.
        let half = world.plan.tick / 2;
        let rounds = (scene.timeout * 235 / 1000).saturating_sub(7 * MS) / half;
        let latest = ping + rounds * half + 3 * MS;
        run_to(world, latest.saturating_sub(scene.relay + 8 * MS));
        world.heal(scene.node, scene.server, Way::Down, true);
        run_to(world, latest);
        world.marks.hit("heard-late");
        scene.write(world);
        world.heal(scene.node, scene.server, Way::Up, true);
        let end = world.now + world.dice.u64(110 * MS..130 * MS);
        let end = end.min(next_ping(world).saturating_sub(4 * MS));
        scene.write_until(world, end);
        scene.cut(world);
    }
    scene.wreck(world);
}

/// *A proof that was committed R after something was answered is behind a ping.* ZooKeeper's leader
/// was stopped when it had to ping; it goes on, serves the proof at once, and pings later.
pub(super) fn wake_late(world: &mut World) {
    let Some(scene) = Scene::set(world) else {
        return;
    };
    if scene.aim(world, 30 * MS) {
        let ping = next_ping(world);
        scene.write_until(world, ping + 3 * MS);
        let ping = next_ping(world);
        scene.write_until(world, ping.saturating_sub(25 * MS));
        world.run_until(10 * MS, |w| !scene.is_writing(w));
        scene.ask_until(world, ping - 4 * MS);
        let Some(leader) = world.ensemble.leader() else {
            return scene.wreck(world);
        };
        acts::pause_server(world, leader);
        let began = world.now;
        world.ensemble.set_ping_lateness(LATE);
        // More, and the connection would be given up, or the ensemble give its leader up.
        let length = (scene.timeout * 24 / 100).min(patience(world));
        scene.ask_until(world, began + length.saturating_sub(35 * MS));
        scene.write(world);
        world.run(5 * MS);
        world.marks.hit("zookeeper-leader-wakes-and-pings-late");
        acts::resume_server(world, leader);
        let length = match world.dice.u8(0..3) {
            0 => world.dice.u64(MS..150 * MS),
            1 => world.dice.u64(108 * MS..140 * MS),
            _ => world.dice.u64(15 * MS..30 * MS),
        };
        scene.write_until(world, world.now + length);
        scene.cut(world);
    }
    scene.wreck(world);
}

/// *The connect request counts from the answer to it.* That is late, one proof follows, and then
/// nothing arrives after that: the request is what the session was touched by. (So are the pings
/// that follow it and come through: without them it is `last::attach_into_silence`.)
pub(super) fn answer_late(world: &mut World) {
    let Some(scene) = Scene::set(world) else {
        return;
    };
    world.reset(scene.node);
    if world.run_until(100 * MS, |w| w.knocks(scene.node, scene.server)) {
        world.cut(scene.node, scene.server, Way::Down);
        let began = world.now;
        let latest = began + scene.timeout * 235 / 1000;
        let part = world.dice.u64(120..=215);
        run_to(world, began + scene.timeout * part / 1000);
        run_to(world, (next_ping(world) + 3 * MS).min(latest));
        world.marks.hit("handshake-answered-late");
        let done = world.nodes[scene.node].proofs_done;
        world.heal(scene.node, scene.server, Way::Down, true);
        let proved = |w: &World| w.nodes[scene.node].proofs_done > done;
        world.run_until(50 * MS, proved);
        scene.cut(world);
    }
    scene.wreck(world);
}

/// *The newest request that a follower has answered is relayed by its next ping.* That touch got
/// lost, and the three proofs are through before another ping.
pub(super) fn lose_a_touch(world: &mut World) {
    let half = world.plan.tick / 2;
    if world.plan.hazards.touches == 0 || half < 250 * MS {
        return write_all_the_time(world);
    }
    let Some(scene) = Scene::set(world) else {
        return;
    };
    // The client proves by itself a little after a later ping, and writes before that by as much
    // that its touch is what an earlier ping brings.
    let pause = scene.timeout / 12;
    let pings = pause.saturating_sub(23 * MS) / half;
    let before = pause.saturating_sub(8 * MS + pings * half);
    let fits = pause > scene.relay + 2 * MS && pings > 0 && before + 8 * MS < half;
    world.ensemble.set_touch_loss(0);
    if fits && scene.aim(world, before + 2 * MS) {
        let ping = next_ping(world);
        run_to(world, ping.saturating_sub(before));
        scene.write_through(world);
        run_to(world, ping + 3 * MS);
        world.ensemble.set_touch_loss(1000);
        let done = world.nodes[scene.node].proofs_done;
        world.run_until(pause, |w| w.nodes[scene.node].proofs_done > done);
        run_to(world, world.now + scene.relay + MS);
        scene.write_through(world);
        run_to(world, world.now + 101 * MS);
        scene.write_through(world);
        scene.write_through(world);
        world.marks.hit("touch-lost");
        scene.cut(world);
    }
    world.ensemble.set_touch_loss(world.plan.hazards.touches);
    scene.wreck(world);
}

/// *P₁ was sent before P.* ZooKeeper's leader wakes, commits P₂ and pings late; P₁ and P reach it
/// together while that ping is on its way, and the answer to it never does. (The client goes on to
/// prove meanwhile: without that it is `last::write_a_pair`.)
pub(super) fn write_together(world: &mut World) {
    let Some(scene) = Scene::set(world) else {
        return;
    };
    let leads = world.ensemble.leader() == Some(scene.up);
    if leads && scene.aim(world, 30 * MS) {
        let ping = next_ping(world);
        run_to(world, ping - 15 * MS);
        scene.write_through(world);
        let ping = next_ping(world) + world.plan.tick / 2;
        run_to(world, ping - 4 * MS);
        acts::pause_server(world, scene.up);
        let began = world.now;
        world.ensemble.set_ping_lateness(LATE);
        let length = (scene.timeout * 24 / 100).min(patience(world));
        scene.ask_until(world, began + length.saturating_sub(35 * MS));
        scene.write(world);
        world.run(5 * MS);
        acts::resume_server(world, scene.up);
        world.run_until(50 * MS, |w| !scene.is_writing(w));
        scene.pass_each_other(world, "written-together");
    }
    scene.wreck(world);
    scene.take_back(world);
}
