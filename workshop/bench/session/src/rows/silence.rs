//! Packets are lost, or the client's own link is down.

use crate::client_process::{ClientProcess, now, seconds, span};
use crate::network::{any_phase, sleep_until};
use crate::{Network, Run};
use std::time::Duration;

/// A client that only holds a znode, in a black hole of `hole` seconds.
#[must_use]
#[track_caller]
pub fn idle(network: &Network, hole: f64) -> Run {
    let place = network.place();
    let client = network.client(&place);
    let gone = network.watch_gone(&client.join("one"));
    any_phase();
    place.host.cut();
    let cut = now();
    let mut run = Run::default();
    run.note("disconnected", client.session(cut, "suspended"));
    run.note("expired", client.session(cut, "expired"));
    run.note("gone", span(cut, gone.join().expect("it went")));
    run.note("margin", run.at("gone") - run.at("disconnected"));
    run.note("expired late", run.at("expired") - run.at("gone"));
    sleep_until(cut, hole);
    place.host.heal();
    let healed = now();
    run.note("connected again", client.session(healed, "connected"));
    run
}

/// A leader in a black hole until its successor could lead.
#[must_use]
#[track_caller]
pub fn leading(network: &Network) -> Run {
    let place = network.place();
    let client = network.client(&place);
    client.command(&format!("contend me {}", place.path));
    let line = client.contender(0, "me", "leading");
    let gone = network.watch_gone(line["more"].as_str().expect("a path"));
    any_phase();
    place.host.cut();
    let cut = now();
    let mut run = Run::default();
    run.note("disconnected", client.session(cut, "suspended"));
    run.note(
        "jeopardy",
        seconds(cut, &client.contender(cut, "me", "jeopardy")),
    );
    run.note("lost", seconds(cut, &client.contender(cut, "me", "lost")));
    run.note("expired", client.session(cut, "expired"));
    run.note("gone", span(cut, gone.join().expect("it went")));
    run.note("margin", run.at("gone") - run.at("lost"));
    place.host.heal();
    let healed = now();
    run.note(
        "leads again",
        seconds(healed, &client.contender(healed, "me", "leading")),
    );
    run
}

/// Calls that are made in a black hole of `hole` seconds: each once without a limit, and once with
/// a limit of a second.
#[must_use]
#[track_caller]
pub fn calls(network: &Network, hole: f64) -> Run {
    let place = network.place();
    let client = network.client(&place);
    client.join("one");
    any_phase();
    let before = network.changes(&place.path);
    place.host.cut();
    let cut = now();
    let mut run = Run::default();
    let mut made = Vec::new();
    let at = [
        ("+0.3", 0.3),
        ("+2.5", 2.5),
        ("+10", hole / 3.0),
        ("+20", hole * 2.0 / 3.0),
    ];
    for (name, after) in at {
        sleep_until(cut, after);
        made.push((name, now()));
        let what = if name == "+10" { "join" } else { "members" };
        client.command(&format!("{what} {name}-wait 0"));
        client.command(&format!("{what} {name}-limit 1000"));
    }
    for (name, called) in &made {
        let given_up = client.answer(&format!("{name}-limit"));
        assert_eq!(given_up["failed"], "Timeout", "{given_up}");
        run.note(format!("{name} given up"), seconds(*called, &given_up));
    }
    sleep_until(cut, hole);
    let early = ["+0.3", "+2.5", "+10", "+20"].map(|name| {
        client.find(0, |line| {
            line["what"] == "answer" && line["id"] == format!("{name}-wait")
        })
    });
    assert_eq!(early, [None, None, None, None], "answered without a server");
    place.host.heal();
    let healed = now();
    for (name, called) in &made {
        let answer = client.answer(&format!("{name}-wait"));
        run.note(format!("{name} answered"), seconds(*called, &answer));
        run.note(format!("{name} after the heal"), seconds(healed, &answer));
        let failed = answer["failed"].is_string();
        run.note(format!("{name} failed"), f64::from(u8::from(failed)));
    }
    // One znode went with its session; of the joins only the one without a limit was carried out.
    let deleted = 1;
    run.note(
        "creates",
        f64::from(network.changes(&place.path) - before - deleted),
    );
    run
}

/// The client's own link is down for `cut` seconds: connecting fails at once.
#[must_use]
#[track_caller]
pub fn own_link(network: &Network, hole: f64) -> Run {
    let place = network.place();
    let client = network.client(&place);
    let gone = network.watch_gone(&client.join("one"));
    any_phase();
    let cut = now();
    place.host.link_down();
    let before = client.usage();
    let mut run = Run::default();
    run.note("disconnected", client.session(cut, "suspended"));
    run.note("expired", client.session(cut, "expired"));
    run.note("gone", span(cut, gone.join().expect("it went")));
    run.note("margin", run.at("gone") - run.at("disconnected"));
    sleep_until(cut, hole - 2.0);
    let called = now();
    client.command("members looked-at 1000");
    client.command("members answered 0");
    run.note("looked at", seconds(called, &client.answer("looked-at")));
    sleep_until(cut, hole);
    run.note("cpu", client.usage().cpu - before.cpu);
    run.note("span", span(cut, now()));
    place.host.link_up();
    let healed = now();
    run.note("connected again", client.session(healed, "connected"));
    run.note("answered", seconds(healed, &client.answer("answered")));
    run
}

/// A black hole of 2.7 s, with writes in flight, and their outcomes.
#[must_use]
#[track_caller]
pub fn short(network: &Network) -> Run {
    writes(network, crate::T, 2.7, true)
}

/// A black hole of `hole` seconds for a session with this timeout, with writes in flight.
///
/// The row waits for three writes: one before the cut, one right after it, and one half a second
/// before the heal. One more is given up at once while there is no connection; and one, if
/// `in_flight`, a second after it was written to a connection that is not known to be dead yet: its
/// outcome is unknown, and the system may still resend it after the heal.
#[must_use]
#[track_caller]
pub fn writes(network: &Network, timeout: Duration, hole: f64, in_flight: bool) -> Run {
    let place = network.place();
    let mut launcher = network.launcher().clone();
    launcher.timeout = timeout;
    let url = network.server().url(&place.path);
    let client = ClientProcess::start(&launcher, &url, Some(place.host.netns()));
    let start = now();
    client.command("open");
    client.session(start, "connected");
    client.join("one");
    any_phase();
    place.host.cut();
    let cut = now();
    sleep_until(cut, 0.1);
    client.command("join early 0");
    if in_flight {
        client.command("join early-limit 1000");
    }
    sleep_until(cut, hole - 0.5);
    client.command("join late 0");
    client.command("drop");
    sleep_until(cut, hole);
    place.host.heal();
    let healed = now();
    let mut run = Run::default();
    let (early, late) = (client.answer("early"), client.answer("late"));
    run.note("early", seconds(cut, &early));
    run.note("late", seconds(cut, &late));
    if in_flight {
        assert_eq!(client.answer("early-limit")["failed"], "Timeout");
    }
    run.note_some("disconnected", client.session_if(cut, "suspended"));
    run.note_some("expired", client.session_if(cut, "expired"));
    let kept = client.session_if(cut, "expired").is_none();
    run.note("kept", f64::from(u8::from(kept)));
    for answer in [early, late] {
        assert!(!kept || answer["path"].is_string(), "{answer}");
    }
    // By then the system has resent everything that it resends by itself after the heal.
    sleep_until(healed, 12.0);
    if kept {
        let members = u32::try_from(network.children(&place.path)).expect("few");
        run.note("members", f64::from(members));
        run.note("changes", f64::from(network.changes(&place.path)));
    }
    run
}
