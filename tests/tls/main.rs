//! TLS to real ZooKeeper servers, and to servers that break off or have a wrong identity.
//!
//! `cargo test --features tls --test tls` runs it. Where the server's jars lack the parts for TLS,
//! the tests with a ZooKeeper print `SKIPPED`. Tests that do not disturb the server share one, each
//! under a path of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod files;
mod refused;
mod resets;
mod served;
mod server;
mod sigpipe;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure::{Client, ClientOptions, SessionEvent, TlsOptions, Url};
use tenure_field::tls::Pki;
use tenure_field::zookeeper::Version;
use tenure_field::{Zookeeper, or_skip};

/// Long enough for a busy machine; nothing here waits that long when all is well.
const LIMIT: Duration = Duration::from_secs(60);
/// The session timeout of most tests: eight ticks of the server.
const T: Duration = Duration::from_secs(4);
/// A timeout that leaves a handshake the most time: the first one of a JVM takes a while, and a
/// test of a server's error must not get the error that it was slow.
const PATIENT: Duration = Duration::from_secs(80);

/// The options of a client that trusts the authority of the tests.
trait ClientSide {
    /// Without a client's certificate.
    fn anonymous(&self) -> TlsOptions;
    fn options(&self) -> TlsOptions;
}

impl ClientSide for Pki {
    fn anonymous(&self) -> TlsOptions {
        TlsOptions::new(&self.ca)
    }

    fn options(&self) -> TlsOptions {
        self.anonymous()
            .client_certificate(&self.certificate, &self.key)
    }
}

fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(Pki::new)
}

/// Whether that server can have a port for TLS; prints the reason if not.
fn is_here(version: Version) -> bool {
    or_skip(version.secure()).is_some()
}

/// The server that well-behaved tests share. It ends with the process.
fn shared() -> Option<&'static Zookeeper> {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    let start = || pki().zookeeper(Version::Debian, &[]);
    is_here(Version::Debian).then(|| SERVER.get_or_init(start))
}

/// A path that no other test uses.
fn fresh_path() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("/tls-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

fn url(addr: std::net::SocketAddr, path: &str) -> String {
    format!("zk://{addr}{path}")
}

fn open(url: &str, tls: Option<TlsOptions>) -> Client {
    open_with(T, url, tls)
}

fn open_with(timeout: Duration, url: &str, tls: Option<TlsOptions>) -> Client {
    let mut options = ClientOptions::default().session_timeout(timeout);
    if let Some(tls) = tls {
        options = options.tls(tls);
    }
    Client::open(&Url::parse(url).unwrap(), options).unwrap()
}

/// The words of the first failed attempt, before any session.
fn first_failure(client: &Client) -> String {
    loop {
        match client.events().next(Some(LIMIT)).unwrap() {
            SessionEvent::Retrying { error, .. } => return error,
            SessionEvent::Connecting => {}
            other => panic!("{other:?}"),
        }
    }
}
