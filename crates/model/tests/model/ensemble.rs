//! Several servers: the view of a client of each, and the guarantees between the servers.

use crate::crew::{Crew, three};
use crate::harness::{Got, create, exists, get, member, ms};
use tenure_model::ServerState;
use tenure_proto::{Acl, CreateMode, MultiOp, Perms, Request, Response, ServerError, Stat};

#[test]
fn servers_elect_one_leader_whom_the_others_follow() {
    for seed in 0..20 {
        let crew = Crew::new(three(seed));
        let leader = crew.leader();
        for server in crew.followers() {
            let following = ServerState::Following {
                upstream: leader,
                serving: true,
            };
            assert_eq!(crew.ensemble.state(server), following);
        }
        assert_eq!(crew.ensemble.zxid(leader), 1 << 32);
    }
}

#[test]
fn a_write_at_a_follower_is_answered_when_it_is_applied_there() {
    let mut crew = Crew::new(three(1));
    let follower = crew.followers()[0];
    let client = crew.connect(follower, 4000);
    let before = crew.now;
    let Ok(Response::Created { path, stat }) = crew.ask(client.conn, &create("/a")) else {
        panic!("not created");
    };
    assert_eq!(path, "/a");
    assert_eq!(stat.czxid, (1 << 32) + 2, "after the session");
    // Four ways at least: request, proposal, acknowledgement, commit.
    assert!(
        crew.now >= before + ms(1) / 10 * 4,
        "{:?}",
        crew.now - before
    );
    assert!(crew.ensemble.node_at(follower, "/a").is_some());
}

#[test]
fn a_read_behind_a_write_waits_and_one_alone_does_not() {
    let mut crew = Crew::new(three(2));
    let client = crew.connect(crew.followers()[0], 4000);
    let received = crew.received.len();
    crew.send(client.conn, &get("/", false));
    assert_eq!(crew.received.len(), received + 1, "answered at once");
    let number = crew.send(client.conn, &create("/a"));
    crew.send(client.conn, &exists("/a"));
    crew.send(client.conn, &Request::Ping);
    assert_eq!(crew.received.len(), received + 1, "all wait for the write");
    crew.run(ms(100));
    let new: Vec<_> = crew.received[received + 1..]
        .iter()
        .map(|(_, _, got)| got)
        .collect();
    assert!(matches!(new[0], Got::Reply(n, _, Response::Created { .. }) if *n == number));
    assert!(matches!(new[1], Got::Reply(_, _, Response::Stat(_))));
    assert!(matches!(new[2], Got::Reply(-2, _, _)));
    assert_eq!(new.len(), 3);
}

#[test]
fn ephemerals_of_a_follower_s_client_go_with_its_session() {
    let mut crew = Crew::new(three(3));
    let client = crew.connect(crew.followers()[1], 4000);
    crew.ask(client.conn, &member("/m_")).unwrap();
    assert_eq!(
        crew.ask(client.conn, &Request::CloseSession),
        Ok(Response::Empty)
    );
    crew.run(ms(10));
    assert!(crew.closed_at(client.conn).is_some());
    for server in 0..3 {
        assert!(crew.ensemble.node_at(server, "/m_0000000000").is_none());
    }
    assert_eq!(crew.ensemble.sessions(), []);
}

/// A leader checks requests against all its proposals, and a `multi` that fails has proposed
/// nothing.
#[test]
fn requests_in_flight_see_what_is_proposed_before_them() {
    let mut crew = Crew::new(three(4));
    let client = crew.connect(crew.leader(), 4000);
    let received = crew.received.len();
    crew.send(client.conn, &member("/m_"));
    crew.send(client.conn, &member("/m_"));
    let path = |path: &str| path.to_owned();
    let ops = vec![
        MultiOp::Create {
            path: path("/a"),
            data: Vec::new(),
            acl: Acl::open(),
            mode: CreateMode::Persistent,
        },
        MultiOp::Check {
            path: path("/nowhere"),
            version: -1,
        },
    ];
    crew.send(client.conn, &Request::Multi { ops });
    crew.send(client.conn, &create("/a"));
    assert_eq!(crew.received.len(), received, "nothing is committed yet");
    crew.run(ms(100));
    let answers = crew.received[received..].iter();
    let answers: Vec<_> = answers.map(|(_, _, got)| got.clone()).collect();
    let name = |got: &Got| match got {
        Got::Reply(_, _, Response::Created { path, .. }) => path.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(name(&answers[0]), "/m_0000000000");
    assert_eq!(name(&answers[1]), "/m_0000000001");
    let failed = Response::Multi(vec![Ok(Response::Empty), Err(ServerError::NoNode)]);
    assert!(matches!(&answers[2], Got::Reply(_, _, response) if *response == failed));
    assert_eq!(name(&answers[3]), "/a");
}

/// The version of a list is known before the list: requests in between obey the old one.
#[test]
fn lists_in_flight_have_versions_already() {
    let mut crew = Crew::new(three(5));
    let client = crew.connect(crew.leader(), 4000);
    assert!(crew.ask(client.conn, &create("/g")).is_ok());
    let closed = |version| Request::SetAcl {
        path: "/g".to_owned(),
        acl: vec![Acl {
            perms: Perms::READ,
            scheme: "world".to_owned(),
            id: "anyone".to_owned(),
        }],
        version,
    };
    let received = crew.received.len();
    for version in [0, 0, 1] {
        crew.send(client.conn, &closed(version));
    }
    crew.run(ms(100));
    let answers: Vec<_> = crew.received[received..]
        .iter()
        .map(|(_, _, got)| got)
        .collect();
    assert!(
        matches!(
            answers[..],
            [
                Got::Reply(_, _, Response::Stat(Stat { aversion: 1, .. })),
                Got::Refused(_, _, -103),
                Got::Reply(_, _, Response::Stat(Stat { aversion: 2, .. })),
            ]
        ),
        "{answers:?}"
    );
    assert_eq!(crew.ask(client.conn, &closed(2)), Err(-102));
}
