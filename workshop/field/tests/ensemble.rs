//! Real ensembles: elections, losses of servers and of quorums, other versions.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)] // a test may panic

use std::time::Duration;

use tenure_field::ensemble::Options;
use tenure_field::raw::{Session, password_of};
use tenure_field::zookeeper::{Config, Version};
use tenure_field::{Apart, Ensemble, Zookeeper, or_skip, wait_until};

const LONG: Duration = Duration::from_secs(60);
const T: Duration = Duration::from_secs(6);

#[test]
fn three_servers_agree_lose_a_leader_and_a_quorum_and_heal() {
    let options = Options {
        read_only: true,
        server: Config {
            properties: vec![(
                "org.slf4j.simpleLogger.defaultLogLevel".into(),
                "info".into(),
            )],
            ..Config::default()
        },
        ..Options::default()
    };
    let ensemble = Ensemble::start_with(3, &options);
    let first = ensemble.leader();
    assert_eq!(ensemble.followers().len(), 2);
    for server in ensemble.servers() {
        assert!(ensemble.url("/a").contains(&server.addr().to_string()));
    }

    let mut session = Session::open(ensemble.server(first).addr(), T).unwrap();
    assert_eq!(session.create("/kept", b"", 0).unwrap().error, 0);
    // All servers know only a session with an ephemeral.
    assert_eq!(session.create("/own", b"", 1).unwrap().error, 0);
    ensemble.server(first).kill();
    ensemble.wait_quorum();
    let second = ensemble.leader();
    assert_ne!(first, second);
    let follower = ensemble.followers()[0];
    let mut moved = Session::attach(
        ensemble.server(follower).addr(),
        session.id,
        &session.password,
        T,
    );
    let moved = moved.as_mut().unwrap().as_mut().unwrap();
    assert!(moved.exists("/kept", false).unwrap());

    ensemble.server(second).stop();
    let alone = ensemble.server(follower);
    wait_until("it reads only", LONG, || {
        (alone.mode().as_deref() == Some("read-only")).then_some(())
    });
    assert!(Session::open(alone.addr(), T).is_err(), "refuses writers");
    let mut reader = Session::open_read_only(alone.addr(), T).unwrap();
    assert!(reader.exists("/kept", false).unwrap());

    ensemble.server(first).start_again();
    ensemble.server(second).restart();
    ensemble.wait_quorum();
    assert_eq!(ensemble.followers().len(), 2);
}

#[test]
fn a_follower_is_cut_off_from_its_leader_and_not_from_its_clients() {
    let Some(apart) = or_skip(Apart::start(Options::default())) else {
        return;
    };
    let ensemble = &apart.ensemble;
    let follower = ensemble.followers()[0];
    let client = apart.lab.host("client");
    let attach = || Session::open(ensemble.server(follower).addr(), T);
    let mut session = client.netns().enter(attach).unwrap();
    session.create("/before", b"", 0).unwrap();

    apart.cut_off(follower);
    // It answers until it gives its leader up.
    assert!(session.exists("/before", false).unwrap());
    wait_until("it no longer serves", LONG, || {
        ensemble.server(follower).mode().is_none().then_some(())
    });
    assert_eq!(ensemble.followers().len(), 1, "the others go on");
    apart.heal(follower);
    ensemble.wait_quorum();
    assert_eq!(ensemble.followers().len(), 2);
}

#[test]
fn every_version_serves() {
    for version in Version::ALL {
        if or_skip(version.available()).is_none() {
            continue;
        }
        let server = Zookeeper::start_with(Config {
            version,
            ..Config::default()
        });
        let answer = server.four_letter("srvr");
        let release = version.release().unwrap_or("3.");
        assert!(
            answer.starts_with(&format!("Zookeeper version: {release}")),
            "{answer}"
        );
        assert_eq!(server.mode().as_deref(), Some("standalone"));
        assert_eq!(server.watch_count(), 0);
        let session = Session::open(server.addr(), T).unwrap();
        assert_eq!(session.password, password_of(session.id));
        session.close().unwrap();
    }
}
