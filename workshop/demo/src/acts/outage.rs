//! The server goes away for longer than T, and comes back.

use std::time::Duration;

use tenure_field::tool::{Actor, Event, Role, What};
use tenure_field::{Zookeeper, boottime};

use super::successor;
use crate::demo::{Demo, SERVER};
use crate::failure::Step;
use crate::human;
use crate::narrator::Tag;
use crate::table::Finding;
use crate::tenures::Led;

/// How much longer than T the server is away.
const BEYOND: Duration = Duration::from_secs(2);

pub(super) fn play(demo: &mut Demo) -> Step<Vec<Finding>> {
    let (timeout, old) = (demo.settings.session_timeout, demo.leader()?);
    demo.narrator.say(Tag::Server, "SIGTERM to the server");
    let stopping_ns = boottime::now_ns();
    demo.with_server("the server to stop", SERVER, Zookeeper::stop)?;
    // After this instant no lease can have been renewed.
    let stopped_ns = boottime::now_ns();
    demo.narrator.say(Tag::Server, "it is gone");

    let end = leader_ends(demo, &old, stopping_ns, stopped_ns)?;
    detectors_cannot_know(demo, stopping_ns, stopped_ns)?;
    let away = human::between(stopped_ns, boottime::now_ns());
    let rest = (timeout + BEYOND).saturating_sub(away);
    demo.let_pass("the server stays away, for longer than T in all", rest)?;

    demo.narrator.say(
        Tag::Server,
        "it is started again, with its port and its data",
    );
    let starting_ns = boottime::now_ns();
    let nobody = demo
        .cast
        .tenure_since(stopping_ns)
        .filter(|led| led.tenure.begin_ns < starting_ns);
    demo.check(
        "no contender led while it was away",
        nobody.is_none(),
        || {
            nobody
                .as_ref()
                .map_or_else(String::new, |led| format!("{} led", led.name))
        },
    )?;
    demo.restart_server()?;
    let ready_ns = boottime::now_ns();
    demo.narrator.say(Tag::Server, "it serves again");

    // From the start on, since a client may reach the server before this process does.
    let promised = timeout + 2 * demo.settings.tick;
    let next = successor::wait(demo, "a contender to lead again", starting_ns, promised)?;
    let since_ready = |span: Duration| span.saturating_sub(human::between(starting_ns, ready_ns));
    let (led, known) = (
        since_ready(next.took),
        next.known.into_iter().map(since_ready).collect(),
    );
    demo.check(
        format!(
            "{} led {} after the server was back, within T and two ticks ({})",
            next.led.name,
            human::span(led),
            human::setting(promised)
        ),
        led <= promised,
        || "that is later".to_owned(),
    )?;
    successor::check_token(demo, &old, &next.led)?;
    successor::wait_standbys(demo, 2, promised)?;

    let (name, left) = (
        &old.name,
        human::span(human::between(stopped_ns, end.at_ns)),
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
            note: successor::tokens(&old, &next.led),
        },
    ])
}

/// The leader reports that it cannot renew, and then that its leadership has ended.
fn leader_ends(demo: &mut Demo, old: &Led, stopping_ns: u64, stopped_ns: u64) -> Step<Event> {
    let timeout = demo.settings.session_timeout;
    let said = |is: fn(&Event) -> bool| move |actor: &Actor| actor.first(stopping_ns, is).cloned();
    let jeopardy = demo.wait(
        &format!("{} to see its lease in jeopardy", old.name),
        timeout,
        |cast| {
            let in_jeopardy = said(|event| matches!(event.what, What::Jeopardy(_)));
            cast.get(old.actor).and_then(in_jeopardy)
        },
    )?;
    let lost = demo.wait(
        &format!("{} to stop leading by its own clock", old.name),
        timeout,
        |cast| {
            let lost = said(|event| event.loss().is_some());
            cast.get(old.actor).and_then(lost)
        },
    )?;
    let expires_ns = stopped_ns + u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
    let span = |until_ns| human::span(human::between(stopped_ns, until_ns));
    let lease_end_ns = jeopardy.lead().map_or(u64::MAX, |lead| lead.lease_end_ns);
    demo.check(
        format!(
            "{}'s lease was to end {} after the server had gone, before T has passed",
            old.name,
            span(lease_end_ns)
        ),
        lease_end_ns < expires_ns,
        || format!("jeopardy reported {lease_end_ns} ns, and T is over at {expires_ns} ns"),
    )?;
    demo.check(
        format!(
            "it first reported jeopardy, and stopped after {}, before T has passed",
            span(lost.at_ns)
        ),
        jeopardy.at_ns < lost.at_ns && lost.at_ns < expires_ns,
        || {
            format!(
                "jeopardy at {}, lost at {}, T over at {expires_ns} ns",
                jeopardy.at_ns, lost.at_ns
            )
        },
    )?;
    Ok(lost)
}

/// The detectors report that the leader is unknown, which is not the same as no leader.
fn detectors_cannot_know(demo: &mut Demo, stopping_ns: u64, stopped_ns: u64) -> Step<()> {
    let timeout = demo.settings.session_timeout;
    let last_ns = demo.wait(
        "both detectors to report that the leader is unknown",
        timeout,
        |cast| {
            let said = cast.acting(Role::Detector).map(|detector| {
                let unknown = detector.first(stopping_ns, |event| event.what == What::Unknown);
                unknown.map(|event| event.at_ns)
            });
            said.collect::<Option<Vec<u64>>>()?.into_iter().max()
        },
    )?;
    let took = human::between(stopped_ns, last_ns);
    demo.check(
        format!(
            "the detectors reported within {} that the leader is unknown",
            human::span(took)
        ),
        took <= timeout,
        || format!("that is later than T, {}", human::setting(timeout)),
    )
}
