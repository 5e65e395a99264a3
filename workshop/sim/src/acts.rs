//! Faults one by one, as the dice say.

use crate::clock::{MS, Nanos};
use crate::node::{Trap, What};
use crate::plan::Quality;
use crate::wire::Way;
use crate::world::{World, span};
use std::time::Duration;
use tenure::core::{Command, Handle};
use tenure::model::Upstream;
use tenure::proto::op;

/// One fault, or the end of one.
pub(crate) fn any(world: &mut World) {
    let node = world.dice.usize(0..world.nodes.len());
    let server = world.dice.usize(0..world.plan.servers());
    let other = world.dice.usize(0..world.plan.servers());
    match world.dice.u8(0..34) {
        0..3 => {
            let way = either(world);
            world.cut(node, server, way);
        }
        3 => cut_client(world, node),
        4..8 => {
            let prompt = world.dice.bool();
            world.heal_client(node, prompt);
        }
        8 => world.reset(node),
        9 => world.pause(node),
        10..12 => world.resume(node),
        12 => {
            let machine = world.dice.bool();
            world.crash(server, machine);
        }
        13..15 => world.restart(server),
        15 => pause_server(world, server),
        16..18 => resume_server(world, server),
        18 => cut_servers(world, server, other),
        19 => isolate(world, server),
        20..23 => heal_servers(world),
        23 => {
            let quality = Quality::draw(&mut world.dice);
            world.set_quality(node, quality);
        }
        24..26 => set_trap(world, node),
        26 => world.drop_request(node),
        27 => withdraw(world, node),
        28 => stand(world, node),
        29 => set_data(world, node),
        30 => close_or_kill(world, node),
        31 => revive(world, node),
        32 => membership(world, node),
        _ => meddle(world),
    }
}

pub(crate) fn either(world: &mut World) -> Way {
    if world.dice.bool() {
        Way::Up
    } else {
        Way::Down
    }
}

pub(crate) fn cut_client(world: &mut World, node: usize) {
    let one = [Way::Up, Way::Down]
        .into_iter()
        .filter(|_| world.dice.u8(0..4) > 0);
    let mut ways: Vec<Way> = one.collect();
    if ways.is_empty() {
        ways.push(Way::Up);
    }
    for server in 0..world.plan.servers() {
        for way in &ways {
            world.cut(node, server, *way);
        }
    }
}

/// Not as long as it owes pings since it was stopped before or has to close sessions, nor if an
/// observer follows it: `GUARANTEES.md` assumes so.
pub(crate) fn pause_server(world: &mut World, server: usize) {
    let relays = world.plan.observer == Some(Upstream::Follower(server))
        && world.ensemble.leader() != Some(server);
    let sessions = world.ensemble.sessions();
    let closes = sessions.iter().any(|s| world.ensemble.is_doomed(*s));
    let busy = world.ensemble.owes_pings(server) || closes;
    if !world.ensemble.is_down(server) && !busy && !relays {
        world.marks.hit("server-paused");
        world.note(|| format!("server {server} is stopped"));
        world.ensemble.pause(server, span(world.now));
    }
}

pub(crate) fn resume_server(world: &mut World, server: usize) {
    if world.ensemble.is_paused(server) {
        world.note(|| format!("server {server} goes on"));
        world.ensemble.resume(server, span(world.now));
        world.collect();
    }
}

/// Cuts servers off from each other, one way or both.
pub(crate) fn cut_servers(world: &mut World, a: usize, b: usize) {
    let now = span(world.now);
    let ways = world.dice.u8(0..3);
    world.note(|| format!("cut: servers {a} and {b}, {ways}"));
    if ways != 1 {
        world.ensemble.cut(a, b, now);
    }
    if ways != 2 {
        world.ensemble.cut(b, a, now);
    }
    if ways > 0 && a != b {
        world.marks.hit("one-way-cut-between-servers");
    }
}

pub(crate) fn isolate(world: &mut World, server: usize) {
    world.note(|| format!("server {server} is cut off from all others"));
    world.ensemble.isolate(server, span(world.now));
}

pub(crate) fn heal_servers(world: &mut World) {
    world.note(|| "servers hear each other again".to_owned());
    world.ensemble.heal_all(span(world.now));
    world.collect();
}

fn set_trap(world: &mut World, node: usize) {
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
    world.nodes[node].trap = world.dice.choice(traps);
}

/// A contender of this machine gives up.
pub(crate) fn withdraw(world: &mut World, node: usize) {
    let Some(process) = &mut world.nodes[node].process else {
        return;
    };
    let standing = process.candidates.iter().find(|(_, c)| !c.withdrawn);
    if let Some((handle, _)) = standing {
        let handle = *handle;
        world.note(|| format!("client {node}/{} withdraws", handle.0));
        world.call(node, What::Withdraw(handle), |call| Command::Withdraw {
            handle,
            call,
        });
        // Only now: a lease that ends at this very moment is lost, and a candidacy begun, before
        // the command is looked at.
        let process = world.nodes[node].process.as_mut();
        if let Some(candidate) = process.and_then(|p| p.candidates.get_mut(&handle)) {
            candidate.withdrawn = true;
        }
    }
}

/// This machine contends for what it is to contend for.
pub(crate) fn stand(world: &mut World, node: usize) {
    for group in world.nodes[node].plan.contends.clone() {
        let Some(process) = &mut world.nodes[node].process else {
            return;
        };
        let of = |c: &crate::node::Candidate| c.group == group && !c.withdrawn;
        if process.closing || process.candidates.values().any(|c| of(c) && !c.stopped) {
            continue;
        }
        process.candidates.retain(|_, c| !(of(c) && c.stopped));
        world.note(|| format!("client {node} contends for group {group}"));
        world.contend(node, group);
    }
}

/// Deletes what somebody has put among the members, until it is gone.
pub(crate) fn remove_strangers(world: &mut World) {
    let mut strangers = std::mem::take(&mut world.strangers);
    strangers.retain(|path| world.ensemble.node(path).is_some());
    for path in &strangers {
        let _ = world.ensemble.delete(path, span(world.now));
    }
    world.strangers = strangers;
}

pub(crate) fn set_data(world: &mut World, node: usize) {
    let number = world.dice.u16(..);
    let Some(process) = &mut world.nodes[node].process else {
        return;
    };
    let mut all = process.candidates.iter_mut();
    if let Some((handle, candidate)) = all.find(|(_, c)| !c.withdrawn && !c.stopped) {
        let handle = *handle;
        let data = format!("client {node} says {number}").into_bytes();
        candidate.data.clone_from(&data);
        world.call(node, What::Write, |call| Command::SetData {
            handle,
            call,
            data,
        });
    }
}

fn membership(world: &mut World, node: usize) {
    let Some(process) = &world.nodes[node].process else {
        return;
    };
    let Some((handle, members)) = process.memberships.iter().next() else {
        return;
    };
    let handle: Handle = *handle;
    let waits = process
        .calls
        .values()
        .any(|c| matches!(c.what, What::Join(_) | What::Cancel(_)));
    match members.first().map(|m| m.path.clone()) {
        _ if waits || process.closing => {}
        Some(path) => {
            if let Some(process) = &mut world.nodes[node].process
                && let Some(members) = process.memberships.get_mut(&handle)
            {
                members.remove(0);
            }
            world.call(node, What::Cancel(handle), |call| Command::Cancel {
                handle,
                call,
                path,
            });
        }
        None => world.join(node, handle),
    }
    world.call(node, What::Ask, |call| Command::Members { handle, call });
}

fn close_or_kill(world: &mut World, node: usize) {
    match world.dice.u8(0..3) {
        0 => close(world, node),
        1 => world.kill(node, false),
        _ => world.kill(node, true),
    }
}

fn close(world: &mut World, node: usize) {
    let patience = Duration::from_millis(world.dice.u64(100..5000));
    if let Some(process) = &mut world.nodes[node].process
        && !process.closing
    {
        process.closing = true;
        world.marks.hit("client-closed");
        world.note(|| format!("client {node} closes"));
        world.call(node, What::Close, |call| Command::Close { call, patience });
    }
}

/// A machine without a process gets one.
pub(crate) fn revive(world: &mut World, node: usize) {
    if world.nodes[node].process.is_none() {
        world.start(node);
    }
}

/// Does what only the owner may.
pub(crate) fn meddle(world: &mut World) {
    match world.dice.u8(0..3) {
        0 => delete_member(world),
        1 => delete_path(world),
        _ => expire_session(world),
    }
}

fn may_meddle(world: &World) -> bool {
    world.plan.tampers && world.ensemble.leader().is_some()
}

/// An administrator deletes the znode of a member.
pub(crate) fn delete_member(world: &mut World) {
    if !may_meddle(world) {
        return;
    }
    let group = world.dice.usize(0..world.plan.groups.len());
    let path = world.plan.groups[group].clone();
    let names = world.ensemble.children(&path).unwrap_or_default();
    let Some(name) = world.dice.choice(&names).cloned() else {
        return;
    };
    world.note(|| format!("somebody deletes {path}/{name}"));
    let until = world.now + excuse(world);
    world.checks.excuse(group, until);
    let _ = world
        .ensemble
        .delete(&format!("{path}/{name}"), span(world.now));
    world.marks.hit("admin-deletes-member");
    world.collect();
}

/// An administrator deletes a group with all that is in it.
pub(crate) fn delete_path(world: &mut World) {
    if !may_meddle(world) {
        return;
    }
    let group = world.dice.usize(0..world.plan.groups.len());
    let path = world.plan.groups[group].clone();
    world.note(|| format!("somebody deletes {path}"));
    let until = world.now + excuse(world);
    world.checks.excuse(group, until);
    if world.ensemble.delete_tree(&path, span(world.now)).is_ok() {
        world.marks.hit("admin-deletes-path");
    }
    world.collect();
}

fn expire_session(world: &mut World) {
    if !may_meddle(world) {
        return;
    }
    let sessions = world.ensemble.sessions();
    let Some(session) = world.dice.choice(&sessions).copied() else {
        return;
    };
    world.note(|| format!("somebody ends session {session:#x}"));
    let until = world.now + excuse(world);
    for group in 0..world.plan.groups.len() {
        world.checks.excuse(group, until);
    }
    world.ensemble.expire(session, span(world.now));
    world.marks.hit("admin-expires-session");
    world.collect();
}

/// How long two may lead after somebody has meddled: one lease, from when it takes effect, which
/// may be when the ensemble has got over its faults.
pub(crate) fn excuse(world: &World) -> Nanos {
    2 * world.plan.timeout() + 3000 * MS
}
