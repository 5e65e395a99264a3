//! Servers that break off in the middle, or never begin.

use crate::server::Server;
use crate::{ClientSide, LIMIT, first_failure, open, pki, url};
use tenure::SessionEvent;
use tenure_field::bad::{Kind, Server as BadServer};

#[test]
fn a_reset_in_the_middle_of_the_handshake_is_told_as_such() {
    let server = Server::start(&pki().server(), |peer| {
        peer.receive();
        peer.reset();
    });
    let client = open(&url(server.addr(), "/g"), Some(pki().anonymous()));
    let error = first_failure(&client);
    for word in ["cannot connect to 127.0.0.1", "reset", "middle of the TLS"] {
        assert!(error.contains(word), "{error}");
    }
    // And it continues to try.
    while server.connections() < 3 {
        first_failure(&client);
    }
}

#[test]
fn a_server_that_never_answers_the_handshake_is_given_up_in_time() {
    let server = BadServer::start(Kind::Silent);
    let client = open(&server.url("/g"), Some(pki().anonymous()));
    let error = first_failure(&client);
    for word in ["cannot connect", "no answer in time"] {
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn no_kind_of_bad_server_is_taken_for_one_of_tls() {
    for kind in Kind::ALL {
        let server = BadServer::start(kind);
        let client = open(&server.url("/g"), Some(pki().anonymous()));
        let error = first_failure(&client);
        assert!(error.contains("127.0.0.1"), "{kind:?}: {error}");
    }
}

/// A session that is granted, and then ended by `end`. The client must report these words, and
/// attach again on another connection.
fn interrupted(end: impl Fn(crate::server::Peer) + Send + Sync + 'static, words: &[&str]) {
    let server = Server::start(&pki().server(), move |mut peer| {
        if peer.shake().and_then(|()| peer.grant(true)).is_ok() {
            // A reset may overtake the grant: first the client has sent a request.
            peer.receive();
            end(peer);
        }
    });
    let client = open(&url(server.addr(), "/g"), Some(pki().anonymous()));
    let _detector = client.detect("/g").unwrap();
    let mut granted = 0;
    let mut told = String::new();
    while granted < 2 {
        match client.events().next(Some(LIMIT)).unwrap() {
            SessionEvent::Connected { .. } => granted += 1,
            SessionEvent::Suspended { error, .. } if told.is_empty() => told = error,
            SessionEvent::Connecting
            | SessionEvent::Suspended { .. }
            | SessionEvent::Retrying { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    for word in words {
        assert!(told.contains(word), "no {word:?} in {told:?}");
    }
}

#[test]
fn a_reset_in_the_middle_of_a_record_costs_the_connection_and_not_the_session() {
    let half = |mut peer: crate::server::Peer| {
        let records = peer.records(&[7; 1000]);
        peer.write_plain(&records[..records.len() / 2]);
        peer.reset();
    };
    interrupted(half, &["reset"]);
}

#[test]
fn a_stream_that_ends_without_a_word_is_over() {
    interrupted(drop, &["connection"]);
}

#[test]
fn a_forged_record_ends_the_connection() {
    let forged = |mut peer: crate::server::Peer| {
        let mut records = peer.records(&[7; 1000]);
        *records.last_mut().unwrap() ^= 1;
        peer.write_plain(&records);
        peer.drain();
    };
    interrupted(forged, &["TLS failed", "decrypt"]);
}

#[test]
fn what_follows_in_clear_is_not_listened_to() {
    let clear = |mut peer: crate::server::Peer| {
        peer.write_plain(&[0; 64]);
        peer.drain();
    };
    interrupted(clear, &["TLS failed"]);
}
