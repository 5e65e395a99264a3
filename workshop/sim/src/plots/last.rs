//! Plots at the end of a world, which refute simpler formulas and a simpler numbering: the world's
//! earlier events do not depend on them.

use super::scene::{Scene, run_to};
use super::tools::{LATE, next_ping, patience, timeout};
use crate::acts;
use crate::trial::Trial;
use std::time::Duration;
use tenure::model::LinkOptions;
use tenure_worlds::{MS, Nanos, Quality, Way};

/// Writes at intervals.
fn keep_writing(trial: &mut Trial, scene: &Scene, end: Nanos) {
    while trial.world.now < end && trial.world.broken().is_none() {
        scene.write(trial);
        run_to(trial, (trial.world.now + 20 * MS).min(end));
    }
}

/// *The connect request counts from its answer.* The request touches the session; after that
/// nothing arrives at its server, not even a ping, until the client has the answer. One proof
/// follows between two pings of ZooKeeper's leader, and nothing arrives after that.
pub(super) fn attach_into_silence(trial: &mut Trial) {
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    let (node, server) = (scene.node, scene.server);
    let half = trial.plan.tick / 2;
    // The lease outlives the search for the one server that can be reached.
    let end = trial.world.now + scene.relay + 250 * MS;
    keep_writing(trial, &scene, end);
    trial.world.cut(node, server, Way::Up);
    trial.reset(node);
    if trial.run_until(scene.timeout * 3 / 10, |w| w.world.dials(node, server)) {
        // With more, the client would give the handshake up.
        let most = scene.timeout * 235 / 1000;
        // The touch of the request itself is relayed at once, or not at all.
        let ping = next_ping(trial);
        let knock = if most > half {
            ping.saturating_sub(3 * MS)
        } else {
            ping + 2 * MS
        };
        let latest = trial.world.now + scene.timeout / 9;
        run_to(trial, knock.min(latest));
        trial.world.heal(node, server, Way::Up, true);
        trial.run_until(5 * MS, |w| w.world.knocks(node, server));
        trial.world.cut(node, server, Way::Down);
        if trial.run_until(5 * MS, |w| !w.world.knocks(node, server)) {
            trial.world.cut(node, server, Way::Up);
            let latest = trial.world.now + most;
            let ping = next_ping(trial);
            let mut answer = ping + 3 * MS;
            while answer + half <= latest {
                answer += half;
            }
            if answer > latest {
                answer = latest.min(ping.saturating_sub(25 * MS));
            }
            run_to(trial, answer);
            trial.judge.marks.hit("attached-into-silence");
            let done = trial.judge.accounts[node].proofs_done;
            trial.world.heal(node, server, Way::Down, true);
            trial.world.heal(node, server, Way::Up, true);
            trial.run_until(20 * MS, |w| w.judge.accounts[node].proofs_done > done);
        }
        scene.cut(trial);
    }
    scene.wreck(trial);
}

/// *P₁ was sent before P.* ZooKeeper's leader wakes, commits P₂ and pings late; P₁ and P reach it
/// together while that ping is on its way, and the follower's answer to it never arrives. P₂ is the
/// only write that waits meanwhile, and no proof follows it before P₁: of successes that are known
/// within a moment only the first is remembered.
pub(super) fn write_a_pair(trial: &mut Trial) {
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    let leads = trial.world.ensemble.leader() == Some(scene.up);
    if leads && scene.aim(trial, 30 * MS) {
        let ping = next_ping(trial);
        run_to(trial, ping - 15 * MS);
        scene.write_through(trial);
        run_to(trial, ping + 3 * MS);
        let ping = next_ping(trial);
        keep_writing(trial, &scene, ping.saturating_sub(26 * MS));
        run_to(trial, ping.saturating_sub(7 * MS));
        let wrote = trial.world.now;
        scene.write_through(trial);
        run_to(trial, ping.saturating_sub(MS));
        acts::pause_server(trial, scene.up);
        trial.world.ensemble.set_ping_lateness(LATE);
        // By then the next proof would be due.
        let length = (scene.timeout / 12).saturating_sub(8 * MS);
        let length = length.min(patience(trial));
        scene.ask_until(trial, wrote + length);
        scene.write(trial);
        trial.run(2 * MS);
        acts::resume_server(trial, scene.up);
        trial.run_until(50 * MS, |w| !scene.is_writing(w));
        scene.pass_each_other(trial, "written-in-a-pair");
    }
    scene.wreck(trial);
    scene.take_back(trial);
}

/// *Each connection numbers its requests from the start.* A connection is lost while a proof is on
/// its way to a majority, the next connection goes to another server, and its own proof has the
/// same number when the majority has the earlier one.
pub(super) fn number_alike(trial: &mut Trial) {
    let Some((node, _)) = trial.a_leader() else {
        return;
    };
    let (links, quality) = (trial.plan.links.clone(), trial.plan.nodes[node].quality);
    let delay = trial.world.dice.u64(10 * MS..40 * MS);
    let slow = Duration::from_nanos(delay);
    trial.world.set_quality(node, Quality::GOOD);
    trial.world.set_links(&LinkOptions {
        delay_min: slow,
        delay_max: slow,
        ..LinkOptions::default()
    });
    trial.run(100 * MS);
    let sent = trial.judge.accounts[node].proofs_sent;
    let patience = timeout(trial, node) / 4;
    trial.reset(node);
    if trial.run_until(patience, |w| w.judge.accounts[node].proofs_sent > sent) {
        trial.run(MS);
        let first = trial.judge.user(node).and_then(|u| u.server);
        // ZooKeeper's leader has committed it by then, and its answer is not on its way yet.
        let ways = if first == trial.world.ensemble.leader() {
            2
        } else {
            3
        };
        let committed = trial.world.now + ways * delay;
        trial.reset(node);
        let servers = 0..trial.plan.servers();
        let knocks = |w: &Trial| servers.clone().find(|server| w.world.knocks(node, *server));
        if trial.run_until(delay, |w| knocks(w).is_some())
            && let Some(server) = knocks(trial)
        {
            trial.world.cut(node, server, Way::Down);
            run_to(trial, committed);
            trial.judge.marks.hit("numbered-alike");
            trial.world.heal(node, server, Way::Down, true);
        }
        trial.run(2 * delay);
    }
    trial.world.set_links(&links);
    trial.world.set_quality(node, quality);
}
