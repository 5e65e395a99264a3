//! Misbehaving servers misbehave as documented.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)] // a test may panic

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tenure_field::bad::{Kind, Server};
use tenure_field::raw::Session;
use tenure_field::wait_until;
use tenure_field::wire::{Fields, Payload, opcode};

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(200);

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.addr()).unwrap();
    stream.set_read_timeout(Some(SHORT)).unwrap();
    stream
}

/// All bytes before the connection ends or falls silent.
fn read_some(stream: &mut TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let (mut all, mut chunk) = (Vec::new(), [0; 65536]);
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => return (all, None),
            Ok(len) => all.extend(&chunk[..len]),
            Err(error) => return (all, Some(error.kind())),
        }
    }
}

#[test]
fn before_the_handshake() {
    let said = |kind| {
        let server = Server::start(kind);
        let said = read_some(&mut connect(&server));
        assert_eq!((server.connections(), server.accepted_at().len()), (1, 1));
        said
    };
    let silence = Some(ErrorKind::WouldBlock);
    assert_eq!(said(Kind::Silent), (Vec::new(), silence));
    assert_eq!(
        said(Kind::Reset),
        (Vec::new(), Some(ErrorKind::ConnectionReset))
    );
    assert_eq!(said(Kind::NegativeLength), (vec![0xff; 4], silence));
    assert_eq!(said(Kind::EmptyFrames), (vec![0; 4000], silence));
    assert_eq!(said(Kind::Garbage(5)), said(Kind::Garbage(5)));
    assert_ne!(said(Kind::Garbage(5)).0, said(Kind::Garbage(6)).0);
    let (http, end) = said(Kind::Http);
    assert!(http.starts_with(b"HTTP/1.1 400 ") && end.is_none());
    let (huge, end) = said(Kind::HugeFrame);
    assert_eq!(
        (&huge[..4], huge.len(), end),
        (&[0x7f, 0xff, 0xff, 0xff][..], 4 + 8 * 1024 * 1024, silence)
    );
}

#[test]
fn refusing_is_refusing() {
    let server = Server::start(Kind::Refuse);
    for _ in 0..3 {
        let error = TcpStream::connect(server.addr()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn after_the_handshake() {
    let open = |kind| {
        let server = Server::start(kind);
        let session = Session::open(server.addr(), Duration::from_millis(4321)).unwrap();
        assert_eq!(session.timeout, Duration::from_millis(4321));
        assert_ne!(session.id, 0);
        (server, session)
    };

    let (_server, mut session) = open(Kind::UnknownXid);
    session.ping().unwrap();
    assert_eq!(
        session.exists("/a", false).unwrap_err().kind(),
        ErrorKind::InvalidData
    );

    let (_server, mut session) = open(Kind::HugeInnerLength);
    let reply = session
        .request(opcode::GET_CHILDREN2, Payload::new())
        .unwrap();
    assert_eq!(
        (reply.error, Fields::new(&reply.body).int()),
        (0, Some(i32::MAX))
    );

    let (_server, mut session) = open(Kind::EmptyBody);
    assert_eq!(session.create("/a", b"", 0).unwrap().body, b"");

    let (_server, mut session) = open(Kind::WatchPathNotUtf8);
    session.ping().unwrap();
    let event = session.wait_watch_event().unwrap();
    let mut fields = Fields::new(&event);
    assert_eq!((fields.int(), fields.int()), (Some(1), Some(3)));
    assert!(std::str::from_utf8(fields.buffer().unwrap()).is_err());

    let (_server, mut session) = open(Kind::HandshakeThenClose);
    assert_ne!(
        session.ping().unwrap_err().kind(),
        ErrorKind::WouldBlock,
        "silence is no close"
    );

    let (_server, mut session) = open(Kind::RandomFrames(3));
    assert!((0..100).any(|_| session.ping().is_err()));
}

#[test]
fn a_short_handshake_is_none() {
    let server = Server::start(Kind::ShortHandshake);
    let error = Session::open(server.addr(), LONG).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}

#[test]
fn all_end_with_their_value() {
    for kind in Kind::ALL {
        let server = Server::start(kind);
        let streams: Vec<_> = (0..3)
            .filter_map(|_| TcpStream::connect(server.addr()).ok())
            .collect();
        for mut stream in &streams {
            drop(stream.write_all(&Payload::new().buffer([0; 44]).payload()));
        }
        let expected = if kind == Kind::Refuse { 0 } else { 3 };
        wait_until("all connections", LONG, || {
            (server.connections() == expected).then_some(())
        });
        let started = Instant::now();
        drop(server);
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{kind:?} took {:?} to end",
            started.elapsed()
        );
        for mut stream in streams {
            stream.set_read_timeout(Some(LONG)).unwrap();
            let (_, end) = read_some(&mut stream);
            assert_ne!(
                end,
                Some(ErrorKind::WouldBlock),
                "{kind:?} still holds a connection"
            );
        }
    }
}
