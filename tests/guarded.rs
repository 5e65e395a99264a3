//! The guarded lease in the Rust API, on `memory://`: its options, and the wait of a first leader.

#![allow(clippy::unwrap_used, clippy::panic)] // a test may panic

use std::time::Duration;
use tenure::{
    Client, ClientOptions, ContenderEvent, ContenderOptions, ErrorKind, Events, HandleEvent,
    LeasePolicy, LostReason, ServerKind, SessionEvent, Time, Url,
};

const LIMIT: Option<Duration> = Some(Duration::from_secs(30));
/// For how long a contender waits if nothing in the group tells who led before.
const LONGEST: Duration = Duration::from_secs(10);

fn open(name: &str) -> (Url, Client) {
    let url = Url::parse(&format!("memory://guarded-{name}/group")).unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    (url, client)
}

fn guarded(url: &Url) -> ContenderOptions {
    ContenderOptions::new(url.path()).policy(LeasePolicy::Guarded)
}

/// The next such event; those before it are dropped.
fn until<E: HandleEvent>(events: &Events<E>, pick: impl Fn(&E) -> bool) -> E {
    loop {
        let event = events.next(LIMIT).unwrap();
        if pick(&event) {
            return event;
        }
    }
}

#[test]
fn times_that_cannot_work_are_refused_with_the_reason() {
    let (url, client) = open("refused");
    let ms = Duration::from_millis;
    let verified = || ContenderOptions::new(url.path());
    for (options, word) in [
        (
            verified().lease(ms(1000)),
            "`lease` needs the policy `guarded`",
        ),
        (
            verified().policy(LeasePolicy::Session).fail_over(ms(1000)),
            "the policy is `session`",
        ),
        (
            guarded(&url).lease(ms(99)),
            "`lease` is 99ms; it must be from 100ms",
        ),
        (guarded(&url).lease(ms(10_001)), "to 10s"),
        (guarded(&url).fail_over(ms(249)), "from 250ms"),
        (
            guarded(&url).fail_over(ms(10_001)),
            "`fail_over` is 10.001s",
        ),
        (
            guarded(&url).lease(ms(400)).fail_over(ms(1000)),
            "exclude each other",
        ),
    ] {
        let error = client.contend(options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.message().contains(word), "{error}");
    }
    for options in [
        guarded(&url).lease(ms(100)),
        guarded(&url).lease(ms(10_000)),
        guarded(&url).fail_over(ms(250)),
    ] {
        options.validate().unwrap();
    }
    client.close().wait().unwrap();
}

#[test]
fn a_lease_that_outlasts_the_session_ends_the_candidacy_with_the_reason() {
    let url = Url::parse("memory://guarded-short/group").unwrap();
    let options = ClientOptions::default().session_timeout(Duration::from_secs(4));
    let client = Client::open(&url, options).unwrap();
    let long = guarded(&url).lease(Duration::from_secs(5));
    let contender = client.contend(long).unwrap();
    let lost = |event: &ContenderEvent| matches!(event, ContenderEvent::Lost { .. });
    match until(contender.events(), lost) {
        ContenderEvent::Lost {
            reason: LostReason::Failed(error),
            ..
        } => assert!(error.message().contains("shorter lease"), "{error}"),
        other => panic!("{other:?}"),
    }
    client.close().wait().unwrap();
}

#[test]
fn a_first_leader_waits_and_the_next_leads_at_once_after_a_release() {
    let (url, client) = open("first");
    let before = tenure::now();
    let first = client.contend(guarded(&url).lease(Duration::from_secs(1)));
    let first = first.unwrap();
    let standby = |event: &ContenderEvent| matches!(event, ContenderEvent::Standby { .. });
    let waits_until: Time = match until(first.events(), standby) {
        ContenderEvent::Standby {
            ahead: 0,
            waits_until: Some(at),
            ..
        } => at,
        other => panic!("{other:?}"),
    };
    assert!(waits_until.since(before) >= LONGEST);
    assert!(waits_until.since(tenure::now()) <= LONGEST + LONGEST / 100);
    let connected = |event: &SessionEvent| matches!(event, SessionEvent::Connected { .. });
    match until(client.events(), connected) {
        SessionEvent::Connected { server, .. } => assert_eq!(server, ServerKind::ZooKeeper),
        other => panic!("{other:?}"),
    }
    let token = first.wait_leading(LIMIT).unwrap().token();
    assert!(tenure::now() >= waits_until);

    let second = client.contend(guarded(&url)).unwrap();
    match until(second.events(), standby) {
        ContenderEvent::Standby {
            ahead: 1,
            waits_until: None,
            ..
        } => {}
        other => panic!("{other:?}"),
    }
    assert!(first.withdraw().wait().unwrap());
    assert!(second.wait_leading(LIMIT).unwrap().token() > token);
    // It led without a wait: no other event of its own stands between.
    let decided = |event: &ContenderEvent| {
        matches!(
            event,
            ContenderEvent::Standby { .. } | ContenderEvent::Leading { .. }
        )
    };
    let then = until(second.events(), decided);
    assert!(matches!(then, ContenderEvent::Leading { .. }), "{then:?}");
    client.close().wait().unwrap();
}
