//! create, delete and setData: names, stats, errors, and the zxids of both.

use crate::harness::{Harness, create, created, delete, member, ms, set};
use tenure_proto::{Acl, CreateMode, MultiOp, Request, Response, ServerError, Stat};

#[test]
fn a_create_answers_the_name_and_the_stat() {
    let mut w = Harness::new();
    let a = w.connect(); // zxid 1
    w.now = ms(1234);
    let (zxid, response) = w.ask(a.conn, &create("/g"));
    let stat = Stat {
        czxid: 2,
        mzxid: 2,
        ctime: 1234,
        mtime: 1234,
        data_length: 4,
        pzxid: 2,
        ..Stat::default()
    };
    assert_eq!((zxid, created(&response)), (2, ("/g", stat)));
    let (_, response) = w.ask(a.conn, &member("/g/m_"));
    let expected = Stat {
        czxid: 3,
        mzxid: 3,
        pzxid: 3,
        data_length: 0,
        ephemeral_owner: a.session,
        ..stat
    };
    assert_eq!(created(&response), ("/g/m_0000000000", expected));
    // A prefix may be empty, and the number counts all creations, not those of one prefix.
    assert_eq!(created(&w.ask(a.conn, &create("/g/p")).1).0, "/g/p");
    let (_, response) = w.ask(a.conn, &member("/g/"));
    assert_eq!(created(&response).0, "/g/0000000002");
    // /zookeeper, which is there from the start, was not counted.
    let (_, response) = w.ask(a.conn, &member("/"));
    assert_eq!(created(&response).0, "/0000000001");
}

#[test]
fn the_stat_of_a_parent_counts_all_changes_of_its_children() {
    let mut w = Harness::new();
    let a = w.connect();
    w.ask(a.conn, &create("/g")); // 2
    let mut after = |request: &Request| {
        w.ask(a.conn, request);
        let stat = w.stat(a.conn, "/g");
        (stat.cversion, stat.num_children, stat.pzxid, stat.mzxid)
    };
    assert_eq!(after(&create("/g/a")), (1, 1, 3, 2));
    assert_eq!(after(&create("/g/b")), (2, 2, 4, 2));
    assert_eq!(after(&delete("/g/a", -1)), (3, 1, 5, 2));
    assert_eq!(after(&create("/g/a")), (4, 2, 6, 2));
    assert_eq!(
        after(&create("/g/a/x")),
        (4, 2, 6, 2),
        "grandchildren do not"
    );
    // The number of a sequential child is that of the creations.
    let (_, response) = w.ask(a.conn, &member("/g/m_"));
    assert_eq!(created(&response).0, "/g/m_0000000003");
}

#[test]
fn set_data_changes_what_it_should() {
    let mut w = Harness::new();
    let a = w.connect();
    w.ask(a.conn, &create("/g"));
    w.now = ms(500);
    let (zxid, response) = w.ask(a.conn, &set("/g", b"longer", 0));
    let expected = Stat {
        czxid: 2,
        mzxid: 3,
        mtime: 500,
        version: 1,
        data_length: 6,
        pzxid: 2,
        ..Stat::default()
    };
    assert_eq!((zxid, response), (3, Response::Stat(expected)));
    assert_eq!(w.model.node("/g").unwrap(), (b"longer".to_vec(), expected));
    assert_eq!(w.fail(a.conn, &set("/g", b"", 0)), (4, -103));
    assert_eq!(w.fail(a.conn, &set("/x", b"", -1)), (5, -101));
    assert_eq!(w.fail(a.conn, &set("/g/", b"", -1)), (6, -8));
    w.ask(a.conn, &set("/g", b"", -1));
    assert_eq!(w.stat(a.conn, "/g").version, 2);
}

#[test]
fn a_write_that_fails_takes_a_zxid_and_carries_it() {
    let mut w = Harness::new();
    let a = w.connect(); // 1
    w.ask(a.conn, &create("/g")); // 2
    assert_eq!(w.fail(a.conn, &create("/g")), (3, -110));
    assert_eq!(w.fail(a.conn, &create("/x/y")), (4, -101));
    assert_eq!(w.fail(a.conn, &member("/x/y_")), (5, -101));
    assert_eq!(w.ask(a.conn, &Request::Ping).0, 5);
    assert_eq!(created(&w.ask(a.conn, &create("/h")).1).1.czxid, 6);
}

#[test]
fn an_ephemeral_has_no_children() {
    let mut w = Harness::new();
    let a = w.connect();
    w.ask(a.conn, &member("/m_"));
    assert_eq!(w.fail(a.conn, &create("/m_0000000000")).1, -110);
    assert_eq!(w.fail(a.conn, &create("/m_0000000000/x")).1, -108);
    assert_eq!(w.fail(a.conn, &member("/m_0000000000/x_")).1, -108);
}

#[test]
fn delete_looks_at_version_and_children() {
    let mut w = Harness::new();
    let a = w.connect(); // 1
    w.ask(a.conn, &create("/g"));
    w.ask(a.conn, &create("/g/x"));
    w.ask(a.conn, &set("/g", b"", 0)); // 4
    assert_eq!(
        w.fail(a.conn, &delete("/g", 0)),
        (5, -103),
        "before the children"
    );
    assert_eq!(w.fail(a.conn, &delete("/g", 1)), (6, -111));
    assert_eq!(w.fail(a.conn, &delete("/g/y", -1)), (7, -101));
    assert_eq!(w.fail(a.conn, &delete("/y/y", -1)), (8, -101));
    assert_eq!(w.ask(a.conn, &delete("/g/x", 0)), (9, Response::Empty));
    assert_eq!(w.ask(a.conn, &delete("/g", -1)), (10, Response::Empty));
    assert_eq!(w.model.children("/").unwrap(), ["zookeeper"]);
    for path in [
        "/",
        "/zookeeper",
        "/zookeeper/quota",
        "/zookeeper/config",
        "/\0",
        "x",
        "",
    ] {
        assert_eq!(w.fail(a.conn, &delete(path, -1)).1, -8, "{path}");
    }
}

#[test]
fn bad_paths_are_bad_arguments_once_the_parent_is_found() {
    let mut w = Harness::new();
    let a = w.connect();
    for (path, err) in [
        ("", -8),
        ("a", -8),
        ("/\0", -8),
        ("//", -8),
        ("//a", -8),
        ("/..", -8),
        ("/\u{7f}", -8),
        ("/\u{1F600}", -8), // two surrogates to Java
        ("/a/", -101),
        ("/a/..", -101),
        ("/", -110),
    ] {
        assert_eq!(w.fail(a.conn, &create(path)).1, err, "{path:?}");
    }
    // The number makes a valid name out of a prefix that is invalid alone.
    assert_eq!(created(&w.ask(a.conn, &member("/..")).1).0, "/..0000000000");
}

#[test]
fn the_counter_stops_at_its_end_and_is_signed_beyond() {
    let mut w = Harness::new();
    let a = w.connect();
    w.ask(a.conn, &create("/g"));
    let mut create_at = |counter, name: &str| {
        w.model.set_counter("/g", counter);
        assert_eq!(created(&w.ask(a.conn, &member("/g/m_")).1).0, name);
    };
    create_at(i32::MAX - 1, "/g/m_2147483646");
    create_at(i32::MIN, "/g/m_-2147483648");
    create_at(-5, "/g/m_-000000005");
    create_at(-1, "/g/m_-000000001");
    create_at(i32::MAX, "/g/m_2147483647");
    // 2³¹ − 1 plus one is smaller, and a smaller counter is ignored: neither it nor pzxid changes.
    let stat = w.stat(a.conn, "/g");
    assert_eq!(stat.num_children, 5);
    assert_eq!(stat.cversion, i32::MAX.wrapping_mul(2).wrapping_sub(5));
    assert_eq!(stat.pzxid, 6);
    assert_eq!(w.fail(a.conn, &member("/g/m_")).1, -110);
    let (_, response) = w.ask(a.conn, &member("/g/other_"));
    assert_eq!(created(&response).0, "/g/other_2147483647");
    // A deletion shows in pzxid again, and then the name is free again.
    let (zxid, _) = w.ask(a.conn, &delete("/g/m_2147483647", -1));
    assert_eq!(w.stat(a.conn, "/g").pzxid, zxid);
    let (_, response) = w.ask(a.conn, &member("/g/m_"));
    assert_eq!(created(&response).0, "/g/m_2147483647");
    assert!(!w.model.set_counter("/x", 1));
}

#[test]
fn after_minus_one_comes_zero() {
    let mut w = Harness::new();
    let a = w.connect();
    w.ask(a.conn, &create("/g"));
    w.model.set_counter("/g", -1);
    for name in ["/g/m_-000000001", "/g/m_0000000000"] {
        let request = Request::Create2 {
            path: "/g/m_".into(),
            data: vec![],
            acl: Acl::open(),
            mode: CreateMode::EphemeralSequential,
        };
        assert_eq!(created(&w.ask(a.conn, &request).1).0, name);
    }
}

#[test]
fn a_multi_of_checks_is_a_transaction_and_tells_of_each_in_the_body() {
    let mut w = Harness::new();
    let a = w.connect();
    w.ask(a.conn, &create("/g")); // 2
    let checks = |paths: &[(&str, i32)]| {
        let check = |(path, version): &(&str, i32)| MultiOp::Check {
            path: (*path).into(),
            version: *version,
        };
        Request::Multi {
            ops: paths.iter().map(check).collect(),
        }
    };
    let (zxid, response) = w.ask(a.conn, &checks(&[("/g", -1), ("/g", 0)]));
    let fine = Ok(Response::Empty);
    assert_eq!(
        (zxid, response),
        (3, Response::Multi(vec![fine.clone(), fine.clone()]))
    );
    // Operations before the failure are reported as "no error", those after it as -2.
    let (zxid, response) = w.ask(a.conn, &checks(&[("/g", 0), ("/x", -1), ("/g", 0)]));
    let told = vec![fine, Err(ServerError::NoNode), Err(ServerError::Other(-2))];
    assert_eq!((zxid, response), (4, Response::Multi(told)));
    let (zxid, response) = w.ask(a.conn, &checks(&[("/g", 1)]));
    let told = vec![Err(ServerError::BadVersion)];
    assert_eq!((zxid, response), (5, Response::Multi(told)));
}
