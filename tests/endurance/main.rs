//! Names that move or hang, masses of sessions and of handles, and ten thousand cycles, on real
//! servers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod client_process;
mod crowd;
mod cycles;
mod doom;
mod expiry;
mod names;
mod one_name;

use serde_json::Value;
use std::time::Duration;
use tenure_field::Process;
use tenure_field::tool::{Tool, is};

/// Long enough for a busy machine; nothing here waits that long when all is well.
const LIMIT: Duration = Duration::from_secs(60);
/// The session timeout: twenty ticks of the servers.
const T: Duration = Duration::from_secs(10);

/// The tool, with this session timeout.
fn tool(timeout: Duration) -> Tool {
    Tool::new(tenure_field::built_tool(), timeout)
}

fn in_state(state: &'static str) -> impl Fn(&Value) -> bool {
    move |line| is("session")(line) && line["state"] == state
}

/// The events of this kind that a process has printed so far.
fn count(process: &Process, matches: impl Fn(&Value) -> bool) -> usize {
    let lines = process.lines();
    lines.iter().filter(|line| matches(&line.json)).count()
}
