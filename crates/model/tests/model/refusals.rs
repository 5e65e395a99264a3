//! Requests that are answered with an error and not carried out.

use crate::crew::{Crew, three};
use crate::harness::{
    Got, Harness, create, delete, ephemerals, exists, get, list, member, ms, set,
};
use tenure_model::ConnId;
use tenure_proto::{Acl, CreateMode, MultiOp, Request, op};

const THROTTLED: i32 = -127;

fn requests() -> Vec<Request> {
    let path = || "/g".to_owned();
    vec![
        exists("/g"),
        get("/g", true),
        list("/g", true),
        ephemerals("/"),
        create("/g/x"),
        member("/g/m_"),
        set("/g", b"", -1),
        delete("/g", -1),
        Request::GetAcl { path: path() },
        Request::SetAcl {
            path: path(),
            acl: Acl::open(),
            version: -1,
        },
        Request::Sync { path: path() },
        Request::Create {
            path: "/g/y".to_owned(),
            data: Vec::new(),
            acl: Acl::open(),
            mode: CreateMode::Persistent,
        },
        Request::Multi {
            ops: vec![MultiOp::Delete {
                path: path(),
                version: -1,
            }],
        },
    ]
}

#[test]
fn any_request_can_be_refused_and_is_not_carried_out() {
    for code in [THROTTLED, -4, -7, -1, -5, -6] {
        let mut w = Harness::new();
        let a = w.connect();
        w.ask(a.conn, &create("/g"));
        for request in requests() {
            assert!(w.model.refuse_next(a.conn, None, code, 1));
            // The newest applied transaction, for this request made none.
            assert_eq!(w.fail(a.conn, &request), (2, code), "{request:?}");
        }
        assert_eq!(w.model.watch_count(), 0);
        assert_eq!(w.model.children("/g").unwrap(), [""; 0]);
        w.ask(a.conn, &delete("/g", -1));
    }
}

#[test]
fn so_many_of_one_operation_are_refused_and_others_go_on() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    assert!(w.model.refuse_next(a.conn, Some(op::EXISTS), THROTTLED, 2));
    assert!(w.model.refuse_next(a.conn, Some(op::CREATE2), -4, 1));
    w.ask(a.conn, &get("/", false));
    assert_eq!(w.fail(a.conn, &exists("/")).1, THROTTLED);
    w.ask(b.conn, &exists("/"));
    assert_eq!(w.fail(a.conn, &create("/a")).1, -4);
    w.ask(a.conn, &create("/a"));
    assert_eq!(w.fail(a.conn, &exists("/")).1, THROTTLED);
    w.ask(a.conn, &exists("/"));
    let gone = w.reattach(&a, 4000);
    w.all();
    assert!(!w.model.refuse_next(a.conn, None, -1, 1));
    w.ask(gone, &exists("/"));
}

#[test]
fn pings_and_authentication_are_never_refused_and_touches_count() {
    let mut w = Harness::new();
    let a = w.connect();
    w.model.set_refusals(1000, vec![THROTTLED]);
    w.ask(a.conn, &Request::Ping);
    let request = Request::Auth {
        scheme: "digest".into(),
        credentials: b"u:p".to_vec(),
    };
    assert!(matches!(w.exchange(a.conn, &request)[..], [Got::Reply(..)]));
    w.now = ms(2000);
    w.fail(a.conn, &exists("/"));
    assert_eq!(w.model.deadline(), Some(ms(6500)));
    let b = w.connect();
    assert_eq!(w.model.sessions(), [a.session, b.session]);
    // A real server never throttles the end of a session.
    let closed = w.exchange(b.conn, &Request::CloseSession);
    assert!(matches!(closed[..], [Got::Reply(..), Got::Closed]));
    assert_eq!(w.model.sessions(), [a.session]);
}

#[test]
fn after_a_refused_end_the_connection_ends_and_the_session_lives() {
    let mut w = Harness::new();
    let a = w.connect();
    w.model.refuse_next(a.conn, None, -4, 1);
    let closed = w.exchange(a.conn, &Request::CloseSession);
    assert!(matches!(closed[..], [Got::Refused(_, 1, -4), Got::Closed]));
    assert_eq!(w.model.sessions(), [a.session]);
    let again = w.reattach(&a, 4000);
    w.all();
    w.model.refuse_next(again, None, -118, 1);
    assert_eq!(w.exchange(again, &exists("/")), [Got::Closed]);
}

#[test]
fn as_many_are_refused_as_one_says_with_any_of_the_codes() {
    let mut w = Harness::new();
    let a = w.connect();
    w.model.set_refusals(300, vec![THROTTLED, -1, -7]);
    let mut refused: Vec<i32> = Vec::new();
    for _ in 0..1000 {
        if let [Got::Refused(_, _, code)] = w.exchange(a.conn, &exists("/"))[..] {
            refused.push(code);
        }
    }
    assert!((250..=350).contains(&refused.len()), "{}", refused.len());
    for code in [THROTTLED, -1, -7] {
        let times = refused.iter().filter(|c| **c == code).count();
        assert!(times > 60, "{code}: {times}");
    }
    w.model.set_refusals(0, Vec::new());
    for _ in 0..100 {
        w.ask(a.conn, &exists("/"));
    }
}

#[test]
fn a_refusal_waits_for_what_was_asked_for_before_it() {
    let mut crew = Crew::new(three(1));
    let client = crew.connect(crew.followers()[0], 4000);
    crew.ensemble
        .refuse_next(client.conn, Some(op::EXISTS), THROTTLED, 1);
    let before = answers(&crew, client.conn).len();
    let write = crew.send(client.conn, &create("/a"));
    let refused = crew.send(client.conn, &exists("/a"));
    let read = crew.send(client.conn, &exists("/a"));
    assert_eq!(answers(&crew, client.conn).len(), before, "not yet");
    crew.run(ms(20));
    let expected = [(write, 0), (refused, THROTTLED), (read, 0)];
    assert_eq!(answers(&crew, client.conn)[before..], expected);
}

#[test]
fn a_server_refuses_for_itself() {
    let mut crew = Crew::new(three(2));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    crew.ensemble.set_refusals(a, 1000, vec![THROTTLED]);
    let (at_a, at_b) = (crew.connect(a, 4000), crew.connect(b, 4000));
    assert_eq!(crew.ask(at_a.conn, &create("/x")), Err(THROTTLED));
    assert!(crew.ask(at_b.conn, &create("/x")).is_ok());
}

fn answers(crew: &Crew, conn: ConnId) -> Vec<(i32, i32)> {
    let all = crew.all_for(conn).into_iter();
    all.filter_map(|got| match got {
        Got::Reply(number, ..) => Some((*number, 0)),
        Got::Refused(number, _, code) => Some((*number, *code)),
        Got::Connected(_) | Got::TurnedAway(..) | Got::Event(..) | Got::Closed => None,
    })
    .collect()
}
