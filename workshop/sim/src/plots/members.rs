//! Members come and go, and what they ask for gets lost.

use super::tools::around;
use crate::acts;
use crate::clock::MS;
use crate::node::Trap;
use crate::world::{World, span};
use tenure::proto::op;
use tenure::proto::path::MemberName;

/// The reply to a create is lost, and the connection with it.
pub(super) fn lose_a_create(world: &mut World) {
    let node = world.dice.usize(0..world.nodes.len());
    acts::withdraw(world, node);
    world.run(20 * MS);
    let create = if world.plan.unknown.contains(&op::CREATE2) {
        op::CREATE
    } else {
        op::CREATE2
    };
    world.nodes[node].trap = Some(Trap::ReplyTo(create));
    if world.dice.u8(0..3) == 0 {
        // Killed in the middle, and started again: its znode is somebody else's by then.
        let machine = world.dice.bool();
        world.kill(node, machine);
        world.start(node);
    }
    acts::stand(world, node);
    let length = around(world, node, 5, 50);
    world.run(length);
    if world.dice.u8(0..3) == 0 {
        acts::withdraw(world, node);
        world.run(length);
    }
    world.nodes[node].trap = None;
}

/// The reply to a delete is lost, or the delete itself.
pub(super) fn lose_a_delete(world: &mut World) {
    let Some((node, _)) = world.somebody_who_leads() else {
        return;
    };
    if world.dice.bool() {
        world.nodes[node].trap = Some(Trap::ReplyTo(op::DELETE));
        acts::withdraw(world, node);
    } else {
        acts::cut_client(world, node);
        acts::withdraw(world, node);
        let length = around(world, node, 1, 20);
        world.run(length);
        world.reset(node);
        world.heal_client(node, true);
    }
    let length = around(world, node, 5, 50);
    world.run(length);
    world.nodes[node].trap = None;
}

/// Members come and go in front of each other.
pub(super) fn queue_of_members(world: &mut World) {
    for _ in 0..world.dice.u8(2..8) {
        let node = world.dice.usize(0..world.nodes.len());
        match world.dice.u8(0..5) {
            0 => acts::withdraw(world, node),
            1 => world.kill(node, true),
            2 => {
                let process = world.nodes[node].process.as_ref();
                if process.is_some_and(|p| !p.closing) {
                    world.reset(node);
                }
            }
            _ => {}
        }
        acts::revive(world, node);
        acts::stand(world, node);
        let late = world.dice.u64(0..300 * MS);
        world.run(late);
    }
}

/// All members leave, and somebody who may deletes the group's path, while others look at it.
pub(super) fn lose_the_path(world: &mut World) {
    if !world.plan.tampers {
        return queue_of_members(world);
    }
    for node in 0..world.nodes.len() {
        acts::withdraw(world, node);
    }
    world.run(300 * MS);
    for _ in 0..3 {
        acts::delete_path(world);
        world.run(100 * MS);
    }
    for node in 0..world.nodes.len() {
        acts::stand(world, node);
    }
}

/// The counters of all groups are put where they wrap: who stands keeps a high number, who comes
/// gets a negative one.
pub(crate) fn wrap(world: &mut World, negative: bool) {
    let near = world.dice.i32(4..20);
    for group in world.plan.groups.clone() {
        let counter = if negative {
            i32::MIN + near
        } else {
            i32::MAX - 10_000
        };
        world.ensemble.set_counter(&group, counter);
    }
    world.note(|| format!("the counters wrap: {negative}"));
}

/// Somebody deletes the znode of a member, while all is well.
pub(super) fn evict_somebody(world: &mut World) {
    let length = world.plan.timeout() / 2;
    world.run(length);
    acts::delete_member(world);
    world.run(300 * MS);
}

/// Somebody puts a znode in the line that is no member, and takes it away when others have looked
/// at it.
pub(super) fn stranger_in_line(world: &mut World) {
    let Some((first, _)) = world.somebody_who_leads() else {
        return;
    };
    let Some(group) = world.nodes[first].plan.contends.first().copied() else {
        return;
    };
    let path = world.plan.groups[group].clone();
    let stands = |id: &usize| *id != first && world.nodes[*id].plan.contends.contains(&group);
    let others: Vec<usize> = (0..world.nodes.len()).filter(stands).collect();
    let Some(second) = world.dice.choice(&others).copied() else {
        return;
    };
    world.heal_client(second, true);
    world.resume(second);
    acts::withdraw(world, second);
    world.run(300 * MS);
    let names = world.ensemble.children(&path).unwrap_or_default();
    let names = names.iter().filter_map(|name| MemberName::parse(name));
    let Some(last) = names.map(|name| name.sequence).max().filter(|n| *n >= 0) else {
        return;
    };
    let stranger = format!("{path}/stranger_{last:010}");
    world.note(|| format!("somebody creates {stranger}"));
    let _ = world.ensemble.create(&stranger, b"", span(world.now));
    world.strangers.push(stranger.clone());
    world.run(300 * MS);
    acts::stand(world, second);
    world.run(500 * MS);
    world.note(|| format!("somebody deletes {stranger}"));
    let _ = world.ensemble.delete(&stranger, span(world.now));
    world.marks.hit("stranger-in-line");
    world.run(500 * MS);
    if world.dice.bool() {
        acts::withdraw(world, first);
        world.run(500 * MS);
        acts::stand(world, first);
    }
}
