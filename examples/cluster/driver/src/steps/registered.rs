//! What several steps wait for: a leader, and everybody registered with it.

use serde_json::Value;

use crate::beliefs::{Belief, Part};
use crate::cluster::{Cluster, Led};
use crate::failure::Step;
use crate::record::Mark;
use crate::story::Story;

/// Waits for a leader that was elected after the mark.
pub(super) fn next_leader(story: &mut Story, mark: Mark) -> Step<Led> {
    story.wait("a master to lead", |cluster| {
        let led = cluster.leader()?;
        cluster.record.first(mark, led.seat, "elected")?;
        Some(led)
    })
}

/// Waits until all other masters are standbys of this leader.
pub(super) fn standbys(story: &mut Story, led: &Led) -> Step<Vec<usize>> {
    let what = format!("all other masters to be standbys of {}", led.name);
    let address = led.address.clone();
    story.wait(&what, |cluster| {
        let standbys = cluster.believing(Part::Master, Belief::Standby);
        let follow = standbys
            .iter()
            .all(|seat| cluster.seats[*seat].state.leader == address);
        (follow && standbys.len() + 1 == cluster.of(Part::Master).len()).then_some(standbys)
    })
}

/// Waits until all agents and the scheduler are registered with this leader, and the leader says so, too.
pub(super) fn everybody(story: &mut Story, led: &Led) -> Step<()> {
    let what = format!(
        "all agents and the scheduler to be registered with {}",
        led.name
    );
    let led = led.clone();
    story.wait(&what, |cluster| {
        let with_it = |part| {
            let seats = cluster.believing(part, Belief::Registered);
            let all = seats.len() == cluster.of(part).len();
            all && seats
                .iter()
                .all(|seat| cluster.seats[*seat].state.leader == led.address)
        };
        if !with_it(Part::Agent) || !with_it(Part::Scheduler) {
            return None;
        }
        let state = state(cluster, led.seat)?;
        let agents = active(&state);
        let frameworks = state["frameworks"].as_array()?.iter();
        let connected = frameworks
            .filter(|framework| framework["connected"] == true)
            .count();
        (agents.len() == cluster.of(Part::Agent).len() && connected == 1).then_some(())
    })?;
    story.check(
        format!(
            "both agents and the scheduler are registered with {}, by its own account too",
            led.name
        ),
        true,
        String::new,
    )
}

/// The state of a master by its own account.
pub(super) fn state(cluster: &Cluster, seat: usize) -> Option<Value> {
    let got = cluster.web.get(cluster.address(seat), "/state").ok()?;
    (got.status == 200).then(|| got.json())
}

/// The names of the agents to which a master would give tasks.
pub(super) fn active(state: &Value) -> Vec<String> {
    let agents = state["agents"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let active = agents.iter().filter(|agent| agent["state"] == "active");
    active
        .filter_map(|agent| agent["hostname"].as_str().map(str::to_owned))
        .collect()
}

/// The tasks that an agent runs, by its own account.
pub(super) fn running(cluster: &Cluster, agent: usize) -> Vec<String> {
    let mut running: Vec<String> = Vec::new();
    let all = cluster.record.entries.iter();
    let life = cluster.seats[agent].life;
    for entry in all.filter(|entry| entry.seat == agent && entry.life == life && entry.is("task")) {
        let id = entry.text("id");
        running.retain(|known| known != id);
        if entry.text("state") == "TASK_RUNNING" {
            running.push(id.to_owned());
        }
    }
    running
}

/// The last state of a task that the scheduler was told since the mark.
pub(super) fn told(cluster: &Cluster, mark: Mark, task: &str) -> Option<String> {
    let scheduler = cluster.of(Part::Scheduler)[0];
    let of_task = cluster
        .record
        .since(mark, scheduler)
        .filter(|entry| entry.is("status") && entry.text("id") == task);
    of_task.last().map(|entry| entry.text("state").to_owned())
}

/// Waits until each agent runs a task, and returns the tasks of each.
pub(super) fn busy(story: &mut Story, agents: &[usize]) -> Step<Vec<String>> {
    let agents = agents.to_vec();
    story.wait("each agent to run a task", move |cluster| {
        let of_each: Vec<Vec<String>> = agents
            .iter()
            .map(|agent| running(cluster, *agent))
            .collect();
        let all_busy = of_each.iter().all(|tasks| !tasks.is_empty());
        all_busy.then(|| of_each.concat())
    })
}
