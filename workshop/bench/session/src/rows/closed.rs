//! Another client closes the session.

use crate::client_process::{now, seconds};
use crate::network::any_phase;
use crate::{Network, Run};
use tenure_field::raw;

/// A leader's session is closed over another connection.
#[must_use]
#[track_caller]
pub fn closed(network: &Network) -> Run {
    let place = network.place();
    let client = network.client(&place);
    client.command(&format!("contend me {}", place.path));
    let leading = client.contender(0, "me", "leading");
    let gone = network.watch_gone(leading["more"].as_str().expect("a path"));
    let connected = client.wait(0, "connected", |line| line["state"] == "connected");
    let id = connected["more"].as_i64().expect("a number");
    any_phase();
    let closing = now();
    let server = network.server().addr();
    network
        .near_server(|| raw::expire_session(server, id, &raw::password_of(id)))
        .expect("it ends");
    let mut run = Run::default();
    run.note("disconnected", client.session(closing, "suspended"));
    let expired = client.wait(closing, "expired", |line| line["state"] == "expired");
    assert_eq!(expired["more"], "Server");
    run.note("expired", seconds(closing, &expired));
    let lost = client.contender(closing, "me", "lost");
    run.note("lost", seconds(closing, &lost));
    run.note(
        "gone",
        crate::client_process::span(closing, gone.join().expect("it went")),
    );
    run.note("after gone", run.at("expired") - run.at("gone"));
    let over = expired["at"].as_u64().expect("a time");
    run.note(
        "new session",
        run.at("expired") + client.session(over, "connected"),
    );
    let again = client.contender(over, "me", "leading");
    run.note("leads again", seconds(closing, &again));
    client.command("members after 0");
    run.note(
        "members",
        client.answer("after")["members"].as_f64().expect("a list"),
    );
    run
}
