//! Servers refuse requests that they do not carry out, or are slow.

use super::slow_down;
use crate::acts;
use crate::trial::Trial;
use tenure::proto::op;
use tenure_worlds::{MS, span};

/// The errors of servers that did nothing: throttled, connection loss, timeout, system error,
/// inconsistency, marshalling.
pub(super) const CODES: [i32; 6] = [-127, -4, -7, -1, -2, -5];

/// The next requests of some client are refused.
pub(super) fn refuse(trial: &mut Trial) {
    let node = trial.world.more.usize(0..trial.plan.nodes.len());
    let Some((conn, _)) = trial.world.remote(node) else {
        return;
    };
    let ops = [
        None,
        Some(op::CREATE2),
        Some(op::EXISTS),
        Some(op::DELETE),
        Some(op::GET_CHILDREN2),
        Some(op::GET_DATA),
        Some(op::MULTI),
        Some(op::SET_DATA),
        Some(op::GET_EPHEMERALS),
    ];
    let op = ops[trial.world.more.usize(0..ops.len())];
    let code = match trial.world.more.u8(0..2) {
        0 => CODES[0],
        _ => CODES[trial.world.more.usize(0..CODES.len())],
    };
    let times = trial.world.more.u32(1..4);
    if trial.world.ensemble.refuse_next(conn, op, code, times) {
        trial.judge.marks.hit("refused-for-now");
        trial
            .world
            .note(|| format!("{times} requests {op:?} of client {node} get {code}"));
    }
    match trial.world.more.u8(0..4) {
        0 => acts::withdraw(trial, node),
        1 => acts::stand(trial, node),
        _ => {}
    }
}

/// A server handles requests late, by up to a good part of T.
pub(super) fn slow_server(trial: &mut Trial) {
    let server = trial.world.more.usize(0..trial.plan.servers());
    let most = trial.world.more.u64(0..=trial.plan.shortest() / 3);
    trial.judge.marks.hit("server-slow");
    trial
        .world
        .note(|| format!("server {server} is slow, by up to {} ms", most / MS));
    let span = span(most);
    trial.world.ensemble.set_slowness(server, span / 4, span);
    let length = trial.world.more.u64(0..2 * trial.plan.timeout());
    trial.run(length);
    slow_down(trial);
}
