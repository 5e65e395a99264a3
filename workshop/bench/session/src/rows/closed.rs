//! The session is closed by somebody else.

use crate::stage::any_phase;
use crate::subject::{now, seconds};
use crate::{Run, Stage};
use tenure_field::raw;

/// A leader's session is closed over another connection.
#[must_use]
#[track_caller]
pub fn closed(stage: &Stage) -> Run {
    let place = stage.place();
    let client = stage.client(&place);
    client.tell(&format!("contend me {}", place.path));
    let leading = client.contender(0, "me", "leading");
    let gone = stage.watch_gone(leading["more"].as_str().expect("a path"));
    let connected = client.wait(0, "connected", |line| line["state"] == "connected");
    let id = connected["more"].as_i64().expect("a number");
    any_phase();
    let closing = now();
    let server = stage.server().addr();
    stage
        .near_server(|| raw::expire_session(server, id, &password(id)))
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
        crate::subject::span(closing, gone.join().expect("it went")),
    );
    run.note("after gone", run.at("expired") - run.at("gone"));
    let over = expired["at"].as_u64().expect("a time");
    run.note(
        "new session",
        run.at("expired") + client.session(over, "connected"),
    );
    let again = client.contender(over, "me", "leading");
    run.note("leads again", seconds(closing, &again));
    client.tell("members after 0");
    run.note(
        "members",
        client.answer("after")["members"].as_f64().expect("a list"),
    );
    run
}

/// The password of a session, which the library tells nobody. A server does not draw it: it is the
/// first 16 bytes of `java.util.Random` seeded with the session's number and a constant
/// (`ZooKeeperServer.generatePasswd`), so that all servers of an ensemble agree.
fn password(id: i64) -> Vec<u8> {
    const SUPER_SECRET: u64 = 0xB341_5C00;
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;
    let mut seed = (id.cast_unsigned() ^ SUPER_SECRET ^ MULTIPLIER) & MASK;
    let mut bytes = Vec::new();
    while bytes.len() < 16 {
        seed = (seed.wrapping_mul(MULTIPLIER) + 0xB) & MASK;
        let drawn = u32::try_from(seed >> 16).expect("32 of 48 bits");
        bytes.extend(drawn.to_le_bytes());
    }
    bytes
}
