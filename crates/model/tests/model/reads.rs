//! exists, getData, getChildren2, sync, ping.

use crate::harness::{Got, Harness, create, event, exists, get, list, raw};
use tenure_proto::{EventKind, Request, Response, Stat, op};

#[test]
fn a_fresh_server_holds_what_a_real_one_holds() {
    let mut w = Harness::new();
    let a = w.connect();
    for (path, children, cversion) in [
        ("/", &["zookeeper"][..], -1),
        ("/zookeeper", &["config", "quota"], -2),
        ("/zookeeper/quota", &[], 0),
    ] {
        let expected = Response::Children {
            children: children.iter().map(|name| (*name).to_owned()).collect(),
            stat: Stat {
                cversion,
                num_children: i32::try_from(children.len()).unwrap(),
                ..Stat::default()
            },
        };
        assert_eq!(w.ask(a.conn, &list(path, false)), (1, expected));
    }
    assert_eq!(w.stat(a.conn, "/zookeeper/config").aversion, -1);
}

#[test]
fn reads_answer_data_children_and_the_newest_zxid() {
    let mut w = Harness::new();
    let (a, b) = (w.connect(), w.connect());
    w.ask(a.conn, &create("/g"));
    for name in ["c", "a", "b"] {
        w.ask(a.conn, &create(&format!("/g/{name}")));
    }
    let stat = Stat {
        czxid: 3,
        mzxid: 3,
        cversion: 3,
        data_length: 4,
        num_children: 3,
        pzxid: 6,
        ..Stat::default()
    };
    let data = Response::Data {
        data: b"data".to_vec(),
        stat,
    };
    assert_eq!(w.ask(b.conn, &get("/g", false)), (6, data));
    assert_eq!(w.ask(b.conn, &exists("/g")), (6, Response::Stat(stat)));
    let children = Response::Children {
        children: ["a", "b", "c"].map(str::to_owned).to_vec(),
        stat,
    };
    assert_eq!(w.ask(b.conn, &list("/g", false)), (6, children));
}

#[test]
fn reads_of_what_is_not_there() {
    let mut w = Harness::new();
    let a = w.connect();
    for request in [
        exists("/x"),
        get("/x", false),
        list("/x", false),
        get("x", false),
    ] {
        assert_eq!(w.fail(a.conn, &request), (1, -101), "and no zxid is taken");
    }
    assert_eq!(w.fail(a.conn, &exists("/x\0")), (1, -8));
}

#[test]
fn sync_echoes_its_path_whatever_it_is() {
    let mut w = Harness::new();
    let a = w.connect();
    let path = "/not/there".to_owned();
    w.send(a.conn, &Request::Sync { path });
    let bytes = match w.model.poll_output() {
        Some(tenure_model::ModelOutput::Send { bytes, .. }) => bytes,
        other => panic!("{other:?}"),
    };
    let mut expected = vec![0, 0, 0, 30, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    expected.extend([0, 0, 0, 10]);
    expected.extend(b"/not/there");
    assert_eq!(bytes, expected);
}

#[test]
fn pings_are_answered_in_their_turn() {
    let mut w = Harness::new();
    let a = w.connect();
    w.send(a.conn, &Request::Ping);
    let number = w.send(a.conn, &exists("/x"));
    w.send(a.conn, &Request::Ping);
    let pong = Got::Reply(-2, 1, Response::Empty);
    assert_eq!(
        w.only(a.conn),
        [pong.clone(), Got::Refused(number, 1, -101), pong]
    );
}

#[test]
fn names_alone_are_listed_for_clients_that_ask_for_no_stat() {
    const GET_CHILDREN: i32 = 8;
    let mut h = Harness::new();
    let client = h.connect();
    h.ask(client.conn, &create("/a"));
    let path = |path: &str, watch: u8| {
        let length = i32::try_from(path.len()).unwrap();
        [&length.to_be_bytes(), path.as_bytes(), &[watch]].concat()
    };
    let mut list = |number, body: &[u8]| {
        // Its answer has the form of that to another operation.
        h.asked(client.conn, number, op::GET_EPHEMERALS);
        h.bytes(client.conn, &raw(number, GET_CHILDREN, body));
        h.only(client.conn)
    };
    let names = Response::Ephemerals(vec!["a".into(), "zookeeper".into()]);
    assert_eq!(list(100, &path("/", 1)), [Got::Reply(100, 2, names)]);
    assert_eq!(list(101, &path("/b", 0)), [Got::Refused(101, 2, -101)]);
    assert_eq!(list(102, b"?"), [Got::Refused(102, 2, -5)]);
    let told = h.exchange(client.conn, &create("/c"));
    assert_eq!(told[0], event(EventKind::ChildrenChanged, "/"));
}
