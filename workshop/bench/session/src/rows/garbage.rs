//! Servers that answer garbage.

use crate::client_process::{ClientProcess, now};
use crate::network::sleep_until;
use crate::{Launcher, Run};
use tenure_field::bad::{Kind, Server};

/// A client of such a server for `watched` seconds, with a pending call.
#[must_use]
#[track_caller]
pub fn garbage(launcher: &Launcher, kind: Kind, watched: f64) -> Run {
    let server = Server::start(kind);
    let client = ClientProcess::start(launcher, &server.url("/group"), None);
    let before = client.usage();
    let start = now();
    client.command("open");
    client.command("members call 0");
    let mut run = Run::default();
    sleep_until(start, watched);
    let after = client.usage();
    let trouble = |line: &serde_json::Value| {
        line["what"] == "session" && (line["state"] == "retrying" || line["state"] == "suspended")
    };
    let told = client.wait(start, "trouble", trouble);
    run.note("told", crate::client_process::seconds(start, &told));
    run.note(
        "connects",
        f64::from(u32::try_from(server.connections()).expect("few")),
    );
    run.note("cpu", after.cpu - before.cpu);
    run.note("peak", after.peak_mb);
    run.note("grown", after.peak_mb - before.rss_mb);
    // It still runs, and can be ended.
    client.command("close");
    client.answer("close");
    run
}
