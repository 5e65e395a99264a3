//! After everything was healed there is one leader, and everybody sees the same.

use super::{Broken, believers};
use crate::node::Process;
use crate::world::World;
use tenure::core::{DetectorEvent, GroupEvent};

/// One leads each group in which anybody stands, and no candidacy is stuck.
pub(super) fn leaders(world: &World) -> Result<(), Broken> {
    for group in 0..world.plan.groups.len() {
        let candidates = || {
            let processes = world.nodes.iter().filter_map(|node| node.process.as_ref());
            let all = processes.flat_map(|p| p.candidates.values());
            all.filter(move |c| c.group == group && Process::stands(c))
        };
        let leaders: Vec<_> = believers(world, group).map(|(id, _)| id).collect();
        // A member that does not contend leads too, as far as others can tell.
        let oldest = leader(world, group).map(|(token, _)| token);
        let contends = candidates().any(|c| c.member.as_ref().map(|m| m.token) == oldest);
        let waits = oldest.is_none() && candidates().count() > 0;
        if waits || leaders.len() != usize::from(contends) {
            return Err(format!("the leaders of group {group} are {leaders:?}"));
        }
        if candidates().any(|c| !c.open || c.member.is_none()) {
            return Err(format!("somebody does not stand in group {group}"));
        }
    }
    Ok(())
}

/// Detectors and watchers agree with the ensemble.
pub(super) fn agree(world: &World) -> Result<(), Broken> {
    for (id, node) in world.nodes.iter().enumerate() {
        let Some(process) = &node.process else {
            return Err(format!("client {id} does not run"));
        };
        for view in process.detectors.values() {
            let leader = leader(world, view.group);
            let agrees = match (&view.told, &leader) {
                (Some(DetectorEvent::None), None) => true,
                (Some(DetectorEvent::Leader(seen)), Some((token, data))) => {
                    seen.member.token == *token && seen.data == *data
                }
                _ => false,
            };
            if !agrees {
                let (group, told) = (view.group, &view.told);
                return Err(format!(
                    "client {id} sees {told:?} lead group {group}, not {leader:?}"
                ));
            }
        }
        for view in process.groups.values() {
            let path = &world.plan.groups[view.group];
            let there = world.ensemble.children(path).unwrap_or_default().len();
            match &view.told {
                Some(GroupEvent::Members(members)) if members.len() == there => {}
                other => {
                    return Err(format!(
                        "client {id} sees {other:?} in group {}, not {there} members",
                        view.group
                    ));
                }
            }
        }
    }
    Ok(())
}

/// The oldest member of a group and its payload.
fn leader(world: &World, group: usize) -> Option<(u64, Vec<u8>)> {
    let path = &world.plan.groups[group];
    let names = world.ensemble.children(path).unwrap_or_default();
    let nodes = names
        .iter()
        .filter_map(|name| world.ensemble.node(&format!("{path}/{name}")));
    let (data, stat) = nodes.min_by_key(|(_, stat)| stat.czxid)?;
    Some((u64::try_from(stat.czxid).unwrap_or(0), data))
}
