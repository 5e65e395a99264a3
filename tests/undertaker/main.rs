//! The undertaker, with real processes that die, on a real server: `cargo build` makes its program first.
//!
//! The session timeout is so long that no test waits for its end: where a successor leads, the dead leader's
//! session was closed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic
#![allow(unsafe_code)] // a program under test closes its descriptors and forks

mod again;
mod closes;
mod first;
mod helper;
mod keeps;
mod principal;
mod refused;

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, LeasePolicy, Url,
};
use tenure_field::zookeeper::Config;
use tenure_field::{Zookeeper, built_undertaker, stats, wait_until};

/// Long enough for a busy machine; nothing here waits that long when all is well.
const LIMIT: Duration = Duration::from_secs(30);
/// The session timeout.
const T: Duration = Duration::from_secs(30);
/// By when a successor leads if the session was closed: far below the session timeout.
const SOON: Duration = Duration::from_secs(6);
/// For how long a seat is watched that must be kept.
const A_WHILE: Duration = Duration::from_secs(5);

/// The server that the tests share. It ends with the process.
fn server() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(|| {
        Zookeeper::start_with(Config {
            max_session_timeout_ms: Some(60_000),
            ..Config::default()
        })
    })
}

/// A path that no other test uses.
fn fresh_path() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("/undertaker-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

fn helper() -> &'static Path {
    built_undertaker()
}

/// A standby in this process.
struct Successor {
    _client: Client,
    contender: Contender,
}

impl Successor {
    /// Waits behind the leader.
    #[track_caller]
    fn behind(url: &str) -> Self {
        Self::behind_with(url, LeasePolicy::Verified)
    }

    /// The same with this policy.
    #[track_caller]
    fn behind_with(url: &str, policy: LeasePolicy) -> Self {
        let url = Url::parse(url).unwrap();
        // A short timeout of its own: it leads as soon as it can prove that it may.
        let options = ClientOptions::default().session_timeout(Duration::from_secs(4));
        let client = Client::open(&url, options).unwrap();
        let options = ContenderOptions::new(url.path()).policy(policy);
        let contender = client.contend(options).unwrap();
        let behind = |event: &_| matches!(event, ContenderEvent::Standby { .. });
        while !behind(&contender.events().next(Some(LIMIT)).unwrap()) {}
        Self {
            _client: client,
            contender,
        }
    }

    #[track_caller]
    fn leads_soon(&self) {
        let led = self.contender.wait_leading(Some(SOON));
        led.unwrap_or_else(|error| panic!("no successor within {SOON:?}: {error}"));
    }

    #[track_caller]
    fn leads_not(&self) {
        let led = self.contender.wait_leading(Some(A_WHILE));
        assert!(led.is_err(), "the seat was not kept");
    }
}

/// The one undertaker of the process, as soon as it has one.
#[track_caller]
fn undertaker_of(pid: u32) -> u32 {
    let found = wait_until("an undertaker", LIMIT, || {
        let found = stats::undertakers(pid);
        (!found.is_empty()).then_some(found)
    });
    assert_eq!(found.len(), 1, "one for all clients");
    found[0]
}

/// Waits until that process, an undertaker of a process of this test, has ended.
#[track_caller]
fn wait_gone(pid: u32) {
    wait_until("the undertaker to end", LIMIT, || {
        (!stats::is_alive(pid)).then_some(())
    });
}

/// Signals the undertaker of a process that this test started.
fn signal(pid: u32, signal: i32) {
    // SAFETY: the call takes two numbers.
    assert_eq!(
        unsafe { libc::kill(i32::try_from(pid).unwrap(), signal) },
        0
    );
}
