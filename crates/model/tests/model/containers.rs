//! Containers, and the deletion of unused ones.

use crate::crew::{Crew, three};
use crate::harness::{Harness, create, created, delete, ephemerals, exists, ms, raw, set};
use tenure_model::ModelOptions;
use tenure_proto::{Acl, Request, Response, op};

fn container(path: &str) -> Request {
    Request::CreateContainer {
        path: path.to_owned(),
        data: Vec::new(),
        acl: Acl::open(),
    }
}

/// A server that checks its containers every second.
fn world() -> Harness {
    Harness::with(ModelOptions {
        container_check: ms(1000),
        ..ModelOptions::default()
    })
}

#[test]
fn a_container_goes_when_its_last_child_has_gone() {
    let mut w = world();
    let client = w.connect_asking(10_000);
    let (_, response) = w.ask(client.conn, &container("/c"));
    assert_eq!(created(&response).1.ephemeral_owner, 0);
    w.ask(client.conn, &create("/c/x"));
    w.tick(ms(1500));
    assert!(w.model.node("/c").is_some(), "it has a child");
    w.ask(client.conn, &delete("/c/x", -1));
    w.tick(ms(1999));
    assert!(w.model.node("/c").is_some(), "it is not time");
    w.tick(ms(2000));
    assert!(w.model.node("/c").is_none());
}

#[test]
fn a_container_that_was_never_used_stays() {
    let mut w = world();
    let client = w.connect_asking(10_000);
    w.ask(client.conn, &container("/c"));
    w.ask(client.conn, &create("/plain"));
    w.ask(client.conn, &create("/plain/x"));
    w.ask(client.conn, &delete("/plain/x", -1));
    w.tick(ms(9000));
    assert!(w.model.node("/c").is_some() && w.model.node("/plain").is_some());
}

#[test]
fn a_container_in_a_container_goes_a_check_earlier() {
    let mut w = world();
    let client = w.connect_asking(10_000);
    for request in [container("/c"), container("/c/d"), create("/c/d/x")] {
        w.ask(client.conn, &request);
    }
    w.ask(client.conn, &delete("/c/d/x", -1));
    w.tick(ms(1000));
    assert!(w.model.node("/c/d").is_none() && w.model.node("/c").is_some());
    w.tick(ms(2000));
    assert!(w.model.node("/c").is_none());
}

#[test]
fn a_container_is_no_ephemeral() {
    let mut w = world();
    let client = w.connect_asking(4000);
    w.ask(client.conn, &container("/c"));
    w.ask(client.conn, &set("/c", b"data", 0));
    let (_, mine) = w.ask(client.conn, &ephemerals("/"));
    assert_eq!(mine, Response::Ephemerals(Vec::new()));
    w.exchange(client.conn, &Request::CloseSession);
    assert!(w.model.node("/c").is_some());
}

/// Checks come at a fixed rate, and a server without containers has no timer for them.
#[test]
fn nobody_is_woken_where_there_are_no_containers() {
    let mut w = world();
    assert_eq!(w.model.deadline(), None);
    w.tick(ms(12_300));
    let client = w.connect_asking(10_000);
    w.ask(client.conn, &container("/c"));
    assert_eq!(w.model.deadline(), Some(ms(13_000)));
    w.tick(ms(13_000));
    assert_eq!(w.model.deadline(), Some(ms(14_000)));
    w.ask(client.conn, &delete("/c", -1));
    let expiry = w.model.deadline();
    assert!(expiry > Some(ms(20_000)), "{expiry:?}");
}

#[test]
fn the_leader_deletes_containers_on_all_servers_also_after_an_election() {
    let mut options = three(3);
    options.server.container_check = ms(1000);
    let mut crew = Crew::new(options);
    let client = crew.connect(crew.followers()[0], 10_000);
    assert!(crew.ask(client.conn, &container("/c")).is_ok());
    assert!(crew.ask(client.conn, &create("/c/x")).is_ok());
    let old = crew.leader();
    crew.ensemble.crash(old, crew.now);
    crew.wait("another leader", |crew| crew.ensemble.leader().is_some());
    let leader = crew.leader();
    let client = crew.connect(leader, 10_000);
    assert!(crew.ask(client.conn, &delete("/c/x", -1)).is_ok());
    assert!(crew.ask(client.conn, &exists("/c")).is_ok());
    crew.run(ms(1200));
    let up: Vec<usize> = (0..3).filter(|s| *s != old).collect();
    assert!(up.iter().all(|s| crew.ensemble.node_at(*s, "/c").is_none()));
}

/// The transaction fails, and the connection stays: servers know the operation, but have it turned
/// off.
#[test]
fn a_time_to_live_is_refused_and_the_connection_stays() {
    let mut w = world();
    let client = w.connect();
    w.asked(client.conn, 9, op::CREATE_TTL);
    let body: [u8; 3] = [1, 2, 3];
    w.bytes(client.conn, &raw(9, op::CREATE_TTL, &body));
    let refused = crate::harness::Got::Refused(9, 2, -6);
    assert_eq!(w.only(client.conn), [refused]);
    w.ask(client.conn, &Request::Ping);
}
