//! Servers that process the input of clients later than it arrives.

use crate::crew::{Crew, three};
use crate::harness::{Got, Harness, create, exists, ms};
use tenure_proto::{ConnectRequest, Request};

fn slow() -> Harness {
    let mut w = Harness::new();
    w.model.set_slowness(ms(100), ms(200));
    w
}

fn hello() -> ConnectRequest {
    ConnectRequest {
        last_zxid: 0,
        timeout_ms: 4000,
        session: 0,
        password: vec![0; 16],
    }
}

#[test]
fn a_handshake_and_each_request_are_taken_up_later_in_order() {
    let mut w = slow();
    let conn = w.accept();
    w.hello(conn, &hello());
    let due = w.model.deadline().unwrap();
    assert!(due >= ms(100) && due <= ms(200), "{due:?}");
    assert_eq!(w.tick(due - ms(1)), []);
    w.now = due;
    w.model.tick(due);
    w.client(conn);
    let mut expected = Vec::new();
    for n in 0..10 {
        expected.push(w.send(conn, &create(&format!("/{n}"))));
        expected.push(w.send(conn, &Request::Ping));
    }
    assert_eq!(w.only(conn), []);
    let mut answered = Vec::new();
    let begun = w.now;
    while let Some(next) = w.model.deadline().filter(|at| *at <= begun + ms(200)) {
        assert!(next >= begun + ms(100));
        for (_, got) in w.tick(next) {
            match got {
                Got::Reply(number, ..) => answered.push(number),
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(answered, expected);
}

#[test]
fn a_session_is_touched_when_its_request_is_taken_up() {
    let mut w = Harness::new();
    let a = w.connect();
    w.model.set_slowness(ms(300), ms(300));
    w.now = ms(400);
    w.send(a.conn, &Request::Ping);
    w.tick(ms(700));
    assert_eq!(w.model.deadline(), Some(ms(5000)));
    // Processed too late, it saves no session.
    w.now = ms(4800);
    w.send(a.conn, &Request::Ping);
    assert_eq!(w.tick(ms(5100)), [(a.conn, Got::Closed)]);
}

#[test]
fn what_was_said_before_the_connection_was_closed_is_taken_up() {
    let mut w = Harness::new();
    let a = w.connect();
    w.model.set_slowness(ms(100), ms(100));
    w.send(a.conn, &create("/a"));
    w.model.disconnected(a.conn, w.now);
    w.tick(ms(99));
    assert!(w.model.node("/a").is_none());
    w.tick(ms(100));
    assert!(w.model.node("/a").is_some());
    assert!(!w.model.refuse_next(a.conn, None, -1, 1), "now it is gone");
    let b = w.accept();
    w.model.disconnected(b, w.now);
    assert!(!w.model.refuse_next(b, None, -1, 1), "it had said nothing");
}

#[test]
fn a_server_that_is_fast_again_stays_in_order() {
    let mut w = Harness::new();
    let a = w.connect();
    w.model.set_slowness(ms(100), ms(100));
    let first = w.send(a.conn, &exists("/"));
    w.model.set_slowness(ms(0), ms(0));
    let second = w.send(a.conn, &exists("/"));
    assert_eq!(w.only(a.conn), []);
    let answers = w.tick(ms(100));
    assert!(
        matches!(&answers[..], [(_, Got::Reply(a, ..)), (_, Got::Reply(b, ..))]
            if (*a, *b) == (first, second)),
        "{answers:?}"
    );
    w.ask(a.conn, &exists("/"));
}

#[test]
fn garbage_closes_when_it_is_taken_up() {
    let mut w = Harness::new();
    let a = w.connect();
    w.model.set_slowness(ms(100), ms(100));
    let number = w.send(a.conn, &exists("/"));
    w.bytes(a.conn, &[0xff; 8]);
    let all = w.tick(ms(100));
    assert!(
        matches!(&all[..], [(_, Got::Reply(n, ..)), (_, Got::Closed)] if *n == number),
        "{all:?}"
    );
}

#[test]
fn one_slow_server_in_an_ensemble_is_slow_alone_and_bears_pauses() {
    let mut crew = Crew::new(three(1));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    crew.ensemble.set_slowness(a, ms(200), ms(300));
    let begun = crew.now;
    let at_b = crew.connect(b, 4000);
    assert!(crew.now < begun + ms(20));
    let at_a = crew.connect(a, 4000);
    assert!(crew.now >= begun + ms(200));
    crew.send(at_a.conn, &create("/x"));
    crew.ensemble.pause(a, crew.now);
    crew.send(at_a.conn, &create("/x/y"));
    crew.run(ms(500));
    assert!(crew.ensemble.node("/x").is_none());
    crew.ensemble.resume(a, crew.now);
    crew.wait("both to be created", |crew| {
        crew.ensemble.node("/x/y").is_some()
    });
    assert!(crew.ask(at_b.conn, &create("/z")).is_ok());
}
