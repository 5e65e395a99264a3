//! The cost of a session.

use crate::client_process::{now, span};
use crate::network::sleep_until;
use crate::{Network, Run};

/// A connected client without work for `span` seconds.
#[must_use]
#[track_caller]
pub fn idle(network: &Network, watched: f64) -> Run {
    let place = network.place();
    let client = network.idle_client(&place, &network.server().url(&place.path));
    let closed = client.usage();
    client.command("open quiet");
    client.command("members connected 0");
    client.answer("connected");
    // The thread that waited for the answer ends, and the first segments are acknowledged.
    let opened = now();
    sleep_until(opened, 1.0);
    let (start, before) = (now(), client.usage());
    sleep_until(start, watched);
    let (took, after) = (span(start, now()), client.usage());
    let mut run = Run::default();
    run.note("threads", whole(after.threads) - whole(closed.threads));
    run.note("rss", after.rss_mb - closed.rss_mb);
    run.note(
        "cpu ms per 20 s",
        (after.cpu - before.cpu) * 1e3 * 20.0 / took,
    );
    run.note("switches", (after.switches - before.switches) / took);
    run.note("packets in", (after.packets_in - before.packets_in) / took);
    run.note(
        "packets out",
        (after.packets_out - before.packets_out) / took,
    );
    run
}

/// A standby and a detector on one client, at rest for `watched` seconds, behind another leader.
#[must_use]
#[track_caller]
pub fn following(network: &Network, watched: f64) -> Run {
    let place = network.place();
    let leader = network.client(&network.place());
    leader.command(&format!("contend a {}", place.path));
    leader.contender(0, "a", "leading");
    let client = network.client(&place);
    client.command(&format!("contend b {}", place.path));
    client.contender(0, "b", "standby");
    client.command(&format!("detect {}", place.path));
    client.wait(0, "the leader", |line| {
        line["what"] == "detector" && line["state"] == "leader"
    });
    // Their last request is answered, and the answer acknowledged.
    let opened = now();
    sleep_until(opened, 1.0);
    let (start, before) = (now(), client.usage());
    sleep_until(start, watched);
    let (took, after) = (span(start, now()), client.usage());
    let mut run = Run::default();
    run.note("packets in", (after.packets_in - before.packets_in) / took);
    run.note(
        "packets out",
        (after.packets_out - before.packets_out) / took,
    );
    run
}

/// A contender and a detector in each of `count` groups on one client, at rest for `watched`
/// seconds.
#[must_use]
#[track_caller]
pub fn many(network: &Network, count: u32, watched: f64) -> Run {
    let place = network.place();
    let client = network.idle_client(&place, &network.server().url(&place.path));
    let closed = client.usage();
    client.command("open quiet");
    client.command(&format!("many {count}"));
    let line = client.wait(0, "all lead", |line| line["what"] == "many");
    let (start, before) = (now(), client.usage());
    sleep_until(start, watched);
    let (took, after) = (span(start, now()), client.usage());
    let mut run = Run::default();
    run.note("ready", line["seconds"].as_f64().expect("a number"));
    run.note(
        "connections",
        whole_size(after.sockets) - whole_size(closed.sockets),
    );
    run.note("connects", after.connects - closed.connects);
    run.note("threads", whole(after.threads) - whole(closed.threads));
    run.note("all threads", whole(after.threads));
    run.note("rss", after.rss_mb);
    run.note("peak", after.peak_mb);
    run.note("grown", after.rss_mb - closed.rss_mb);
    run.note(
        "cpu ms per 20 s",
        (after.cpu - before.cpu) * 1e3 * 20.0 / took,
    );
    run.note("packets in", (after.packets_in - before.packets_in) / took);
    run.note(
        "packets out",
        (after.packets_out - before.packets_out) / took,
    );
    run
}

/// `count` reads of 100 bytes: all at once, then one after the other.
#[must_use]
#[track_caller]
pub fn reads(network: &Network, count: u32) -> Run {
    let place = network.place();
    let client = network.idle_client(&place, &network.server().url(&place.path));
    client.command("open quiet");
    client.command(&format!("read {count}"));
    let line = client.wait(0, "read", |line| line["what"] == "read");
    let mut run = Run::default();
    for name in ["at_once_ms", "by_one_ms"] {
        run.note(name, line[name].as_f64().expect("a number"));
    }
    run
}

fn whole(value: u64) -> f64 {
    f64::from(u32::try_from(value).expect("few"))
}

fn whole_size(value: usize) -> f64 {
    f64::from(u32::try_from(value).expect("few"))
}
