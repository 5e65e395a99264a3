//! The scheduler is cut off from ZooKeeper.

use tenure_field::boottime;

use crate::failure::Step;
use crate::human;
use crate::story::Story;

use super::registered;

pub(super) fn play(story: &mut Story) -> Step<String> {
    let led = story.leader()?;
    registered::everybody(story, &led)?;
    let scheduler = story.scheduler();
    let name = story.cluster.name(scheduler).to_owned();
    let mark = story.cluster.record.mark();
    story.act(format!("all packets between {name} and ZooKeeper vanish"));
    story.cluster.begin_fault(format!("{name} cut off"));
    story.cluster.seats[scheduler].cut();
    let cut_ns = boottime::now_ns();
    story.wait(&format!("{name} to be disconnected"), |cluster| {
        cluster
            .record
            .first(mark, scheduler, "disconnected")
            .map(drop)
    })?;
    let took = story.since(cut_ns);
    story.wait("a launch to be lost at once, as in Mesos", |cluster| {
        cluster
            .record
            .first(mark, scheduler, "tasks_lost")
            .map(drop)
    })?;
    story.check(
        "a launch meanwhile is lost at once, and its scheduler told",
        true,
        String::new,
    )?;
    story.act(format!("the packets of {name} pass again"));
    story.cluster.heal();
    registered::everybody(story, &led)?;
    let record = &story.cluster.record;
    let told: Vec<&str> = record
        .since(mark, scheduler)
        .map(|entry| entry.event.as_str())
        .filter(|event| ["disconnected", "registered", "reregistered"].contains(event))
        .collect();
    story.check(
        format!(
            "the scheduler was told: disconnected, then reregistered, with {}",
            led.name
        ),
        told == ["disconnected", "reregistered"],
        || human::list(&told),
    )?;
    Ok(format!(
        "disconnected after {took}, then registered again with {}",
        led.name
    ))
}
