//! Our session under every fault with which other clients were measured: `docs/session.md` has the
//! figures, these tests check the order of events. The rows themselves are in
//! `workshop/bench/session`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod cost;
mod server;
mod silence;
mod strangers;

use std::thread;
use tenure_bench_session::{Launcher, Network, Run, T, probe};

/// Not a test: the process under test, which the rows start from this very program.
#[test]
#[ignore = "the process that the other tests start"]
fn process_under_test() {
    if std::env::var_os(probe::URL).is_some() {
        probe::run();
    }
}

fn launcher() -> Launcher {
    let words = ["--exact", "process_under_test", "--ignored", "--nocapture"];
    Launcher {
        program: std::env::current_exe().unwrap(),
        args: words.map(str::to_owned).to_vec(),
        timeout: T,
    }
}

/// A server on a network of its own, or `None`, with a printed reason, where namespaces are not
/// allowed.
fn network() -> Option<Network> {
    tenure_field::or_skip(Network::new(launcher()))
}

/// Plays a row and checks it.
type Row<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Plays rows side by side, since each mostly waits, and then reports the failed ones.
fn side_by_side(rows: Vec<(&str, Row<'_>)>) {
    let failed: Vec<&str> = thread::scope(|scope| {
        let threads: Vec<_> = rows
            .into_iter()
            .map(|(name, row)| (name, scope.spawn(row)))
            .collect();
        let ended = threads.into_iter().map(|(name, row)| (name, row.join()));
        ended
            .filter_map(|(name, end)| end.is_err().then_some(name))
            .collect()
    });
    assert!(failed.is_empty(), "failed: {failed:?}; each said why above");
}

/// `earlier` was reported before `later`, and both were reported; they may have been in the same
/// millisecond.
#[track_caller]
fn in_order(run: &Run, names: &[&str]) {
    for pair in names.windows(2) {
        let (earlier, later) = (run.at(pair[0]), run.at(pair[1]));
        assert!(
            earlier <= later,
            "{} at {earlier:.3} s, {} at {later:.3} s",
            pair[0],
            pair[1]
        );
    }
}
