//! The leader is cut off from ZooKeeper.

use crate::failure::Step;
use crate::human;
use crate::story::Story;

use super::{leader_killed, registered};

pub(super) fn play(story: &mut Story) -> Step<String> {
    let old = story.leader()?;
    let mark = story.cluster.record.mark();
    story.act(format!(
        "all packets between {} and ZooKeeper vanish",
        old.name
    ));
    story.cluster.begin_fault(format!("{} cut off", old.name));
    story.cluster.seats[old.seat].cut();

    let (stopped_ns, message, life) =
        story.wait(&format!("{} to stop itself", old.name), |cluster| {
            let stop = cluster.record.first(mark, old.seat, "stop")?;
            Some((stop.at_ns, stop.text("message").to_owned(), stop.life))
        })?;
    story.check(
        format!("{} stopped, with Mesos's line: {message}", old.name),
        message.contains("committing suicide!"),
        || format!("its line is {message:?}"),
    )?;
    let page = story.get(old.seat, "/");
    story.check(
        format!("{} no longer answers as the leader", old.name),
        page.as_ref().map_or(true, |page| page.status == 503),
        || format!("{page:?}"),
    )?;
    let led = registered::next_leader(story, mark)?;
    let margin = human::between(stopped_ns, led.at_ns);
    story.check(
        format!(
            "{} stopped {margin} before {} led (tokens {} and {})",
            old.name, led.name, old.token, led.token
        ),
        stopped_ns < led.at_ns && led.token > old.token && led.seat != old.seat,
        || {
            format!(
                "it stopped at {stopped_ns} ns, the next one led at {} ns",
                led.at_ns
            )
        },
    )?;
    let lease_end_ns = story
        .cluster
        .leaderships()
        .iter()
        .find(|one| one.token == old.token)
        .map(|one| one.lease_end_ns);
    if let Some(lease_end_ns) = lease_end_ns {
        story.check(
            format!(
                "its lease ended {} before {} led",
                human::between(lease_end_ns, led.at_ns),
                led.name
            ),
            lease_end_ns < led.at_ns,
            || {
                format!(
                    "the lease ended at {lease_end_ns} ns, the next one led at {} ns",
                    led.at_ns
                )
            },
        )?;
    }
    let status = story.wait(&format!("{} to exit", old.name), |cluster| {
        cluster.seats[old.seat].exit_of(life)
    })?;
    story.check(
        format!("{} exited with 1", old.name),
        status.code() == Some(1),
        || status.to_string(),
    )?;
    registered::everybody(story, &led)?;
    leader_killed::told_of_another(story, mark)?;

    story.act(format!("the packets of {} pass again", old.name));
    story.cluster.heal();
    registered::standbys(story, &led)?;
    story.check(
        format!("{} was started again, and is a standby", old.name),
        true,
        String::new,
    )?;
    Ok(format!(
        "{} stopped {margin} before {} led",
        old.name, led.name
    ))
}
