//! The model against real servers: the same requests to both, and every reply, error, stat and watch
//! event must be the same, in the same order on each connection.
//!
//! The test does not compare times, nor values that differ by nature: session numbers and
//! passwords, the order of listings, and the first zxid. Debian's servers are 3.8.0, which lack two
//! later corrections (`exists` requires no permission, and events are sent to clients without
//! READ); a 3.9.5 has them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod closing;
mod containers;
mod counter;
mod expiry;
mod pair;
mod plan;
mod pulse;
mod run;
mod show;
mod throttled;

use pair::Pair;
use run::Run;
use std::time::Duration;
use tenure::model::ModelOptions;
use tenure_field::ensemble::Options;
use tenure_field::zookeeper::{Config, Version};
use tenure_field::{Ensemble, Zookeeper};

/// A number from the environment, or its default.
fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")),
        Err(_) => default,
    }
}

fn seed() -> u64 {
    setting("TENURE_DIFF_SEED", 1)
}

fn ops(default: u64) -> u64 {
    setting("TENURE_DIFF_OPS", default)
}

/// Longer than a run: a server's own acts would come at another time in the model.
const NEVER: Duration = Duration::from_secs(3600);

fn config(container_check: Duration) -> Config {
    let check = (
        "znode.container.checkIntervalMs".to_owned(),
        container_check.as_millis().to_string(),
    );
    Config {
        max_session_timeout_ms: u32::try_from(pair::TIMEOUT_MAX.as_millis()).ok(),
        properties: vec![check],
        ..Config::default()
    }
}

/// A 3.9.5.
fn newer() -> ModelOptions {
    ModelOptions {
        container_check: NEVER,
        ..ModelOptions::default()
    }
}

fn ensemble(container_check: Duration) -> Ensemble {
    let options = Options {
        server: config(container_check),
        ..Options::default()
    };
    Ensemble::start_with(3, &options)
}

#[test]
fn a_server_alone() {
    let real = Zookeeper::start_with(config(NEVER));
    let pair = Pair::new(&[real.addr()], None, NEVER);
    run::run("a_server_alone", pair, seed(), ops(4000));
}

#[test]
fn a_newer_server_alone() {
    if let Err(why) = Version::V3_9.available() {
        return println!("skipped: {why}");
    }
    let real = Zookeeper::start_with(Config {
        version: Version::V3_9,
        ..config(NEVER)
    });
    let pair = Pair::with(&[real.addr()], None, newer());
    let ops = ops(4000);
    let mut run = Run::begin("a_newer_server_alone", pair, seed(), ops);
    run.newer = true;
    run.play(ops);
}

#[test]
fn a_leader_and_its_followers() {
    let real = ensemble(NEVER);
    let leader = real.leader();
    println!("server {leader} leads");
    let pair = Pair::new(&real.addrs(), Some(leader), NEVER);
    run::run("a_leader_and_its_followers", pair, seed(), ops(2000));
}
