//! Plots against guarded leases: whatever removes a leader's znode, the lease that the leader still has is
//! over before another contender leads.

use super::tools::{after_proof, around, proof_sent};
use crate::acts;
use crate::trial::Trial;
use crate::user::{Candidate, User};
use tenure::proto::{op, path};
use tenure_worlds::{MS, Nanos, Trap, Way, span};

/// Deletes the znode of a leader, without an excuse for anybody.
fn depose(trial: &mut Trial, node: usize, group: usize) {
    let Some(token) = token(trial, node, group) else {
        return;
    };
    let path = trial.plan.groups[group].clone();
    let names = trial.world.ensemble.children(&path).unwrap_or_default();
    let members = names.iter().map(|name| path::child(&path, name));
    let is_its = |member: &String| {
        let node = trial.world.ensemble.node(member);
        node.is_some_and(|(_, stat)| u64::try_from(stat.czxid) == Ok(token))
    };
    let Some(member) = members.into_iter().find(is_its) else {
        return;
    };
    trial
        .world
        .note(|| format!("an administrator deletes {member}"));
    trial.excuse(group);
    let _ = trial.world.ensemble.delete(&member, span(trial.world.now));
    trial.judge.marks.hit("leader-deleted");
    trial.collect();
}

/// The leader cannot hear of it when its znode is deleted.
pub(super) fn depose_in_the_dark(trial: &mut Trial) {
    let Some((node, group)) = led(trial) else {
        return;
    };
    match trial.world.dice.u8(0..3) {
        0 => after_proof(trial, node),
        1 => proof_sent(trial, node),
        _ => {}
    }
    match trial.world.dice.u8(0..3) {
        0 => trial.pause(node),
        1 => acts::cut_client(trial, node),
        _ => {
            for server in 0..trial.plan.servers() {
                trial.world.cut(node, server, Way::Down);
            }
        }
    }
    depose(trial, node, group);
    let length = wait(trial);
    trial.run(length);
    trial.resume(node);
    trial.world.heal_client(node, true);
}

/// The next in line begins to wait, and is gone before it leads; others are behind it.
pub(super) fn leave_while_waiting(trial: &mut Trial) {
    let Some((node, group)) = led(trial) else {
        return;
    };
    trial.pause(node);
    depose(trial, node, group);
    for _ in 0..3 {
        let length = trial.world.dice.u64(0..400 * MS);
        trial.run(length);
        let Some(next) = first(trial, group, node) else {
            break;
        };
        trial.judge.marks.hit("left-while-waiting");
        match trial.world.dice.u8(0..4) {
            0 => trial.kill(next, false),
            1 => depose_first(trial, group),
            2 => trial.reset(next),
            _ => acts::withdraw(trial, next),
        }
        if trial.world.dice.bool() {
            acts::revive(trial, next);
            acts::stand(trial, next);
        }
    }
    let length = wait(trial);
    trial.run(length);
    trial.resume(node);
}

/// The first member of a group is deleted, whether it leads or not.
fn depose_first(trial: &mut Trial, group: usize) {
    let path = trial.plan.groups[group].clone();
    let names = trial.world.ensemble.children(&path).unwrap_or_default();
    let members = names.iter().map(|name| path::child(&path, name));
    let czxid = |member: &String| Some(trial.world.ensemble.node(member)?.1.czxid);
    if let Some(member) = members.into_iter().min_by_key(czxid) {
        trial
            .world
            .note(|| format!("an administrator deletes {member}"));
        trial.excuse(group);
        let _ = trial.world.ensemble.delete(&member, span(trial.world.now));
        trial.collect();
    }
}

/// All members of a group are deleted at once, and come back as newcomers to an empty group.
pub(super) fn empty_the_group(trial: &mut Trial) {
    let Some((node, group)) = led(trial) else {
        return;
    };
    if trial.world.dice.bool() {
        trial.pause(node);
    } else {
        proof_sent(trial, node);
    }
    let path = trial.plan.groups[group].clone();
    trial.excuse(group);
    trial
        .world
        .note(|| format!("an administrator empties {path}"));
    for name in trial.world.ensemble.children(&path).unwrap_or_default() {
        let member = path::child(&path, &name);
        let _ = trial.world.ensemble.delete(&member, span(trial.world.now));
    }
    trial.judge.marks.hit("group-emptied");
    trial.collect();
    let length = wait(trial);
    trial.run(length);
    trial.resume(node);
}

/// Requests of the leader are under way when the group is deleted and made again: they reach the new group,
/// where another contender has the leader's name.
pub(super) fn path_comes_back(trial: &mut Trial) {
    let Some((node, group)) = led(trial) else {
        return;
    };
    for server in 0..trial.plan.servers() {
        trial.world.cut(node, server, Way::Up);
    }
    match trial.world.dice.u8(0..3) {
        0 => {}
        1 => proof_sent(trial, node),
        _ => acts::withdraw(trial, node),
    }
    let length = trial.world.dice.u64(0..20 * MS);
    trial.run(length);
    make_again(trial, node, group);
    // The new leader does not hear of it when it is deposed, and others come after it.
    let stands = move |w: &Trial| first(w, group, node).is_some();
    trial.run_until(MS * 2000, stands);
    let length = match trial.world.dice.u8(0..3) {
        0 => trial.world.dice.u64(0..50 * MS),
        1 => around(trial, node, 1, 80),
        _ => {
            let leads = move |w: &Trial| led_by(w, group, node).is_some();
            trial.run_until(14_000 * MS, leads);
            0
        }
    };
    trial.run(length);
    if let Some(next) = led_by(trial, group, node) {
        trial.judge.marks.hit("led-where-the-path-came-back");
        trial.pause(next);
    }
    trial.world.heal_client(node, true);
    trial.run(100 * MS);
    for node in 0..trial.plan.nodes.len() {
        acts::stand(trial, node);
    }
    let length = wait(trial);
    trial.run(length);
}

/// The leader's connection is lost again and again, just before the leader learns that its group was made again
/// and that its name is another's.
pub(super) fn name_comes_back(trial: &mut Trial) {
    let Some((node, group)) = led(trial) else {
        return;
    };
    acts::cut_client(trial, node);
    trial.reset(node);
    make_again(trial, node, group);
    let stands = move |w: &Trial| first(w, group, node).is_some();
    trial.run_until(1000 * MS, stands);
    trial.world.heal_client(node, true);
    let end = trial.world.now + 12_000 * MS;
    while trial.world.now < end && trial.leads_any(node) && trial.world.broken().is_none() {
        trial.world.hosts[node].trap = Some(Trap::ReplyTo(op::EXISTS));
        trial.run(100 * MS);
    }
    trial.world.hosts[node].trap = None;
}

/// Deletes a group and makes it again so that the next member gets the name, and the next mark the version, of the
/// present leader.
fn make_again(trial: &mut Trial, node: usize, group: usize) {
    let path = trial.plan.groups[group].clone();
    let now = span(trial.world.now);
    let member = trial.judge.user(node).and_then(|user| {
        let mut all = user.candidates.values().filter(|c| c.group == group);
        all.find_map(|c| c.member.clone())
    });
    let version = trial
        .world
        .ensemble
        .node(&path)
        .map(|(_, stat)| stat.version);
    trial
        .world
        .note(|| format!("an administrator deletes {path}, and makes it again"));
    trial.excuse(group);
    let ensemble = &mut trial.world.ensemble;
    let is_asked =
        ensemble.delete_tree(&path, now).is_ok() && ensemble.create(&path, b"", now).is_ok();
    // Servers that are cut off from each other do it later, or not at all.
    let is_done = ensemble
        .children(&path)
        .is_some_and(|names| names.is_empty());
    if is_asked && is_done {
        if let Some(member) = member.filter(|member| (0..i32::MAX / 2).contains(&member.sequence)) {
            ensemble.set_counter(&path, member.sequence);
        }
        for _ in 1..version.unwrap_or(0).min(20) {
            let _ = ensemble.set_data(&path, b"", now);
        }
        trial.judge.marks.hit("path-came-back");
    }
    trial.collect();
}

/// The mark is lost: an administrator empties the data of a group.
pub(super) fn lose_the_mark(trial: &mut Trial) {
    let Some((node, group)) = led(trial) else {
        return;
    };
    let path = trial.plan.groups[group].clone();
    trial
        .world
        .note(|| format!("an administrator empties the data of {path}"));
    let _ = trial
        .world
        .ensemble
        .set_data(&path, b"", span(trial.world.now));
    trial.judge.marks.hit("mark-lost");
    trial.collect();
    if trial.world.dice.bool() {
        trial.pause(node);
        depose(trial, node, group);
    }
    let length = wait(trial);
    trial.run(length);
    trial.resume(node);
}

/// The leader's process dies, and its session is closed at once, as by an undertaker.
pub(super) fn bury(trial: &mut Trial) {
    let Some((node, group)) = led(trial) else {
        return;
    };
    let session = trial.judge.user(node).and_then(|user| user.session);
    trial.excuse(group);
    trial.kill(node, false);
    if let Some(session) = session {
        trial.world.ensemble.expire(session, span(trial.world.now));
        trial.collect();
    }
    let length = wait(trial);
    trial.run(length);
    acts::revive(trial, node);
}

/// A server of another kind is shut down in order, and closes the sessions of its clients before they notice.
pub(super) fn shut_the_server_down(trial: &mut Trial) {
    let Some((node, server)) = trial.a_leader() else {
        return;
    };
    if trial.plan.is_zookeeper() {
        return bury(trial);
    }
    match trial.world.dice.u8(0..3) {
        0 => trial.pause(node),
        1 => acts::cut_client(trial, node),
        _ => proof_sent(trial, node),
    }
    acts::shut_down(trial, server);
    let length = wait(trial);
    trial.run(length);
    trial.restart(server);
    trial.resume(node);
    trial.world.heal_client(node, true);
}

/// The wall clock of the server that expires sessions jumps.
pub(super) fn step_the_clock(trial: &mut Trial) {
    let (false, Some(server)) = (trial.plan.is_zookeeper(), trial.world.ensemble.leader()) else {
        return depose_in_the_dark(trial);
    };
    if let Some((node, _)) = led(trial) {
        proof_sent(trial, node);
        if trial.world.dice.bool() {
            trial.pause(node);
        }
    }
    acts::step_wall_clock(trial, server);
    let length = wait(trial);
    trial.run(length);
    for node in 0..trial.plan.nodes.len() {
        trial.resume(node);
    }
}

/// A contender that leads, and a group that it leads.
fn led(trial: &mut Trial) -> Option<(usize, usize)> {
    let (node, _) = trial.a_leader()?;
    let user = trial.judge.user(node)?;
    let leads = |c: &&Candidate| trial.judge.believes(&trial.world, c);
    Some((node, user.candidates.values().find(leads)?.group))
}

/// The machine that leads a group, beside one.
fn led_by(trial: &Trial, group: usize, beside: usize) -> Option<usize> {
    let all = 0..trial.plan.nodes.len();
    let leads = |node: &usize| *node != beside && token(trial, *node, group).is_some();
    all.into_iter().find(leads)
}

/// The token with which this machine leads a group.
fn token(trial: &Trial, node: usize, group: usize) -> Option<u64> {
    let mut all = trial.judge.user(node)?.candidates.values();
    let candidate = all.find(|c| c.group == group && trial.judge.believes(&trial.world, c))?;
    Some(candidate.held?.token)
}

/// The machine whose contender is first in a group, beside one.
fn first(trial: &Trial, group: usize, beside: usize) -> Option<usize> {
    let of = |user: &User| {
        let all = user.candidates.values().filter(|c| c.group == group);
        all.filter_map(|c| Some(c.member.as_ref()?.token)).min()
    };
    let all = trial.judge.users().filter(|(id, _)| *id != beside);
    let firsts = all.filter_map(|(id, user)| Some((of(user)?, id)));
    firsts.min().map(|(_, id)| id)
}

/// A time around the waits of successors.
fn wait(trial: &mut Trial) -> Nanos {
    let timeout = trial.plan.timeout();
    match trial.world.dice.u8(0..3) {
        0 => trial.world.dice.u64(0..timeout / 4),
        1 => trial.world.dice.u64(0..timeout),
        _ => trial.world.dice.u64(0..11_000 * MS),
    }
}
