//! The parts that plots share: lengths, moments, directions.

use crate::trial::Trial;
use std::time::Duration;
use tenure_worlds::{MS, Nanos, SECOND, Way, nanos};

/// The longest delay of a ping that `GUARANTEES.md` allows.
pub(super) const LATE: Duration = Duration::from_millis(100);

pub(crate) fn timeout(trial: &Trial, node: usize) -> Nanos {
    trial.judge.user(node).map_or(SECOND, |u| nanos(u.timeout))
}

/// A length around T.
pub(crate) fn around(trial: &mut Trial, node: usize, low: u64, high: u64) -> Nanos {
    let timeout = timeout(trial, node);
    trial
        .world
        .dice
        .u64(timeout * low / 100..=timeout * high / 100)
}

/// The moment after a leader's next proof has succeeded.
pub(super) fn after_proof(trial: &mut Trial, node: usize) {
    let done = trial.judge.accounts[node].proofs_done;
    let patience = timeout(trial, node) / 4;
    trial.run_until(patience, |w| w.judge.accounts[node].proofs_done > done);
}

/// The moment after a leader's next proof was sent.
pub(super) fn proof_sent(trial: &mut Trial, node: usize) {
    let sent = trial.judge.accounts[node].proofs_sent;
    let patience = timeout(trial, node) / 4;
    trial.run_until(patience, |w| w.judge.accounts[node].proofs_sent > sent);
}

/// R, as the client computes it.
pub(super) fn relay(trial: &Trial, node: usize) -> Nanos {
    let tick = trial.plan.nodes[node].tick.map(nanos);
    tick.unwrap_or_else(|| timeout(trial, node) / 2) / 2 + 100 * MS
}

/// The time of ZooKeeper's leader's next ping.
pub(super) fn next_ping(trial: &Trial) -> Nanos {
    trial
        .world
        .ensemble
        .next_ping()
        .map_or(trial.world.now, nanos)
}

/// For how long the ensemble certainly keeps a leader that is stopped.
pub(super) fn patience(trial: &Trial) -> Nanos {
    u64::from(trial.plan.sync_limit) * trial.plan.tick * 9 / 10
}

/// Lets a client reach this server and no other, or all servers again.
pub(super) fn only(trial: &mut Trial, node: usize, server: usize) {
    for other in (0..trial.plan.servers()).filter(|other| *other != server) {
        trial.world.cut(node, other, Way::Up);
        trial.world.cut(node, other, Way::Down);
    }
}
