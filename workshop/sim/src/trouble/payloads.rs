//! Administrators change the payloads of members.

use crate::trial::Trial;
use tenure::proto::path;
use tenure_worlds::span;

/// An administrator gives a member of a group another payload.
pub(super) fn overwrite(trial: &mut Trial) {
    let group = trial.world.more.usize(0..trial.plan.groups.len());
    let group = trial.plan.groups[group].clone();
    let names = trial.world.ensemble.children(&group).unwrap_or_default();
    let at = trial.world.more.usize(0..names.len().max(1));
    let Some(name) = names.get(at) else {
        return;
    };
    let member = path::child(&group, name);
    let now = span(trial.world.now);
    let set = trial
        .world
        .ensemble
        .set_data(&member, b"of an administrator", now);
    if set.is_err() {
        return;
    }
    trial.judge.marks.hit("admin-writes-member");
    trial
        .world
        .note(|| format!("an administrator writes to {member}"));
    trial.collect();
}
