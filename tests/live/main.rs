//! The library against real ZooKeeper servers, over real sockets, with real faults.
//!
//! Tests that do not disturb the server share one, each under a path of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod bad_servers;
mod counters;
mod counts;
mod faults;
mod grants;
mod large;
mod late;
mod partition;
mod payload;
mod refused;
mod unreadable;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, Detector, DetectorEvent,
    Url,
};
use tenure_field::zookeeper::{Config, Version};
use tenure_field::{Zookeeper, or_skip, wait_until};

/// Long enough for a busy machine; nothing here waits that long when all is well.
const LIMIT: Duration = Duration::from_secs(30);
/// The session timeout of most tests: eight ticks of the server.
const T: Duration = Duration::from_secs(4);

/// The server that well-behaved tests share. It ends with the process.
fn shared() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(Zookeeper::start)
}

/// A path that no other test uses.
fn fresh_path() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("/live-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

fn open(url: &str) -> Client {
    let options = ClientOptions::default().session_timeout(T);
    Client::open(&Url::parse(url).unwrap(), options).unwrap()
}

/// The same of the newest line of releases; `None`, with a printed reason, where it is not on this
/// machine.
fn newest() -> Option<&'static Zookeeper> {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    let config = newest_config()?;
    Some(SERVER.get_or_init(|| Zookeeper::start_with(config)))
}

fn newest_config() -> Option<Config> {
    or_skip(Version::V3_9.available())?;
    Some(Config {
        version: Version::V3_9,
        ..Config::default()
    })
}

#[track_caller]
fn contend(client: &Client, path: &str) -> Contender {
    client.contend(ContenderOptions::new(path)).unwrap()
}

/// Waits until it leads, and returns its token.
#[track_caller]
fn token_of(contender: &Contender) -> u64 {
    contender.wait_leading(Some(LIMIT)).unwrap().token()
}

/// Waits until it is a standby.
#[track_caller]
fn wait_behind(contender: &Contender) {
    let behind = |event: &_| matches!(event, ContenderEvent::Standby { .. });
    while !behind(&contender.events().next(Some(LIMIT)).unwrap()) {}
}

/// Waits until it has the leader with that token.
#[track_caller]
fn wait_known(detector: &Detector, token: u64) {
    wait_until("the detector to know the leader", LIMIT, || {
        let state = detector.state();
        let known = matches!(&state, DetectorEvent::Leader(l) if l.member.token == token);
        known.then_some(())
    });
}

/// Lets this much time pass, in which an event must not happen.
fn let_pass(time: Duration) {
    std::thread::sleep(time);
}

/// Whether it has reported a loss since the last call.
fn has_lost(contender: &Contender) -> bool {
    let news = std::iter::from_fn(|| contender.events().next(Some(Duration::ZERO)).ok());
    news.filter(|event| matches!(event, ContenderEvent::Lost { .. }))
        .count()
        > 0
}
