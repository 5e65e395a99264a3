//! After everything was healed there is one leader, and all clients see the same leader.

use super::{Broken, believers};
use crate::judge::{Judge, World};
use crate::user::Candidate;
use tenure::core::{DetectorEvent, GroupEvent};

/// Each group with a candidate has one leader, and no candidacy is stuck.
pub(super) fn leaders(world: &World, judge: &Judge) -> Result<(), Broken> {
    for group in 0..judge.plan.groups.len() {
        let candidates = || {
            let all = judge.users().flat_map(|(_, user)| user.candidates.values());
            all.filter(move |c| c.group == group && Candidate::stands(c))
        };
        let leaders: Vec<_> = believers(world, judge, group).map(|(id, _)| id).collect();
        // A member that does not contend leads too, as far as other clients can see.
        let oldest = leader(world, judge, group).map(|(token, _)| token);
        let contends = candidates().any(|c| c.member.as_ref().map(|m| m.token) == oldest);
        let waits = oldest.is_none() && candidates().count() > 0;
        if waits || leaders.len() != usize::from(contends) {
            return Err(format!("the leaders of group {group} are {leaders:?}"));
        }
        if candidates().any(|c| !c.open || c.member.is_none()) {
            return Err(format!("a member is missing in group {group}"));
        }
    }
    Ok(())
}

/// Detectors and watchers agree with the ensemble.
pub(super) fn agree(world: &World, judge: &Judge) -> Result<(), Broken> {
    for (id, account) in judge.accounts.iter().enumerate() {
        let Some(user) = &account.user else {
            return Err(format!("client {id} does not run"));
        };
        for view in user.detectors.values() {
            let leader = leader(world, judge, view.group);
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
        for view in user.groups.values() {
            let path = &judge.plan.groups[view.group];
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
fn leader(world: &World, judge: &Judge, group: usize) -> Option<(u64, Vec<u8>)> {
    let path = &judge.plan.groups[group];
    let names = world.ensemble.children(path).unwrap_or_default();
    let nodes = names
        .iter()
        .filter_map(|name| world.ensemble.node(&format!("{path}/{name}")));
    let (data, stat) = nodes.min_by_key(|(_, stat)| stat.czxid)?;
    Some((u64::try_from(stat.czxid).unwrap_or(0), data))
}
