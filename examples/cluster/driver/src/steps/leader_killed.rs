//! SIGKILL to the leader.

use crate::beliefs::Part;
use crate::failure::{Step, Stop};
use crate::human;
use crate::story::Story;

use super::registered;

pub(super) fn play(story: &mut Story) -> Step<String> {
    let old = story.leader()?;
    let agents = story.cluster.of(Part::Agent);
    let running = registered::busy(story, &agents)?;
    let mark = story.cluster.record.mark();
    story.act(format!(
        "SIGKILL to {}, while {} tasks run",
        old.name,
        running.len()
    ));
    let killed_ns = story.cluster.kill(old.seat);
    story.cluster.begin_fault(format!("{} is killed", old.name));

    let led = registered::next_leader(story, mark)?;
    story.cluster.end_faults();
    let took = human::between(killed_ns, led.at_ns);
    story.check(
        format!(
            "{} leads {took} after the kill, with a higher token ({} after {})",
            led.name, led.token, old.token
        ),
        led.seat != old.seat && led.token > old.token,
        || format!("{led:?} after {old:?}"),
    )?;
    registered::everybody(story, &led)?;
    told_of_another(story, mark)?;

    let finished = story.wait(
        "a task of before to finish, and its scheduler to be told so",
        |cluster| {
            let ended = |task: &&String| {
                registered::told(cluster, mark, task).as_deref() == Some("TASK_FINISHED")
            };
            running.iter().find(ended).cloned()
        },
    )?;
    let lost = |task: &&String| {
        registered::told(&story.cluster, mark, task).as_deref() == Some("TASK_LOST")
    };
    let lost: Vec<&String> = running.iter().filter(lost).collect();
    story.check(
        format!("the tasks went on: {finished} finished under the next leader, none was lost"),
        lost.is_empty(),
        || format!("lost: {}", human::list(&lost)),
    )?;
    let again = story.wait(&format!("{} to be a standby again", old.name), |cluster| {
        let entry = cluster.record.first(mark, old.seat, "standby")?;
        Some(entry.life)
    })?;
    story.check(
        format!(
            "{} was started again, and is a standby (life {again})",
            old.name
        ),
        true,
        String::new,
    )?;
    Ok(format!("{} leads {took} after the kill", led.name))
}

/// The scheduler is told of another leader: `disconnected`, then `registered`, with its id as before.
pub(super) fn told_of_another(story: &Story, mark: crate::record::Mark) -> Step<()> {
    let told = story.cluster.record.since(mark, story.scheduler());
    let callbacks = ["disconnected", "registered", "reregistered"];
    let told: Vec<&str> = told
        .map(|entry| entry.event.as_str())
        .filter(|event| callbacks.contains(event))
        .collect();
    if told != ["disconnected", "registered"] {
        let expected = "the scheduler is told: disconnected, then registered";
        return Err(Stop::failed(expected, human::list(&told)));
    }
    story.check(
        "the scheduler was told: disconnected, then registered",
        true,
        String::new,
    )
}
