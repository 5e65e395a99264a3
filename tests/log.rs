//! The library's log lines for the `log` crate: `cargo test --features log --test log`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

use log::{Level, LevelFilter, Metadata, Record};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tenure::{Client, ClientOptions, LogLevel, Url};

/// The logger of the program.
struct Logger;

static LINES: OnceLock<Sender<(Level, String, String)>> = OnceLock::new();

impl log::Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let (level, target) = (record.level(), record.target().to_owned());
        let line = (level, target, record.args().to_string());
        LINES.get().unwrap().send(line).unwrap();
    }

    fn flush(&self) {}
}

fn next(lines: &Receiver<(Level, String, String)>) -> (Level, String) {
    loop {
        let (level, target, text) = lines.recv_timeout(Duration::from_secs(20)).unwrap();
        // Other crates log, too.
        if target == "tenure" {
            return (level, text);
        }
    }
}

#[test]
fn lines_reach_the_logger_of_the_program_with_their_level_and_their_client() {
    let (send, lines) = channel();
    LINES.set(send).unwrap();
    log::set_logger(&Logger).unwrap();
    log::set_max_level(LevelFilter::Trace);
    tenure::forward_log(LogLevel::Debug);
    let url = Url::parse("memory://log/group").unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    let first = (Level::Debug, "client 1: connecting".to_owned());
    assert_eq!(next(&lines), first);
    let (level, text) = next(&lines);
    assert_eq!(level, Level::Info);
    assert!(
        text.starts_with("client 1: connected, session 0x"),
        "{text}"
    );
    // Lines below the program's level do not reach its logger.
    log::set_max_level(LevelFilter::Warn);
    client.close().wait().unwrap();
    tenure::MemoryServer::of(&url).unwrap().stop().unwrap();
    let client = Client::open(&url, ClientOptions::default()).unwrap();
    let (level, text) = next(&lines);
    assert_eq!(level, Level::Warn);
    assert!(
        text.starts_with("client 2: attempt 1 to connect failed"),
        "{text}"
    );
    drop(client);
}
