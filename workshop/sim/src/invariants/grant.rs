//! When a tenure begins, its znode exists, belongs to the session of the contender that leads, and
//! no member of the group is older.

use super::Broken;
use crate::judge::{Judge, World};
use crate::user::Held;
use tenure::proto::path::{self, MemberName};

pub(super) fn check(
    world: &World,
    judge: &Judge,
    id: usize,
    group: usize,
    held: Held,
) -> Result<(), Broken> {
    if judge.checks.is_excused(group, world.now) {
        return Ok(());
    }
    let group_path = &judge.plan.groups[group];
    let names = world.ensemble.children(group_path).unwrap_or_default();
    let session = judge.user(id).and_then(|u| u.session);
    let mut own = None;
    for name in names
        .iter()
        .filter(|name| MemberName::parse(name).is_some())
    {
        let Some((_, stat)) = world.ensemble.node(&path::child(group_path, name)) else {
            continue;
        };
        let token = u64::try_from(stat.czxid).unwrap_or(0);
        if token == held.token {
            own = Some(stat.ephemeral_owner);
        } else if stat.ephemeral_owner != 0 && token < held.token {
            return Err(format!(
                "client {id} leads group {group} with token {}, but {name} has {token}",
                held.token
            ));
        }
    }
    match own {
        // It has vanished since; its successor waits.
        None if judge.plan.members_vanish() => Ok(()),
        None => Err(format!(
            "client {id} leads group {group} with token {}, which no znode has",
            held.token
        )),
        owner if owner == session => Ok(()),
        Some(owner) => Err(format!(
            "client {id} leads group {group} with the znode of session {owner:#x}"
        )),
    }
}
