//! The first inputs: small, valid, and made by the encoders themselves.

use crate::core::script::{
    ASK, CLOSE, CONTEND, DETECT, DISCONNECTED, EVENT, GROUP, JOIN, LIE, MEDDLE, PASS, RAW, SERVE,
    WELCOME,
};
use tenure::proto::{
    Acl, ConnectRequest, ConnectResponse, CreateMode, EventKind, MultiOp, ReplyHeader, Request,
    Response, ServerError, Stat, WatchEvent,
};

use tenure_mesos::info::{Capability, CapabilityKind, Domain, MasterInfo};

type Seeds = Vec<(String, Vec<u8>)>;

fn named(seeds: &[(&str, &[u8])]) -> Seeds {
    let owned = |(name, bytes): &(&str, &[u8])| ((*name).to_owned(), bytes.to_vec());
    seeds.iter().map(owned).collect()
}

pub(crate) fn urls() -> Seeds {
    named(&[
        ("servers", b"zk://host1:2181,host2:2181/app"),
        ("credentials", b"zk://user:pass@host/app/deep/"),
        ("ipv6", b"zk://[::1]:2181,10.0.0.1/app"),
        ("memory", b"memory://try/app"),
        ("meant", b"zk://user:pa/ss@host:1/./app?x"),
        ("repeated", b"zk://h1:2181/app,h2:2181/app"),
        ("standalone", b"10.0.0.1:5050"),
        ("standalone-ipv6", b"[fe80::1]:5050"),
    ])
}

pub(crate) fn names() -> Seeds {
    named(&[
        ("path", b"\0\0\0\x01/mesos/json.info_0000000012"),
        ("label", b"\0\0\0\x07a_b"),
        ("number", b"\x80\0\0\0x_-2147483648"),
    ])
}

/// In the form for `frames::run`: the kind, then the record without the frame's length.
pub(crate) fn frames() -> Seeds {
    let mut seeds = Seeds::new();
    let mut add = |name: &str, kind: u8, skip: usize, write: &dyn Fn(&mut Vec<u8>)| {
        let mut frame = Vec::new();
        write(&mut frame);
        let seed = [&[kind], &frame[skip..]].concat();
        seeds.push((name.to_owned(), seed));
    };
    const STREAM: u8 = 0;
    const RECORD: usize = 4;
    let connect = ConnectRequest {
        last_zxid: 7,
        timeout_ms: 4000,
        session: 1,
        password: vec![9; 16],
    };
    let welcome = ConnectResponse {
        timeout_ms: 4000,
        session: 1,
        password: vec![9; 16],
    };
    add("stream", STREAM, 0, &|out| {
        connect.encode(out);
        Request::Ping.encode(-2, out);
    });
    add("connect", 1, RECORD, &|out| connect.encode(out));
    add("welcome", 2, RECORD, &|out| welcome.encode(out));
    for (name, request) in requests() {
        add(&format!("ask-{name}"), 3, RECORD, &|out| {
            request.encode(1, out);
        });
    }
    let header = ReplyHeader {
        xid: 1,
        zxid: 9,
        err: 0,
    };
    for (name, response) in responses() {
        add(&format!("reply-{name}"), 4, RECORD, &|out| {
            response.encode(header, "/g", out);
        });
    }
    let event = WatchEvent {
        kind: EventKind::Deleted,
        path: "/g/c_0000000001".into(),
    };
    add("event", 4, RECORD, &|out| event.encode(9, out));
    seeds
}

fn requests() -> Vec<(&'static str, Request)> {
    let path = || "/g/c_".to_owned();
    let (data, acl, version) = (b"data".to_vec(), Acl::world_read_creator_all(), -1);
    vec![
        ("ping", Request::Ping),
        (
            "auth",
            Request::Auth {
                scheme: "digest".into(),
                credentials: b"u:p".to_vec(),
            },
        ),
        (
            "create",
            Request::Create2 {
                path: path(),
                data: data.clone(),
                acl: acl.clone(),
                mode: CreateMode::EphemeralSequential,
            },
        ),
        (
            "delete",
            Request::Delete {
                path: path(),
                version,
            },
        ),
        (
            "exists",
            Request::Exists {
                path: path(),
                watch: true,
            },
        ),
        (
            "children",
            Request::GetChildren2 {
                path: path(),
                watch: true,
            },
        ),
        (
            "data",
            Request::SetData {
                path: path(),
                data: data.clone(),
                version,
            },
        ),
        ("ephemerals", Request::GetEphemerals { prefix: path() }),
        (
            "multi",
            Request::Multi {
                ops: vec![
                    MultiOp::Check {
                        path: path(),
                        version,
                    },
                    MultiOp::Create {
                        path: path(),
                        data,
                        acl,
                        mode: CreateMode::Persistent,
                    },
                    MultiOp::Delete {
                        path: path(),
                        version,
                    },
                ],
            },
        ),
        ("close", Request::CloseSession),
    ]
}

fn responses() -> Vec<(&'static str, Response)> {
    let (path, stat) = ("/g/c_0000000001".to_owned(), Stat::default());
    vec![
        ("empty", Response::Empty),
        (
            "created",
            Response::Created {
                path: path.clone(),
                stat,
            },
        ),
        ("stat", Response::Stat(stat)),
        (
            "data",
            Response::Data {
                data: b"data".to_vec(),
                stat,
            },
        ),
        (
            "children",
            Response::Children {
                children: vec!["c_0000000001".into(), "foo".into()],
                stat,
            },
        ),
        ("ephemerals", Response::Ephemerals(vec![path])),
        (
            "multi",
            Response::Multi(vec![
                Ok(Response::Empty),
                Ok(Response::Stat(stat)),
                Err(ServerError::NoNode),
            ]),
        ),
    ]
}

/// In the form for `info::run`: a letter for the label, then the payload.
pub(crate) fn infos() -> Seeds {
    let address = std::net::SocketAddrV4::new([10, 10, 1, 105].into(), 5050);
    let mut info = MasterInfo::new("3f0f2b7e", address, "m1.example.com", "1.12.0");
    info.domain = Some(Domain::of("eu", "eu-1"));
    info.capabilities = CapabilityKind::OF_MESOS.map(Capability::from).into();
    let json = info.to_json();
    let lax = r#"{"id":"a","ip":"1","port":2e0,"more":[{"x":"\u00e9"},null],"capabilities":{"type":"LATER"}}"#;
    vec![
        ("json".into(), [b"j", json.as_bytes()].concat()),
        ("json-lax".into(), [b"j", lax.as_bytes()].concat()),
        ("protobuf".into(), [b"p", &*info.to_protobuf()].concat()),
        ("text".into(), b"tmaster@10.10.1.105:5050".to_vec()),
    ]
}

/// In the form for `core::moves`: five bytes for the client, then moves.
pub(crate) fn scripts() -> Seeds {
    const PLAIN: [u8; 5] = [0, 0, 0, 1, 7];
    const NAMED_WITH_CREDENTIALS: [u8; 5] = [2, 1, 1, 0, 7];
    const ROUNDS: u8 = 15;
    let script = |head: [u8; 5], moves: &[u8]| [&head, moves].concat();
    let leads = [SERVE, 3, CONTEND, 0, 1, 1, b'x', 0, 0, SERVE, ROUNDS];
    let stands_by = [CONTEND, 0, 1, 0, 0, 0, SERVE, 3];
    let follows = [
        DETECT, 0, GROUP, 0, SERVE, 1, ASK, 3, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    let joins = [GROUP, 0, JOIN, 0, 1, 1, b'x', SERVE, 5, ASK, 0, 9, 0, 0];
    vec![
        ("leads".into(), script(PLAIN, &leads)),
        (
            "hands-over".into(),
            script(
                PLAIN,
                &[
                    &leads[..],
                    &stands_by,
                    &[ASK, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, SERVE, ROUNDS],
                ]
                .concat(),
            ),
        ),
        (
            "follows".into(),
            script(NAMED_WITH_CREDENTIALS, &[&leads[..], &follows].concat()),
        ),
        ("joins".into(), script(PLAIN, &joins)),
        (
            "cut-and-back".into(),
            script(
                PLAIN,
                &[
                    &leads[..],
                    &[DISCONNECTED, 0, SERVE, 4, PASS, 40, 0, SERVE, ROUNDS],
                ]
                .concat(),
            ),
        ),
        (
            "meddled".into(),
            script(
                PLAIN,
                &[
                    &leads[..],
                    &[
                        MEDDLE, 0, 1, 0, 1, SERVE, 6, MEDDLE, 0, 0, 2, 0, SERVE, ROUNDS,
                    ],
                ]
                .concat(),
            ),
        ),
        (
            "lied-to".into(),
            script(
                PLAIN,
                &[
                    5, 0, 0, WELCOME, 0, 0, 0, CONTEND, 0, 0, 0, 0, 0, LIE, 0, 0, 0, 0, 9,
                ],
            ),
        ),
        (
            "garbage".into(),
            script(PLAIN, &[SERVE, 3, EVENT, 0, 1, 0, 0, RAW, 0, 4, 0, 0, 0, 0]),
        ),
        (
            "closes".into(),
            script(PLAIN, &[&leads[..], &[CLOSE, 1, 0, SERVE, 3]].concat()),
        ),
    ]
}
