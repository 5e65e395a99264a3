//! Members come and go, and their requests or the replies are lost.

use super::tools::around;
use crate::acts;
use crate::trial::Trial;
use tenure::proto::op;
use tenure::proto::path::MemberName;
use tenure_worlds::{MS, Trap, span};

/// The reply to a create is lost, and the connection with it.
pub(super) fn lose_a_create(trial: &mut Trial) {
    let node = trial.world.dice.usize(0..trial.plan.nodes.len());
    acts::withdraw(trial, node);
    trial.run(20 * MS);
    let create = if trial.plan.unknown.contains(&op::CREATE2) {
        op::CREATE
    } else {
        op::CREATE2
    };
    trial.world.hosts[node].trap = Some(Trap::ReplyTo(create));
    if trial.world.dice.u8(0..3) == 0 {
        // Killed in the middle, and started again: its znode belongs to another session by then.
        let machine = trial.world.dice.bool();
        trial.kill(node, machine);
        trial.start(node);
    }
    acts::stand(trial, node);
    let length = around(trial, node, 5, 50);
    trial.run(length);
    if trial.world.dice.u8(0..3) == 0 {
        acts::withdraw(trial, node);
        trial.run(length);
    }
    trial.world.hosts[node].trap = None;
}

/// The reply to a delete is lost, or the delete itself.
pub(super) fn lose_a_delete(trial: &mut Trial) {
    let Some((node, _)) = trial.a_leader() else {
        return;
    };
    if trial.world.dice.bool() {
        trial.world.hosts[node].trap = Some(Trap::ReplyTo(op::DELETE));
        acts::withdraw(trial, node);
    } else {
        acts::cut_client(trial, node);
        acts::withdraw(trial, node);
        let length = around(trial, node, 1, 20);
        trial.run(length);
        trial.reset(node);
        trial.world.heal_client(node, true);
    }
    let length = around(trial, node, 5, 50);
    trial.run(length);
    trial.world.hosts[node].trap = None;
}

/// Members come and go in front of each other.
pub(super) fn queue_of_members(trial: &mut Trial) {
    for _ in 0..trial.world.dice.u8(2..8) {
        let node = trial.world.dice.usize(0..trial.plan.nodes.len());
        match trial.world.dice.u8(0..5) {
            0 => acts::withdraw(trial, node),
            1 => trial.kill(node, true),
            2 => {
                let user = trial.judge.user(node);
                if user.is_some_and(|u| !u.closing) {
                    trial.reset(node);
                }
            }
            _ => {}
        }
        acts::revive(trial, node);
        acts::stand(trial, node);
        let late = trial.world.dice.u64(0..300 * MS);
        trial.run(late);
    }
}

/// All members leave, and an administrator deletes the group's path, while other clients look at
/// it.
pub(super) fn lose_the_path(trial: &mut Trial) {
    if !trial.plan.tampers {
        return queue_of_members(trial);
    }
    for node in 0..trial.plan.nodes.len() {
        acts::withdraw(trial, node);
    }
    trial.run(300 * MS);
    for _ in 0..3 {
        acts::delete_path(trial);
        trial.run(100 * MS);
    }
    for node in 0..trial.plan.nodes.len() {
        acts::stand(trial, node);
    }
}

/// The counters of all groups are set to where they wrap: a present member keeps a high number, the
/// next one gets a negative one.
pub(crate) fn wrap(trial: &mut Trial, negative: bool) {
    let near = trial.world.dice.i32(4..20);
    for group in trial.plan.groups.clone() {
        let counter = if negative {
            i32::MIN + near
        } else {
            i32::MAX - 10_000
        };
        trial.world.ensemble.set_counter(&group, counter);
    }
    trial
        .world
        .note(|| format!("the counters wrap: {negative}"));
}

/// An administrator deletes the znode of a member, while all is well.
pub(super) fn evict_somebody(trial: &mut Trial) {
    let length = trial.plan.timeout() / 2;
    trial.run(length);
    acts::delete_member(trial);
    trial.run(300 * MS);
}

/// A znode that is not a member appears among the members, and is deleted when other clients have
/// looked at it.
pub(super) fn stranger_in_line(trial: &mut Trial) {
    let Some((first, _)) = trial.a_leader() else {
        return;
    };
    let Some(group) = trial.plan.nodes[first].contends.first().copied() else {
        return;
    };
    let path = trial.plan.groups[group].clone();
    let stands = |id: &usize| *id != first && trial.plan.nodes[*id].contends.contains(&group);
    let others: Vec<usize> = (0..trial.plan.nodes.len()).filter(stands).collect();
    let Some(second) = trial.world.dice.choice(&others).copied() else {
        return;
    };
    trial.world.heal_client(second, true);
    trial.resume(second);
    acts::withdraw(trial, second);
    trial.run(300 * MS);
    let names = trial.world.ensemble.children(&path).unwrap_or_default();
    let names = names.iter().filter_map(|name| MemberName::parse(name));
    let Some(last) = names.map(|name| name.sequence).max().filter(|n| *n >= 0) else {
        return;
    };
    let stranger = format!("{path}/stranger_{last:010}");
    trial
        .world
        .note(|| format!("a stranger creates {stranger}"));
    let _ = trial
        .world
        .ensemble
        .create(&stranger, b"", span(trial.world.now));
    trial.judge.strangers.push(stranger.clone());
    trial.run(300 * MS);
    acts::stand(trial, second);
    trial.run(500 * MS);
    trial
        .world
        .note(|| format!("a stranger deletes {stranger}"));
    let _ = trial
        .world
        .ensemble
        .delete(&stranger, span(trial.world.now));
    trial.judge.marks.hit("stranger-in-line");
    trial.run(500 * MS);
    if trial.world.dice.bool() {
        acts::withdraw(trial, first);
        trial.run(500 * MS);
        acts::stand(trial, first);
    }
}
