//! The faults, one function each, with targets that the dice choose.

use crate::plan::{self, Plan};
use crate::trial::Trial;
use crate::user::What;
use std::time::Duration;
use tenure::core::{Call, Command, Handle};
use tenure::model::Upstream;
use tenure::proto::op;
use tenure_worlds::{MS, Nanos, Trap, Way, span};

/// Plays one fault, or ends one.
pub(crate) fn any(trial: &mut Trial) {
    let node = trial.world.dice.usize(0..trial.plan.nodes.len());
    let server = trial.world.dice.usize(0..trial.plan.servers());
    let other = trial.world.dice.usize(0..trial.plan.servers());
    match trial.world.dice.u8(0..34) {
        0..3 => {
            let way = either(trial);
            trial.world.cut(node, server, way);
        }
        3 => cut_client(trial, node),
        4..8 => {
            let prompt = trial.world.dice.bool();
            trial.world.heal_client(node, prompt);
        }
        8 => trial.reset(node),
        9 => trial.pause(node),
        10..12 => trial.resume(node),
        12 => {
            let machine = trial.world.dice.bool();
            trial.crash(server, machine);
        }
        13..15 => trial.restart(server),
        15 => pause_server(trial, server),
        16..18 => resume_server(trial, server),
        18 => cut_servers(trial, server, other),
        19 => isolate(trial, server),
        20..23 => heal_servers(trial),
        23 => {
            let quality = plan::quality(&mut trial.world.dice);
            trial.world.set_quality(node, quality);
        }
        24..26 => set_trap(trial, node),
        26 => trial.drop_request(node),
        27 => withdraw(trial, node),
        28 => stand(trial, node),
        29 => set_data(trial, node),
        30 => close_or_kill(trial, node),
        31 => revive(trial, node),
        32 => membership(trial, node),
        _ => meddle(trial),
    }
}

pub(crate) fn either(trial: &mut Trial) -> Way {
    if trial.world.dice.bool() {
        Way::Up
    } else {
        Way::Down
    }
}

pub(crate) fn cut_client(trial: &mut Trial, node: usize) {
    let one = [Way::Up, Way::Down]
        .into_iter()
        .filter(|_| trial.world.dice.u8(0..4) > 0);
    let mut ways: Vec<Way> = one.collect();
    if ways.is_empty() {
        ways.push(Way::Up);
    }
    for server in 0..trial.plan.servers() {
        for way in &ways {
            trial.world.cut(node, server, *way);
        }
    }
}

/// Stops a server, except while it owes pings from an earlier stop or has sessions to close, and
/// except if an observer follows it: `GUARANTEES.md` assumes these exceptions.
pub(crate) fn pause_server(trial: &mut Trial, server: usize) {
    let relays = trial.plan.observer == Some(Upstream::Follower(server))
        && trial.world.ensemble.leader() != Some(server);
    let sessions = trial.world.ensemble.sessions();
    let closes = sessions.iter().any(|s| trial.world.ensemble.is_doomed(*s));
    let busy = trial.world.ensemble.owes_pings(server) || closes;
    if !trial.world.ensemble.is_down(server) && !busy && !relays {
        trial.judge.marks.hit("server-paused");
        trial.world.note(|| format!("server {server} is stopped"));
        trial.world.ensemble.pause(server, span(trial.world.now));
    }
}

pub(crate) fn resume_server(trial: &mut Trial, server: usize) {
    if trial.world.ensemble.is_paused(server) {
        trial.world.note(|| format!("server {server} goes on"));
        trial.world.ensemble.resume(server, span(trial.world.now));
        trial.collect();
    }
}

/// Steps the wall clock of a server, by which other servers than ZooKeeper end sessions.
pub(crate) fn step_wall_clock(trial: &mut Trial, server: usize) {
    let by = match trial.world.dice.u8(0..4) {
        0 => trial.world.dice.i64(-60_000..60_000),
        1 => trial.world.dice.i64(-2000..2000),
        _ => trial.world.dice.i64(0..20_000),
    };
    trial
        .world
        .note(|| format!("the wall clock of server {server} jumps by {by} ms"));
    trial.judge.marks.hit("wall-clock-stepped");
    trial.judge.clocks[server] += by;
    let now = span(trial.world.now);
    trial.world.ensemble.step_wall_clock(server, by, now);
    trial.collect();
}

/// Sets all wall clocks right, and starts the servers again: only then no session lives on by a deadline of a
/// clock that was wrong.
pub(crate) fn set_clocks(trial: &mut Trial) {
    if trial.judge.clocks.iter().all(|by| *by == 0) {
        return;
    }
    for server in 0..trial.plan.servers() {
        let by = -std::mem::take(&mut trial.judge.clocks[server]);
        let now = span(trial.world.now);
        trial.world.ensemble.step_wall_clock(server, by, now);
        trial.crash(server, false);
    }
    for server in 0..trial.plan.servers() {
        trial.restart(server);
    }
}

/// Shuts a server down in order: other servers than ZooKeeper end all sessions of their clients.
pub(crate) fn shut_down(trial: &mut Trial, server: usize) {
    trial
        .world
        .note(|| format!("server {server} is shut down in order"));
    trial.judge.marks.hit("server-shut-down");
    let linger = span(trial.world.dice.u64(0..300 * MS));
    let now = span(trial.world.now);
    trial.world.ensemble.shut_down(server, linger, now);
    trial.collect();
}

/// Cuts servers off from each other, one way or both.
pub(crate) fn cut_servers(trial: &mut Trial, a: usize, b: usize) {
    let now = span(trial.world.now);
    let ways = trial.world.dice.u8(0..3);
    trial
        .world
        .note(|| format!("cut: servers {a} and {b}, {ways}"));
    if ways != 1 {
        trial.world.ensemble.cut(a, b, now);
    }
    if ways != 2 {
        trial.world.ensemble.cut(b, a, now);
    }
    if ways > 0 && a != b {
        trial.judge.marks.hit("one-way-cut-between-servers");
    }
}

pub(crate) fn isolate(trial: &mut Trial, server: usize) {
    trial
        .world
        .note(|| format!("server {server} is cut off from all others"));
    trial.world.ensemble.isolate(server, span(trial.world.now));
}

pub(crate) fn heal_servers(trial: &mut Trial) {
    trial
        .world
        .note(|| "servers reach each other again".to_owned());
    trial.world.ensemble.heal_all(span(trial.world.now));
    trial.collect();
}

fn set_trap(trial: &mut Trial, node: usize) {
    let traps = [
        Trap::Handshake,
        Trap::ReplyTo(op::CREATE2),
        Trap::ReplyTo(op::CREATE2),
        Trap::ReplyTo(op::DELETE),
        Trap::ReplyTo(op::EXISTS),
        Trap::ReplyTo(op::GET_CHILDREN2),
        Trap::ReplyTo(op::MULTI),
        Trap::ReplyTo(op::SET_DATA),
        Trap::ReplyTo(op::GET_EPHEMERALS),
    ];
    trial.world.hosts[node].trap = trial.world.dice.choice(traps);
}

/// A contender of this machine withdraws.
pub(crate) fn withdraw(trial: &mut Trial, node: usize) {
    let Some(user) = trial.judge.user_mut(node) else {
        return;
    };
    let standing = user.candidates.iter().find(|(_, c)| !c.withdrawn);
    if let Some((handle, _)) = standing {
        let handle = *handle;
        trial
            .world
            .note(|| format!("client {node}/{} withdraws", handle.0));
        trial.call(node, What::Withdraw(handle), |call| Command::Call {
            handle,
            call,
            what: Call::Withdraw,
        });
        // Not before the call: the client first handles what is due at this instant, so a lease may
        // end and a new candidacy begin before the client handles the command.
        let user = trial.judge.user_mut(node);
        if let Some(candidate) = user.and_then(|u| u.candidates.get_mut(&handle)) {
            candidate.withdrawn = true;
        }
    }
}

/// This machine contends for each group of its plan for which it does not contend yet.
pub(crate) fn stand(trial: &mut Trial, node: usize) {
    for group in trial.plan.nodes[node].contends.clone() {
        let Some(user) = trial.judge.user_mut(node) else {
            return;
        };
        let of = |c: &crate::user::Candidate| c.group == group && !c.withdrawn;
        if user.closing || user.candidates.values().any(|c| of(c) && !c.stopped) {
            continue;
        }
        user.candidates.retain(|_, c| !(of(c) && c.stopped));
        trial
            .world
            .note(|| format!("client {node} contends for group {group}"));
        trial.contend(node, group);
    }
}

/// Deletes the znodes among the members that are not members, and forgets those that are gone.
pub(crate) fn remove_strangers(trial: &mut Trial) {
    let mut strangers = std::mem::take(&mut trial.judge.strangers);
    strangers.retain(|path| trial.world.ensemble.node(path).is_some());
    for path in &strangers {
        let _ = trial.world.ensemble.delete(path, span(trial.world.now));
    }
    trial.judge.strangers = strangers;
}

pub(crate) fn set_data(trial: &mut Trial, node: usize) {
    let number = trial.world.dice.u16(..);
    let Some(user) = trial.judge.user_mut(node) else {
        return;
    };
    let mut all = user.candidates.iter_mut();
    if let Some((handle, candidate)) = all.find(|(_, c)| !c.withdrawn && !c.stopped) {
        let handle = *handle;
        let data = format!("client {node} says {number}").into_bytes();
        candidate.data.clone_from(&data);
        trial.call(node, What::Write, |call| Command::Call {
            handle,
            call,
            what: Call::SetData { data },
        });
    }
}

fn membership(trial: &mut Trial, node: usize) {
    let Some(user) = trial.judge.user(node) else {
        return;
    };
    let Some((handle, members)) = user.memberships.iter().next() else {
        return;
    };
    let handle: Handle = *handle;
    let waits = user
        .calls
        .values()
        .any(|c| matches!(c, What::Join(_) | What::Cancel(_)));
    match members.first().map(|m| m.path.clone()) {
        _ if waits || user.closing => {}
        Some(path) => {
            if let Some(user) = trial.judge.user_mut(node)
                && let Some(members) = user.memberships.get_mut(&handle)
            {
                members.remove(0);
            }
            trial.call(node, What::Cancel(handle), |call| Command::Call {
                handle,
                call,
                what: Call::Cancel { path },
            });
        }
        None => trial.join(node, handle),
    }
    trial.call(node, What::Ask, |call| Command::Call {
        handle,
        call,
        what: Call::Members,
    });
}

fn close_or_kill(trial: &mut Trial, node: usize) {
    match trial.world.dice.u8(0..3) {
        0 => close(trial, node),
        1 => trial.kill(node, false),
        _ => trial.kill(node, true),
    }
}

fn close(trial: &mut Trial, node: usize) {
    let patience = Duration::from_millis(trial.world.dice.u64(100..5000));
    if let Some(user) = trial.judge.user_mut(node)
        && !user.closing
    {
        user.closing = true;
        trial.judge.marks.hit("client-closed");
        trial.world.note(|| format!("client {node} closes"));
        trial.call(node, What::Close, |call| Command::Close { call, patience });
    }
}

/// Starts a process on a machine that has none.
pub(crate) fn revive(trial: &mut Trial, node: usize) {
    if trial.judge.user(node).is_none() {
        trial.start(node);
    }
}

/// Does an act that only the owner of a znode or a session may do.
pub(crate) fn meddle(trial: &mut Trial) {
    match trial.world.dice.u8(0..3) {
        0 => delete_member(trial),
        1 => delete_path(trial),
        _ => expire_session(trial),
    }
}

fn may_meddle(trial: &Trial) -> bool {
    trial.plan.tampers && trial.world.ensemble.leader().is_some()
}

/// An administrator deletes the znode of a member.
pub(crate) fn delete_member(trial: &mut Trial) {
    if !may_meddle(trial) {
        return;
    }
    let group = trial.world.dice.usize(0..trial.plan.groups.len());
    let path = trial.plan.groups[group].clone();
    let names = trial.world.ensemble.children(&path).unwrap_or_default();
    let Some(name) = trial.world.dice.choice(&names).cloned() else {
        return;
    };
    trial
        .world
        .note(|| format!("an administrator deletes {path}/{name}"));
    trial.excuse(group);
    let _ = trial
        .world
        .ensemble
        .delete(&format!("{path}/{name}"), span(trial.world.now));
    trial.judge.marks.hit("admin-deletes-member");
    trial.collect();
}

/// An administrator deletes a group with all that is in it.
pub(crate) fn delete_path(trial: &mut Trial) {
    if !may_meddle(trial) {
        return;
    }
    let group = trial.world.dice.usize(0..trial.plan.groups.len());
    let path = trial.plan.groups[group].clone();
    trial
        .world
        .note(|| format!("an administrator deletes {path}"));
    trial.excuse(group);
    if trial
        .world
        .ensemble
        .delete_tree(&path, span(trial.world.now))
        .is_ok()
    {
        trial.judge.marks.hit("admin-deletes-path");
    }
    trial.collect();
}

fn expire_session(trial: &mut Trial) {
    if !may_meddle(trial) {
        return;
    }
    let sessions = trial.world.ensemble.sessions();
    let Some(session) = trial.world.dice.choice(&sessions).copied() else {
        return;
    };
    trial
        .world
        .note(|| format!("an administrator ends session {session:#x}"));
    for group in 0..trial.plan.groups.len() {
        trial.excuse(group);
    }
    trial.world.ensemble.expire(session, span(trial.world.now));
    trial.judge.marks.hit("admin-expires-session");
    trial.collect();
}

/// The time for which two contenders may lead after an administrator's act: one lease, from the
/// instant at which the act takes effect, which may be when the ensemble has recovered from its
/// faults.
pub(crate) fn excuse(plan: &Plan) -> Nanos {
    2 * plan.timeout() + 3000 * MS
}
