//! The expiry of sessions, their touches, and their ephemerals.

use crate::harness::{Got, Harness, create, ephemerals, event, list, member, ms, watch_exists};
use tenure_model::ModelOptions;
use tenure_proto::{EventKind, Request, Response};

#[test]
fn expiry_is_strictly_after_the_timeout_at_the_next_tick() {
    // Last touch, requested timeout → bucket, with a tick of 500 ms: (touch + timeout) / tick + 1.
    for (touch, timeout_ms, bucket) in [
        (0, 1000, 1500),
        (1, 1000, 1500),
        (499, 1000, 1500),
        (500, 1000, 2000),
        (400, 1099, 1500),
        (400, 1100, 2000),
    ] {
        let mut w = Harness::new();
        w.now = ms(touch);
        let a = w.connect_asking(timeout_ms);
        assert_eq!(w.model.deadline(), Some(ms(bucket)));
        assert_eq!(w.tick(ms(bucket) - std::time::Duration::from_nanos(1)), []);
        assert_eq!(w.tick(ms(bucket)), [(a.conn, Got::Closed)]);
        assert_eq!(w.model.sessions(), []);
        assert_eq!(w.model.deadline(), None);
    }
}

#[test]
fn the_tick_is_an_option() {
    let mut w = Harness::with(ModelOptions {
        tick: ms(2000),
        ..ModelOptions::default()
    });
    assert_eq!(w.connect_asking(1).timeout_ms, 4000);
    assert_eq!(w.model.deadline(), Some(ms(6000)));
}

#[test]
fn every_request_touches_its_session() {
    let mut w = Harness::new();
    let a = w.connect();
    let requests = [
        Request::Ping,
        list("/", false),
        create("/a"),
        create("/a"),
        ephemerals("/"),
    ];
    for (n, request) in (1..).zip(requests) {
        w.now = ms(500 * n);
        w.send(a.conn, &request);
        w.all();
        assert_eq!(w.model.deadline(), Some(ms(500 * n + 4500)), "{request:?}");
    }
    // A server answers `addauth` before it touches the session.
    let before = w.model.deadline();
    w.now = ms(5000);
    let request = Request::Auth {
        scheme: "digest".into(),
        credentials: b"u:p".to_vec(),
    };
    w.exchange(a.conn, &request);
    assert_eq!(w.model.deadline(), before);
}

#[test]
fn a_request_touches_no_other_session() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    w.now = ms(2000);
    w.ask(a.conn, &Request::Ping);
    assert_eq!(w.tick(ms(4500)), [(b.conn, Got::Closed)]);
    assert_eq!(w.model.sessions(), [a.session]);
}

#[test]
fn a_touch_uses_the_timeout_of_the_connection_and_a_shorter_one_comes_sooner() {
    let mut w = Harness::new();
    let a = w.connect_asking(10_000);
    assert_eq!(w.model.deadline(), Some(ms(10_500)));
    let conn = w.reattach(&a, 1000);
    w.all();
    assert_eq!(w.model.deadline(), Some(ms(1500)));
    w.now = ms(1000);
    w.ask(conn, &Request::Ping);
    assert_eq!(w.model.deadline(), Some(ms(2500)));
}

#[test]
fn a_closed_connection_leaves_the_session_until_it_expires() {
    let mut w = Harness::new();
    let (a, b) = (w.connect_asking(1000), w.connect());
    w.ask(a.conn, &member("/m_"));
    w.ask(b.conn, &watch_exists("/m_0000000000"));
    w.model.disconnected(a.conn, ms(100));
    assert_eq!(w.all(), []);
    assert_eq!(w.tick(ms(1499)), []);
    let gone = event(EventKind::Deleted, "/m_0000000000");
    assert_eq!(w.tick(ms(1500)), [(b.conn, gone)]);
    // The expiry was a transaction: sessions 1 and 2, create 3, expiry 4.
    assert_eq!(w.ask(b.conn, &Request::Ping).0, 4);
    assert_eq!(w.model.node("/").unwrap().1.pzxid, 4);
}

#[test]
fn a_session_that_is_due_is_not_saved_by_a_late_request() {
    let mut w = Harness::new();
    let a = w.connect_asking(1000);
    w.now = ms(1500);
    w.send(a.conn, &Request::Ping);
    assert_eq!(w.only(a.conn), [Got::Closed]);
}

#[test]
fn spurious_ticks_and_time_that_runs_backwards_do_nothing() {
    let mut w = Harness::new();
    let a = w.connect_asking(1000);
    assert_eq!(w.tick(ms(1400)), []);
    assert_eq!(w.tick(ms(1400)), []);
    w.now = ms(0);
    w.ask(a.conn, &Request::Ping);
    assert_eq!(w.model.deadline(), Some(ms(2500)), "touched at 1400");
}

#[test]
fn several_sessions_expire_in_one_tick_lowest_first() {
    let mut w = Harness::new();
    let a = w.connect_asking(1000);
    let b = w.connect_asking(1400);
    let c = w.connect_asking(3000);
    assert_eq!(
        w.tick(ms(60_000)),
        [a.conn, b.conn, c.conn].map(|conn| (conn, Got::Closed))
    );
    let d = w.connect();
    assert_eq!(w.ask(d.conn, &Request::Ping).0, 7);
}

#[test]
fn close_session_deletes_the_ephemerals_before_it_answers() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    w.ask(a.conn, &create("/g"));
    for _ in 0..2 {
        w.ask(a.conn, &member("/g/m_"));
    }
    w.ask(a.conn, &watch_exists("/g/m_0000000000"));
    w.ask(b.conn, &list("/g", true));
    let number = w.send(a.conn, &Request::CloseSession);
    assert_eq!(
        w.all(),
        [
            (a.conn, event(EventKind::Deleted, "/g/m_0000000000")),
            (b.conn, event(EventKind::ChildrenChanged, "/g")),
            (a.conn, Got::Reply(number, 6, Response::Empty)),
            (a.conn, Got::Closed),
        ]
    );
    assert_eq!(w.model.children("/g").unwrap(), [""; 0]);
    assert_eq!(w.model.node("/g").unwrap().1.pzxid, 6);
    assert_eq!(w.model.watch_count(), 0);
}

#[test]
fn ephemerals_are_listed_by_a_textual_prefix_for_the_own_session() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    for path in ["/a", "/ab"] {
        w.ask(a.conn, &create(path));
        w.ask(a.conn, &member(&format!("{path}/m_")));
    }
    w.ask(b.conn, &member("/a/m_"));
    let mut of = |prefix| match w.ask(a.conn, &ephemerals(prefix)).1 {
        Response::Ephemerals(paths) => paths,
        other => panic!("{other:?}"),
    };
    let all = ["/a/m_0000000000", "/ab/m_0000000000"];
    for prefix in ["/", "", "  ", " / ", "/a"] {
        assert_eq!(of(prefix), all, "{prefix:?}");
    }
    assert_eq!(of("/a/"), all[..1]);
    assert_eq!(of("/ab"), all[1..]);
    assert_eq!(of("/x"), [""; 0]);
    assert_eq!(
        of(" /a"),
        [""; 0],
        "only for the test for the root is it trimmed"
    );
    w.ask(a.conn, &crate::harness::delete("/a/m_0000000000", -1));
    let left = Response::Ephemerals(vec![all[1].to_owned()]);
    assert_eq!(w.ask(a.conn, &ephemerals("/")).1, left);
}
