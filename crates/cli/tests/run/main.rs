//! `tenure run`, as a black box: when its command runs, how it ends, and that it never outlives the
//! leadership.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

mod descent;
mod ends;
mod faults;
mod guardian;
mod manners;
mod starved;
mod undertaker;

use serde_json::Value;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenure_field::stats::is_alive;
use tenure_field::tool::{Tool, is, token};
use tenure_field::{Netns, Process, Signal, Zookeeper, wait_until};

/// Long enough for a busy machine; no test waits that long unless it fails.
const LIMIT: Duration = Duration::from_secs(30);
/// The session timeout: eight ticks of the server.
const T: Duration = Duration::from_secs(4);
const TOOL: &str = env!("CARGO_BIN_EXE_tenure");

/// The server that well-behaved tests share. It ends with the process.
fn server() -> &'static Zookeeper {
    static SERVER: OnceLock<Zookeeper> = OnceLock::new();
    SERVER.get_or_init(Zookeeper::start)
}

/// A path that no other test uses.
fn fresh_path() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("/run-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

fn fresh_url() -> String {
    server().url(&fresh_path())
}

/// Starts `tenure run URL --json --session-timeout T WORDS…`.
#[track_caller]
fn run(url: &str, words: &[&str]) -> Process {
    run_for(T, url, words)
}

/// The same with another session timeout.
#[track_caller]
fn run_for(timeout: Duration, url: &str, words: &[&str]) -> Process {
    Tool::new(TOOL, timeout).start("run", url, words)
}

/// The same on another host.
#[track_caller]
fn run_in(netns: &Netns, url: &str, words: &[&str]) -> Process {
    Tool::new(TOOL, T).on(netns).start("run", url, words)
}

/// Waits for the next such event.
#[track_caller]
fn next(process: &Process, event: &str) -> Value {
    process.wait_for(event, LIMIT, is(event))
}

/// The number of such events so far. The output and the actions of the command have no order with
/// them: they are all there only after a later event, or after the end of the tool.
fn count(process: &Process, event: &str) -> usize {
    let lines = process.lines();
    lines.iter().filter(|line| is(event)(&line.json)).count()
}

/// Asks a leading tool to end, and its command by SIGTERM. Before that it has neither lost its
/// leadership nor stopped its command.
#[track_caller]
fn stop_undisturbed(process: &Process) {
    process.signal(Signal::Term);
    assert_eq!(process.wait_exit(LIMIT).code(), Some(143));
    let all = process.lines();
    let told = |event: &str| {
        let lines = all.iter().filter(|line| is(event)(&line.json));
        lines.map(|line| &line.json["reason"]).collect::<Vec<_>>()
    };
    assert_eq!(told("stopping"), ["asked"], "{all:#?}");
    assert_eq!(told("lost"), ["withdrawn"], "{all:#?}");
}

fn pid(line: &Value) -> u32 {
    line["pid"].as_u64().unwrap().try_into().unwrap()
}

/// Waits for a line of the command on standard output. The line has no order with the events, which
/// come by another stream.
#[track_caller]
fn said(process: &Process, text: &str) {
    wait_until(&format!("the command to say {text}"), LIMIT, || {
        process.text().lines().any(|l| l == text).then_some(())
    });
}

/// Waits until a process is gone and returns when that was noticed, on the clock of leases.
#[track_caller]
fn gone(what: &str, pid: u32) -> u64 {
    wait_until(&format!("{what} to be gone"), LIMIT, || {
        (!is_alive(pid)).then(tenure_field::boottime::now_ns)
    })
}

/// The child of the process `parent`.
fn child_of(parent: u32) -> Option<u32> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let children = std::fs::read_to_string(path).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

/// The guardian of a tool that runs a command: the tool forks in its main thread.
#[track_caller]
fn guardian_of(process: &Process) -> u32 {
    wait_until("a guardian", LIMIT, || child_of(process.pid()))
}

/// A file that commands write to; dropping it removes it.
struct Diary(PathBuf);

/// Writes the name of a live command, and the time (`/proc/uptime` is the clock of leases, to 10
/// ms).
const BEAT: &str = r#"trap "" TERM
while read up rest </proc/uptime; do echo "$1 $TENURE_TOKEN $up" >>"$0"; sleep 0.02; done"#;

struct Beat {
    name: String,
    token: u64,
    seconds: f64,
}

impl Diary {
    fn new() -> Self {
        static LAST: AtomicUsize = AtomicUsize::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let name = format!("tenure-run-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    /// A command that shows that it is alive, and that only SIGKILL ends.
    fn command(&self, name: &str) -> [String; 5] {
        let file = self.0.to_str().unwrap();
        ["sh", "-c", BEAT, file, name].map(str::to_owned)
    }

    fn beats(&self) -> Vec<Beat> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        let beat = |line: &str| {
            let mut words = line.split(' ');
            Some(Beat {
                name: words.next()?.to_owned(),
                token: words.next()?.parse().ok()?,
                seconds: words.next()?.parse().ok()?,
            })
        };
        text.lines().filter_map(beat).collect()
    }

    /// The first and the last sign of life of a command.
    fn span(&self, name: &str) -> Option<(f64, f64)> {
        let beats = self.beats();
        let mut own = beats.iter().filter(|beat| beat.name == name);
        let first = own.next()?.seconds;
        Some((first, own.next_back().map_or(first, |beat| beat.seconds)))
    }
}

impl Drop for Diary {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}
