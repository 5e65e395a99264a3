//! Addresses and servers that cannot work: a clear, visible retry that the user can end at any
//! time, and never a panic, a loop or a hang.

use crate::{LIMIT, open};
use std::time::{Duration, Instant};
use tenure::{Client, ContenderOptions, SessionEvent};
use tenure_field::bad::{Kind, Server};
use tenure_field::wait_until;

/// The words of the first failed attempt, or of the first loss of a connection.
fn first_trouble(client: &Client) -> String {
    loop {
        match client.events().next(Some(LIMIT)).unwrap() {
            SessionEvent::Retrying { error, .. } | SessionEvent::Suspended { error, .. } => {
                return error;
            }
            SessionEvent::Connecting | SessionEvent::Connected { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The I/O thread's time on processors, in clock ticks of 10 ms.
fn io_thread_ticks() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let io = tasks
        .map(|task| task.path())
        .find(|task| std::fs::read_to_string(task.join("comm")).is_ok_and(|c| c == "tenure-io\n"));
    let stat = std::fs::read_to_string(io.unwrap().join("stat")).unwrap();
    // Counted after the name: state is field 0, utime 11, stime 12.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn every_kind_of_bad_server_is_named_and_retried_at_leisure() {
    // Side by side, since each test mostly waits.
    std::thread::scope(|scope| {
        for kind in Kind::ALL {
            scope.spawn(move || bad_server(kind));
        }
    });
}

fn bad_server(kind: Kind) {
    let words = match kind {
        Kind::Silent => "does not answer",
        Kind::Reset => "reset",
        Kind::Refuse => "refused",
        Kind::Garbage(_) | Kind::HugeFrame | Kind::NegativeLength => "ZooKeeper",
        Kind::EmptyFrames | Kind::Http | Kind::ShortHandshake => "ZooKeeper",
        Kind::HandshakeThenSilent => "has not answered",
        // The server closed with our first request unread: the system makes that a reset.
        Kind::HandshakeThenClose => "connection",
        Kind::RandomFrames(_) | Kind::UnknownXid => "broke the protocol",
        Kind::HugeInnerLength | Kind::EmptyBody => "broke the protocol",
        Kind::WatchPathNotUtf8 => "broke the protocol",
    };
    let server = Server::start(kind);
    let client = open(&server.url("/group"));
    let contender = client.contend(ContenderOptions::new("/group")).unwrap();
    let error = first_trouble(&client);
    assert!(error.contains(words), "{kind:?}: {error}");
    assert!(
        error.contains("127.0.0.1"),
        "{kind:?} names no address: {error}"
    );
    // A few more attempts, and each later than the one before by a pause.
    let (start, used) = (Instant::now(), io_thread_ticks());
    wait_until("it tries again", LIMIT, || {
        let enough = server.connections() >= 3 || kind == Kind::Refuse;
        (enough && start.elapsed() > Duration::from_millis(500)).then_some(())
    });
    let attempts = server.connections();
    let seconds = start.elapsed().as_secs_f64();
    assert!(
        attempts as f64 <= 8.0 + 10.0 * seconds,
        "{kind:?}: {attempts} connections in {seconds} s"
    );
    let busy = Duration::from_millis(10 * (io_thread_ticks() - used));
    let span = start.elapsed();
    assert!(busy < span / 2, "{kind:?}: {busy:?} of {span:?}: it spins");
    assert!(!contender.is_leading());
    // The end needs no server.
    let _ = client.close().wait_for(LIMIT);
    assert!(contender.wait_leading(Some(LIMIT)).is_err());
}

#[test]
fn a_name_that_nobody_knows_is_said_and_retried() {
    let client = open("zk://no-such-host.invalid:2181/group");
    let error = first_trouble(&client);
    assert!(error.contains("no-such-host.invalid"), "{error}");
    client.close().wait_for(LIMIT).unwrap();
}

#[test]
fn one_good_server_among_bad_ones_is_found() {
    let (silent, garbage) = (Server::start(Kind::Silent), Server::start(Kind::Garbage(7)));
    let good = crate::shared();
    let path = crate::fresh_path();
    let url = format!(
        "zk://{},{},{}{path}",
        silent.addr(),
        garbage.addr(),
        good.addr()
    );
    for _ in 0..4 {
        let client = open(&url);
        let contender = client.contend(ContenderOptions::new(&path)).unwrap();
        contender.wait_leading(Some(LIMIT)).unwrap();
        client.close().wait().unwrap();
    }
}
