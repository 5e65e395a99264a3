//! ZooKeeper's leader has taken a session out of its expiry queue and closes it a moment later:
//! until then the session seems to live, whatever request it sends.

use super::tools::{after_proof, around, patience, timeout};
use crate::acts;
use crate::trial::Trial;
use tenure_worlds::{MS, Way};

/// A client is silent for T, and its next request arrives in the moment between.
pub(super) fn reattach(trial: &mut Trial) {
    let node = trial.world.dice.usize(0..trial.plan.nodes.len());
    let node = trial.a_leader().map_or(node, |(leader, _)| {
        if trial.world.dice.bool() {
            leader
        } else {
            node
        }
    });
    let session = |w: &Trial| w.judge.user(node).and_then(|u| u.session);
    let Some(session) = session(trial) else {
        return;
    };
    for server in 0..trial.plan.servers() {
        for way in [Way::Up, Way::Down] {
            trial.world.cut(node, server, way);
        }
    }
    let patience = timeout(trial, node) + 2 * trial.plan.tick;
    let doomed = trial.run_until(patience, |w| w.world.ensemble.is_doomed(session));
    if doomed {
        trial.judge.marks.hit("doomed-session-reattached");
    }
    let late = trial.world.dice.u64(0..=trial.plan.hazards.closing / 4);
    trial.run(late);
    trial.world.heal_client(node, true);
    match trial.world.dice.u8(0..3) {
        // Its answer is late, and one proof follows.
        0 => {
            trial.run(2 * MS);
            for server in 0..trial.plan.servers() {
                trial.world.cut(node, server, Way::Down);
            }
            let length = around(trial, node, 1, 24);
            trial.run(length);
            trial.world.heal_client(node, true);
        }
        _ => after_proof(trial, node),
    }
    if trial.world.dice.bool() {
        acts::cut_client(trial, node);
    }
    let length = around(trial, node, 10, 120);
    trial.run(length);
    trial.world.heal_client(node, true);
}

/// ZooKeeper's leader is stopped for nearly as long as sessions live. A standby then has no member
/// before it, or comes back while that leader is stopped.
pub(super) fn next_in_line(trial: &mut Trial) {
    let (Some((first, _)), Some(leader)) = (trial.a_leader(), trial.world.ensemble.leader()) else {
        return;
    };
    let others: Vec<usize> = (0..trial.plan.nodes.len())
        .filter(|id| *id != first)
        .collect();
    let Some(second) = trial.world.dice.choice(&others).copied() else {
        return;
    };
    let length = around(trial, second, 40, 130).min(patience(trial));
    acts::pause_server(trial, leader);
    let back = trial.world.dice.u64(0..=length);
    trial.run(back);
    if trial.world.dice.bool() {
        trial.reset(second);
    }
    trial.run(length - back);
    trial.judge.marks.hit("idle-while-zookeeper-stalls");
    match trial.world.dice.u8(0..3) {
        0 => acts::withdraw(trial, first),
        1 => trial.kill(first, false),
        _ => {}
    }
    acts::resume_server(trial, leader);
    after_proof(trial, second);
    if trial.world.dice.bool() {
        acts::cut_client(trial, second);
    }
    let length = around(trial, second, 50, 120);
    trial.run(length);
    trial.world.heal_client(second, true);
    acts::revive(trial, first);
    acts::stand(trial, first);
}
