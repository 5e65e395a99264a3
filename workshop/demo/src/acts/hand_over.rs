//! The leader leaves in good order.

use super::successor;
use crate::event::Kind;
use crate::failure::{Step, Stop};
use crate::human;
use crate::stage::Stage;
use crate::table::Finding;
use crate::timeline::Tag;

pub(super) fn play(stage: &mut Stage) -> Step<Vec<Finding>> {
    let (timeout, old) = (stage.settings.session_timeout, stage.leader()?);
    stage
        .timeline
        .say(Tag::Demo, format!("SIGTERM to {}", old.name));
    let signalled_ns = stage.dismiss(old.actor)?;
    let next = successor::wait(stage, "the next one to lead", signalled_ns, timeout)?;

    let lost = stage.wait(
        &format!("{} to say that it stopped", old.name),
        timeout,
        |cast| {
            let lost = cast
                .get(old.actor)?
                .first(signalled_ns, |event| event.kind == Kind::Lost)?;
            Some(lost.clone())
        },
    )?;
    let reason = lost.reason.as_deref().unwrap_or("nothing");
    // The line may be written late; what it says of the end of the lease counts.
    let stopped_ns = lost.lease_end_ns.unwrap_or(u64::MAX);
    let began_ns = next.tenure.from_ns;
    stage.check(
        format!(
            "{} stopped leading {} before {} began",
            old.name,
            human::span(human::between(stopped_ns, began_ns)),
            next.tenure.name
        ),
        stopped_ns < began_ns && reason == "withdrawn",
        || format!("it stopped at {stopped_ns} ns, for the reason {reason}; the next began at {began_ns} ns"),
    )?;
    successor::check_token(stage, &old, &next.tenure)?;
    stage.check(
        format!(
            "nobody had to wait for a timeout: {} led after {}",
            next.tenure.name,
            human::span(next.led)
        ),
        next.led < timeout / 2,
        || {
            format!(
                "that is not less than half of T, {}",
                human::setting(timeout)
            )
        },
    )?;
    let status = stage.wait(&format!("{} to exit", old.name), timeout, |cast| {
        cast.get(old.actor)?.exit_status()
    })?;
    if !status.success() {
        return Err(Stop::failed(
            format!("{} exits with 0", old.name),
            status.to_string(),
        ));
    }

    stage
        .timeline
        .say(Tag::Demo, format!("{} is started again", old.name));
    stage.enter_contender(old.name);
    successor::wait_standbys(stage, 2, timeout)?;

    Ok(vec![Finding {
        done: "leader asked to end (SIGTERM)".to_owned(),
        led: Some(next.led),
        note: successor::tokens(&old, &next.tenure),
        known: next.known,
    }])
}
