//! An agent is cut off from all masters, but not from ZooKeeper.

use tenure_field::boottime;

use crate::failure::Step;
use crate::human;
use crate::record::{Entry, Mark};
use crate::story::Story;

use super::registered;

pub(super) fn play(story: &mut Story) -> Step<String> {
    let led = story.leader()?;
    registered::everybody(story, &led)?;
    let agent = story.agent(2);
    let name = story.cluster.name(agent).to_owned();
    let running = registered::busy(story, &[agent])?;
    let mark = story.cluster.record.mark();
    story.act(format!(
        "all packets between {name} and the masters vanish, while {} tasks run on it",
        running.len()
    ));
    story.cluster.begin_fault(format!("{name} isolated"));
    story.cluster.seats[agent].isolate();
    let cut_ns = boottime::now_ns();

    wait_master(story, mark, led.seat, "agent_unreachable", &name)?;
    let took = story.since(cut_ns);
    let state = story.get(led.seat, "/state")?.json();
    let active = registered::active(&state);
    story.check(
        format!(
            "after {took}, {} finds {name} unreachable, and gives it no tasks",
            led.name
        ),
        !active.contains(&name),
        || format!("active: {}", human::list(&active)),
    )?;
    let scheduler = story.scheduler();
    let lost = story.wait(
        "the scheduler to be told of the lost agent and a lost task",
        |cluster| {
            cluster.record.first(mark, scheduler, "agent_lost")?;
            let lost = |task: &&String| {
                registered::told(cluster, mark, task).as_deref() == Some("TASK_LOST")
            };
            let lost: Vec<String> = running.iter().filter(lost).cloned().collect();
            (!lost.is_empty()).then_some(lost)
        },
    )?;
    story.check(
        format!(
            "the scheduler was told that the agent is lost, and {} of its tasks: TASK_LOST",
            lost.len()
        ),
        true,
        String::new,
    )?;

    story.act(format!("the packets of {name} pass again"));
    story.cluster.heal();
    wait_master(story, mark, led.seat, "agent_readmitted", &name)?;
    registered::everybody(story, &led)?;
    let still = story.leader()?;
    story.check(
        format!("{name} was taken back; {} still leads", led.name),
        still == led,
        || format!("{still:?}"),
    )?;
    Ok(format!(
        "{name} was unreachable after {took}, {} tasks lost, then taken back",
        lost.len()
    ))
}

fn wait_master(story: &mut Story, mark: Mark, master: usize, event: &str, agent: &str) -> Step<()> {
    let of_agent = |entry: &&Entry| entry.is(event) && entry.text("hostname") == agent;
    story.wait(&format!("{event} of {agent}"), |cluster| {
        cluster.record.since(mark, master).find(of_agent).map(drop)
    })
}
