//! The library and the tool against ensembles of three real servers, and against servers of
//! other versions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod capabilities;
mod losses;
mod moved;
mod proxied;
mod tool;
mod versions;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure::{Client, ClientOptions, Contender, ContenderEvent, Url};

/// Long enough for elections of servers on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
/// The session timeout: twelve ticks of the servers. Leases last 4 s.
const T: Duration = Duration::from_secs(6);

/// A path that no other test uses.
fn fresh_path() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("/ensemble-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

#[track_caller]
fn open(url: &str) -> Client {
    let options = ClientOptions::default().session_timeout(T);
    Client::open(&Url::parse(url).unwrap(), options).unwrap()
}

/// Every contender event until one that `last` wants.
#[track_caller]
fn until(contender: &Contender, last: impl Fn(&ContenderEvent) -> bool) -> Vec<ContenderEvent> {
    let mut seen = Vec::new();
    loop {
        match contender.events().next(Some(LIMIT)) {
            Ok(event) => seen.push(event),
            Err(error) => panic!("{error}; seen so far: {seen:?}"),
        }
        if seen.last().is_some_and(&last) {
            return seen;
        }
    }
}

fn leading(event: &ContenderEvent) -> bool {
    matches!(event, ContenderEvent::Leading { .. })
}

fn standing_by(event: &ContenderEvent) -> bool {
    matches!(event, ContenderEvent::Standby { .. })
}

fn lost(event: &ContenderEvent) -> bool {
    matches!(event, ContenderEvent::Lost { .. })
}
