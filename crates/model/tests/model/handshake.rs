//! Connecting: a new session, re-attaching to one, and refusals.

use crate::harness::{Got, Harness, create, member, ms, raw};
use tenure_model::ModelOptions;
use tenure_proto::{ConnectRequest, ConnectResponse, Request, Response};

const REFUSED: fn() -> Got = || {
    Got::Connected(ConnectResponse {
        timeout_ms: 0,
        session: 0,
        password: vec![0; 16],
    })
};

#[test]
fn the_timeout_is_clamped_between_two_and_twenty_ticks() {
    let mut w = Harness::new(); // the tick is 500 ms
    for (wish, granted) in [
        (i32::MIN, 1000),
        (999, 1000),
        (4000, 4000),
        (99_999, 10_000),
    ] {
        assert_eq!(w.connect_asking(wish).timeout_ms, granted, "{wish}");
    }
    let mut w = Harness::with(ModelOptions {
        min_session_timeout: Some(ms(3)),
        max_session_timeout: Some(ms(700)),
        ..ModelOptions::default()
    });
    assert_eq!(w.connect_asking(1).timeout_ms, 3);
    assert_eq!(w.connect_asking(4000).timeout_ms, 700);
}

#[test]
fn sessions_and_passwords_come_from_the_seed() {
    let with = |seed| {
        let mut w = Harness::with(ModelOptions {
            seed,
            ..ModelOptions::default()
        });
        let (a, b) = (w.connect(), w.connect());
        assert_ne!(a.session, b.session);
        assert_ne!(a.password, b.password);
        assert!(a.session != 0 && a.password.len() == 16 && a.password != vec![0; 16]);
        (a.session, a.password)
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1).0, with(2).0);
    assert_ne!(with(1).1, with(2).1);
}

#[test]
fn creating_and_closing_a_session_take_a_zxid_and_reattaching_none() {
    let mut w = Harness::new();
    let a = w.connect(); // 1
    let b = w.connect(); // 2
    let conn = w.reattach(&a, 4000);
    assert_eq!(w.all()[0], (a.conn, Got::Closed));
    assert_eq!(w.ask(conn, &Request::Ping), (2, Response::Empty));
    let number = w.send(conn, &Request::CloseSession);
    let bye = Got::Reply(number, 3, Response::Empty);
    assert_eq!(w.only(conn), [bye, Got::Closed]);
    assert_eq!(w.ask(b.conn, &Request::Ping).0, 3);
    assert_eq!(w.model.sessions(), [b.session]);
}

#[test]
fn a_reattach_closes_the_old_connection_and_may_get_another_timeout() {
    let mut w = Harness::new();
    let a = w.connect_asking(4000);
    w.ask(a.conn, &member("/m_"));
    let conn = w.reattach(&a, 99_999);
    let welcome = Got::Connected(ConnectResponse {
        timeout_ms: 10_000,
        session: a.session,
        password: a.password.clone(),
    });
    assert_eq!(w.all(), [(a.conn, Got::Closed), (conn, welcome)]);
    // Input from the old connection is not read.
    w.send(a.conn, &create("/late"));
    assert_eq!(w.all(), []);
    assert_eq!(w.model.node("/late"), None);
    assert_eq!(
        w.model.children("/").unwrap(),
        ["m_0000000000", "zookeeper"]
    );
    // It would have gone at 4.5 s; now at 10.5.
    assert_eq!(w.model.deadline(), Some(ms(10_500)));
}

#[test]
fn a_wrong_password_is_refused_and_still_cuts_the_old_connection() {
    let mut w = Harness::new();
    let mut a = w.connect();
    w.bytes(a.conn, &[]);
    let (old, right) = (a.conn, a.password.clone());
    a.password[3] ^= 1;
    let conn = w.reattach(&a, 4000);
    assert_eq!(
        w.all(),
        [(old, Got::Closed), (conn, REFUSED()), (conn, Got::Closed)]
    );
    a.password = right;
    let conn = w.reattach(&a, 4000);
    assert_eq!(w.client(conn).session, a.session);
}

#[test]
fn an_expired_and_an_unknown_session_are_refused() {
    let mut w = Harness::new();
    let mut a = w.connect();
    assert!(w.model.expire(a.session, w.now));
    assert_eq!(w.only(a.conn), [Got::Closed]);
    let conn = w.reattach(&a, 4000);
    assert_eq!(w.only(conn), [REFUSED(), Got::Closed]);
    a.session = 77;
    let conn = w.reattach(&a, 4000);
    assert_eq!(w.only(conn), [REFUSED(), Got::Closed]);
}

#[test]
fn a_client_that_knows_more_is_sent_away_without_an_answer() {
    let mut w = Harness::new();
    let mut request = ConnectRequest {
        last_zxid: 1,
        timeout_ms: 4000,
        session: 0,
        password: vec![0; 16],
    };
    let conn = w.accept();
    w.hello(conn, &request);
    assert_eq!(w.only(conn), [Got::Closed]);
    assert_eq!(w.model.sessions(), []);
    w.connect();
    let conn = w.accept();
    w.hello(conn, &request);
    assert_eq!(w.client(conn).timeout_ms, 4000);
    // It does not even cut the connection of the session that it names.
    request.session = w.model.sessions()[0];
    request.last_zxid = 3;
    let conn = w.accept();
    w.hello(conn, &request);
    assert_eq!(w.only(conn), [Got::Closed]);
}

#[test]
fn garbage_closes_the_connection() {
    for garbage in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        &[0; 4],
        &raw(0, 0, b"short"),
        &[0xff; 8],
    ] {
        let mut w = Harness::new();
        let conn = w.accept();
        w.bytes(conn, garbage);
        assert_eq!(w.only(conn), [Got::Closed], "{garbage:?}");
        w.bytes(conn, garbage);
        assert_eq!(w.only(conn), []);
    }
}

#[test]
fn a_handshake_and_requests_may_come_in_any_pieces() {
    let mut bytes = Vec::new();
    ConnectRequest {
        last_zxid: 0,
        timeout_ms: 4000,
        session: 0,
        password: vec![0; 16],
    }
    .encode(&mut bytes);
    create("/a").encode(1, &mut bytes);
    Request::Ping.encode(-2, &mut bytes);
    for piece in [1, 7, bytes.len()] {
        let mut w = Harness::new();
        let conn = w.accept();
        w.asked(conn, 1, create("/a").op());
        w.asked(conn, -2, Request::Ping.op());
        bytes.chunks(piece).for_each(|bytes| w.bytes(conn, bytes));
        match w.only(conn).as_slice() {
            [
                Got::Connected(_),
                Got::Reply(1, 2, Response::Created { path, .. }),
                Got::Reply(-2, 2, Response::Empty),
            ] if path == "/a" => {}
            other => panic!("{other:?}"),
        }
    }
}
