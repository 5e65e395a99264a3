//! Thousands of sessions of others expire at the same moment.

use crate::{LIMIT, count, in_state, is, tool};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tenure_field::raw::Session;
use tenure_field::zookeeper::Config;
use tenure_field::{Zookeeper, wait_until};

const SESSIONS: usize = 5_000;
const HANDS: usize = 8;
/// How long after the start all of them expire; opening them takes a part of it.
const LIFE: Duration = Duration::from_secs(20);
/// The session timeout of the clients that must not notice.
const TIMEOUT: Duration = Duration::from_secs(4);

#[test]
fn a_mass_expiry_costs_nobody_else_anything() {
    let server = Zookeeper::start_with(Config {
        max_session_timeout_ms: Some(60_000),
        ..Config::default()
    });
    let url = server.url("/quiet");
    let run = |command: &str| tool(TIMEOUT).start(command, &url, &[]);
    let leader = run("contend");
    leader.wait_for("leadership", LIMIT, is("leading"));
    let watcher = run("detect");
    watcher.wait_for("the leader", LIMIT, is("leader"));
    let before = server.monitor()["zk_ephemerals_count"].clone();

    let start = Instant::now();
    let mut admin = Session::open(server.addr(), LIMIT).unwrap();
    assert_eq!(admin.create("/mass", b"", 0).unwrap().error, 0);
    open_sessions(&server, start);
    let opened = start.elapsed();
    assert!(opened < LIFE, "{SESSIONS} sessions took {opened:?} to open");
    assert_eq!(ephemerals(&server), SESSIONS + 1);

    let over = AtomicBool::new(false);
    let (began, took, slowest) = thread::scope(|scope| {
        let pinging = scope.spawn(|| slowest_ping(&mut admin, &over));
        let began = wait_until("the expiry", LIMIT, || {
            (ephemerals(&server) <= SESSIONS).then(|| start.elapsed())
        });
        wait_until("its end", LIMIT, || {
            (server.monitor()["zk_ephemerals_count"] == before).then_some(())
        });
        over.store(true, Ordering::SeqCst);
        (began, start.elapsed() - began, pinging.join().unwrap())
    });
    println!(
        "{SESSIONS} sessions, opened within {opened:?}, expired after {began:?} within {took:?}; \
         the slowest ping of a stranger took {slowest:?}"
    );
    // One more answer, so that all effects of the expiry have arrived by now.
    let second = run("detect");
    let known = second.wait_for("the leader", LIMIT, is("leader"));
    let led = leader.find(is("leading")).unwrap();
    assert_eq!(known["token"], led["token"]);
    for process in [&leader, &watcher] {
        assert_eq!(count(process, in_state("suspended")), 0);
        assert_eq!(
            count(process, is("lost")) + count(process, is("unknown")),
            0
        );
    }
    assert_eq!(count(&watcher, is("leader")), 1);
}

fn ephemerals(server: &Zookeeper) -> usize {
    server.monitor()["zk_ephemerals_count"].parse().unwrap()
}

/// Opens all sessions, each with an ephemeral and with a timeout that ends with all the others, and
/// leaves them alone.
fn open_sessions(server: &Zookeeper, start: Instant) {
    thread::scope(|scope| {
        for hand in 0..HANDS {
            scope.spawn(move || {
                for n in 0..SESSIONS / HANDS {
                    let life = LIFE.saturating_sub(start.elapsed());
                    let mut session = Session::open(server.addr(), life).unwrap();
                    let path = format!("/mass/{hand}-{n}");
                    assert_eq!(session.create(&path, b"", 1).unwrap().error, 0);
                }
            });
        }
    });
}

fn slowest_ping(session: &mut Session, over: &AtomicBool) -> Duration {
    let mut slowest = Duration::ZERO;
    while !over.load(Ordering::SeqCst) {
        let asked = Instant::now();
        session.ping().unwrap();
        slowest = slowest.max(asked.elapsed());
        thread::sleep(Duration::from_millis(20));
    }
    slowest
}
