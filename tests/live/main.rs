//! The library against real ZooKeeper servers, over real sockets, with real faults.
//!
//! Tests that leave the server alone share one, each under a path of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

mod bad_servers;
mod counts;
mod faults;
mod partition;
mod payload;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure::{Client, ClientOptions, Url};
use tenure_testkit::Zookeeper;

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
