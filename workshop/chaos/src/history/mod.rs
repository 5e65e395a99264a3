//! The events of a run: one JSON object a line, in the order in which the harness noticed them.
//!
//! The first line has the run's options, the last one proves that nothing is missing. All stamps
//! are of `CLOCK_BOOTTIME`, which all processes of a machine share.

mod read;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use tenure_field::tool::Role;

pub use read::{Unreadable, read, read_text};
pub use write::Writer;

/// The file in a run's directory.
pub const FILE: &str = "history.jsonl";
/// The only version of the format so far.
pub const VERSION: u32 = 1;

/// The run of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the format.
    pub version: u32,
    /// The plan.
    pub plan: Plan,
    /// The seed.
    pub seed: u64,
    /// T, as requested and granted.
    pub session_timeout_ms: u64,
    /// The servers' tick.
    pub tick_ms: u64,
    /// How much later than promised an event may be seen.
    pub slack_ms: u64,
}

/// The plan of a run; some plans promise more than others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// Faults in an order that the seed chooses.
    Chaos,
    /// The leaders' host is cut off from all servers.
    BlackHole,
    /// The only server that the leaders know is cut off from the others.
    Follower,
    /// The leaders are stopped for three session timeouts.
    Stop,
    /// The server that the leaders use is cut off, and they know the others too.
    AnotherServer,
}

/// An act on a process, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was started.
    Started,
    /// It is stopped (SIGSTOP); its threads have not run since.
    Stopped,
    /// It resumes.
    Resumed,
    /// The harness has killed it.
    Ended,
}

/// Whether a fault begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before the first act of the fault.
    Begin,
    /// After the last act that ends it.
    End,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// The first line.
    Run(Header),
    /// A process of the tool.
    Process {
        /// When.
        at_ns: u64,
        /// Its name, unique in a history.
        client: String,
        /// The group for which it contends, or which it follows.
        group: String,
        /// Its role.
        role: Role,
        /// The act on it.
        change: Change,
    },
    /// A line of such a process, as it was printed.
    Client {
        /// The name of the process.
        client: String,
        /// The line; a string if it was not JSON.
        line: Value,
    },
    /// A fault.
    Fault {
        /// When.
        at_ns: u64,
        /// The same for begin and end.
        id: u64,
        /// Its name.
        fault: String,
        /// Begin or end.
        phase: Phase,
        /// Its target, in words.
        target: String,
        /// The groups in which a stranger deleted a znode or ended a session.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deposed: Vec<String>,
    },
    /// Nothing is broken any longer; servers are up.
    Healed {
        /// When the last fault ended, or the servers agreed again if that was later.
        at_ns: u64,
    },
    /// The contents of the ensemble, read by a client that shares no code with tenure.
    Truth {
        /// When it was read.
        at_ns: u64,
        /// The group.
        group: String,
        /// The leader's token; none in a group without members.
        token: Option<u64>,
        /// The number of its members.
        members: usize,
    },
    /// A write that reached the register.
    Write {
        /// When the register decided on it.
        at_ns: u64,
        /// The group of the register.
        group: String,
        /// The token of the write.
        token: u64,
        /// The highest token of any earlier write.
        highest: u64,
        /// Whether it was done.
        accepted: bool,
    },
    /// The last line.
    End {
        /// When.
        at_ns: u64,
        /// The number of lines, the first and the last included.
        lines: usize,
    },
}

/// A history that was read from its first line to its last.
#[derive(Clone, Debug)]
pub struct History {
    /// The options of the run.
    pub header: Header,
    /// The events, each with the number of its line.
    pub entries: Vec<(usize, Entry)>,
    /// The time of its end.
    pub end_ns: u64,
}

impl Header {
    /// T.
    #[must_use]
    pub fn session_timeout_ns(&self) -> u64 {
        self.session_timeout_ms.saturating_mul(1_000_000)
    }

    /// The time after the end of all faults within which all clients must agree.
    #[must_use]
    pub fn healing_ns(&self) -> u64 {
        let ms = self.session_timeout_ms + 2 * self.tick_ms + self.slack_ms;
        ms.saturating_mul(1_000_000)
    }

    /// The same time, as a duration.
    #[must_use]
    pub fn healing(&self) -> Duration {
        Duration::from_nanos(self.healing_ns())
    }
}

/// The names of plans, as a history has them.
impl Plan {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Chaos,
        Self::BlackHole,
        Self::Follower,
        Self::Stop,
        Self::AnotherServer,
    ];

    /// The name in a history.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chaos => "chaos",
            Self::BlackHole => "black-hole",
            Self::Follower => "follower",
            Self::Stop => "stop",
            Self::AnotherServer => "another-server",
        }
    }
}
