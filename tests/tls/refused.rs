//! A server or a client that is not trusted: each error helps to repair it.

use crate::server::Server;
use crate::{ClientSide, LIMIT, PATIENT, first_failure, fresh_path, is_here};
use crate::{open, open_with, pki, shared, url};
use std::net::SocketAddr;
use tenure::{SessionEvent, TlsOptions};
use tenure_field::Zookeeper;
use tenure_field::tls::{Authority, Pki};
use tenure_field::zookeeper::Version;

/// The errors for this server; no contender led meanwhile.
#[track_caller]
fn said(addr: SocketAddr, tls: Option<TlsOptions>) -> String {
    let path = fresh_path();
    let client = open_with(PATIENT, &url(addr, &path), tls);
    let contender = client
        .contend(tenure::ContenderOptions::new(&path))
        .unwrap();
    let error = first_failure(&client);
    assert!(error.contains(&addr.to_string()), "no address: {error}");
    assert!(!contender.is_leading());
    // The end needs no server.
    let _ = client.close().wait_for(LIMIT);
    error
}

#[track_caller]
fn says(error: &str, words: &[&str]) {
    for word in words {
        assert!(error.contains(word), "no {word:?} in {error:?}");
    }
}

#[test]
fn an_authority_that_did_not_sign_is_named() {
    let Some(server) = shared() else { return };
    // Another name, and the same name with another key.
    let stranger = Authority::new("another authority").pem();
    let stranger = pki().files.write("stranger-ca.pem", stranger);
    for (ca, file) in [(&stranger, "stranger-ca.pem"), (&Pki::new().ca, "ca.pem")] {
        let tls = TlsOptions::new(ca).client_certificate(&pki().certificate, &pki().key);
        let error = said(server.secure_addr(), Some(tls));
        says(&error, &["not signed by", file, "cannot connect"]);
    }
}

#[test]
fn a_certificate_for_somebody_else_is_told_with_both_names() {
    let Some(server) = shared() else { return };
    let tls = pki().options().server_name("zk1.example");
    let error = said(server.secure_addr(), Some(tls));
    says(
        &error,
        &["names localhost, 127.0.0.1, and not \"zk1.example\""],
    );
    // The control: the other names are good, for the same address.
    let tls = pki().options().server_name("localhost");
    let path = fresh_path();
    let client = open(&url(server.secure_addr(), &path), Some(tls));
    client
        .group(&path)
        .unwrap()
        .join(b"x".to_vec(), None)
        .unwrap()
        .wait_for(LIMIT)
        .unwrap();
    client.close().wait().unwrap();
}

#[test]
fn an_address_in_the_url_is_not_covered_by_a_name() {
    let server = Server::start(&pki().authority.issue(&["localhost"]), |mut peer| {
        drop(peer.shake());
    });
    let error = said(server.addr(), Some(pki().anonymous()));
    says(&error, &["names localhost, and not \"127.0.0.1\""]);
}

#[test]
fn a_certificate_whose_time_is_over_is_told() {
    let old = pki().authority.issue_expired(&["127.0.0.1"]);
    let server = Server::start(&old, |mut peer| drop(peer.shake()));
    let error = said(server.addr(), Some(pki().anonymous()));
    says(&error, &["expired", "clock"]);
}

#[test]
fn a_server_that_requires_a_client_certificate_is_understood() {
    let Some(server) = shared() else { return };
    let error = said(server.secure_addr(), Some(pki().anonymous()));
    says(&error, &["client certificate", "none was given"]);
}

#[test]
fn so_is_one_of_tls_1_3_which_says_it_after_the_handshake() {
    if !is_here(Version::Debian) {
        return;
    }
    let server = pki().zookeeper(
        Version::Debian,
        &[
            ("ssl.protocol", "TLSv1.3"),
            ("ssl.enabledProtocols", "TLSv1.3"),
            ("ssl.ciphersuites", "TLS_AES_128_GCM_SHA256"),
        ],
    );
    let error = said(server.secure_addr(), Some(pki().anonymous()));
    says(&error, &["client certificate", "none was given"]);
}

#[test]
fn a_client_certificate_that_the_server_does_not_accept_is_named() {
    let Some(server) = shared() else { return };
    let stranger = Authority::new("unknown").issue(&["client.test"]);
    let certificate = pki().files.write("stranger.pem", stranger.both());
    let tls = pki()
        .anonymous()
        .client_certificate(&certificate, &certificate);
    let error = said(server.secure_addr(), Some(tls));
    says(&error, &["does not accept", "stranger.pem"]);
}

#[test]
fn a_server_that_asks_for_no_certificate_is_content_without() {
    if !is_here(Version::Debian) {
        return;
    }
    let server = pki().zookeeper(Version::Debian, &[("ssl.clientAuth", "none")]);
    let url = url(server.secure_addr(), "/g");
    let client = open_with(PATIENT, &url, Some(pki().anonymous()));
    loop {
        match client.events().next(Some(LIMIT)).unwrap() {
            SessionEvent::Connected { .. } => break,
            SessionEvent::Connecting => {}
            other => panic!("{other:?}"),
        }
    }
    client.close().wait().unwrap();
}

#[test]
fn a_plain_client_at_the_secure_port_is_told_that_nothing_comes_of_it() {
    let Some(server) = shared() else { return };
    let error = said(server.secure_addr(), None);
    says(&error, &["did not grant a session", "expect TLS"]);
}

#[test]
fn a_client_with_tls_at_the_plain_port_is_told_where_to_look() {
    let nio = Zookeeper::start();
    let error = said(nio.addr(), Some(pki().options()));
    says(&error, &["secureClientPort"]);
    let Some(netty) = shared() else { return };
    let error = said(netty.addr(), Some(pki().options()));
    says(&error, &["secureClientPort"]);
}

#[test]
fn a_server_that_answers_in_clear_is_no_server_of_tls() {
    let server = Server::start(&pki().server(), |mut peer| {
        peer.write_plain(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        peer.drain();
    });
    let error = said(server.addr(), Some(pki().anonymous()));
    says(&error, &["does not speak TLS", "secureClientPort"]);
}
