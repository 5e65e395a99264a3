//! Access control: permissions, and the content of a list.

use crate::harness::{Got, Harness, create, delete, event, exists, get, list, set, watch_exists};
use tenure_model::{ConnId, ModelOptions, digest_id};
use tenure_proto::{Acl, CreateMode, EventKind, MultiOp, Perms, Request, Response, ServerError};

fn acl(perms: i32, scheme: &str, id: &str) -> Acl {
    Acl {
        perms: Perms(perms),
        scheme: scheme.to_owned(),
        id: id.to_owned(),
    }
}

fn create_with(path: &str, acl: Vec<Acl>) -> Request {
    Request::Create2 {
        path: path.to_owned(),
        data: Vec::new(),
        acl,
        mode: CreateMode::Persistent,
    }
}

fn auth(w: &mut Harness, conn: ConnId, credentials: &str) {
    let request = Request::Auth {
        scheme: "digest".to_owned(),
        credentials: credentials.as_bytes().to_vec(),
    };
    let done = Got::Reply(-4, 0, Response::Empty);
    assert_eq!(w.exchange(conn, &request), [done]);
}

#[test]
fn an_unknown_scheme_fails_and_closes() {
    let mut w = Harness::new();
    let a = w.connect();
    for scheme in ["kerberos", "world", ""] {
        let b = w.connect();
        let request = Request::Auth {
            scheme: scheme.to_owned(),
            credentials: Vec::new(),
        };
        let refused = Got::Refused(-4, 0, -115);
        assert_eq!(w.exchange(b.conn, &request), [refused, Got::Closed]);
    }
    assert_eq!(w.model.sessions().len(), 4, "the sessions live on");
    w.ask(a.conn, &Request::Ping);
}

#[test]
fn what_a_list_may_hold() {
    let mut w = Harness::new();
    let a = w.connect();
    for list in [
        vec![],
        vec![acl(31, "world", "someone")],
        vec![acl(31, "nope", "x")],
        vec![acl(31, "auth", "")],
        vec![acl(31, "digest", "user")],
        vec![acl(31, "digest", "user:")],
        vec![acl(31, "digest", "a:b:c")],
        vec![acl(31, "world", "anyone"), acl(31, "auth", "")],
    ] {
        assert_eq!(
            w.fail(a.conn, &create_with("/x", list.clone())).1,
            -114,
            "{list:?}"
        );
    }
    // The list is checked before the parent, and the parent before its own list.
    assert_eq!(w.fail(a.conn, &create_with("/no/x", vec![])).1, -114);
    assert_eq!(
        w.ask(a.conn, &create_with("/y", vec![acl(31, "digest", "a:b")]))
            .0,
        11
    );
    auth(&mut w, a.conn, "user:pass");
    w.ask(a.conn, &create_with("/x", vec![acl(31, "auth", "ignored")]));
}

#[test]
fn a_creator_may_do_all_and_the_world_may_read() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    auth(&mut w, a.conn, "jake:sesame");
    w.ask(a.conn, &create_with("/g", Acl::world_read_creator_all()));
    w.ask(a.conn, &create_with("/g/open", Acl::open()));
    w.ask(b.conn, &get("/g", false));
    let refused = [
        create("/g/x"),
        delete("/g/open", -1), // the parent decides
        delete("/g/none", -1), // before it is known whether it is there
        set("/g", b"", -1),
    ];
    for request in &refused {
        assert_eq!(w.fail(b.conn, request).1, -102, "{request:?}");
    }
    w.ask(b.conn, &set("/g/open", b"", -1));
    // Another password is another id, and the same credentials on another connection are the same.
    auth(&mut w, b.conn, "jake:wrong");
    assert_eq!(w.fail(b.conn, &create("/g/x")).1, -102);
    auth(&mut w, b.conn, "jake:sesame");
    w.ask(b.conn, &create("/g/x"));
    w.ask(b.conn, &delete("/g/x", -1));
    // Authentication belongs to the connection.
    let conn = w.reattach(&b, 4000);
    w.all();
    assert_eq!(w.fail(conn, &create("/g/x")).1, -102);
}

#[test]
fn each_permission_allows_what_it_says() {
    for (perms, allowed) in [
        (1, "read"),
        (2, "write"),
        (4, "create"),
        (8, "delete"),
        (16, ""),
    ] {
        let mut w = Harness::new();
        let a = w.connect();
        w.model.create("/z", b"", w.now).unwrap();
        w.ask(
            a.conn,
            &create_with("/g", vec![acl(perms, "world", "anyone")]),
        );
        w.model.create("/g/x", b"", w.now).unwrap();
        for (name, request) in [
            ("read", get("/g", false)),
            ("read", list("/g", false)),
            ("read", exists("/g")),
            ("write", set("/g", b"", -1)),
            ("create", create("/g/y")),
            ("delete", delete("/g/x", -1)),
        ] {
            if name == allowed {
                w.ask(a.conn, &request);
            } else {
                assert_eq!(w.fail(a.conn, &request).1, -102, "{perms} {request:?}");
            }
        }
    }
}

#[test]
fn who_may_not_read_arms_nothing_and_hears_nothing() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    auth(&mut w, a.conn, "u:p");
    w.fail(b.conn, &watch_exists("/x"));
    w.ask(b.conn, &list("/", true));
    w.send(a.conn, &create_with("/x", vec![acl(31, "auth", "")]));
    let all = w.all();
    assert_eq!(all[0], (b.conn, event(EventKind::ChildrenChanged, "/")));
    assert!(all.len() == 2 && all[1].0 == a.conn, "{all:?}");
    assert_eq!(w.model.watch_count(), 0, "used up all the same");
    for request in [watch_exists("/x"), get("/x", true), list("/x", true)] {
        assert_eq!(w.fail(b.conn, &request).1, -102);
    }
    assert_eq!(w.model.watch_count(), 0);
    w.ask(a.conn, &watch_exists("/x"));
    w.model.delete("/x", w.now).unwrap();
    assert_eq!(w.only(a.conn), [event(EventKind::Deleted, "/x")]);
}

fn set_acl(path: &str, acl: Vec<Acl>, version: i32) -> Request {
    Request::SetAcl {
        path: path.to_owned(),
        acl,
        version,
    }
}

fn get_acl(w: &mut Harness, conn: ConnId, path: &str) -> Vec<Acl> {
    let path = path.to_owned();
    match w.ask(conn, &Request::GetAcl { path }) {
        (_, Response::Acl { acl, .. }) => acl,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_can_be_changed_by_who_may_and_has_a_version_of_its_own() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    auth(&mut w, a.conn, "u:p");
    w.ask(a.conn, &create_with("/g", Acl::world_read_creator_all()));
    let closed = || vec![acl(31, "auth", "")];
    assert_eq!(w.fail(b.conn, &set_acl("/g", Acl::open(), -1)).1, -102);
    assert_eq!(w.fail(a.conn, &set_acl("/g", closed(), 1)).1, -103);
    let (zxid, answer) = w.ask(a.conn, &set_acl("/g", closed(), 0));
    let Response::Stat(stat) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!((stat.aversion, stat.version), (1, 0));
    assert!(stat.mzxid < zxid, "the data is as old as it was");
    assert_eq!(w.fail(b.conn, &get("/g", false)).1, -102);
    assert_eq!(w.fail(a.conn, &set_acl("/g", Vec::new(), -1)).1, -114);
    assert_eq!(w.fail(a.conn, &set_acl("/no", Acl::open(), -1)).1, -101);
}

#[test]
fn who_may_not_change_a_list_sees_no_digest_in_it() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    auth(&mut w, a.conn, "u:p");
    w.ask(a.conn, &create_with("/g", Acl::world_read_creator_all()));
    let [world, mine] = &get_acl(&mut w, a.conn, "/g")[..] else {
        panic!("two entries");
    };
    assert_eq!(world, &acl(1, "world", "anyone"));
    assert!(mine.id.starts_with("u:") && mine.id != "u:x", "{mine:?}");
    let seen = get_acl(&mut w, b.conn, "/g");
    assert_eq!(seen, [acl(1, "world", "anyone"), acl(31, "digest", "u:x")]);
    assert_eq!(get_acl(&mut w, b.conn, "/"), Acl::open());
    w.ask(a.conn, &set_acl("/g", vec![acl(2, "world", "anyone")], -1));
    let refused = Request::GetAcl {
        path: "/g".to_owned(),
    };
    assert_eq!(w.fail(b.conn, &refused).1, -102);
}

#[test]
fn a_list_is_changed_from_outside_and_credentials_open_it() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    w.ask(a.conn, &create("/g"));
    w.ask(b.conn, &watch_exists("/g"));
    let mine = acl(31, "digest", &digest_id(b"u:p"));
    let before = w.model.node("/g").unwrap().1;
    w.model.set_acl("/g", &[mine], w.now).unwrap();
    assert_eq!(w.all(), [], "nobody is told of it");
    let after = w.model.node("/g").unwrap().1;
    assert_eq!((before.aversion, after.aversion), (0, 1));
    for request in [
        exists("/g"),
        watch_exists("/g"),
        get("/g", false),
        list("/g", true),
    ] {
        assert_eq!(w.fail(b.conn, &request).1, -102, "{request:?}");
    }
    let check = Request::Multi {
        ops: vec![MultiOp::Check {
            path: "/g".to_owned(),
            version: -1,
        }],
    };
    let refused = Response::Multi(vec![Err(ServerError::NoAuth)]);
    assert_eq!(w.ask(b.conn, &check).1, refused);
    // The earlier watch is silently removed.
    w.model.delete("/g", w.now).unwrap();
    assert_eq!((w.all(), w.model.watch_count()), (vec![], 0));
    w.ask(a.conn, &create("/g"));
    let mine = acl(31, "digest", &digest_id(b"u:p"));
    w.model.set_acl("/g", &[mine], w.now).unwrap();
    auth(&mut w, b.conn, "u:p");
    w.ask(b.conn, &watch_exists("/g"));
    w.model.delete("/g", w.now).unwrap();
    assert_eq!(w.only(b.conn), [event(EventKind::Deleted, "/g")]);
    let none = w.model.set_acl("/g", &Acl::open(), w.now);
    assert_eq!(none, Err(ServerError::NoNode));
}

#[test]
fn an_old_server_lets_anybody_ask_whether_a_znode_is_there_and_tells_nothing_more() {
    let mut w = Harness::with(ModelOptions {
        exists_needs_read: false,
        ..ModelOptions::default()
    });
    let (a, b) = (w.connect(), w.connect());
    w.ask(a.conn, &create("/g"));
    w.model
        .set_acl("/g", &[acl(30, "world", "anyone")], w.now)
        .unwrap();
    w.ask(b.conn, &watch_exists("/g"));
    assert_eq!(w.fail(b.conn, &get("/g", false)).1, -102);
    assert_eq!(w.model.watch_count(), 1);
    w.model.delete("/g", w.now).unwrap();
    assert_eq!((w.all(), w.model.watch_count()), (vec![], 0));
    assert_eq!(w.fail(b.conn, &exists("/g")).1, -101);
}
