//! The server hangs for a short time.

use tenure_field::boottime;

use crate::demo::Demo;
use crate::failure::Step;
use crate::human;
use crate::narrator::Tag;
use crate::table::Finding;

pub(super) fn play(demo: &mut Demo) -> Step<Vec<Finding>> {
    let (timeout, leader) = (demo.settings.session_timeout, demo.leader()?);
    let span = timeout / 4;
    let text = format!("SIGSTOP to the server, for {}", human::setting(span));
    demo.narrator.say(Tag::Server, text);
    let paused_ns = boottime::now_ns();
    demo.server().pause();
    let passed = demo.let_pass("the server hangs", span);
    // Also when interrupted: a stopped process would not end normally.
    demo.server().resume();
    passed?;
    demo.narrator.say(Tag::Server, "it runs again");

    // No lease lasts longer than T. A leader after that time has renewed its lease since.
    let text = "until any lease from before is over";
    demo.let_pass(text, timeout)?;
    let lost: Vec<&str> = demo
        .cast
        .everybody()
        .iter()
        .filter(|actor| {
            actor
                .first(paused_ns, |event| event.loss().is_some())
                .is_some()
        })
        .map(|actor| actor.name())
        .collect();
    demo.check("no contender lost its candidacy", lost.is_empty(), || {
        format!("{} lost a candidacy", human::list(&lost))
    })?;
    let now = demo.leader()?;
    demo.check(
        format!(
            "{} still leads with token {}",
            leader.name, leader.tenure.token
        ),
        now == leader,
        || format!("{} leads with token {}", now.name, now.tenure.token),
    )?;
    demo.wait("both detectors to name it", timeout, |cast| {
        cast.all_name(&leader).then_some(())
    })?;

    Ok(vec![Finding {
        done: format!("server paused for {}", human::setting(span)),
        led: None,
        known: Vec::new(),
        note: format!("{} still leads, token {}", leader.name, leader.tenure.token),
    }])
}
