//! A peer that is gone never ends the process. A host that is not written in Rust has not told the
//! system to ignore SIGPIPE, so the test uses a process with the default action.

use crate::server::{Peer, Server};
use crate::{LIMIT, T, pki};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use tenure::{Client, ClientOptions, SessionEvent, TlsOptions, Url};
use tenure_field::signal;

/// The role of the child, and its server.
const PLAY: &str = "TENURE_TEST_SIGPIPE";
const ADDRESS: &str = "TENURE_TEST_SIGPIPE_ADDRESS";
/// How many times the child loses its connection before the test passes.
const LOSSES: usize = 25;
/// Requests in a row: the peer goes while they are written.
const BURST: usize = 500;

fn child(play: &str, server: &Server) -> ExitStatus {
    let own = std::env::current_exe().unwrap();
    signal::defaults_for(&mut Command::new(own))
        .args(["--exact", "sigpipe::the_child", "--ignored"])
        .env(PLAY, play)
        .env(ADDRESS, server.addr().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap()
}

fn vanish(mut peer: Peer, by_tls: bool) {
    let shaken = if by_tls { peer.shake() } else { Ok(()) };
    if shaken.and_then(|()| peer.grant(by_tls)).is_ok() {
        peer.receive();
        peer.fin_then_reset();
    }
}

#[test]
fn a_peer_that_is_gone_ends_no_process() {
    let server = Server::start(&pki().server(), |peer| vanish(peer, false));
    // The control: there the signal does come.
    let status = child("control", &server);
    assert_eq!(status.signal(), Some(libc::SIGPIPE), "{status:?}");
    let status = child("plain", &server);
    assert!(status.success(), "without TLS: {status:?}");
    let server = Server::start(&pki().server(), |peer| vanish(peer, true));
    let status = child(pki().ca.to_str().unwrap(), &server);
    assert!(status.success(), "with TLS: {status:?}");
}

#[test]
#[ignore = "the test above starts it, in a process of its own"]
fn the_child() {
    let (play, address) = (
        std::env::var(PLAY).unwrap(),
        std::env::var(ADDRESS).unwrap(),
    );
    signal::default_sigpipe();
    if play == "control" {
        return write_to_nobody(&address);
    }
    let mut options = ClientOptions::default().session_timeout(T);
    if play != "plain" {
        options = options.tls(TlsOptions::new(play));
    }
    let url = Url::parse(&format!("zk://{address}/g")).unwrap();
    let client = Client::open(&url, options).unwrap();
    let group = client.group("/g").unwrap();
    let mut losses = 0;
    while losses < LOSSES {
        match client.events().next(Some(LIMIT)).unwrap() {
            SessionEvent::Connected { .. } => {
                for _ in 0..BURST {
                    drop(group.members());
                }
            }
            SessionEvent::Suspended { .. } => losses += 1,
            SessionEvent::Connecting | SessionEvent::Retrying { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The state of a program that does nothing about signals.
fn write_to_nobody(address: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = tenure_field::wire::Payload::new().int(0).long(0).int(4000);
    stream
        .write_all(&request.long(0).buffer([0; 16]).frame())
        .unwrap();
    stream.write_all(b"more").unwrap();
    // To its end, clean or not: then the reset is here or on its way.
    drop(stream.read_to_end(&mut Vec::new()));
    let mut file = std::fs::File::from(OwnedFd::from(stream));
    while file.write_all(b"not read").is_ok() {}
    // The first failure may report the reset itself.
    drop(file.write_all(b"not read"));
}
