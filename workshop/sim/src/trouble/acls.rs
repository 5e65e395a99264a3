//! Administrators forbid reading members.

use crate::acts;
use crate::trial::Trial;
use tenure::proto::{Acl, Perms, ServerError, path};
use tenure_worlds::{SECOND, span};

/// An administrator withdraws the permission to read a member from all clients, most often for the
/// leader's znode; then its owner may leave or die.
pub(super) fn lock_readers_out(trial: &mut Trial) {
    let group = trial.world.more.usize(0..trial.plan.groups.len());
    let path = trial.plan.groups[group].clone();
    let mut names = trial.world.ensemble.children(&path).unwrap_or_default();
    let token = |w: &Trial, name: &String| {
        let node = w.world.ensemble.node(&path::child(&path, name));
        node.map_or(i64::MAX, |(_, stat)| stat.czxid)
    };
    names.sort_by_key(|name| token(trial, name));
    let at = match trial.world.more.u8(0..3) {
        0 => trial.world.more.usize(0..names.len().max(1)),
        _ => 0,
    };
    let Some(name) = names.get(at) else {
        return;
    };
    let locked = path::child(&path, name);
    let nobody = Acl {
        perms: Perms(Perms::ALL.0 & !Perms::READ.0),
        ..Acl::open().remove(0)
    };
    if trial
        .world
        .ensemble
        .set_acl(&locked, &[nobody], span(trial.world.now))
        .is_err()
    {
        return;
    }
    trial.judge.marks.hit("readers-locked-out");
    trial
        .world
        .note(|| format!("an administrator closes {locked} to readers"));
    trial.locked.push(locked.clone());
    let length = trial.world.more.u64(0..trial.plan.timeout());
    trial.run(length);
    let owns = |w: &Trial, id: &usize| {
        let user = w.judge.user(*id);
        let mut all = user.iter().flat_map(|u| u.candidates.values());
        all.any(|c| c.member.as_ref().is_some_and(|m| m.path == locked))
    };
    let owner = (0..trial.plan.nodes.len()).find(|id| owns(trial, id));
    if let Some(owner) = owner {
        match trial.world.more.u8(0..4) {
            0 => acts::withdraw(trial, owner),
            1 => trial.kill(owner, true),
            2 => trial.reset(owner),
            _ => {}
        }
    }
}

/// Permits reading all members again. A leader of the ensemble that is about to be deposed loses
/// such a write, so it is repeated each second until no such member is left.
pub(crate) fn unlock(trial: &mut Trial) {
    if trial.locked.is_empty() || trial.unlocked + SECOND > trial.world.now {
        return;
    }
    trial.unlocked = trial.world.now;
    for path in std::mem::take(&mut trial.locked) {
        let open = Acl::open();
        let set = trial
            .world
            .ensemble
            .set_acl(&path, &open, span(trial.world.now));
        if set != Err(ServerError::NoNode) {
            trial.locked.push(path);
        }
    }
    trial.collect();
}
