//! Servers grant different session timeouts.

use crate::acts;
use crate::plots::{around, calm};
use crate::trial::Trial;
use tenure_worlds::{MS, Way};

/// A client moves from a generous server to a meagre one and back, and then is silent.
pub(super) fn less_and_more(trial: &mut Trial) {
    calm(trial);
    let Some((node, _)) = trial.a_leader() else {
        return;
    };
    let listed = trial.plan.nodes[node].servers.clone();
    let (meagre, generous): (Vec<usize>, Vec<usize>) = listed.iter().partition(|s| **s % 2 == 1);
    if meagre.is_empty() || generous.is_empty() {
        return;
    }
    let patience = trial.plan.timeout();
    for servers in [&generous, &meagre, &generous] {
        let server = servers[trial.world.more.usize(0..servers.len())];
        turn_to(trial, node, server);
        let there = move |w: &Trial| {
            let user = w.judge.user(node);
            user.is_some_and(|u| u.attached && u.server == Some(server))
        };
        trial.run_until(patience, there);
        let length = around(trial, node, 0, 40);
        trial.run(length);
    }
    trial.judge.marks.hit("granted-less-and-more");
    acts::cut_client(trial, node);
    let length = around(trial, node, 50, 130);
    trial.run(length);
    trial.world.heal_client(node, true);
}

/// A client's connection ends, and this server is the only one that it can reach now.
fn turn_to(trial: &mut Trial, node: usize, server: usize) {
    trial.world.heal_client(node, true);
    let others = (0..trial.plan.servers()).filter(|other| *other != server);
    for other in others.clone() {
        trial.world.cut(node, other, Way::Up);
    }
    trial.reset(node);
    trial.run(10 * MS);
    for other in others {
        trial.world.cut(node, other, Way::Down);
    }
}
