//! All servers stop, and start again.

use tenure_field::boottime;

use crate::beliefs::{Belief, Part};
use crate::cluster::{Cluster, start_servers, stop_servers};
use crate::failure::Step;
use crate::human;
use crate::picture::ENSEMBLE_DOWN;
use crate::story::Story;

use super::registered;

pub(super) fn play(story: &mut Story) -> Step<String> {
    let old = story.leader()?;
    let mark = story.cluster.record.mark();
    story.act("all three servers stop");
    story.cluster.begin_fault(ENSEMBLE_DOWN);
    let stopping_ns = boottime::now_ns();
    story.with_servers("the servers to stop", stop_servers)?;
    let stopped_ns = story.wait(&format!("{} to stop itself", old.name), |cluster| {
        cluster
            .record
            .first(mark, old.seat, "stop")
            .map(|stop| stop.at_ns)
    })?;
    let took = human::between(stopping_ns, stopped_ns);
    story.check(
        format!("{} stopped leading after {took}", old.name),
        true,
        String::new,
    )?;
    story.wait("everybody to know no leader", |cluster| {
        [Part::Master, Part::Agent, Part::Scheduler]
            .into_iter()
            .all(|part| leaderless(cluster, part))
            .then_some(())
    })?;
    story.check("no program knows a leader", true, String::new)?;
    for seat in story.cluster.of(Part::Master) {
        // One that was the leader a moment ago may be about to start.
        let name = story.cluster.name(seat).to_owned();
        let got = story.wait(&format!("{name} to answer"), |cluster| {
            cluster
                .web
                .get(cluster.address(seat), "/master/redirect")
                .ok()
        })?;
        story.check(
            format!("{name} answers 503: {}", human::plain(got.body.trim())),
            got.status == 503 && got.location.is_empty(),
            || format!("{} {:?}", got.status, got.location),
        )?;
    }

    story.act("all three servers start again, with their data");
    let starting_ns = boottime::now_ns();
    story.with_servers("the servers to serve", start_servers)?;
    story.cluster.end_faults();
    story.act(format!(
        "the ensemble serves again, {} later",
        story.since(starting_ns)
    ));
    let led = registered::next_leader(story, mark)?;
    story.check(
        format!(
            "one master leads: {}, with a higher token ({} after {})",
            led.name, led.token, old.token
        ),
        led.token > old.token && stopped_ns < led.at_ns,
        || format!("{led:?} after {old:?}, which stopped at {stopped_ns} ns"),
    )?;
    registered::standbys(story, &led)?;
    registered::everybody(story, &led)?;
    Ok(format!(
        "{} stopped after {took}; then {} led, all registered",
        old.name, led.name
    ))
}

/// Whether nobody of a part relies on a leader.
fn leaderless(cluster: &Cluster, part: Part) -> bool {
    cluster.of(part).into_iter().all(|seat| {
        matches!(
            cluster.seats[seat].state.belief,
            Belief::Leaderless | Belief::Candidate | Belief::Down
        )
    })
}
