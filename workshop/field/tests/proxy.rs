//! The proxy before a real server.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)] // a test may panic

use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tenure_field::proxy::{Cut, Kind, Then};
use tenure_field::raw::Session;
use tenure_field::wire::{Payload, opcode};
use tenure_field::{Proxy, Relay, Zookeeper, wait_until};

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(200);

/// One server for all tests of this file; each has a proxy and paths of its own.
fn shared() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(Zookeeper::start)
}

fn proxy() -> Proxy {
    Proxy::start(shared().addr())
}

fn open(proxy: &Proxy) -> Session {
    Session::open(proxy.addr(), LONG).unwrap()
}

#[test]
fn counts_what_passes() {
    let proxy = proxy();
    let mut session = open(&proxy);
    session.ping().unwrap();
    assert!(!session.exists("/counted", true).unwrap());
    session.create("/counted", b"", 0).unwrap();
    session.create("/counted", b"", 0).unwrap();
    session.wait_watch_event().unwrap();

    let counts = proxy.counts();
    assert_eq!((counts.connections, counts.connects), (1, 1));
    assert_eq!((counts.pings, counts.pongs), (1, 1));
    assert_eq!(
        (counts.request(opcode::CREATE), counts.reply(opcode::CREATE)),
        (2, 2)
    );
    assert_eq!((counts.total_requests(), counts.total_replies()), (3, 3));
    assert_eq!(counts.watch_events, 1);
    let (no_node, node_exists) = (-101, -110);
    assert_eq!(counts.errors, [(no_node, 1), (node_exists, 1)].into());

    let kinds: Vec<Kind> = proxy.frames().iter().map(|seen| seen.kind).collect();
    assert_eq!(
        kinds[..4],
        [Kind::Connect, Kind::ConnectResponse, Kind::Ping, Kind::Pong]
    );

    proxy.reset_counts();
    session.close().unwrap();
    assert_eq!(proxy.counts().total_requests(), 1);
    assert_eq!(proxy.counts().request(opcode::CLOSE_SESSION), 1);
}

#[test]
fn a_swallowed_reply_was_done_by_the_server() {
    for then in [Then::Cut(Cut::Reset), Then::Cut(Cut::Fin)] {
        let proxy = proxy();
        let mut session = open(&proxy);
        let path = format!("/swallowed-{then:?}").replace(['(', ')'], "-");
        proxy.swallow_reply(opcode::CREATE, 2, then);
        assert_eq!(
            session
                .create(&format!("{path}-first"), b"", 0)
                .unwrap()
                .error,
            0
        );
        let error = session.create(&path, b"", 0).unwrap_err();
        let expected = if then == Then::Cut(Cut::Fin) {
            ErrorKind::UnexpectedEof
        } else {
            ErrorKind::ConnectionReset
        };
        assert_eq!(error.kind(), expected);
        assert_eq!(proxy.counts().swallowed, 1);
        wait_until("the cut on both sides", LONG, || {
            (proxy.open_connections() == 0).then_some(())
        });
        // The rule is used up, and the work was done.
        assert!(open(&proxy).exists(&path, false).unwrap());
    }
}

#[test]
fn a_swallowed_request_never_arrives_and_the_connection_may_go_on() {
    let proxy = proxy();
    let mut session = open(&proxy);
    proxy.swallow(Kind::Request(opcode::CREATE), 1, Then::Continue);
    std::thread::scope(|scope| {
        // The next reply is not the one for which the rule waits.
        let lost = scope.spawn(|| {
            wait_until("the request to vanish", LONG, || {
                (proxy.counts().swallowed == 1).then_some(())
            });
        });
        let mut other = open(&proxy);
        std::thread::scope(|scope| {
            scope.spawn(move || drop(session.create("/never", b"", 0)));
            lost.join().unwrap();
            assert!(!other.exists("/never", false).unwrap());
            assert_eq!(proxy.cut_connections(Cut::Reset), 2);
        });
    });
}

#[test]
fn a_held_proxy_is_silent_until_released() {
    let proxy = proxy();
    let mut session = open(&proxy);
    proxy.hold();
    let before = proxy.counts();
    std::thread::scope(|scope| {
        let started = Instant::now();
        let pinged = scope.spawn(move || session.ping().map(|()| session));
        // A new connection opens and gets nothing either.
        let opened = scope.spawn(|| open(&proxy));
        wait_until("some time", LONG, || {
            (started.elapsed() > SHORT).then_some(())
        });
        assert!(!pinged.is_finished() && !opened.is_finished());
        let held = proxy.counts();
        assert_eq!((held.pings, held.connects), (before.pings, before.connects));
        proxy.release();
        pinged.join().unwrap().unwrap();
        opened.join().unwrap();
    });
}

#[test]
fn a_hold_hides_a_peers_end() {
    let server = Zookeeper::start();
    let proxy = Proxy::start(server.addr());
    let mut session = open(&proxy);
    proxy.hold();
    server.kill();
    std::thread::scope(|scope| {
        let ping = scope.spawn(move || session.ping());
        let started = Instant::now();
        wait_until("some time", LONG, || {
            (started.elapsed() > SHORT).then_some(())
        });
        assert!(!ping.is_finished(), "it must not see the end of the server");
        proxy.release();
        assert!(ping.join().unwrap().is_err());
    });
}

#[test]
fn a_rule_may_hold() {
    let proxy = proxy();
    let (mut session, mut other) = (open(&proxy), open(&proxy));
    proxy.swallow_reply(opcode::CREATE, 1, Then::Hold);
    std::thread::scope(|scope| {
        let created = scope.spawn(move || session.create("/held", b"", 0).map(drop));
        wait_until("the reply to vanish", LONG, || {
            (proxy.counts().swallowed == 1).then_some(())
        });
        // All connections are held, not only the one whose reply vanished.
        let started = Instant::now();
        let pinged = scope.spawn(move || other.ping());
        wait_until("some time", LONG, || {
            (started.elapsed() > SHORT).then_some(())
        });
        assert!(!created.is_finished() && !pinged.is_finished());
        assert_eq!(proxy.cut_connections(Cut::Reset), 2);
        assert!(created.join().unwrap().is_err() && pinged.join().unwrap().is_err());
    });
    proxy.release();
    assert!(open(&proxy).exists("/held", false).unwrap());
}

#[test]
fn cuts_end_all_connections_as_told() {
    let proxy = proxy();
    for (cut, expected) in [
        (Cut::Fin, ErrorKind::UnexpectedEof),
        (Cut::Reset, ErrorKind::ConnectionReset),
    ] {
        let mut sessions = [open(&proxy), open(&proxy)];
        assert_eq!(proxy.open_connections(), 2);
        assert_eq!(proxy.cut_connections(cut), 2);
        assert_eq!(proxy.open_connections(), 0);
        for session in &mut sessions {
            // Without a write first, which would turn a FIN into a reset.
            assert_eq!(session.wait_watch_event().unwrap_err().kind(), expected);
        }
    }
}

#[test]
fn refuses_and_listens_again_on_the_same_port() {
    let proxy = proxy();
    let mut session = open(&proxy);
    for _ in 0..3 {
        proxy.refuse(true);
        let error = TcpStream::connect(proxy.addr()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        session.ping().unwrap();
        proxy.refuse(false);
        open(&proxy).ping().unwrap();
    }
}

#[test]
fn goes_to_another_server_when_told() {
    let (first, second) = (Zookeeper::start(), Zookeeper::start());
    let proxy = Proxy::start(first.addr());
    open(&proxy).create("/first", b"", 0).unwrap();
    proxy.set_upstream(second.addr());
    assert!(!open(&proxy).exists("/first", false).unwrap());
}

#[test]
fn a_connection_without_a_server_is_reset() {
    let proxy = Proxy::start("127.0.0.1:1".parse().unwrap());
    let error = Session::open(proxy.addr(), LONG).unwrap_err().kind();
    // The first read or write after a reset reports it.
    assert!(
        matches!(error, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{error}"
    );
}

#[test]
fn large_frames_pass_whole() {
    let proxy = proxy();
    let mut session = open(&proxy);
    let data: Vec<u8> = (0..900_000_u32)
        .map(|n| u8::try_from(n % 251).unwrap())
        .collect();
    session.create("/large", &data, 0).unwrap();
    let body = Payload::new().buffer("/large").bool(false);
    let reply = session.request(opcode::GET_DATA, body).unwrap();
    assert_eq!(reply.body[4..4 + data.len()], data);
}

#[test]
fn a_delay_holds_each_frame_for_a_while() {
    let proxy = proxy();
    let mut session = open(&proxy);
    proxy.delay(SHORT);
    let started = Instant::now();
    session.ping().unwrap();
    let took = started.elapsed();
    assert!(took >= 2 * SHORT, "{took:?} there and back");
    // A waiting frame passes when the delay ends, or is dropped with its connection.
    proxy.delay(LONG);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| session.ping());
        proxy.delay(Duration::ZERO);
        waiting.join().unwrap().unwrap();
    });
    assert!(started.elapsed() < LONG);
}

#[test]
fn requests_are_refused_in_their_turn_and_not_carried_out() {
    let proxy = proxy();
    let mut session = open(&proxy);
    proxy.refuse_requests(opcode::CREATE, -127, 2);
    for _ in 0..2 {
        let refused = session.create("/refused", b"", 0).unwrap();
        assert_eq!((refused.error, refused.body), (-127, Vec::new()));
        assert!(!session.exists("/refused", false).unwrap());
    }
    assert_eq!(session.create("/refused", b"", 0).unwrap().error, 0);
    let counts = proxy.counts();
    assert_eq!(
        (counts.request(opcode::CREATE), counts.errors[&-127]),
        (3, 2)
    );

    proxy.refuse_requests_of(opcode::EXISTS, "/refused", -102, 1);
    assert!(session.exists("/", false).unwrap());
    assert!(!session.exists("/refused", false).unwrap());
    assert!(session.exists("/refused", false).unwrap());
}

#[test]
fn a_relay_is_late_or_slow_and_changes_nothing() {
    let relay = Relay::start(shared().addr());
    let mut session = Session::open(relay.addr(), LONG).unwrap();
    relay.late_by(SHORT);
    let started = Instant::now();
    session.ping().unwrap();
    assert!(started.elapsed() >= SHORT);
    relay.late_by(Duration::ZERO);

    let data = vec![7; 500_000];
    session.create("/slow", &data, 0).unwrap();
    relay.limit_rate(Some(1_000_000));
    let started = Instant::now();
    let body = Payload::new().buffer("/slow").bool(false);
    let reply = session.request(opcode::GET_DATA, body).unwrap();
    assert!(started.elapsed() >= Duration::from_millis(400));
    assert_eq!(reply.body[4..4 + data.len()], data);
    assert_eq!(relay.connections(), 1);
}
