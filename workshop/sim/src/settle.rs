//! The end of a world: everything is healed, and order must return.

use crate::acts;
use crate::invariants;
use crate::trial::Trial;
use crate::trouble;
use tenure::core::GUARD_MAX;
use tenure_worlds::{MS, Nanos, Quality, SECOND, nanos};

/// The time that is allowed beyond T + 2 τ: an election and the servers' synchronisation; TCP's
/// wait before it sends again; a client's pause before it tries again.
fn grace(trial: &Trial) -> Nanos {
    // Where sessions cannot be reattached, a second wait may follow a first one.
    let waits = match trial.plan.hazards.guarded {
        Some(_) if trial.plan.is_zookeeper() => 1,
        Some(_) => 2,
        None => 0,
    };
    let guard = waits * (nanos(GUARD_MAX) + SECOND);
    2 * SECOND + 4 * trial.plan.tick + 3 * SECOND + 2 * SECOND + guard + trouble::grace(trial)
}

pub(crate) fn heal(trial: &mut Trial) {
    trial.world.note(|| "everything is healed".to_owned());
    for server in 0..trial.plan.servers() {
        acts::resume_server(trial, server);
        trial.restart(server);
    }
    acts::heal_servers(trial);
    acts::set_clocks(trial);
    trouble::end(trial);
    for node in 0..trial.plan.nodes.len() {
        trial.world.hosts[node].trap = None;
        trial.world.set_quality(node, Quality::GOOD);
        trial.world.heal_client(node, false);
        trial.resume(node);
        acts::revive(trial, node);
    }
}

/// Heals, waits for order, and checks that it lasts. Servers that have yet to notice the last
/// faults may disturb it once more, as long as order could still have come later.
pub(crate) fn settle(trial: &mut Trial) {
    heal(trial);
    let limit = trial.plan.timeout() + 2 * trial.plan.tick + grace(trial);
    let end = trial.world.now + limit;
    while let Some(disorder) = unsettled(trial, end) {
        if trial.world.now >= end && trial.world.broken().is_none() {
            let limit = limit / MS;
            let state = trial.state();
            trial.world.note(|| state);
            trial.world.fail(format!(
                "not in order {limit} ms after the last fault: {disorder}"
            ));
        }
        if trial.world.broken().is_some() {
            return;
        }
    }
    if let Err(what) = invariants::at_end(&trial.world, &trial.judge) {
        trial.world.fail(what);
    }
}

/// Waits for order until `end`, then checks that it lasts for T; returns what is not in order.
fn unsettled(trial: &mut Trial, end: Nanos) -> Option<String> {
    let began = trial.world.now;
    loop {
        trouble::unlock(trial);
        for node in 0..trial.plan.nodes.len() {
            acts::revive(trial, node);
            acts::stand(trial, node);
        }
        acts::remove_strangers(trial);
        trial.run(50 * MS);
        match invariants::disorder(&trial.world, &trial.judge) {
            disorder if trial.world.broken().is_some() => {
                return disorder.or_else(|| trial.world.broken().cloned());
            }
            None => break,
            Some(disorder) if trial.world.now >= end => return Some(disorder),
            Some(_) => {}
        }
    }
    trial.settled += trial.world.now - began;
    trial.run(trial.plan.timeout());
    let disorder = invariants::disorder(&trial.world, &trial.judge);
    let disorder = disorder.or_else(|| lost_in_peace(trial));
    disorder.map(|what| format!("order did not last: {what}"))
}

/// On servers other than ZooKeeper: the first client that loses its session although nothing disturbs it. They
/// end the session of a client that only reads.
fn lost_in_peace(trial: &mut Trial) -> Option<String> {
    if trial.plan.is_zookeeper() {
        return None;
    }
    let sessions = |trial: &Trial| {
        let all = trial.judge.users();
        all.map(|(id, user)| (id, user.session)).collect::<Vec<_>>()
    };
    let before = sessions(trial);
    trial.run(2 * trial.plan.timeout());
    let after = sessions(trial);
    let mut pairs = before.iter().zip(&after);
    let (lost, _) = pairs.find(|(before, after)| before != after)?;
    Some(format!("client {} lost its session in peace", lost.0))
}
