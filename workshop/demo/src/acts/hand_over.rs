//! The leader ends by SIGTERM.

use super::successor;
use crate::demo::Demo;
use crate::failure::{Step, Stop};
use crate::human;
use crate::narrator::Tag;
use crate::table::Finding;

pub(super) fn play(demo: &mut Demo) -> Step<Vec<Finding>> {
    let (timeout, old) = (demo.settings.session_timeout, demo.leader()?);
    demo.narrator
        .say(Tag::Demo, format!("SIGTERM to {}", old.name));
    let signalled_ns = demo.dismiss(old.actor)?;
    let next = successor::wait(demo, "the next contender to lead", signalled_ns, timeout)?;

    let lost = demo.wait(
        &format!("{} to report that it stopped", old.name),
        timeout,
        |cast| {
            let old = cast.get(old.actor)?;
            let lost = old.first(signalled_ns, |event| event.loss().is_some())?;
            lost.loss().cloned()
        },
    )?;
    let reason = &lost.reason;
    // The line may be written late; its lease end counts.
    let stopped_ns = lost.lease_end_ns;
    let began_ns = next.led.tenure.begin_ns;
    demo.check(
        format!(
            "{} stopped leading {} before {} began",
            old.name,
            human::span(human::between(stopped_ns, began_ns)),
            next.led.name
        ),
        stopped_ns < began_ns && lost.is_given_up(),
        || format!("it stopped at {stopped_ns} ns, for the reason {reason}; the next began at {began_ns} ns"),
    )?;
    successor::check_token(demo, &old, &next.led)?;
    demo.check(
        format!(
            "no timeout was needed: {} led after {}",
            next.led.name,
            human::span(next.took)
        ),
        next.took < timeout / 2,
        || {
            format!(
                "that is not less than half of T, {}",
                human::setting(timeout)
            )
        },
    )?;
    let status = demo.wait(&format!("{} to exit", old.name), timeout, |cast| {
        cast.get(old.actor)?.process().exit_status()
    })?;
    if !status.success() {
        return Err(Stop::failed(
            format!("{} exits with 0", old.name),
            status.to_string(),
        ));
    }

    demo.narrator
        .say(Tag::Demo, format!("{} is started again", old.name));
    demo.enter_contender(&old.name);
    successor::wait_standbys(demo, 2, timeout)?;

    Ok(vec![Finding {
        done: "leader asked to end (SIGTERM)".to_owned(),
        led: Some(next.took),
        note: successor::tokens(&old, &next.led),
        known: next.known,
    }])
}
