//! The leader ends by SIGKILL.

use super::successor;
use crate::demo::Demo;
use crate::failure::Step;
use crate::human;
use crate::narrator::Tag;
use crate::table::Finding;

pub(super) fn play(demo: &mut Demo) -> Step<Vec<Finding>> {
    let (timeout, old) = (demo.settings.session_timeout, demo.leader()?);
    // Its undertaker closes the session at once. If it fails, the session ends on a tick of the server, and the
    // next in line proves its lease within another.
    let promised = timeout + 2 * demo.settings.tick;
    demo.narrator
        .say(Tag::Demo, format!("SIGKILL to {}", old.name));
    let killed_ns = demo.kill(old.actor)?;
    let what = format!(
        "{}'s undertaker to close the session and the next contender to lead",
        old.name
    );
    let next = successor::wait(demo, &what, killed_ns, promised)?;

    successor::check_token(demo, &old, &next.led)?;
    demo.check(
        format!(
            "{} led after {}, within T and two ticks ({})",
            next.led.name,
            human::span(next.took),
            human::setting(promised)
        ),
        next.took <= promised,
        || "that is later".to_owned(),
    )?;

    demo.wait(
        &format!("the end of {}'s process", old.name),
        timeout,
        |cast| cast.get(old.actor)?.process().exit_status(),
    )?;
    demo.narrator
        .say(Tag::Demo, format!("{} is started again", old.name));
    demo.enter_contender(&old.name);
    successor::wait_standbys(demo, 2, timeout)?;

    Ok(vec![Finding {
        done: "leader killed (SIGKILL)".to_owned(),
        led: Some(next.took),
        note: successor::tokens(&old, &next.led),
        known: next.known,
    }])
}
