//! The control of the servers behind `memory://`, and the log and the counters of a client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use std::sync::mpsc;
use std::time::Duration;
use tenure::{
    Client, ClientOptions, ContenderEvent, ContenderOptions, DetectorEvent, ErrorKind, ExpiredBy,
    LogLevel, LostReason, MemoryServer, SessionEvent, Url,
};

const LIMIT: Option<Duration> = Some(Duration::from_secs(20));

fn server(name: &str) -> (Url, MemoryServer) {
    let url = Url::parse(&format!("memory://{name}/group")).unwrap();
    let server = MemoryServer::of(&url).unwrap();
    (url, server)
}

fn open(url: &Url) -> Client {
    let options = ClientOptions::default().session_timeout(Duration::from_secs(1));
    Client::open(url, options).unwrap()
}

/// Pulls events until `wanted` accepts one.
fn until<E: tenure::HandleEvent, T>(
    events: &tenure::Events<E>,
    mut wanted: impl FnMut(E) -> Option<T>,
) -> T {
    loop {
        if let Some(found) = wanted(events.next(LIMIT).unwrap()) {
            return found;
        }
    }
}

fn session(client: &Client) -> i64 {
    until(client.events(), |event| match event {
        SessionEvent::Connected { session, .. } => Some(session),
        _ => None,
    })
}

#[test]
fn a_session_is_expired_and_the_other_is_not() {
    let (url, server) = server("memory-expire");
    let (a, b) = (open(&url), open(&url));
    let (doomed, kept) = (session(&a), session(&b));
    let first = a.contend(ContenderOptions::new(url.path())).unwrap();
    let token = first.wait_leading(LIMIT).unwrap().token();
    let second = b.contend(ContenderOptions::new(url.path())).unwrap();
    until(second.events(), |event| {
        matches!(event, ContenderEvent::Standby { .. }).then_some(())
    });
    assert!(server.expire(doomed).unwrap());
    assert!(second.wait_leading(LIMIT).unwrap().token() > token);
    let by = until(a.events(), |event| match event {
        SessionEvent::Expired { by } => Some(by),
        _ => None,
    });
    assert_eq!(by, ExpiredBy::Server);
    assert!(!server.expire(doomed).unwrap(), "it is over already");
    assert_ne!(doomed, kept);
    // Both have a session: the first client has a new one by now.
    let again = session(&a);
    assert_ne!(again, doomed);
    assert_eq!(server.expire_all().unwrap(), 2);
}

#[test]
fn a_cut_is_silent_and_what_was_sent_arrives_when_it_heals() {
    let (url, server) = server("memory-cut");
    let client = open(&url);
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    let detector = client.detect(url.path()).unwrap();
    let token = contender.wait_leading(LIMIT).unwrap().token();
    // A client that never knew the leader has nothing to correct.
    until(detector.events(), |event| {
        matches!(event, DetectorEvent::Leader(_)).then_some(())
    });
    server.cut().unwrap();
    // Another group: a member of the contender's would lead in its place.
    let group = client.group("/other").unwrap();
    let pending = group.join("sent into the dark", None).unwrap();
    // Reported by the client's own clock alone, in this order.
    let reason = until(contender.events(), |event| match event {
        ContenderEvent::Lost { reason, .. } => Some(reason),
        _ => None,
    });
    assert_eq!(reason, LostReason::LeaseLapsed);
    until(detector.events(), |event| {
        matches!(event, DetectorEvent::Unknown { .. }).then_some(())
    });
    server.heal().unwrap();
    server.heal().unwrap();
    assert!(contender.wait_leading(LIMIT).unwrap().token() > token);
    let joined = pending.wait_for(LIMIT.unwrap());
    // It may have belonged to the session that ended while the client was cut off.
    if let Err(error) = joined {
        assert_eq!(error.kind(), ErrorKind::SessionExpired);
    }
}

#[test]
fn a_short_cut_costs_nothing() {
    let (url, server) = server("memory-blip");
    let client = open(&url);
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    let token = contender.wait_leading(LIMIT).unwrap().token();
    for _ in 0..10 {
        server.cut().unwrap();
        server.heal().unwrap();
    }
    let group = client.group(url.path()).unwrap();
    assert_eq!(group.members().wait().unwrap().len(), 1);
    assert_eq!(contender.leadership().unwrap().token(), token);
}

#[test]
fn a_server_that_stops_refuses_and_keeps_what_it_has() {
    let (url, server) = server("memory-stop");
    let client = open(&url);
    let before = session(&client);
    server.stop().unwrap();
    until(client.events(), |event| {
        matches!(event, SessionEvent::Retrying { .. }).then_some(())
    });
    server.start().unwrap();
    assert_eq!(session(&client), before);
}

#[test]
fn other_urls_name_no_server_in_memory() {
    for text in ["zk://u:sesame@h:1/g", "h:1"] {
        let error = MemoryServer::of(&Url::parse(text).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(!error.message().contains("sesame"));
    }
}

#[test]
fn the_log_tells_and_the_counters_count() {
    let (url, server) = server("memory-log");
    let (send, lines) = mpsc::channel();
    tenure::set_log(LogLevel::Debug, move |line| drop(send.send(line)));
    let client = open(&url);
    let contender = client.contend(ContenderOptions::new(url.path())).unwrap();
    contender.wait_leading(LIMIT).unwrap();
    server.expire_all().unwrap();
    until(client.events(), |event| {
        matches!(event, SessionEvent::Expired { .. }).then_some(())
    });
    let wanted = [
        (LogLevel::Debug, "connecting"),
        (LogLevel::Info, "connected, session 0x"),
        (LogLevel::Debug, "contender of /group: enrolling"),
        (
            LogLevel::Info,
            "contender of /group: /group/0000000000 leads with token",
        ),
        (
            LogLevel::Warn,
            "leadership of /group/0000000000 is over: the session expired",
        ),
    ];
    let mut wanted = wanted.iter().peekable();
    while let Some((level, words)) = wanted.peek() {
        // Other tests of this process log too.
        let line = lines.recv_timeout(LIMIT.unwrap()).unwrap();
        if line.message.contains(words) && line.level == *level {
            assert!(line.client > 0 && line.at > tenure::Time::from_nanos(0));
            wanted.next();
        }
    }
    tenure::unset_log();
    while lines.recv_timeout(LIMIT.unwrap()).is_ok() {}

    let metrics = client.metrics();
    assert!(metrics.connections >= 1 && metrics.sessions_confirmed >= 1);
    assert_eq!((metrics.sessions_expired, metrics.handles), (1, 1));
    assert!(metrics.leaderships >= 1 && metrics.leaderships_ended == 1);
    assert!(metrics.bytes_sent > 100 && metrics.bytes_received > 100);
    assert!(metrics.events >= 5);
    drop(contender);
    assert!(client.group(url.path()).unwrap().members().wait().is_ok());
    client.close().wait().unwrap();
}
