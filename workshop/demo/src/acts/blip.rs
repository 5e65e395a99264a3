//! The server hangs, not for long.

use tenure_field::boottime;

use crate::event::Kind;
use crate::failure::Step;
use crate::human;
use crate::stage::Stage;
use crate::table::Finding;
use crate::timeline::Tag;

pub(super) fn play(stage: &mut Stage) -> Step<Vec<Finding>> {
    let (timeout, leader) = (stage.settings.session_timeout, stage.leader()?);
    let span = timeout / 4;
    let text = format!("SIGSTOP to the server, for {}", human::setting(span));
    stage.timeline.say(Tag::Server, text);
    let paused_ns = boottime::now_ns();
    stage.server().pause();
    let passed = stage.let_pass("the server hangs", span);
    // Also when interrupted: a stopped process would not end in order.
    stage.server().resume();
    passed?;
    stage.timeline.say(Tag::Server, "it runs on");

    // No lease lasts longer than T. Whoever leads after that has renewed it since.
    let text = "until any lease from before is over";
    stage.let_pass(text, timeout)?;
    let lost: Vec<&str> = stage
        .cast
        .everybody()
        .iter()
        .filter(|actor| {
            actor
                .first(paused_ns, |event| event.kind == Kind::Lost)
                .is_some()
        })
        .map(|actor| actor.name)
        .collect();
    stage.check("nobody lost anything", lost.is_empty(), || {
        format!("{} lost a candidacy", human::list(&lost))
    })?;
    let now = stage.leader()?;
    stage.check(
        format!("{} still leads with token {}", leader.name, leader.token),
        now == leader,
        || format!("{} leads with token {}", now.name, now.token),
    )?;
    stage.wait("both detectors to name it", timeout, |cast| {
        cast.all_name(&leader).then_some(())
    })?;

    Ok(vec![Finding {
        done: format!("server paused for {}", human::setting(span)),
        led: None,
        known: Vec::new(),
        note: format!("{} leads on, token {}", leader.name, leader.token),
    }])
}
