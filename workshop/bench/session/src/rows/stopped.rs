//! The server's process is stopped (SIGSTOP): its system accepts, it does not answer.

use crate::client_process::{now, span};
use crate::network::{any_phase, sleep_until};
use crate::{Network, Run};

/// A server that is stopped for `pause` seconds. No other experiment may use the network meanwhile.
#[must_use]
#[track_caller]
pub fn stopped(network: &Network, pause: f64) -> Run {
    let place = network.place();
    let client = network.client(&place);
    let path = client.join("one");
    any_phase();
    network.server().pause();
    let cut = now();
    let mut run = Run::default();
    run.note("disconnected", client.session(cut, "suspended"));
    run.note("expired", client.session(cut, "expired"));
    run.note("early", pause - run.at("expired"));
    sleep_until(cut, pause);
    network.server().resume();
    let resumed = now();
    let gone = network.watch_gone(&path);
    run.note("connected again", client.session(resumed, "connected"));
    run.note("gone", span(resumed, gone.join().expect("it went")));
    run.note(
        "attempts",
        f64::from(
            u32::try_from(client.count(cut, |line| {
                line["what"] == "session" && line["state"] == "retrying"
            }))
            .expect("few"),
        ),
    );
    run
}
