//! The leader ends without a word.

use super::successor;
use crate::failure::Step;
use crate::human;
use crate::stage::Stage;
use crate::table::Finding;
use crate::timeline::Tag;

pub(super) fn play(stage: &mut Stage) -> Step<Vec<Finding>> {
    let (timeout, old) = (stage.settings.session_timeout, stage.leader()?);
    // Sessions end on a tick of the server; the next in line proves its lease within another.
    let promised = timeout + 2 * stage.settings.tick;
    stage
        .timeline
        .say(Tag::Demo, format!("SIGKILL to {}", old.name));
    let killed_ns = stage.kill(old.actor)?;
    let what = format!(
        "{}'s session to time out and the next one to lead",
        old.name
    );
    let next = successor::wait(stage, &what, killed_ns, promised)?;

    successor::check_token(stage, &old, &next.tenure)?;
    stage.check(
        format!(
            "{} led after {}, within T and two ticks ({})",
            next.tenure.name,
            human::span(next.led),
            human::setting(promised)
        ),
        next.led <= promised,
        || "that is later".to_owned(),
    )?;

    stage.wait(
        &format!("the end of {}'s process", old.name),
        timeout,
        |cast| cast.get(old.actor)?.exit_status(),
    )?;
    stage
        .timeline
        .say(Tag::Demo, format!("{} is started again", old.name));
    stage.enter_contender(old.name);
    successor::wait_standbys(stage, 2, timeout)?;

    Ok(vec![Finding {
        done: "leader killed (SIGKILL)".to_owned(),
        led: Some(next.led),
        note: successor::tokens(&old, &next.tenure),
        known: next.known,
    }])
}
