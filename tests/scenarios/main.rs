//! Scenarios: every case of Mesos's own tests of this layer, and the gravest failures that were
//! reported of other libraries, against real servers. `README.md` maps each to its test, and
//! `list.tsv` describes each independently of any language.
//!
//! Tests that do not disturb the server share one, each under a path of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod beyond;
mod callbacks;
mod counters;
mod group;
mod leader_process;
mod master;
mod nobody;
mod pauses;
mod session;
mod two_leaders;
mod unnoticed;
mod url;
mod zookeeper;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};
use tenure::{
    Client, ClientOptions, Contender, ContenderEvent, ContenderOptions, Detector, DetectorEvent,
    Events, HandleEvent, Leader, LostReason, Pending, SessionEvent, Url,
};
use tenure_field::proxy::Cut;
use tenure_field::wire::opcode;
use tenure_field::{Proxy, Zookeeper, raw, wait_until};
use tenure_observer::Observer;

/// Long enough for a busy machine; nothing here waits that long when all is well.
const LIMIT: Duration = Duration::from_secs(30);
/// The timeout of sessions that are to last: eight ticks of the server.
const T: Duration = Duration::from_secs(4);
/// The timeout of sessions that are to end.
const SHORT: Duration = Duration::from_secs(2);

/// The server that well-behaved tests share. It ends with the process.
fn shared() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(Zookeeper::start)
}

/// A path that no other test uses.
fn fresh_path() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("/scenario-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

fn observe() -> Observer {
    Observer::connect(shared().addr())
}

#[track_caller]
fn open_for(url: &str, timeout: Duration) -> Client {
    let options = ClientOptions::default().session_timeout(timeout);
    Client::open(&Url::parse(url).unwrap(), options).unwrap()
}

#[track_caller]
fn open(url: &str) -> Client {
    open_for(url, T)
}

/// A network that is shut down, in Mesos's words: every connection ends, and no new one is
/// accepted.
fn shut(proxy: &Proxy) {
    proxy.refuse(true);
    proxy.cut_connections(Cut::Reset);
}

/// Whether a call has not ended yet.
fn is_pending<T>(call: &mut Pending<T>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    Pin::new(call).poll(&mut context).is_pending()
}

/// Every event until one that `last` wants.
#[track_caller]
fn until<E: HandleEvent + Debug>(events: &Events<E>, last: impl Fn(&E) -> bool) -> Vec<E> {
    let (start, mut seen) = (Instant::now(), Vec::new());
    loop {
        match events.next(Some(LIMIT.saturating_sub(start.elapsed()))) {
            Ok(event) => seen.push(event),
            Err(error) => panic!("{error}; seen so far: {seen:?}"),
        }
        if seen.last().is_some_and(&last) {
            return seen;
        }
    }
}

/// What waits to be read.
fn news<E: HandleEvent>(events: &Events<E>) -> Vec<E> {
    std::iter::from_fn(|| events.next(Some(Duration::ZERO)).ok()).collect()
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

fn retrying(event: &SessionEvent) -> bool {
    matches!(event, SessionEvent::Retrying { .. })
}

fn expired(event: &SessionEvent) -> bool {
    matches!(event, SessionEvent::Expired { .. })
}

/// Waits for the end of a candidacy, and returns its reason.
#[track_caller]
fn loss(contender: &Contender) -> LostReason {
    match until(contender.events(), lost).pop() {
        Some(ContenderEvent::Lost { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

/// Whether a loss came with a session that [`expire`] ended: the server may send the event of the
/// deleted znode on the session's own connection before it closes that.
fn is_of_the_session(reason: &LostReason) -> bool {
    matches!(reason, LostReason::SessionExpired | LostReason::Evicted)
}

/// The number of the session that `client` has or gets, from its next connection.
#[track_caller]
fn session_of(client: &Client) -> i64 {
    let connected = |event: &SessionEvent| matches!(event, SessionEvent::Connected { .. });
    match until(client.events(), connected).pop() {
        Some(SessionEvent::Connected { session, .. }) => session,
        other => panic!("{other:?}"),
    }
}

/// Ends a session at the shared server, without its owner.
#[track_caller]
fn expire(session: i64) {
    raw::expire_session(shared().addr(), session, &raw::password_of(session)).unwrap();
}

#[track_caller]
fn contend(client: &Client, path: &str, data: &str) -> Contender {
    let options = ContenderOptions::new(path).data(data);
    client.contend(options).unwrap()
}

/// Waits until `contender` leads, and returns its token.
#[track_caller]
fn token_of(contender: &Contender) -> u64 {
    contender.wait_leading(Some(LIMIT)).unwrap().token()
}

/// Waits until `detector` has an event that `wanted` accepts.
#[track_caller]
fn state_that(detector: &Detector, wanted: impl Fn(&DetectorEvent) -> bool) -> DetectorEvent {
    let (start, mut state) = (Instant::now(), detector.state());
    while !wanted(&state) {
        let left = LIMIT.saturating_sub(start.elapsed());
        let next = detector.detect(&state, Some(left));
        state = next.unwrap_or_else(|error| panic!("{error}; last known: {state:?}"));
    }
    state
}

/// Waits until `detector` has a leader that `wanted` accepts.
#[track_caller]
fn leader_that(detector: &Detector, wanted: impl Fn(&Leader) -> bool) -> Leader {
    let leads = |state: &DetectorEvent| matches!(state, DetectorEvent::Leader(l) if wanted(l));
    match state_that(detector, leads) {
        DetectorEvent::Leader(leader) => leader,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn any_leader(detector: &Detector) -> Leader {
    leader_that(detector, |_| true)
}

/// Waits until `detector` reports that there is no leader.
#[track_caller]
fn nobody_leads(detector: &Detector) {
    state_that(detector, |state| *state == DetectorEvent::None);
}

/// Waits until `detector` reports that it cannot know.
#[track_caller]
fn unknown(detector: &Detector) {
    state_that(detector, |state| {
        matches!(state, DetectorEvent::Unknown { .. })
    });
}

/// Waits until the group has that many children.
#[track_caller]
fn wait_children(observer: &Observer, path: &str, count: usize) -> Vec<String> {
    wait_until("the members of the group", LIMIT, || {
        let children = observer.children(path);
        (children.len() == count).then_some(children)
    })
}

fn close(clients: impl IntoIterator<Item = Client>) {
    for client in clients {
        client.close().wait_for(LIMIT).unwrap();
    }
}

/// A bare session with these credentials.
#[track_caller]
fn raw_as(credentials: &str) -> raw::Session {
    let mut session = raw::Session::open(shared().addr(), T).unwrap();
    assert_eq!(session.authenticate(credentials).unwrap().error, 0);
    session
}

/// The rights on a znode, as in an ACL.
const READ: i32 = 1;
const ALL: i32 = 31;
/// The library does not need this one.
const GET_ACL: i32 = opcode::GET_ACL;
/// An error of a server: the ACL does not allow it.
const NO_AUTH: i32 = -102;

/// Sets the ACL of a znode: entries of rights, scheme and name.
#[track_caller]
fn set_acl(session: &mut raw::Session, path: &str, entries: &[(i32, &str, &str)]) {
    let reply = session.set_acl(path, entries).unwrap();
    assert_eq!(reply.error, 0, "{path}");
}
