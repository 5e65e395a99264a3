//! Nothing is left behind: after everything was healed, the znodes under the groups are exactly
//! those of live candidacies and memberships, with their payloads.

use super::Broken;
use crate::judge::{Judge, World};
use std::collections::BTreeMap;
use tenure::proto::path;

pub(super) fn check(world: &World, judge: &Judge) -> Result<(), Broken> {
    let mut wanted = BTreeMap::new();
    for (id, user) in judge.users() {
        for candidate in user.candidates.values() {
            if let Some(member) = &candidate.member {
                wanted.insert(member.path.clone(), (id, Some(candidate.data.clone())));
            }
        }
        for member in user.memberships.values().flatten() {
            wanted.insert(member.path.clone(), (id, None));
        }
    }
    for group in &judge.plan.groups {
        for name in world.ensemble.children(group).unwrap_or_default() {
            let path = path::child(group, &name);
            let Some((id, data)) = wanted.remove(&path) else {
                return Err(format!("{path} is a ghost"));
            };
            let Some((standing, stat)) = world.ensemble.node(&path) else {
                continue;
            };
            let session = judge.user(id).and_then(|u| u.session);
            if session != Some(stat.ephemeral_owner) {
                return Err(format!("{path} is not of the session of client {id}"));
            }
            if data.is_some_and(|data| data != standing) {
                return Err(format!("{path} does not have the payload of client {id}"));
            }
        }
    }
    match wanted.pop_first() {
        Some((path, (id, _))) => Err(format!(
            "client {id} stands with {path}, which is not there"
        )),
        None => Ok(()),
    }
}
