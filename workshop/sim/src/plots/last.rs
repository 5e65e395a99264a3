//! What refutes simpler formulas, and a simpler numbering, when a world is over otherwise: what happens
//! before does not depend on it.

use super::scene::{Scene, run_to};
use super::tools::{LATE, next_ping, patience, timeout};
use crate::acts;
use crate::clock::{MS, Nanos};
use crate::plan::Quality;
use crate::wire::Way;
use crate::world::World;
use std::time::Duration;
use tenure::model::LinkOptions;

/// Writes every now and then.
fn keep_writing(world: &mut World, scene: &Scene, end: Nanos) {
    while world.now < end && world.broken.is_none() {
        scene.write(world);
        run_to(world, (world.now + 20 * MS).min(end));
    }
}

/// *The connect request counts from the answer to it.* The request touches the session; from then on
/// its server hears nothing, not even a ping, until the answer arrives. One proof follows between
/// two pings of ZooKeeper's leader, and nothing arrives after that.
pub(super) fn attach_into_silence(world: &mut World) {
    let Some(scene) = Scene::set(world) else {
        return;
    };
    let (node, server) = (scene.node, scene.server);
    let half = world.plan.tick / 2;
    // The lease outlives the search for the one server that can be reached.
    let end = world.now + scene.relay + 250 * MS;
    keep_writing(world, &scene, end);
    world.cut(node, server, Way::Up);
    world.reset(node);
    if world.run_until(scene.timeout * 3 / 10, |w| w.dials(node, server)) {
        // More, and the handshake would be given up.
        let most = scene.timeout * 235 / 1000;
        // What the request has told the server by itself is relayed at once, or not at all.
        let ping = next_ping(world);
        let knock = if most > half {
            ping.saturating_sub(3 * MS)
        } else {
            ping + 2 * MS
        };
        let latest = world.now + scene.timeout / 9;
        run_to(world, knock.min(latest));
        world.heal(node, server, Way::Up, true);
        world.run_until(5 * MS, |w| w.knocks(node, server));
        world.cut(node, server, Way::Down);
        if world.run_until(5 * MS, |w| !w.knocks(node, server)) {
            world.cut(node, server, Way::Up);
            let latest = world.now + most;
            let ping = next_ping(world);
            let mut answer = ping + 3 * MS;
            while answer + half <= latest {
                answer += half;
            }
            if answer > latest {
                answer = latest.min(ping.saturating_sub(25 * MS));
            }
            run_to(world, answer);
            world.marks.hit("attached-into-silence");
            let done = world.nodes[node].proofs_done;
            world.heal(node, server, Way::Down, true);
            world.heal(node, server, Way::Up, true);
            world.run_until(20 * MS, |w| w.nodes[node].proofs_done > done);
        }
        scene.cut(world);
    }
    scene.wreck(world);
}

/// *P₁ was sent before P.* ZooKeeper's leader wakes, commits P₂ and pings late; P₁ and P reach it
/// together while that ping is on its way, and the follower's answer to it never does. P₂ is the
/// only write that waits meanwhile, and no proof follows it before P₁: of successes that are known
/// within a moment only the first is remembered.
pub(super) fn write_a_pair(world: &mut World) {
    let Some(scene) = Scene::set(world) else {
        return;
    };
    let leads = world.ensemble.leader() == Some(scene.up);
    if leads && scene.aim(world, 30 * MS) {
        let ping = next_ping(world);
        run_to(world, ping - 15 * MS);
        scene.write_through(world);
        run_to(world, ping + 3 * MS);
        let ping = next_ping(world);
        keep_writing(world, &scene, ping.saturating_sub(26 * MS));
        run_to(world, ping.saturating_sub(7 * MS));
        let wrote = world.now;
        scene.write_through(world);
        run_to(world, ping.saturating_sub(MS));
        acts::pause_server(world, scene.up);
        world.ensemble.set_ping_lateness(LATE);
        // By then the next proof would be due.
        let length = (scene.timeout / 12).saturating_sub(8 * MS);
        let length = length.min(patience(world));
        scene.ask_until(world, wrote + length);
        scene.write(world);
        world.run(2 * MS);
        acts::resume_server(world, scene.up);
        world.run_until(50 * MS, |w| !scene.is_writing(w));
        scene.pass_each_other(world, "written-in-a-pair");
    }
    scene.wreck(world);
    scene.take_back(world);
}

/// *Requests are numbered anew on each connection.* A connection is lost with a proof on its way to
/// a majority, the next one goes by another server, and its own proof bears the same number when
/// the majority has the earlier one.
pub(super) fn number_alike(world: &mut World) {
    let Some((node, _)) = world.somebody_who_leads() else {
        return;
    };
    let (links, quality) = (world.plan.links.clone(), world.nodes[node].plan.quality);
    let delay = world.dice.u64(10 * MS..40 * MS);
    let slow = Duration::from_nanos(delay);
    world.set_quality(node, Quality::GOOD);
    world.set_links(&LinkOptions {
        delay_min: slow,
        delay_max: slow,
        ..LinkOptions::default()
    });
    world.run(100 * MS);
    let sent = world.nodes[node].proofs_sent;
    let patience = timeout(world, node) / 4;
    world.reset(node);
    if world.run_until(patience, |w| w.nodes[node].proofs_sent > sent) {
        world.run(MS);
        let first = world.nodes[node].process.as_ref().and_then(|p| p.server);
        // ZooKeeper's leader has committed it by then, and not said so.
        let ways = if first == world.ensemble.leader() {
            2
        } else {
            3
        };
        let committed = world.now + ways * delay;
        world.reset(node);
        let servers = 0..world.plan.servers();
        let knocks = |w: &World| servers.clone().find(|server| w.knocks(node, *server));
        if world.run_until(delay, |w| knocks(w).is_some())
            && let Some(server) = knocks(world)
        {
            world.cut(node, server, Way::Down);
            run_to(world, committed);
            world.marks.hit("numbered-alike");
            world.heal(node, server, Way::Down, true);
        }
        world.run(2 * delay);
    }
    world.set_links(&links);
    world.set_quality(node, quality);
}
