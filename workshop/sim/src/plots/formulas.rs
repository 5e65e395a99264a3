//! Simpler formulas of the lease, each with the order of events that refutes it. The derivation of
//! the right one in `crates/session/src/lease.rs` says what each part of it is for.

use super::scene::{Scene, run_to};
use super::tools::{LATE, next_ping, patience};
use crate::acts;
use crate::trial::Trial;
use tenure_worlds::{MS, Way};

/// *An answered request had reached ZooKeeper's leader.* The follower reports it only when it is
/// pinged: proofs follow each other as fast as they can until just before that, and nothing arrives
/// after that.
pub(super) fn write_all_the_time(trial: &mut Trial) {
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    if scene.aim(trial, 30 * MS) {
        let ping = next_ping(trial);
        scene.write_until(trial, ping + 3 * MS);
        let early = trial.world.dice.u64(4 * MS..20 * MS);
        let end = next_ping(trial).saturating_sub(early);
        scene.write_until(trial, end);
        trial.judge.marks.hit("proofs-all-the-time");
        scene.cut(trial);
    }
    scene.wreck(trial);
}

/// *A request that was sent R before a proof had reached the follower long before it.* The client's
/// link stalls: the requests that it sends meanwhile arrive together with the proof, between two
/// pings.
pub(super) fn ask_into_a_stall(trial: &mut Trial) {
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    if scene.aim(trial, 30 * MS) {
        let ping = next_ping(trial);
        run_to(trial, ping - 15 * MS);
        scene.write_through(trial);
        run_to(trial, ping + 3 * MS);
        let began = trial.world.now;
        trial.world.cut(scene.node, scene.server, Way::Up);
        // With a longer stall, the client would give the connection up.
        let length = trial
            .world
            .dice
            .u64(scene.timeout * 15 / 100..=scene.timeout * 22 / 100);
        let latest = began + scene.timeout * 235 / 1000;
        scene.ask_until(trial, began + length);
        scene.ask_until(trial, (next_ping(trial) + 3 * MS).min(latest));
        scene.write(trial);
        trial.judge.marks.hit("asked-into-a-stall");
        trial.world.heal(scene.node, scene.server, Way::Up, true);
        trial.run_until(50 * MS, |w| !scene.is_writing(w));
        scene.cut(trial);
    }
    scene.wreck(trial);
}

/// *A request counts from the arrival of its reply.* The request was relayed at once, and its reply
/// is late; the next requests are late on their way to the follower, until three proofs get through
/// between two pings.
pub(super) fn receive_late(trial: &mut Trial) {
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    if scene.aim(trial, 40 * MS) {
        let ping = next_ping(trial);
        run_to(trial, ping - 20 * MS);
        scene.write_through(trial);
        run_to(trial, ping - 4 * MS);
        trial.world.cut(scene.node, scene.server, Way::Down);
        scene.ask(trial);
        run_to(trial, ping + 3 * MS);
        trial.world.cut(scene.node, scene.server, Way::Up);
        // With more than this, the client would give the connection up; right after a ping there is
        // room for three proofs until the next.
        let half = trial.plan.tick / 2;
        let rounds = (scene.timeout * 235 / 1000).saturating_sub(7 * MS) / half;
        let latest = ping + rounds * half + 3 * MS;
        run_to(trial, latest.saturating_sub(scene.relay + 8 * MS));
        trial.world.heal(scene.node, scene.server, Way::Down, true);
        run_to(trial, latest);
        trial.judge.marks.hit("late-reply");
        scene.write(trial);
        trial.world.heal(scene.node, scene.server, Way::Up, true);
        let end = trial.world.now + trial.world.dice.u64(110 * MS..130 * MS);
        let end = end.min(next_ping(trial).saturating_sub(4 * MS));
        scene.write_until(trial, end);
        scene.cut(trial);
    }
    scene.wreck(trial);
}

/// *A proof that was committed R after an answer is behind a ping.* ZooKeeper's leader was stopped
/// when it had to ping; it resumes, commits the proof at once, and pings later.
pub(super) fn wake_late(trial: &mut Trial) {
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    if scene.aim(trial, 30 * MS) {
        let ping = next_ping(trial);
        scene.write_until(trial, ping + 3 * MS);
        let ping = next_ping(trial);
        scene.write_until(trial, ping.saturating_sub(25 * MS));
        trial.run_until(10 * MS, |w| !scene.is_writing(w));
        scene.ask_until(trial, ping - 4 * MS);
        let Some(leader) = trial.world.ensemble.leader() else {
            return scene.wreck(trial);
        };
        acts::pause_server(trial, leader);
        let began = trial.world.now;
        trial.world.ensemble.set_ping_lateness(LATE);
        // With more, the client would give the connection up, or the ensemble its leader.
        let length = (scene.timeout * 24 / 100).min(patience(trial));
        scene.ask_until(trial, began + length.saturating_sub(35 * MS));
        scene.write(trial);
        trial.run(5 * MS);
        trial
            .judge
            .marks
            .hit("zookeeper-leader-wakes-and-pings-late");
        acts::resume_server(trial, leader);
        let length = match trial.world.dice.u8(0..3) {
            0 => trial.world.dice.u64(MS..150 * MS),
            1 => trial.world.dice.u64(108 * MS..140 * MS),
            _ => trial.world.dice.u64(15 * MS..30 * MS),
        };
        scene.write_until(trial, trial.world.now + length);
        scene.cut(trial);
    }
    scene.wreck(trial);
}

/// *The connect request counts from its answer.* The answer is late, one proof follows, and nothing
/// arrives after that: the request is the last touch of the session. (So are the pings that follow
/// it and arrive: without them it is `last::attach_into_silence`.)
pub(super) fn answer_late(trial: &mut Trial) {
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    trial.reset(scene.node);
    if trial.run_until(100 * MS, |w| w.world.knocks(scene.node, scene.server)) {
        trial.world.cut(scene.node, scene.server, Way::Down);
        let began = trial.world.now;
        let latest = began + scene.timeout * 235 / 1000;
        let part = trial.world.dice.u64(120..=215);
        run_to(trial, began + scene.timeout * part / 1000);
        run_to(trial, (next_ping(trial) + 3 * MS).min(latest));
        trial.judge.marks.hit("handshake-answered-late");
        let done = trial.judge.accounts[scene.node].proofs_done;
        trial.world.heal(scene.node, scene.server, Way::Down, true);
        let proved = |w: &Trial| w.judge.accounts[scene.node].proofs_done > done;
        trial.run_until(50 * MS, proved);
        scene.cut(trial);
    }
    scene.wreck(trial);
}

/// *The next ping of a follower relays the newest request that it has answered.* The follower loses
/// that touch, and the three proofs are through before another ping.
pub(super) fn lose_a_touch(trial: &mut Trial) {
    let half = trial.plan.tick / 2;
    if trial.plan.hazards.touches == 0 || half < 250 * MS {
        return write_all_the_time(trial);
    }
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    // The client proves by itself a little after a later ping, and writes before that by as much as
    // makes an earlier ping bring its touch.
    let pause = scene.timeout / 12;
    let pings = pause.saturating_sub(23 * MS) / half;
    let before = pause.saturating_sub(8 * MS + pings * half);
    let fits = pause > scene.relay + 2 * MS && pings > 0 && before + 8 * MS < half;
    trial.world.ensemble.set_touch_loss(0);
    if fits && scene.aim(trial, before + 2 * MS) {
        let ping = next_ping(trial);
        run_to(trial, ping.saturating_sub(before));
        scene.write_through(trial);
        run_to(trial, ping + 3 * MS);
        trial.world.ensemble.set_touch_loss(1000);
        let done = trial.judge.accounts[scene.node].proofs_done;
        trial.run_until(pause, |w| w.judge.accounts[scene.node].proofs_done > done);
        run_to(trial, trial.world.now + scene.relay + MS);
        scene.write_through(trial);
        run_to(trial, trial.world.now + 101 * MS);
        scene.write_through(trial);
        scene.write_through(trial);
        trial.judge.marks.hit("touch-lost");
        scene.cut(trial);
    }
    trial
        .world
        .ensemble
        .set_touch_loss(trial.plan.hazards.touches);
    scene.wreck(trial);
}

/// *P₁ was sent before P.* ZooKeeper's leader wakes, commits P₂ and pings late; P₁ and P reach it
/// together while that ping is on its way, and the answer to the ping never arrives. (Meanwhile the
/// client continues to prove: without that it is `last::write_a_pair`.)
pub(super) fn write_together(trial: &mut Trial) {
    let Some(scene) = Scene::set(trial) else {
        return;
    };
    let leads = trial.world.ensemble.leader() == Some(scene.up);
    if leads && scene.aim(trial, 30 * MS) {
        let ping = next_ping(trial);
        run_to(trial, ping - 15 * MS);
        scene.write_through(trial);
        let ping = next_ping(trial) + trial.plan.tick / 2;
        run_to(trial, ping - 4 * MS);
        acts::pause_server(trial, scene.up);
        let began = trial.world.now;
        trial.world.ensemble.set_ping_lateness(LATE);
        let length = (scene.timeout * 24 / 100).min(patience(trial));
        scene.ask_until(trial, began + length.saturating_sub(35 * MS));
        scene.write(trial);
        trial.run(5 * MS);
        acts::resume_server(trial, scene.up);
        trial.run_until(50 * MS, |w| !scene.is_writing(w));
        scene.pass_each_other(trial, "written-together");
    }
    scene.wreck(trial);
    scene.take_back(trial);
}
