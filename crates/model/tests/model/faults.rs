//! Faults from outside: crash, restart, expiry, changes; and the counts.

use crate::harness::{Got, Harness, create, delete, event, get, list, member, ms, watch_exists};
use std::collections::BTreeMap;
use tenure_model::{Model, ModelOptions, ModelOutput};
use tenure_proto::{ConnectRequest, EventKind, Request, ServerError, op};

#[test]
fn a_crash_closes_connections_and_keeps_znodes_and_sessions() {
    let mut w = Harness::new();
    let (a, b) = (w.connect_asking(2000), w.connect());
    w.ask(a.conn, &member("/m_"));
    w.ask(b.conn, &get("/m_0000000000", true));
    w.now = ms(1000);
    w.model.crash(w.now);
    assert_eq!(w.all(), [(a.conn, Got::Closed), (b.conn, Got::Closed)]);
    assert_eq!(w.model.accept(w.now), None);
    assert_eq!(w.model.deadline(), None);
    assert_eq!(w.model.watch_count(), 0);
    // While it is down nothing expires, and every change fails.
    w.now = ms(60_000);
    assert_eq!(w.tick(w.now), []);
    assert!(!w.model.expire(a.session, w.now));
    let lost = Some(ServerError::Other(-4));
    assert_eq!(w.model.create("/x", b"", w.now).err(), lost);
    assert_eq!(w.model.delete("/m_0000000000", w.now).err(), lost);
    assert_eq!(w.model.sessions(), [a.session, b.session]);
    w.model.restart(w.now);
    assert_eq!(w.model.deadline(), Some(ms(62_500)));
    let conn = w.reattach(&b, 4000);
    assert_eq!(w.client(conn).session, b.session);
    assert_eq!(w.ask(conn, &Request::Ping).0, 3, "zxids go on");
    w.ask(conn, &watch_exists("/m_0000000000"));
    let gone = event(EventKind::Deleted, "/m_0000000000");
    assert_eq!(w.tick(ms(62_500)), [(conn, gone)]);
}

#[test]
fn a_restart_arms_with_the_timeout_of_the_creation() {
    let mut w = Harness::new();
    let a = w.connect_asking(4000);
    w.reattach(&a, 10_000);
    w.all();
    assert_eq!(w.model.deadline(), Some(ms(10_500)));
    w.model.crash(w.now);
    w.model.restart(w.now);
    assert_eq!(w.model.deadline(), Some(ms(4500)));
    w.now = ms(1000);
    w.model.restart(w.now);
    assert_eq!(w.model.deadline(), Some(ms(4500)), "it was up");
}

#[test]
fn expire_ends_a_session_at_once() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    w.ask(a.conn, &member("/m_"));
    w.ask(a.conn, &get("/m_0000000000", true));
    w.ask(b.conn, &get("/m_0000000000", true));
    assert!(w.model.expire(a.session, w.now));
    let gone = event(EventKind::Deleted, "/m_0000000000");
    assert_eq!(w.all(), [(a.conn, Got::Closed), (b.conn, gone)]);
    assert!(!w.model.expire(a.session, w.now));
    assert!(!w.model.expire(0, w.now));
    assert_eq!(w.model.sessions(), [b.session]);
}

#[test]
fn changes_from_outside_fire_watches_and_obey_no_acl() {
    let mut w = Harness::new();
    let a = w.connect(); // 1
    w.fail(a.conn, &watch_exists("/g"));
    let stat = w.model.create("/g", b"data", w.now).unwrap();
    assert_eq!((stat.czxid, stat.data_length), (2, 4));
    assert_eq!(w.only(a.conn), [event(EventKind::Created, "/g")]);
    for path in ["/g/a", "/g/a/x", "/g/b"] {
        w.model.create(path, b"", w.now).unwrap();
    }
    w.ask(a.conn, &list("/g", true));
    w.ask(a.conn, &get("/g/a/x", true));
    w.ask(a.conn, &get("/g", true));
    assert_eq!(w.model.delete("/g", w.now), Err(ServerError::NotEmpty)); // 6
    w.model.delete_tree("/g", w.now).unwrap(); // 7 to 10
    assert_eq!(
        w.only(a.conn),
        [
            event(EventKind::Deleted, "/g/a/x"),
            event(EventKind::ChildrenChanged, "/g"),
            event(EventKind::Deleted, "/g"),
        ]
    );
    assert_eq!(w.ask(a.conn, &Request::Ping).0, 10);
    assert_eq!(w.model.delete_tree("/g", w.now), Err(ServerError::NoNode));
    assert_eq!(
        w.model.create("/g/x", b"", w.now).err(),
        Some(ServerError::NoNode)
    );
    assert_eq!((w.model.node("/g"), w.model.children("/g")), (None, None));
}

#[test]
fn requests_and_events_are_counted() {
    let mut w = Harness::new();
    let a = w.connect();
    w.ask(a.conn, &create("/g"));
    w.ask(a.conn, &get("/g", true));
    w.fail(a.conn, &create("/g"));
    w.ask(a.conn, &Request::Ping);
    w.exchange(a.conn, &delete("/g", -1));
    let expected = [
        (op::CREATE2, 2),
        (op::GET_DATA, 1),
        (op::PING, 1),
        (op::DELETE, 1),
    ];
    assert_eq!(w.model.requests(), &BTreeMap::from(expected));
    assert_eq!(w.model.events_sent(), 1);
    w.model.reset_counts();
    assert_eq!(w.model.requests(), &BTreeMap::new());
    assert_eq!(w.model.events_sent(), 0);
}

#[test]
fn the_same_calls_give_the_same_bytes_and_debug_shows_no_password() {
    let run = || {
        let mut model = Model::new(ModelOptions::default(), ms(0));
        let mut bytes = Vec::new();
        let hello = ConnectRequest {
            last_zxid: 0,
            timeout_ms: 4000,
            session: 0,
            password: vec![],
        };
        hello.encode(&mut bytes);
        member("/m_").encode(1, &mut bytes);
        let conn = model.accept(ms(0)).unwrap();
        model.receive(conn, &bytes, ms(10));
        let outputs: Vec<ModelOutput> = std::iter::from_fn(|| model.poll_output()).collect();
        (outputs, format!("{model:?}"))
    };
    assert_eq!(run(), run());
    assert_eq!(
        run().1,
        "Model { up: true, now_ms: 10, zxid: 2, sessions: 1, connections: 1, .. }"
    );
    assert_eq!(run().0.len(), 2);
}
