//! Everybody leaves, and nothing is left.

use std::thread;
use std::time::{Duration, Instant};

use tenure_field::Zookeeper;

use crate::actor::{Actor, Role};
use crate::children;
use crate::failure::{Step, Stop};
use crate::human;
use crate::stage::{GROUP, SERVER, Stage};
use crate::table::Finding;
use crate::timeline::Tag;

/// Withdrawing takes milliseconds.
const AT_MOST: Duration = Duration::from_secs(10);
/// Each count is a connection of its own.
const BETWEEN_COUNTS: Duration = Duration::from_millis(50);

pub(super) fn play(stage: &mut Stage) -> Step<Vec<Finding>> {
    let names: Vec<&str> = [Role::Contender, Role::Detector]
        .into_iter()
        .flat_map(|role| stage.cast.acting(role))
        .map(|actor| actor.name)
        .collect();
    stage
        .timeline
        .say(Tag::Demo, format!("SIGTERM to {}", human::list(&names)));
    let acting: Vec<usize> = (0..stage.cast.everybody().len())
        .filter(|place| stage.cast.get(*place).is_some_and(Actor::is_acting))
        .collect();
    for place in &acting {
        stage.dismiss(*place)?;
    }
    for place in &acting {
        let ended = |actor: &Actor| actor.exit_status().map(|status| (actor.name, status));
        let (name, status) = stage.wait("everybody to exit", AT_MOST, |cast| {
            cast.get(*place).and_then(ended)
        })?;
        if !status.success() {
            return Err(Stop::failed(
                format!("{name} exits with 0"),
                status.to_string(),
            ));
        }
    }
    stage
        .timeline
        .say(Tag::Check, format!("all {} exited with 0", acting.len()));

    // What a client could not end while the server was away ends by its timeout.
    let promised = stage.settings.session_timeout + 2 * stage.settings.tick;
    let (sessions, ephemerals) =
        stage.with_server("the last session to end", promised, |server| {
            nothing_left(server, promised)
        })?;
    stage.check(
        "the server counts no session and no ephemeral znode",
        (sessions.as_str(), ephemerals.as_str()) == ("0", "0"),
        || format!("{sessions} sessions and {ephemerals} ephemeral znodes"),
    )?;
    let members = stage.look(|observer, _server| observer.children(GROUP))?;
    stage.check(
        "another client sees no member left",
        members.is_empty(),
        || format!("{} are left", human::list(&members)),
    )?;

    stage.with_server("the server to stop", SERVER, Zookeeper::stop)?;
    let left = children::of_this_process();
    stage.check("no process is left", left.is_empty(), || human::list(&left))?;

    let tenures = stage.cast.tenures();
    stage.check(
        format!(
            "{} tenures in all: one at a time, each with a higher token",
            tenures.len()
        ),
        crate::tenures::conflict(&tenures).is_none(),
        || crate::tenures::conflict(&tenures).unwrap_or_default(),
    )?;
    Ok(vec![Finding {
        done: "everybody asked to end".to_owned(),
        led: None,
        known: Vec::new(),
        note: format!("nothing is left; {} tenures, one at a time", tenures.len()),
    }])
}

/// The numbers of sessions and of ephemeral znodes, once both are 0 or the time is over.
fn nothing_left(server: &Zookeeper, at_most: Duration) -> (String, String) {
    let started = Instant::now();
    loop {
        let counts = server.monitor();
        // Servers before 3.6 do not count sessions.
        let count = |name| {
            counts
                .get(name)
                .map_or_else(|| "0".to_owned(), String::clone)
        };
        let left = (count("zk_global_sessions"), count("zk_ephemerals_count"));
        if (left.0 == "0" && left.1 == "0") || started.elapsed() > at_most {
            return left;
        }
        thread::sleep(BETWEEN_COUNTS);
    }
}
