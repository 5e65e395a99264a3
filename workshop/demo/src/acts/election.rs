//! The cast enters; one of the contenders leads.

use std::time::Duration;

use tenure_field::boottime;

use super::successor;
use crate::failure::Step;
use crate::stage::{GROUP, Stage};
use crate::table::Finding;
use crate::timeline::Tag;

/// Starting five processes takes longer than electing one of them.
const AT_MOST: Duration = Duration::from_secs(10);

pub(super) fn play(stage: &mut Stage) -> Step<Vec<Finding>> {
    let url = stage.server().url(GROUP);
    let text = format!("tenure contend {url} as w1, w2, w3; tenure detect as d1, d2");
    stage.timeline.say(Tag::Demo, text);
    let started_ns = boottime::now_ns();
    for name in ["w1", "w2", "w3"] {
        stage.enter_contender(name);
    }
    for name in ["d1", "d2"] {
        stage.enter_detector(name);
    }
    let first = successor::wait(stage, "one of them to lead", started_ns, AT_MOST)?;
    successor::wait_standbys(stage, 2, AT_MOST)?;
    let leader = first.tenure;
    stage.timeline.say(
        Tag::Check,
        format!(
            "one leads, two stand by; both detectors name {}",
            leader.name
        ),
    );

    let path = leader
        .member
        .as_ref()
        .map_or_else(String::new, |member| member.path.clone());
    let (members, created) = stage.look(|observer, _server| {
        let created = observer.stat(&path).map(|stat| stat.czxid);
        (observer.children(GROUP), created)
    })?;
    let promise = format!(
        "another client sees three znodes, the leader's created by transaction {}: its token",
        leader.token
    );
    let holds =
        members.len() == 3 && created.is_some_and(|czxid| czxid.unsigned_abs() == leader.token);
    stage.check(promise, holds, || {
        format!("{members:?}; {path} was created by {created:?}")
    })?;

    Ok(vec![Finding {
        done: "three contenders started".to_owned(),
        led: Some(first.led),
        known: first.known,
        note: format!("{}, token {}", leader.name, leader.token),
    }])
}
