//! The clients start; one of the contenders leads.

use std::time::Duration;

use tenure_field::boottime;

use super::successor;
use crate::demo::{Demo, GROUP};
use crate::failure::Step;
use crate::narrator::Tag;
use crate::table::Finding;

/// Starting five processes takes longer than electing one of them.
const AT_MOST: Duration = Duration::from_secs(10);

pub(super) fn play(demo: &mut Demo) -> Step<Vec<Finding>> {
    let url = demo.server().url(GROUP);
    let text = format!("tenure contend {url} as w1, w2, w3; tenure detect as d1, d2");
    demo.narrator.say(Tag::Demo, text);
    let started_ns = boottime::now_ns();
    for name in ["w1", "w2", "w3"] {
        demo.enter_contender(name);
    }
    for name in ["d1", "d2"] {
        demo.enter_detector(name);
    }
    let first = successor::wait(demo, "one of them to lead", started_ns, AT_MOST)?;
    successor::wait_standbys(demo, 2, AT_MOST)?;
    let leader = first.led;
    demo.narrator.say(
        Tag::Check,
        format!(
            "one leads, two are standbys; both detectors name {}",
            leader.name
        ),
    );

    let path = leader.tenure.member.path.clone();
    let (members, created) = demo.look(|observer, _server| {
        let created = observer.stat(&path).map(|stat| stat.czxid);
        (observer.children(GROUP), created)
    })?;
    let promise = format!(
        "another client sees three znodes, the leader's created by transaction {}: its token",
        leader.tenure.token
    );
    let holds = members.len() == 3
        && created.is_some_and(|czxid| czxid.unsigned_abs() == leader.tenure.token);
    demo.check(promise, holds, || {
        format!("{members:?}; {path} was created by {created:?}")
    })?;

    Ok(vec![Finding {
        done: "three contenders started".to_owned(),
        led: Some(first.took),
        known: first.known,
        note: format!("{}, token {}", leader.name, leader.tenure.token),
    }])
}
