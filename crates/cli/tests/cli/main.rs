//! The command-line tool, as a black box: its messages, its lines, its exit codes.
//!
//! Tests that leave the server alone share one, each under a path of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

mod answers;
mod contend;
mod credentials;
mod detect;
mod ending;
mod evict;
mod files;
mod guarded;
mod helpers;
mod input;
mod ipv6;
mod members;
mod mesos;
mod names;
mod output;
mod slow;
mod standalone;
mod status;
mod strangers;
mod timeouts;
mod tokens;
mod undertaker;
mod urls;

use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure_field::raw::Session;
use tenure_field::tool::{Tool, is, token};
use tenure_field::wire::{Payload, opcode};
use tenure_field::{Process, Zookeeper};
use tenure_observer::Observer;

/// Long enough for a busy machine; no test waits that long unless it fails.
const LIMIT: Duration = Duration::from_secs(30);
/// The session timeout: eight ticks of the server.
const T: Duration = Duration::from_secs(4);

/// The server that well-behaved tests share. It ends with the process.
fn server() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(Zookeeper::start)
}

/// A path that no other test uses.
fn fresh_path() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("/cli-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

fn observe() -> Observer {
    Observer::connect(server().addr())
}

const TOOL: &str = env!("CARGO_BIN_EXE_tenure");

/// Starts the tool.
#[track_caller]
fn tenure<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Process {
    Process::spawn(Path::new(TOOL), args, None)
}

/// Starts `tenure COMMAND URL --json --session-timeout T WORDS…`.
#[track_caller]
fn follow(command: &str, url: &str, words: &[&str]) -> Process {
    Tool::new(TOOL, T).start(command, url, words)
}

/// How a run ended and what it printed.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs the tool to its end.
#[track_caller]
fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Run {
    finish(&tenure(args))
}

#[track_caller]
fn finish(process: &Process) -> Run {
    let code = process.wait_exit(LIMIT).code();
    let out = process.lines();
    Run {
        code,
        out: out.iter().map(|line| format!("{}\n", line.text)).collect(),
        err: process.text(),
    }
}

/// Waits for the next such event.
#[track_caller]
fn next(process: &Process, event: &str) -> Value {
    process.wait_for(event, LIMIT, is(event))
}

/// Waits for the first event that is neither of the session nor an error.
#[track_caller]
fn first(process: &Process) -> Value {
    process.wait_for("first event", LIMIT, |line| {
        !is("session")(line) && !is("error")(line)
    })
}

fn path(line: &Value) -> &str {
    let path = line["member"]["path"].as_str();
    path.unwrap_or_else(|| panic!("no member in {line}"))
}

/// Creates a persistent znode on which everybody has only the rights `perms`: 1 is to read it, 2 to
/// write it, 4 to create and 8 to delete children.
fn create_with_rights(path: &str, perms: i32) {
    create_with_acl(path, perms, "world", "anyone");
}

/// The same with rights for `id` only.
fn create_with_acl(path: &str, perms: i32, scheme: &str, id: &str) {
    let mut session = Session::open(server().addr(), LIMIT).unwrap();
    let acl = |p: Payload| p.int(1).int(perms).buffer(scheme).buffer(id);
    let body = acl(Payload::new().buffer(path).buffer(b"")).int(0);
    let reply = session.request(opcode::CREATE, body).unwrap();
    assert_eq!(reply.error, 0, "{path}");
    session.close().unwrap();
}
