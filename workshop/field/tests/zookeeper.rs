//! Real servers: start, stop, pause, requests.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)] // a test may panic

use std::time::{Duration, Instant};

use tenure_field::raw::{Session, expire_session};
use tenure_field::zookeeper::Config;
use tenure_field::{Zookeeper, stats, wait_until};

const LONG: Duration = Duration::from_secs(10);

#[test]
fn serves_clients_and_four_letter_words() {
    let server = Zookeeper::start();
    assert_eq!(server.four_letter("ruok"), "imok");
    assert!(
        server
            .url("/a")
            .ends_with(&format!(":{}/a", server.addr().port()))
    );
    assert_eq!(server.watch_count(), 0);

    let mut session = Session::open(server.addr(), Duration::from_secs(4)).unwrap();
    assert_eq!(session.timeout, Duration::from_secs(4));
    let before = server.packets();
    assert!(!session.exists("/group", true).unwrap());
    assert_eq!(server.watch_count(), 1);
    let after = server.packets();
    // The request, and the words mntr and srvr.
    assert_eq!(after.received - before.received, 3);
    assert!(after.sent > before.sent);

    let created = session.create("/group", b"data", 0).unwrap();
    assert_eq!(created.error, 0);
    session.wait_watch_event().unwrap();
    session.close().unwrap();
}

#[test]
fn grants_the_configured_timeouts() {
    let config = Config {
        tick_ms: 200,
        min_session_timeout_ms: Some(700),
        max_session_timeout_ms: Some(900),
        ..Config::default()
    };
    let server = Zookeeper::start_with(config);
    let granted = |ms| {
        Session::open(server.addr(), Duration::from_millis(ms))
            .unwrap()
            .timeout
            .as_millis()
    };
    assert_eq!([granted(100), granted(800), granted(5000)], [700, 800, 900]);
}

#[test]
fn restart_keeps_port_data_and_sessions() {
    let server = Zookeeper::start();
    let addr = server.addr();
    let mut session = Session::open(addr, LONG).unwrap();
    session.create("/kept", b"", 0).unwrap();
    let (id, password) = (session.id, session.password.clone());

    server.stop();
    assert!(session.ping().is_err());
    assert!(Session::open(addr, LONG).is_err());
    server.restart();
    assert_eq!(server.addr(), addr);
    let mut session = Session::attach(addr, id, &password, LONG)
        .unwrap()
        .expect("the session lives on");
    assert!(session.exists("/kept", false).unwrap());

    server.kill();
    assert!(Session::open(addr, LONG).is_err());
    server.restart();
    assert!(
        Session::open(addr, LONG)
            .unwrap()
            .exists("/kept", false)
            .unwrap()
    );
}

#[test]
fn a_server_that_was_killed_while_it_began_a_log_starts_again() {
    let server = Zookeeper::start();
    let mut session = Session::open(server.addr(), LONG).unwrap();
    session.create("/kept", b"", 0).unwrap();

    let header = b"ZKLG\0\0\0\x02\0\0\0\0\0\0\0";
    for written in [0, header.len()] {
        server.kill();
        let log = server.directory().join("data/version-2/log.7fffffff");
        std::fs::write(&log, &header[..written]).unwrap();
        server.restart();
        let mut session = Session::open(server.addr(), LONG).unwrap();
        assert!(session.exists("/kept", false).unwrap(), "{written} bytes");
    }
}

#[test]
fn a_paused_server_is_silent() {
    let server = Zookeeper::start();
    let mut session = Session::open(server.addr(), LONG).unwrap();
    server.pause();
    wait_until("the server to stand", LONG, || {
        stats::is_stopped(server.pid()).then_some(())
    });
    std::thread::scope(|scope| {
        let started = Instant::now();
        let ping = scope.spawn(move || session.ping().map(|()| started.elapsed()));
        let pause = Duration::from_millis(300);
        wait_until("the pause to pass", LONG, || {
            (started.elapsed() > pause).then_some(())
        });
        assert!(!ping.is_finished());
        server.resume();
        assert!(ping.join().unwrap().unwrap() > pause);
    });
}

#[test]
fn expires_a_session_behind_its_owners_back() {
    let server = Zookeeper::start();
    let mut session = Session::open(server.addr(), LONG).unwrap();
    session.create("/mine", b"", 1).unwrap();
    let mut other = Session::open(server.addr(), LONG).unwrap();
    assert!(other.exists("/mine", true).unwrap());

    expire_session(server.addr(), session.id, &session.password).unwrap();
    other.wait_watch_event().unwrap();
    assert!(!other.exists("/mine", false).unwrap());
    let attached = Session::attach(server.addr(), session.id, &session.password, LONG).unwrap();
    assert!(attached.is_none(), "the session is gone");
}

#[test]
fn a_server_that_cannot_start_shows_its_log() {
    let extra = vec![("tickTime".to_owned(), "nonsense".to_owned())];
    let panic = std::panic::catch_unwind(|| {
        Zookeeper::start_with(Config {
            extra,
            ..Config::default()
        })
    });
    let message = *panic.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("ended while it started"), "{message}");
    assert!(message.contains("nonsense"), "{message}");
}

#[test]
fn ends_with_its_value_also_when_started_on_another_thread() {
    let server = std::thread::spawn(Zookeeper::start).join().unwrap();
    // The thread that started it is gone; PR_SET_PDEATHSIG must not have fired.
    assert_eq!(server.four_letter("ruok"), "imok");
    let (pid, directory) = (server.pid(), server.directory().to_owned());
    drop(server);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    assert!(!directory.exists());
}
