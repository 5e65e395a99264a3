//! When a tenure begins, its znode exists, belongs to the session of who leads, and no member of
//! the group is older.

use super::Broken;
use crate::node::Held;
use crate::world::World;
use tenure::proto::path::{self, MemberName};

pub(super) fn check(world: &World, id: usize, group: usize, held: Held) -> Result<(), Broken> {
    if world.checks.is_excused(group, world.now) {
        return Ok(());
    }
    let group_path = &world.plan.groups[group];
    let names = world.ensemble.children(group_path).unwrap_or_default();
    let session = world.nodes[id].process.as_ref().and_then(|p| p.session);
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
