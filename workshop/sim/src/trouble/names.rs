//! Resolvers that hang or fail, and servers that move.

use crate::hazards::Mood;
use crate::trial::Trial;

/// A machine's resolver hangs, fails, or works again.
pub(super) fn change_moods(trial: &mut Trial) {
    let node = trial.world.more.usize(0..trial.plan.nodes.len());
    let moods = [Mood::Works, Mood::Hangs, Mood::Fails, Mood::Empty];
    let mood = moods[trial.world.more.usize(0..moods.len())];
    if mood == Mood::Hangs && trial.plan.nodes[node].naming.is_some() {
        trial.judge.marks.hit("resolver-hangs");
    }
    trial.set_mood(node, mood);
    if trial.world.more.bool() {
        trial.reset(node);
    }
}

pub(super) fn move_a_server(trial: &mut Trial) {
    let server = trial.world.more.usize(0..trial.plan.servers());
    trial.move_server(server);
}

pub(super) fn reset_somebody(trial: &mut Trial) {
    let node = trial.world.more.usize(0..trial.plan.nodes.len());
    trial.reset(node);
}
