//! One input, and its exact outputs: the session's machine against bytes that are written by hand.

use std::net::SocketAddr;
use std::time::Duration;
use tenure_election::{
    ANSWER_BYTES_MAX, Answer, Basis, Call, CallId, Client, Command, ContenderEvent, ContenderSpec,
    Event, Handle, Host, Input, Lease, LeasePolicy, Member, Output, SESSION, Secret, ServerKind,
    SessionEvent, SessionOptions, SessionWake, Time, Wake,
};
use tenure_proto::{
    Acl, ConnectRequest, ConnectResponse, CreateMode, ReplyHeader, Request, Response, Stat, xid,
};

const T: Duration = Duration::from_secs(6);
const START: Time = Time::from_nanos(1_000_000_000);

fn ms(millis: u64) -> Time {
    START + Duration::from_millis(millis)
}

fn client(server: &str, credentials: Option<&str>) -> Client {
    let options = SessionOptions {
        servers: vec![Host {
            name: server.into(),
            port: 2181,
        }],
        timeout: T,
        credentials: credentials.map(Secret::new),
        tick: None,
        answer_bytes_max: ANSWER_BYTES_MAX,
    };
    Client::new(options, 1)
}

fn give(client: &mut Client, input: Input<'_>, now: Time) -> Vec<Output> {
    client.handle(input, now);
    std::iter::from_fn(|| client.poll_output()).collect()
}

fn session_event(event: SessionEvent) -> Output {
    Output::Event {
        handle: SESSION,
        event: Event::Session(event),
    }
}

fn wait(at: Time, wake: Wake) -> Output {
    Output::Wait {
        until: Some((at, wake)),
    }
}

fn connect_request(session: i64, password: u8, last_zxid: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    ConnectRequest {
        last_zxid,
        timeout_ms: 6000,
        session,
        password: vec![password; 16],
    }
    .encode(&mut bytes);
    bytes
}

fn connect_response(session: i64, timeout_ms: i32) -> Vec<u8> {
    let mut bytes = Vec::new();
    ConnectResponse {
        timeout_ms,
        session,
        password: vec![7; 16],
    }
    .encode(&mut bytes);
    bytes
}

fn request(xid: i32, request: &Request) -> Vec<u8> {
    let mut bytes = Vec::new();
    request.encode(xid, &mut bytes);
    bytes
}

fn reply(xid: i32, zxid: i64, err: i32, response: &Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    response.encode(ReplyHeader { xid, zxid, err }, "/g", &mut bytes);
    bytes
}

/// A client whose session 0x2a is on connection 1 since 20 ms.
fn attached() -> Client {
    let mut client = client("127.0.0.1", None);
    give(&mut client, Input::Tick, ms(0));
    give(&mut client, Input::Connected { conn: 1 }, ms(10));
    let bytes = connect_response(0x2a, 6000);
    let out = give(
        &mut client,
        Input::Received {
            conn: 1,
            bytes: &bytes,
        },
        ms(20),
    );
    let connected = SessionEvent::Connected {
        server: ServerKind::ZooKeeper,
        session: 0x2a,
        timeout: T,
    };
    // The lease of knowledge counts from the send of the handshake, at 10 ms, and so does the
    // third of T after which a ping is due.
    assert_eq!(
        out,
        [
            session_event(connected),
            wait(ms(2010), Wake::Session(SessionWake::Ping))
        ]
    );
    client
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "must drain all outputs")]
fn an_input_before_the_last_output_of_the_one_before_is_refused_in_debug_builds() {
    let mut client = client("127.0.0.1", None);
    give(&mut client, Input::Tick, ms(0));
    client.handle(Input::Tick, ms(1));
    client.handle(Input::Tick, ms(2));
}

#[test]
fn the_first_tick_connects_and_the_connection_asks_for_a_session() {
    let mut client = client("127.0.0.1", None);
    let address: SocketAddr = "127.0.0.1:2181".parse().unwrap();
    assert_eq!(
        give(&mut client, Input::Tick, ms(0)),
        [
            Output::Connect {
                conn: 1,
                host: Host {
                    name: "127.0.0.1".into(),
                    port: 2181,
                },
                address,
            },
            session_event(SessionEvent::Connecting),
            wait(ms(750), Wake::Session(SessionWake::Attempt)),
        ]
    );
    assert_eq!(
        give(&mut client, Input::Connected { conn: 1 }, ms(10)),
        [
            Output::Send {
                conn: 1,
                bytes: connect_request(0, 0, 0)
            },
            wait(ms(135), Wake::Session(SessionWake::Ping)),
        ]
    );
}

#[test]
fn a_name_is_looked_up_off_the_machine() {
    let mut client = client("zk.example", None);
    let out = give(&mut client, Input::Tick, ms(0));
    let Output::Resolve { lookup, host } = &out[0] else {
        panic!("{out:?}");
    };
    assert_eq!(host.name, "zk.example");
    let result = Err("no such host".to_owned());
    let out = give(
        &mut client,
        Input::Resolved {
            lookup: *lookup,
            result,
        },
        ms(5),
    );
    let retrying = SessionEvent::Retrying {
        attempt: 1,
        error: "cannot look up zk.example: no such host".into(),
    };
    assert_eq!(out[0], session_event(retrying));
    assert!(
        matches!(out[1], Output::Wait { until: Some((at, Wake::Session(SessionWake::Retry))) }
        if at >= ms(55) && at <= ms(105))
    );
    assert_eq!(out.len(), 2);
}

#[test]
fn a_silent_server_is_given_up_in_time() {
    let mut client = client("127.0.0.1", None);
    give(&mut client, Input::Tick, ms(0));
    give(&mut client, Input::Connected { conn: 1 }, ms(10));
    // The client answers messages from before it granted the session after that.
    for n in 1..=11 {
        let at = 10 + 125 * n;
        assert_eq!(give(&mut client, Input::Tick, ms(at - 1)).len(), 1, "{at}");
        let out = give(&mut client, Input::Tick, ms(at));
        let bytes = request(xid::PING, &Request::Ping);
        assert_eq!(out[0], Output::Send { conn: 1, bytes }, "{at}");
    }
    assert_eq!(give(&mut client, Input::Tick, ms(1509)).len(), 1);
    let out = give(&mut client, Input::Tick, ms(1510));
    assert_eq!(out[0], Output::Close { conn: 1 });
    let retrying = SessionEvent::Retrying {
        attempt: 1,
        error: "127.0.0.1:2181 accepted the connection but does not answer".into(),
    };
    assert_eq!(out[1], session_event(retrying));
}

#[test]
fn credentials_go_first_and_are_not_shown() {
    let mut client = client("127.0.0.1", Some("jake:sesame"));
    give(&mut client, Input::Tick, ms(0));
    give(&mut client, Input::Connected { conn: 1 }, ms(10));
    let bytes = connect_response(0x2a, 6000);
    let out = give(
        &mut client,
        Input::Received {
            conn: 1,
            bytes: &bytes,
        },
        ms(20),
    );
    let auth = Request::Auth {
        scheme: "digest".into(),
        credentials: b"jake:sesame".to_vec(),
    };
    let sent = Output::Send {
        conn: 1,
        bytes: request(xid::AUTH, &auth),
    };
    assert!(out.contains(&sent), "{out:?}");
    assert!(!format!("{client:?}").contains("sesame"));
}

#[test]
fn enrolment_is_one_segment_and_its_answers_make_a_leader() {
    let mut client = attached();
    let spec = ContenderSpec {
        label: Some("l".into()),
        data: b"me".to_vec(),
        ..ContenderSpec::new("/g")
    };
    let handle = Handle(5);
    let out = give(
        &mut client,
        Input::Command(Command::Contend { handle, spec }),
        ms(100),
    );
    let create = Request::Create2 {
        path: "/g/l_".into(),
        data: b"me".to_vec(),
        acl: Acl::open(),
        mode: CreateMode::EphemeralSequential,
    };
    let list = Request::GetChildren2 {
        path: "/g".into(),
        watch: false,
    };
    let told = |event| Output::Event {
        handle,
        event: Event::Contender(event),
    };
    assert_eq!(
        out,
        [
            told(ContenderEvent::Enrolling),
            Output::Send {
                conn: 1,
                bytes: [request(1, &create), request(2, &list)].concat()
            },
            wait(ms(2020), Wake::Session(SessionWake::Ping)),
        ]
    );
    let path = "/g/l_0000000000".to_owned();
    let stat = Stat {
        czxid: 9,
        ephemeral_owner: 0x2a,
        ..Stat::default()
    };
    let member = Member {
        path: path.clone(),
        label: Some("l".into()),
        sequence: 0,
        token: 9,
    };
    let created = Response::Created {
        path: path.clone(),
        stat,
    };
    let children = Response::Children {
        children: vec!["l_0000000000".into()],
        stat: Stat::default(),
    };
    let answers = [reply(1, 9, 0, &created), reply(2, 9, 0, &children)].concat();
    let out = give(
        &mut client,
        Input::Received {
            conn: 1,
            bytes: &answers,
        },
        ms(103),
    );
    let verify = Request::Exists { path, watch: true };
    // The create is the first proof, and the lease counts from the send of the handshake.
    let lease_end = ms(10 + 5694);
    let renewal = Output::Renewal {
        basis: Basis::Proofs,
        end: lease_end,
    };
    let lease = Output::Lease {
        handle,
        lease: Some(Lease {
            token: 9,
            end: lease_end,
        }),
        renewed_by: Some(Basis::Proofs),
    };
    assert_eq!(
        out,
        [
            told(ContenderEvent::Enrolled {
                member: member.clone()
            }),
            renewal,
            lease,
            told(ContenderEvent::Leading {
                member: member.clone(),
                lease_end
            }),
            Output::Send {
                conn: 1,
                bytes: request(3, &verify)
            },
            wait(ms(600), Wake::Session(SessionWake::Proof)),
        ]
    );
    // Release: first the lease ends, then the delete is written.
    let out = give(
        &mut client,
        Input::Command(Command::Call {
            handle,
            call: CallId(1),
            what: Call::Withdraw,
        }),
        ms(110),
    );
    let delete = Request::Delete {
        path: member.path.clone(),
        version: -1,
    };
    assert_eq!(
        out[0],
        Output::Lease {
            handle,
            lease: None,
            renewed_by: None
        }
    );
    assert!(matches!(
        &out[1],
        Output::Event {
            event: Event::Contender(ContenderEvent::Lost {
                led_until: Some(_),
                ..
            }),
            ..
        }
    ));
    assert_eq!(
        out[2],
        Output::Send {
            conn: 1,
            bytes: request(4, &delete)
        }
    );
    let answers = [
        reply(3, 9, 0, &Response::Stat(stat)),
        reply(4, 10, 0, &Response::Empty),
    ]
    .concat();
    let out = give(
        &mut client,
        Input::Received {
            conn: 1,
            bytes: &answers,
        },
        ms(120),
    );
    assert_eq!(
        out[0],
        Output::Done {
            call: CallId(1),
            result: Ok(Answer::Removed(true))
        }
    );
}

#[test]
fn pings_are_one_at_a_time_and_an_overdue_answer_ends_the_connection() {
    let mut client = attached();
    let ping = request(xid::PING, &Request::Ping);
    let out = give(&mut client, Input::Tick, ms(2010));
    assert_eq!(
        out,
        [
            Output::Send {
                conn: 1,
                bytes: ping
            },
            wait(ms(4010), Wake::Session(SessionWake::Answer)),
        ]
    );
    // Two thirds of T after the newest answered send nothing is known any longer, and a third of T
    // after the ping its answer is overdue: both at the same instant here.
    let out = give(&mut client, Input::Tick, ms(4010));
    assert_eq!(out[0], Output::Close { conn: 1 });
    let suspended = SessionEvent::Suspended {
        since: ms(4010),
        error: "127.0.0.1:2181 has not answered for 2s".into(),
    };
    assert!(out.contains(&session_event(suspended)), "{out:?}");
    // It had only shaken hands, so the next attempt comes after a short pause.
    let out = give(&mut client, Input::Tick, ms(4110));
    assert!(
        out.iter()
            .any(|o| matches!(o, Output::Connect { conn: 2, .. }))
    );
    // The session is kept: the next handshake names it, and the newest transaction seen.
    let out = give(&mut client, Input::Connected { conn: 2 }, ms(4120));
    assert_eq!(
        out[0],
        Output::Send {
            conn: 2,
            bytes: connect_request(0x2a, 7, 0)
        }
    );
    let bytes = connect_response(0x2a, 6000);
    let out = give(
        &mut client,
        Input::Received {
            conn: 2,
            bytes: &bytes,
        },
        ms(4130),
    );
    assert!(matches!(
        &out[0],
        Output::Event {
            event: Event::Session(SessionEvent::Connected { session: 0x2a, .. }),
            ..
        }
    ));
}

#[test]
fn an_answer_out_of_order_or_to_nobody_ends_the_connection() {
    let unasked = reply(77, 1, 0, &Response::Empty);
    let ping = reply(xid::PING, 1, 0, &Response::Empty);
    let short = vec![0, 0, 0, 3, 1, 2, 3];
    let huge = i32::MAX.to_be_bytes().to_vec();
    let negative = (-1i32).to_be_bytes().to_vec();
    let empty = vec![0, 0, 0, 0];
    let mut event = Vec::new();
    tenure_proto::frame(&mut event, |body| {
        let mut w = tenure_proto::Writer::new(body);
        w.i32(-1).i64(0).i32(0).i32(1).i32(3).buffer(&[0xff, 0xfe]);
    });
    for garbage in [unasked, ping, short, huge, negative, empty, event] {
        let mut client = attached();
        let out = give(
            &mut client,
            Input::Received {
                conn: 1,
                bytes: &garbage,
            },
            ms(50),
        );
        assert_eq!(out[0], Output::Close { conn: 1 }, "{garbage:?}");
        let text = format!("{out:?}");
        assert!(text.contains("broke the protocol"), "{text}");
        // It had only shaken hands: the next attempt comes after a pause.
        assert!(
            matches!(out.last(), Some(Output::Wait { until: Some((at, Wake::Session(SessionWake::Retry))) }) if *at > ms(90))
        );
    }
}

#[test]
fn a_session_that_a_server_calls_expired_is_replaced_at_once() {
    let mut client = attached();
    let why = "reset".to_owned();
    give(&mut client, Input::Disconnected { conn: 1, why }, ms(50));
    let wake = give(&mut client, Input::Tick, ms(200));
    assert!(
        wake.iter()
            .any(|o| matches!(o, Output::Connect { conn: 2, .. }))
    );
    give(&mut client, Input::Connected { conn: 2 }, ms(210));
    let bytes = connect_response(0, 0);
    let out = give(
        &mut client,
        Input::Received {
            conn: 2,
            bytes: &bytes,
        },
        ms(220),
    );
    let expired = SessionEvent::Expired {
        by: tenure_election::ExpiredBy::Server,
    };
    assert_eq!(out[0], Output::Close { conn: 2 });
    assert!(out.contains(&session_event(expired)));
    assert!(out.contains(&session_event(SessionEvent::Connecting)));
}

#[test]
fn ticks_too_early_and_inputs_of_old_connections_change_nothing() {
    let mut client = attached();
    let quiet = [wait(ms(2010), Wake::Session(SessionWake::Ping))];
    assert_eq!(give(&mut client, Input::Tick, ms(30)), quiet);
    assert_eq!(
        give(&mut client, Input::Tick, ms(0)),
        quiet,
        "time never runs backwards"
    );
    for input in [
        Input::Connected { conn: 9 },
        Input::Received {
            conn: 9,
            bytes: &[1, 2, 3],
        },
        Input::Disconnected {
            conn: 9,
            why: String::new(),
        },
        Input::Resolved {
            lookup: 9,
            result: Ok(Vec::new()),
        },
    ] {
        assert_eq!(give(&mut client, input, ms(40)), quiet);
    }
}

#[test]
fn a_smaller_timeout_of_a_later_connection_goes_on_to_count_when_it_is_lost() {
    let mut client = attached();
    let why = || "reset".to_owned();
    give(
        &mut client,
        Input::Disconnected {
            conn: 1,
            why: why(),
        },
        ms(50),
    );
    give(&mut client, Input::Tick, ms(200));
    give(&mut client, Input::Connected { conn: 2 }, ms(210));
    let bytes = connect_response(0x2a, 3000);
    let out = give(
        &mut client,
        Input::Received {
            conn: 2,
            bytes: &bytes,
        },
        ms(220),
    );
    let connected = SessionEvent::Connected {
        server: ServerKind::ZooKeeper,
        session: 0x2a,
        timeout: Duration::from_secs(3),
    };
    assert_eq!(out[0], session_event(connected));
    give(
        &mut client,
        Input::Disconnected {
            conn: 2,
            why: why(),
        },
        ms(300),
    );
    // Expired four seconds after the handshake at 210 ms, whatever timeout was granted at first.
    assert!(!format!("{:?}", give(&mut client, Input::Tick, ms(4209))).contains("Expired"));
    assert!(format!("{:?}", give(&mut client, Input::Tick, ms(4210))).contains("Expired"));
}

/// Lists the members twice, in one step each.
fn two_questions(client: &mut Client) {
    let (handle, path) = (Handle(3), "/g".to_owned());
    give(
        client,
        Input::Command(Command::Group { handle, path }),
        ms(30),
    );
    for call in [CallId(1), CallId(2)] {
        let command = Command::Call {
            handle,
            call,
            what: Call::Members,
        };
        give(client, Input::Command(command), ms(40));
    }
}

fn nobody() -> Response {
    Response::Children {
        children: Vec::new(),
        stat: Stat::default(),
    }
}

#[test]
fn answers_come_in_the_order_of_the_questions_or_not_at_all() {
    for (first, holds) in [(1, true), (2, false)] {
        let mut client = attached();
        two_questions(&mut client);
        let bytes = reply(first, 1, 0, &nobody());
        let out = give(
            &mut client,
            Input::Received {
                conn: 1,
                bytes: &bytes,
            },
            ms(50),
        );
        let answered = matches!(
            out[0],
            Output::Done {
                call: CallId(1),
                ..
            }
        );
        assert_eq!(answered, holds, "{out:?}");
        assert_eq!(out[0] == Output::Close { conn: 1 }, !holds, "{out:?}");
    }
}

#[test]
fn a_new_connection_names_the_newest_transaction_that_was_seen() {
    let mut client = attached();
    two_questions(&mut client);
    let bytes = reply(1, 41, 0, &nobody());
    give(
        &mut client,
        Input::Received {
            conn: 1,
            bytes: &bytes,
        },
        ms(50),
    );
    let why = "reset".to_owned();
    give(&mut client, Input::Disconnected { conn: 1, why }, ms(60));
    let out = give(&mut client, Input::Connected { conn: 2 }, ms(70));
    assert_eq!(
        out[0],
        Output::Send {
            conn: 2,
            bytes: connect_request(0x2a, 7, 41)
        }
    );
    // The question without an answer is sent again, as the first of the new connection.
    let bytes = connect_response(0x2a, 6000);
    let out = give(
        &mut client,
        Input::Received {
            conn: 2,
            bytes: &bytes,
        },
        ms(80),
    );
    let list = Request::GetChildren2 {
        path: "/g".into(),
        watch: false,
    };
    // Numbers continue for the life of the session: a server might otherwise answer this one with
    // the outcome of an earlier one of the same number.
    let sent = Output::Send {
        conn: 2,
        bytes: request(3, &list),
    };
    assert!(out.contains(&sent), "{out:?}");
}

#[test]
fn a_session_that_moved_is_taken_up_again_and_not_given_up() {
    let mut client = attached();
    two_questions(&mut client);
    let session_moved = -118;
    let bytes = reply(1, 1, session_moved, &Response::Empty);
    let out = give(
        &mut client,
        Input::Received {
            conn: 1,
            bytes: &bytes,
        },
        ms(50),
    );
    assert_eq!(out[0], Output::Close { conn: 1 });
    assert!(!format!("{out:?}").contains("Expired"));
    give(&mut client, Input::Tick, ms(200));
    let out = give(&mut client, Input::Connected { conn: 2 }, ms(210));
    let Output::Send { bytes, .. } = &out[0] else {
        panic!("{out:?}");
    };
    let asked = ConnectRequest::decode(&bytes[4..]).unwrap();
    assert_eq!(asked.session, 0x2a);
}

/// A leader on conn 1 since 30 ms, on one of these addresses of a name.
fn leader_of(addresses: &[SocketAddr]) -> (Client, SocketAddr) {
    let mut client = client("zk.example", None);
    let out = give(&mut client, Input::Tick, ms(0));
    let Output::Resolve { lookup, .. } = out[0] else {
        panic!("{out:?}");
    };
    let result = Ok(addresses.to_vec());
    let out = give(&mut client, Input::Resolved { lookup, result }, ms(5));
    let Output::Connect { address, .. } = out[0] else {
        panic!("{out:?}");
    };
    give(&mut client, Input::Connected { conn: 1 }, ms(10));
    let spec = ContenderSpec::new("/g");
    let handle = Handle(5);
    give(
        &mut client,
        Input::Command(Command::Contend { handle, spec }),
        ms(15),
    );
    let stat = Stat {
        czxid: 9,
        ephemeral_owner: 0x2a,
        ..Stat::default()
    };
    let path = "/g/0000000000".to_owned();
    let children = Response::Children {
        children: vec!["0000000000".into()],
        stat: Stat::default(),
    };
    let bytes = connect_response(0x2a, 6000);
    give(
        &mut client,
        Input::Received {
            conn: 1,
            bytes: &bytes,
        },
        ms(20),
    );
    let answers = [
        reply(1, 9, 0, &Response::Created { path, stat }),
        reply(2, 9, 0, &children),
        reply(3, 9, 0, &Response::Stat(stat)),
    ];
    for answer in answers {
        give(
            &mut client,
            Input::Received {
                conn: 1,
                bytes: &answer,
            },
            ms(30),
        );
    }
    (client, address)
}

#[test]
fn a_name_with_several_addresses_is_several_servers_when_one_commits_nothing() {
    let all: Vec<SocketAddr> = (1..=3).map(|n| ([10, 0, 0, n], 2181).into()).collect();
    for (addresses, moves) in [(&all[..1], false), (&all[..], true)] {
        let (mut client, at) = leader_of(addresses);
        // Its proof is without an answer for a sixth of T, and the server had a quarter.
        let proof = give(&mut client, Input::Tick, ms(530));
        assert!(matches!(proof[0], Output::Send { .. }), "{proof:?}");
        let out = give(&mut client, Input::Tick, ms(1530));
        assert_eq!(out.contains(&Output::Close { conn: 1 }), moves, "{out:?}");
        let next = out.iter().find_map(|o| match o {
            Output::Connect { address, .. } => Some(*address),
            _ => None,
        });
        assert_eq!(next.is_some(), moves, "{out:?}");
        assert_ne!(next, Some(at), "the one that was left is the last to try");
    }
}

/// The edge says before each tick by how much the clock ran ahead, and not before other inputs.
#[test]
fn only_a_tick_ends_the_wait_for_a_lease() {
    let mut client = attached();
    let (handle, own) = (Handle(5), "/g/l_0000000000");
    let spec = ContenderSpec {
        label: Some("l".into()),
        policy: LeasePolicy::Guarded,
        ..ContenderSpec::new("/g")
    };
    let contend = Input::Command(Command::Contend { handle, spec });
    give(&mut client, contend, ms(100));
    let of = |czxid, ephemeral_owner| Stat {
        czxid,
        ephemeral_owner,
        ..Stat::default()
    };
    let created = Response::Created {
        path: own.into(),
        stat: of(9, 0x2a),
    };
    let children = Response::Children {
        children: vec!["l_0000000000".into()],
        stat: of(2, 0),
    };
    let answers = [reply(1, 9, 0, &created), reply(2, 9, 0, &children)].concat();
    let (conn, bytes) = (1, answers.as_slice());
    let out = give(&mut client, Input::Received { conn, bytes }, ms(103));
    let watch = Request::Exists {
        path: own.into(),
        watch: true,
    };
    let mark = Request::GetData {
        path: "/g".into(),
        watch: false,
    };
    let bytes = [request(3, &watch), request(4, &mark)].concat();
    assert!(out.contains(&Output::Send { conn, bytes }), "{out:?}");
    let mark = Response::Data {
        data: b"tenure 1 leading 5 1000 0 0".to_vec(),
        stat: of(2, 0),
    };
    let stands = Response::Stat(of(9, 0x2a));
    let answers = [reply(3, 9, 0, &stands), reply(4, 9, 0, &mark)].concat();
    let bytes = answers.as_slice();
    give(&mut client, Input::Received { conn, bytes }, ms(110));
    let writes = |out: &[Output]| {
        let own = b"tenure 1 leading 9";
        out.iter().any(|output| match output {
            Output::Send { bytes, .. } => bytes.windows(own.len()).any(|part| part == own),
            _ => false,
        })
    };
    // The wait was over at 1105 ms.
    let bytes: &[u8] = &[];
    let out = give(&mut client, Input::Received { conn, bytes }, ms(1200));
    assert!(!writes(&out), "{out:?}");
    client.set_clock_lead(Duration::from_millis(100));
    let out = give(&mut client, Input::Tick, ms(1200));
    assert!(!writes(&out), "{out:?}");
    let out = give(&mut client, Input::Tick, ms(1206));
    assert!(writes(&out), "{out:?}");
}
