//! Servers that are not ZooKeeper, each rule beside ZooKeeper's.

use crate::crew::{Crew, three};
use crate::harness::{
    Got, Harness, create, created, ephemerals, exists, get, list, member, ms, watch_exists,
};
use Personality::{Keeper, OldKeeper, RaftKeeper, ZooKeeper};
use tenure_model::{EnsembleOptions, LinkOptions, ModelOptions, Personality};
use tenure_proto::{
    Acl, ConnectRequest, CreateMode, EventKind, MultiOp, Request, Response, WatchMode, WatchTable,
};

const MEMBER: &str = "/m_0000000000";
const CONNECTION_LOSS: i32 = -4;

fn alone(personality: Personality) -> Harness {
    Harness::with(ModelOptions {
        personality,
        // ZooKeeper grants up to twenty ticks: the same timeouts are possible everywhere.
        min_session_timeout: Some(ms(2000)),
        ..ModelOptions::default()
    })
}

fn several(personality: Personality, seed: u64) -> EnsembleOptions {
    let mut options = three(seed);
    options.server.personality = personality;
    options.server.min_session_timeout = Some(ms(2000));
    options
}

/// A member, by the request that every kind of server knows.
fn enrol() -> Request {
    Request::Create {
        path: "/m_".into(),
        data: Vec::new(),
        acl: Acl::open(),
        mode: CreateMode::EphemeralSequential,
    }
}

#[test]
fn each_kind_has_a_name() {
    for kind in Personality::ALL {
        assert_eq!(Personality::from_name(kind.name()), Some(kind));
    }
    assert_eq!(Personality::from_name("Keeper"), None);
    assert_eq!(Personality::default(), ZooKeeper);
}

#[test]
fn session_timeouts_have_other_limits() {
    for (kind, wish, granted) in [
        (ZooKeeper, 100, 1000),
        (ZooKeeper, 500_000, 10_000),
        (Keeper, 4000, 10_000),
        (Keeper, 500_000, 100_000),
        (Keeper, 0, 30_000),
        (OldKeeper, 4000, 10_000),
        (RaftKeeper, 100, 1000),
        (RaftKeeper, 500_000, 500_000),
    ] {
        let mut h = Harness::with(ModelOptions {
            personality: kind,
            ..ModelOptions::default()
        });
        let client = h.connect_asking(wish);
        assert_eq!(client.timeout_ms, granted, "{kind:?} {wish}");
    }
    let mut h = alone(Keeper);
    assert_eq!(h.connect_asking(4000).timeout_ms, 4000, "the options win");
}

#[test]
fn the_password_is_sixteen_zeros() {
    for kind in Personality::ALL {
        let zeros = alone(kind).connect().password == [0; 16];
        assert_eq!(zeros, kind != ZooKeeper, "{kind:?}");
    }
}

#[test]
fn a_keeper_gives_each_connection_a_new_session_and_the_old_znodes_stand() {
    for kind in [ZooKeeper, Keeper, OldKeeper, RaftKeeper] {
        let mut h = alone(kind);
        let old = h.connect();
        h.ask(old.conn, &enrol());
        h.now = ms(1000);
        h.model.disconnected(old.conn, h.now);
        let conn = h.reattach(&old, 4000);
        let new = h.client(conn);
        let renews = matches!(kind, ZooKeeper | RaftKeeper);
        assert_eq!(new.session == old.session, renews, "{kind:?}");
        // The old session ends by its own touches, however much the new one is used.
        for second in 2..=4 {
            h.now = ms(second * 1000);
            h.exchange(conn, &Request::Ping);
            assert!(h.model.node(MEMBER).is_some(), "{kind:?}");
        }
        h.tick(ms(4500));
        assert_eq!(h.model.node(MEMBER).is_some(), renews, "{kind:?}");
    }
}

#[test]
fn raftkeeper_turns_an_ended_session_away_in_words_of_its_own() {
    let mut h = alone(RaftKeeper);
    let old = h.connect();
    assert!(h.model.expire(old.session, h.now));
    assert_eq!(h.all(), [(old.conn, Got::Closed)]);
    let conn = h.reattach(&old, 4000);
    assert_eq!(
        h.only(conn),
        [Got::TurnedAway(-1, old.session), Got::Closed]
    );
    // ZooKeeper answers with zeros.
    let mut h = alone(ZooKeeper);
    let old = h.connect();
    assert!(h.model.expire(old.session, h.now));
    h.all();
    let conn = h.reattach(&old, 4000);
    match h.only(conn).as_slice() {
        [Got::Connected(response), Got::Closed] => {
            assert_eq!((response.timeout_ms, response.session), (0, 0));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_keeper_serves_a_client_that_has_seen_a_newer_state() {
    for kind in Personality::ALL {
        let mut h = alone(kind);
        let conn = h.accept();
        h.hello(
            conn,
            &ConnectRequest {
                last_zxid: 1 << 40,
                timeout_ms: 4000,
                session: 0,
                password: vec![0; 16],
            },
        );
        let serves = matches!(h.only(conn).as_slice(), [Got::Connected(_)]);
        assert_eq!(serves, matches!(kind, Keeper | OldKeeper), "{kind:?}");
    }
}

#[test]
fn an_operation_that_is_not_known_ends_the_connection_without_a_word() {
    let create2 = create("/a");
    let container = Request::CreateContainer {
        path: "/c".into(),
        data: Vec::new(),
        acl: Acl::open(),
    };
    let set_watches = Request::SetWatches(Box::default());
    let set_watches2 = Request::SetWatches2(Box::default());
    let add_watch = Request::AddWatch {
        path: "/".into(),
        mode: WatchMode::Persistent,
    };
    let remove = Request::RemoveWatches {
        path: "/".into(),
        table: WatchTable::Any,
    };
    let many = Request::Multi {
        ops: vec![MultiOp::Check {
            path: "/".into(),
            version: -1,
        }],
    };
    let all = [Keeper, OldKeeper, RaftKeeper];
    let old = [OldKeeper, RaftKeeper];
    let cases: [(&Request, &[Personality]); 12] = [
        (&ephemerals("/"), &all),
        (&create2, &old),
        (&container, &old),
        (&remove, &old),
        (&set_watches2, &old),
        (&add_watch, &old),
        (&set_watches, &[OldKeeper]),
        (&many, &[]),
        (&enrol(), &[]),
        (&get("/", true), &[]),
        (&list("/", true), &[]),
        (&Request::Sync { path: "/".into() }, &[]),
    ];
    for (request, lack) in cases {
        for kind in Personality::ALL {
            let mut h = alone(kind);
            let client = h.connect();
            let got = h.exchange(client.conn, request);
            assert_eq!(
                got == [Got::Closed],
                lack.contains(&kind),
                "{kind:?} {request:?}: {got:?}"
            );
        }
    }
    // ZooKeeper answers first.
    let mut h = Harness::with(ModelOptions {
        unknown: vec![create2.op()],
        ..ModelOptions::default()
    });
    let client = h.connect();
    let got = h.exchange(client.conn, &create2);
    assert!(
        matches!(got[..], [Got::Refused(_, _, -6), Got::Closed]),
        "{got:?}"
    );
}

#[test]
fn the_end_of_a_session_is_the_end_of_the_connection_without_a_reply() {
    for kind in Personality::ALL {
        let mut h = alone(kind);
        let client = h.connect();
        h.ask(client.conn, &enrol());
        let got = h.exchange(client.conn, &Request::CloseSession);
        let replies = matches!(got[..], [Got::Reply(..), Got::Closed]);
        assert_eq!(replies, kind == ZooKeeper, "{got:?}");
        assert!(replies || got == [Got::Closed]);
        assert!(h.model.node(MEMBER).is_none());
    }
}

#[test]
fn a_keeper_that_is_shut_down_closes_the_sessions_of_its_clients() {
    for kind in Personality::ALL {
        let mut h = alone(kind);
        let client = h.connect();
        h.ask(client.conn, &enrol());
        h.model.shut_down(ms(0), h.now);
        assert_eq!(h.all(), [(client.conn, Got::Closed)]);
        assert!(h.model.accept(h.now).is_none(), "it is down");
        h.model.restart(h.now);
        let closed = matches!(kind, Keeper | OldKeeper);
        assert_eq!(h.model.node(MEMBER).is_none(), closed, "{kind:?}");
        assert_eq!(h.model.sessions().is_empty(), closed, "{kind:?}");
    }
    // A kill is no shut-down.
    let mut h = alone(Keeper);
    let client = h.connect();
    h.ask(client.conn, &enrol());
    h.model.crash(h.now);
    h.model.restart(h.now);
    assert!(h.model.node(MEMBER).is_some());
    h.tick(ms(4500));
    assert!(
        h.model.node(MEMBER).is_none(),
        "a full timeout from the start on"
    );
}

#[test]
fn members_vanish_at_a_shut_down_before_their_clients_notice() {
    let mut crew = Crew::new(several(Keeper, 1));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    for server in [a, crew.leader()] {
        let leader = crew.connect(server, 4000);
        let watcher = crew.connect(b, 4000);
        let Ok(Response::Path(path)) = crew.ask(leader.conn, &enrol()) else {
            panic!("no member");
        };
        crew.run(ms(10));
        crew.ask(watcher.conn, &watch_exists(&path)).unwrap();
        let begun = crew.now;
        crew.ensemble.shut_down(server, ms(800), crew.now);
        crew.wait("the member to vanish", |crew| {
            let heard = crew.all_for(watcher.conn);
            heard.contains(&&Got::Event(EventKind::Deleted, path.clone()))
        });
        assert!(crew.now - begun < ms(10), "{:?}", crew.now - begun);
        assert!(
            crew.closed_at(leader.conn).is_none(),
            "the client knows nothing"
        );
        crew.wait("the end of the process", |crew| {
            crew.ensemble.is_down(server)
        });
        let noticed = crew.closed_at(leader.conn).unwrap() - begun;
        assert!(noticed >= ms(800) && noticed < ms(820), "{noticed:?}");
        crew.ensemble.restart(server, crew.now);
        crew.settle();
    }
    // A frame ends the connection earlier.
    let client = crew.connect(a, 4000);
    crew.ensemble.shut_down(a, ms(800), crew.now);
    crew.run(ms(100));
    assert!(crew.closed_at(client.conn).is_none());
    crew.send(client.conn, &Request::Ping);
    assert_eq!(crew.closed_at(client.conn), Some(crew.now));
    // ZooKeeper's sessions outlive their server.
    let mut crew = Crew::new(several(ZooKeeper, 1));
    let server = crew.followers()[0];
    let client = crew.connect(server, 4000);
    crew.ask(client.conn, &enrol()).unwrap();
    crew.ensemble.shut_down(server, ms(800), crew.now);
    assert!(crew.ensemble.is_down(server));
    crew.run(ms(3000));
    assert!(crew.ensemble.node(MEMBER).is_some());
}

#[test]
fn a_step_of_the_wall_clock_ends_sessions_or_keeps_them() {
    for kind in Personality::ALL {
        let is_wall = kind != ZooKeeper;
        let mut h = alone(kind);
        let client = h.connect();
        h.ask(client.conn, &enrol());
        h.now = ms(1100);
        h.model.step_wall_clock(3_600_000, h.now);
        assert!(
            h.model.node(MEMBER).is_some(),
            "the leader looks twice a second"
        );
        h.tick(ms(1500));
        assert_eq!(h.model.node(MEMBER).is_none(), is_wall, "{kind:?}");

        let mut h = alone(kind);
        let client = h.connect();
        h.ask(client.conn, &enrol());
        h.model.step_wall_clock(-3_600_000, h.now);
        h.model.disconnected(client.conn, h.now);
        h.tick(ms(3_600_000));
        assert_eq!(h.model.node(MEMBER).is_some(), is_wall, "{kind:?}");
        h.tick(ms(3_605_000));
        assert!(h.model.node(MEMBER).is_none(), "{kind:?}");
        assert!(h.all().is_empty());
        // A touch after the step counts from the new time on.
        let mut h = alone(kind);
        let client = h.connect();
        h.ask(client.conn, &enrol());
        h.model.step_wall_clock(-3_600_000, h.now);
        h.exchange(client.conn, &Request::Ping);
        h.tick(ms(4500));
        assert!(h.model.node(MEMBER).is_none(), "{kind:?}");
    }
}

#[test]
fn the_leader_looks_for_overdue_sessions_twice_a_second() {
    let mut h = alone(Keeper);
    h.now = ms(130);
    let client = h.connect_asking(2100);
    h.ask(client.conn, &enrol());
    h.tick(ms(2499));
    assert!(h.model.node(MEMBER).is_some());
    h.tick(ms(2500));
    assert!(h.model.node(MEMBER).is_none());
}

#[test]
fn only_what_is_logged_keeps_a_session_at_another_server_alive() {
    for (kind, request, keeps) in [
        (Keeper, Request::Ping, true),
        (
            Keeper,
            Request::Multi {
                ops: vec![MultiOp::Check {
                    path: "/".into(),
                    version: -1,
                }],
            },
            true,
        ),
        (Keeper, Request::Sync { path: "/".into() }, true),
        (Keeper, exists("/"), false),
        (OldKeeper, list("/", false), false),
        (ZooKeeper, exists("/"), true),
        (RaftKeeper, exists("/"), true),
        (RaftKeeper, Request::Ping, true),
    ] {
        let mut crew = Crew::new(several(kind, 2));
        let client = crew.connect(crew.followers()[0], 4000);
        crew.ask(client.conn, &enrol()).unwrap();
        for _ in 0..20 {
            if crew.closed_at(client.conn).is_none() {
                crew.send(client.conn, &request);
            }
            crew.run(ms(500));
        }
        let lives = crew.ensemble.node(MEMBER).is_some();
        assert_eq!(lives, keeps, "{kind:?} {request:?}");
        assert_eq!(crew.closed_at(client.conn).is_none(), keeps);
    }
    // At the leader a read is enough.
    let mut crew = Crew::new(several(Keeper, 2));
    let client = crew.connect(crew.leader(), 4000);
    for _ in 0..20 {
        crew.ask(client.conn, &exists("/")).unwrap();
        crew.run(ms(500));
    }
}

#[test]
fn a_ping_of_a_keeper_is_a_transaction() {
    for kind in Personality::ALL {
        let mut h = alone(kind);
        let client = h.connect();
        let before = h.model.node("/").unwrap();
        let got = h.exchange(client.conn, &Request::Ping);
        let again = h.exchange(client.conn, &Request::Ping);
        let zxid = |got: &[Got]| match got {
            [Got::Reply(-2, zxid, Response::Empty)] => *zxid,
            other => panic!("{other:?}"),
        };
        let logged = zxid(&again) - zxid(&got);
        assert_eq!(
            logged,
            i64::from(matches!(kind, Keeper | OldKeeper)),
            "{kind:?}"
        );
        assert_eq!(h.model.node("/").unwrap(), before);
    }
}

#[test]
fn a_keeper_s_new_leader_gives_no_session_more_time() {
    for kind in Personality::ALL {
        let mut options = several(kind, 3);
        options.election = (ms(4000), ms(4000));
        let mut crew = Crew::new(options);
        let old = crew.leader();
        let client = crew.connect(crew.followers()[0], 4000);
        crew.ask(client.conn, &enrol()).unwrap();
        crew.run(ms(100));
        crew.ensemble.crash(old, crew.now);
        crew.wait("another leader", |crew| {
            crew.ensemble.leader().is_some_and(|leader| leader != old)
        });
        let elected = crew.now;
        crew.wait("the end of the session", |crew| {
            crew.ensemble.node(MEMBER).is_none()
        });
        let left = crew.now - elected;
        if kind == ZooKeeper {
            assert!(left > ms(4000), "{left:?}");
        } else {
            assert!(left <= ms(510), "{kind:?} {left:?}");
        }
    }
}

#[test]
fn a_keeper_without_a_leader_keeps_its_connections_and_answers_errors() {
    let mut crew = Crew::new(several(Keeper, 4));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    let client = crew.connect(a, 4000);
    crew.ask(client.conn, &watch_exists("/w")).unwrap_err();
    let leader = crew.leader();
    crew.ensemble.crash(b, crew.now);
    crew.ensemble.crash(leader, crew.now);
    // It is on its way when the leader is lost.
    crew.send(client.conn, &enrol());
    crew.wait("the follower to notice", |crew| !crew.ensemble.serves(a));
    let told = crew.all_for(client.conn);
    assert!(
        matches!(told[..], [.., Got::Refused(_, 0, CONNECTION_LOSS)]),
        "{told:?}"
    );
    assert_eq!(crew.ask(client.conn, &exists("/")), Err(CONNECTION_LOSS));
    assert_eq!(crew.ask(client.conn, &enrol()), Err(CONNECTION_LOSS));
    let conn = crew.hello(a, None, 4000);
    assert_eq!(crew.next_for(conn), Got::Closed);
    assert_eq!(crew.all_for(conn)[0], &Got::TurnedAway(4000, -1));
    crew.ensemble.restart(b, crew.now);
    crew.settle();
    // The connection, its session and its watch are the same.
    crew.ask(
        client.conn,
        &Request::Create {
            path: "/w".into(),
            data: Vec::new(),
            acl: Acl::open(),
            mode: CreateMode::Ephemeral,
        },
    )
    .unwrap();
    let heard = crew.all_for(client.conn);
    assert!(
        heard.contains(&&Got::Event(EventKind::Created, "/w".into())),
        "{heard:?}"
    );
    // ZooKeeper closes.
    let mut crew = Crew::new(several(ZooKeeper, 4));
    let client = crew.connect(crew.followers()[0], 4000);
    let leader = crew.leader();
    crew.ensemble.crash(leader, crew.now);
    crew.wait("the end of the connection", |crew| {
        crew.closed_at(client.conn).is_some()
    });
}

#[test]
fn the_end_that_a_leader_has_proposed_comes_though_the_session_was_touched() {
    let mut options = several(Keeper, 5);
    options.link = LinkOptions {
        delay_min: ms(50),
        delay_max: ms(50),
        ..LinkOptions::default()
    };
    let mut crew = Crew::new(options);
    let client = crew.connect(crew.followers()[0], 4000);
    crew.ask(client.conn, &enrol()).unwrap();
    crew.run(ms(200));
    let end = crew.ensemble.expiry(client.session).unwrap();
    crew.run(end - crew.now - ms(10));
    // It arrives after the end was proposed, and is applied behind it.
    crew.send(client.conn, &Request::Ping);
    crew.wait("the end", |crew| crew.ensemble.node(MEMBER).is_none());
    assert!(crew.now < end + ms(250), "{:?}", crew.now - end);
    // The client's own server applies it a little later.
    crew.run(ms(60));
    assert!(crew.closed_at(client.conn).is_some());
}

#[test]
fn raftkeeper_s_followers_report_deadlines_that_may_be_earlier() {
    let mut crew = Crew::new(several(RaftKeeper, 6));
    let follower = crew.followers()[0];
    let client = crew.connect(follower, 4000);
    crew.ask(client.conn, &enrol()).unwrap();
    crew.run(ms(2600));
    let armed = crew.ensemble.expiry(client.session).unwrap();
    crew.ask(client.conn, &Request::Ping).unwrap();
    assert_eq!(
        crew.ensemble.expiry(client.session),
        Some(armed),
        "a ping is answered here"
    );
    crew.run(ms(1010));
    let told = crew.ensemble.expiry(client.session).unwrap();
    assert!(told > armed, "{told:?}");
    // A write is applied everywhere; the follower's clock is behind, and its word counts.
    crew.ensemble.step_wall_clock(follower, -3000, crew.now);
    crew.ask(client.conn, &create_plain("/x")).unwrap();
    let own = crew.ensemble.expiry(client.session).unwrap();
    assert!(own >= crew.now + ms(4000));
    crew.wait("the report", |crew| {
        crew.ensemble.expiry(client.session) < Some(own)
    });
    let lowered = crew.ensemble.expiry(client.session).unwrap();
    assert!(own - lowered >= ms(2500), "{:?}", own - lowered);
    crew.run(ms(1800));
    assert!(
        crew.ensemble.node(MEMBER).is_none(),
        "sooner than its timeout"
    );
}

#[test]
fn raftkeeper_serves_a_session_at_two_servers() {
    let mut crew = Crew::new(several(RaftKeeper, 8));
    let [a, b] = crew.followers()[..] else {
        panic!("two followers");
    };
    let old = crew.connect(a, 4000);
    let new = crew.reattach(b, &old, 4000);
    assert_eq!(new.session, old.session);
    crew.ask(new.conn, &create_plain("/new")).unwrap();
    crew.ask(old.conn, &create_plain("/old")).unwrap();
    assert!(crew.closed_at(old.conn).is_none());
}

#[test]
fn a_leader_whose_wall_clock_is_ahead_ends_the_sessions_of_others() {
    for kind in Personality::ALL {
        let mut crew = Crew::new(several(kind, 7));
        let client = crew.connect(crew.followers()[0], 4000);
        crew.ask(client.conn, &enrol()).unwrap();
        crew.run(ms(100));
        let leader = crew.leader();
        crew.ensemble.step_wall_clock(leader, 5000, crew.now);
        crew.run(ms(600));
        let ended = crew.ensemble.node(MEMBER).is_none();
        assert_eq!(ended, kind != ZooKeeper, "{kind:?}");
    }
}

#[test]
fn a_path_is_created_the_same_way_everywhere() {
    for kind in [ZooKeeper, Keeper] {
        let mut h = alone(kind);
        let client = h.connect();
        let (zxid, response) = h.ask(client.conn, &member("/m_"));
        assert_eq!(created(&response).0, MEMBER);
        assert_eq!(
            created(&response).1.czxid,
            zxid,
            "a czxid is as good a token"
        );
    }
}

fn create_plain(path: &str) -> Request {
    Request::Create {
        path: path.into(),
        data: Vec::new(),
        acl: Acl::open(),
        mode: CreateMode::Persistent,
    }
}
