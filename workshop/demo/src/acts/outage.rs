//! The server goes away for longer than T, and comes back.

use std::time::Duration;

use tenure_field::{Zookeeper, boottime};

use super::successor;
use crate::actor::{Actor, Role};
use crate::event::{Event, Kind};
use crate::failure::Step;
use crate::human;
use crate::stage::{SERVER, Stage};
use crate::table::Finding;
use crate::tenures::Tenure;
use crate::timeline::Tag;

/// How much longer than T the server is away.
const BEYOND: Duration = Duration::from_secs(2);

pub(super) fn play(stage: &mut Stage) -> Step<Vec<Finding>> {
    let (timeout, old) = (stage.settings.session_timeout, stage.leader()?);
    stage.timeline.say(Tag::Server, "SIGTERM to the server");
    let stopping_ns = boottime::now_ns();
    stage.with_server("the server to stop", SERVER, Zookeeper::stop)?;
    // After this instant nobody can have renewed anything.
    let stopped_ns = boottime::now_ns();
    stage.timeline.say(Tag::Server, "it is gone");

    let end = leader_ends(stage, &old, stopping_ns, stopped_ns)?;
    detectors_cannot_know(stage, stopping_ns, stopped_ns)?;
    let away = human::between(stopped_ns, boottime::now_ns());
    let rest = (timeout + BEYOND).saturating_sub(away);
    stage.let_pass("the server stays away, for longer than T in all", rest)?;

    stage.timeline.say(
        Tag::Server,
        "it is started again, with its port and its data",
    );
    let starting_ns = boottime::now_ns();
    let nobody = stage
        .cast
        .tenure_since(stopping_ns)
        .filter(|tenure| tenure.from_ns < starting_ns);
    stage.check("nobody led while it was away", nobody.is_none(), || {
        nobody
            .as_ref()
            .map_or_else(String::new, |tenure| format!("{} led", tenure.name))
    })?;
    stage.restart_server()?;
    let ready_ns = boottime::now_ns();
    stage.timeline.say(Tag::Server, "it serves again");

    // From the start on, since somebody may be quicker to reach it than this process is.
    let promised = timeout + 2 * stage.settings.tick;
    let next = successor::wait(stage, "somebody to lead again", starting_ns, promised)?;
    let since_ready = |span: Duration| span.saturating_sub(human::between(starting_ns, ready_ns));
    let (led, known) = (
        since_ready(next.led),
        next.known.into_iter().map(since_ready).collect(),
    );
    stage.check(
        format!(
            "{} led {} after the server was back, within T and two ticks ({})",
            next.tenure.name,
            human::span(led),
            human::setting(promised)
        ),
        led <= promised,
        || "that is later".to_owned(),
    )?;
    successor::check_token(stage, &old, &next.tenure)?;
    successor::wait_standbys(stage, 2, promised)?;

    let (name, left) = (
        old.name,
        human::span(human::between(stopped_ns, end.boottime_ns)),
    );
    Ok(vec![
        Finding {
            done: format!("server away for {}", human::setting(timeout + BEYOND)),
            led: None,
            known: Vec::new(),
            note: format!("{name} stopped {left} after it had gone"),
        },
        Finding {
            done: "server back".to_owned(),
            led: Some(led),
            known,
            note: successor::tokens(&old, &next.tenure),
        },
    ])
}

/// The leader says that it cannot renew, and then that it leads no more.
fn leader_ends(stage: &mut Stage, old: &Tenure, stopping_ns: u64, stopped_ns: u64) -> Step<Event> {
    let timeout = stage.settings.session_timeout;
    let said = |kind| {
        move |actor: &Actor| {
            actor
                .first(stopping_ns, |event| event.kind == kind)
                .cloned()
        }
    };
    let jeopardy = stage.wait(
        &format!("{} to see its lease in jeopardy", old.name),
        timeout,
        |cast| cast.get(old.actor).and_then(said(Kind::Jeopardy)),
    )?;
    let lost = stage.wait(
        &format!("{} to stop leading by its own clock", old.name),
        timeout,
        |cast| cast.get(old.actor).and_then(said(Kind::Lost)),
    )?;
    let expires_ns = stopped_ns + u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
    let span = |until_ns| human::span(human::between(stopped_ns, until_ns));
    let lease_end_ns = jeopardy.lease_end_ns.unwrap_or(u64::MAX);
    stage.check(
        format!(
            "{}'s lease was to end {} after the server had gone, before T has passed",
            old.name,
            span(lease_end_ns)
        ),
        lease_end_ns < expires_ns,
        || {
            format!(
                "jeopardy said {:?} and T is over at {expires_ns} ns",
                jeopardy.lease_end_ns
            )
        },
    )?;
    stage.check(
        format!(
            "it said jeopardy first, and stopped after {}, before T has passed",
            span(lost.boottime_ns)
        ),
        jeopardy.boottime_ns < lost.boottime_ns && lost.boottime_ns < expires_ns,
        || {
            format!(
                "jeopardy at {}, lost at {}, T over at {expires_ns} ns",
                jeopardy.boottime_ns, lost.boottime_ns
            )
        },
    )?;
    Ok(lost)
}

/// The detectors say that they cannot know, which is not that nobody leads.
fn detectors_cannot_know(stage: &mut Stage, stopping_ns: u64, stopped_ns: u64) -> Step<()> {
    let timeout = stage.settings.session_timeout;
    let last_ns = stage.wait(
        "both detectors to say that they cannot know",
        timeout,
        |cast| {
            let said = cast.acting(Role::Detector).map(|detector| {
                let unknown = detector.first(stopping_ns, |event| event.kind == Kind::Unknown);
                unknown.map(|event| event.boottime_ns)
            });
            said.collect::<Option<Vec<u64>>>()?.into_iter().max()
        },
    )?;
    let took = human::between(stopped_ns, last_ns);
    stage.check(
        format!(
            "the detectors said within {} that they cannot know",
            human::span(took)
        ),
        took <= timeout,
        || format!("that is later than T, {}", human::setting(timeout)),
    )
}
