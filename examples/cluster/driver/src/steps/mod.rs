//! The steps of the story. Each acts, asserts, and says in one sentence what was seen.

mod agent_cut;
mod agent_isolated;
mod election;
mod ensemble_down;
mod leader_cut;
mod leader_killed;
mod registered;
mod scheduler_cut;
mod spoofed;
mod standby_cut;

use std::time::{Duration, Instant};

use tenure_field::boottime;

use crate::failure::Step;
use crate::story::Story;

/// One step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Play {
    /// Its name, for `--only`.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) about: &'static str,
    play: fn(&mut Story) -> Step<String>,
}

/// A step that was played.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) title: &'static str,
    pub(crate) took: Duration,
    pub(crate) seen: String,
}

/// All steps, in their order. The first one starts the programs.
pub(crate) const ALL: &[Play] = &[
    Play {
        name: "election",
        title: "1. Election",
        about: "Three masters contend. One leads; the standbys send everybody to it; two agents and a scheduler\n\
                register, and a task runs to its end.",
        play: election::play,
    },
    Play {
        name: "leader-killed",
        title: "2. The leader is killed",
        about: "SIGKILL to the leading master. Its session times out, the next one leads, everybody registers with it,\n\
                and the tasks of the agents have gone on.",
        play: leader_killed::play,
    },
    Play {
        name: "leader-cut",
        title: "3. The leader is cut off from ZooKeeper",
        about: "Its packets vanish, without an error. It cannot know whether another one was elected, so it stops\n\
                before that is possible.",
        play: leader_cut::play,
    },
    Play {
        name: "standby-cut",
        title: "4. A standby is cut off from ZooKeeper",
        about: "It no longer knows who leads, and says so: 503 instead of a redirect. The leader does not notice.",
        play: standby_cut::play,
    },
    Play {
        name: "agent-cut",
        title: "5. An agent is cut off from ZooKeeper",
        about: "It cannot know whether its leader still leads, so it obeys nobody, not even that leader.",
        play: agent_cut::play,
    },
    Play {
        name: "agent-isolated",
        title: "6. An agent is cut off from the masters",
        about: "The leader's pings stay unanswered: the agent is unreachable, its tasks are lost, and the scheduler is\n\
                told. Afterwards the agent is taken back.",
        play: agent_isolated::play,
    },
    Play {
        name: "scheduler-cut",
        title: "7. The scheduler is cut off from ZooKeeper",
        about: "It is disconnected, and registers again with the same leader.",
        play: scheduler_cut::play,
    },
    Play {
        name: "spoofed",
        title: "8. Orders of a deposed master",
        about: "The driver sends an agent orders in the name of a master that leads no longer.",
        play: spoofed::play,
    },
    Play {
        name: "ensemble-down",
        title: "9. The whole ensemble goes down and comes back",
        about: "Nobody can lead without ZooKeeper. The leader stops in time, all wait, and find together again.",
        play: ensemble_down::play,
    },
];

/// Plays one step.
pub(crate) fn play(step: &Play, story: &mut Story) -> Step<Finding> {
    story.narrator.heading(step.title, step.about);
    story
        .cluster
        .record
        .steps
        .push((step.name.to_owned(), boottime::now_ns()));
    let started = Instant::now();
    let seen = (step.play)(story)?;
    Ok(Finding {
        title: step.title,
        took: started.elapsed(),
        seen,
    })
}
