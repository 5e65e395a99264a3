//! Everybody leaves, and nothing is left.

use std::time::Duration;

use tenure_field::tool::{Actor, Role};
use tenure_field::{Zookeeper, poll};

use crate::children;
use crate::demo::{Demo, GROUP, SERVER};
use crate::failure::{Step, Stop};
use crate::human;
use crate::narrator::Tag;
use crate::table::Finding;

/// Withdrawing takes milliseconds.
const AT_MOST: Duration = Duration::from_secs(10);

pub(super) fn play(demo: &mut Demo) -> Step<Vec<Finding>> {
    let names: Vec<&str> = [Role::Contender, Role::Detector]
        .into_iter()
        .flat_map(|role| demo.cast.acting(role))
        .map(Actor::name)
        .collect();
    demo.narrator
        .say(Tag::Demo, format!("SIGTERM to {}", human::list(&names)));
    let acting: Vec<usize> = (0..demo.cast.everybody().len())
        .filter(|place| demo.cast.get(*place).is_some_and(Actor::is_acting))
        .collect();
    for place in &acting {
        demo.dismiss(*place)?;
    }
    for place in &acting {
        let ended = |actor: &Actor| {
            let status = actor.process().exit_status()?;
            Some((actor.name().to_owned(), status))
        };
        let (name, status) = demo.wait("all processes to exit", AT_MOST, |cast| {
            cast.get(*place).and_then(ended)
        })?;
        if !status.success() {
            return Err(Stop::failed(
                format!("{name} exits with 0"),
                status.to_string(),
            ));
        }
    }
    demo.narrator
        .say(Tag::Check, format!("all {} exited with 0", acting.len()));

    // A session that a client could not close while the server was away ends by its timeout.
    let promised = demo.settings.session_timeout + 2 * demo.settings.tick;
    let (sessions, ephemerals) =
        demo.with_server("the last session to end", promised, |server| {
            nothing_left(server, promised)
        })?;
    demo.check(
        "the server counts no session and no ephemeral znode",
        (sessions.as_str(), ephemerals.as_str()) == ("0", "0"),
        || format!("{sessions} sessions and {ephemerals} ephemeral znodes"),
    )?;
    let members = demo.look(|observer, _server| observer.children(GROUP))?;
    demo.check(
        "another client sees no member left",
        members.is_empty(),
        || format!("{} are left", human::list(&members)),
    )?;

    demo.with_server("the server to stop", SERVER, Zookeeper::stop)?;
    let left = children::of_this_process();
    demo.check("no process is left", left.is_empty(), || human::list(&left))?;

    let tenures = demo.cast.tenures();
    demo.check(
        format!(
            "{} tenures in all: one at a time, each with a higher token",
            tenures.len()
        ),
        crate::tenures::conflict(&tenures).is_none(),
        || crate::tenures::conflict(&tenures).unwrap_or_default(),
    )?;
    Ok(vec![Finding {
        done: "all processes asked to end".to_owned(),
        led: None,
        known: Vec::new(),
        note: format!("nothing is left; {} tenures, one at a time", tenures.len()),
    }])
}

/// The numbers of sessions and of ephemeral znodes, once both are 0 or the time has passed.
fn nothing_left(server: &Zookeeper, at_most: Duration) -> (String, String) {
    let mut left = (String::new(), String::new());
    poll(at_most, || {
        let counts = server.monitor();
        // Servers before 3.6 do not count sessions.
        let count = |name| {
            counts
                .get(name)
                .map_or_else(|| "0".to_owned(), String::clone)
        };
        left = (count("zk_global_sessions"), count("zk_ephemerals_count"));
        let none = left.0 == "0" && left.1 == "0";
        none.then_some(())
    });
    left
}
