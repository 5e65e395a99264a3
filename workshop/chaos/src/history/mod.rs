//! What happened in a run: one JSON object a line, in the order in which it was heard of.
//!
//! The first line says what run it was, the last one that nothing is missing. All stamps are of
//! `CLOCK_BOOTTIME`, which all processes of a machine share.

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

/// What run it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Of the format.
    pub version: u32,
    /// What was played.
    pub plan: Plan,
    /// What chance was made of.
    pub seed: u64,
    /// T, as asked for and granted.
    pub session_timeout_ms: u64,
    /// The servers' tick.
    pub tick_ms: u64,
    /// How much later than promised something may be seen.
    pub slack_ms: u64,
}

/// What was played; some plans promise more than others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// Faults in an order that the seed picks.
    Chaos,
    /// The leaders' host is cut off from all servers.
    BlackHole,
    /// The only server that the leaders know is cut off from the others.
    Follower,
    /// The leaders are stopped for three session timeouts.
    Stop,
    /// The server that the leaders use is cut off, and they know the others too.
    Seat,
}

/// What was done to a process, or seen of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was started.
    Started,
    /// It stands still (SIGSTOP); its threads have not run since.
    Stopped,
    /// It runs on.
    Resumed,
    /// It is gone, by our doing.
    Ended,
}

/// Whether a fault begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before the first thing that it does.
    Begin,
    /// After the last thing that ends it.
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
        /// Its name, of which there is one in a history.
        client: String,
        /// The group that it stands in or follows.
        group: String,
        /// What it is there for.
        role: Role,
        /// What was done to it.
        change: Change,
    },
    /// A line of such a process, as it was printed.
    Client {
        /// Whose.
        client: String,
        /// The line; a string if it was no JSON.
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
        /// What it was done to, for people.
        target: String,
        /// The groups in which somebody's znode or session was ended by a stranger.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deposed: Vec<String>,
    },
    /// Nothing is broken any more; servers are up.
    Healed {
        /// When the last fault ended, or the servers agreed again if that was later.
        at_ns: u64,
    },
    /// What the ensemble holds, read by a client that shares no code with tenure.
    Truth {
        /// When it was read.
        at_ns: u64,
        /// Of which group.
        group: String,
        /// The leader's token; none in a group without members.
        token: Option<u64>,
        /// How many members there are.
        members: usize,
    },
    /// A write that came to the register.
    Write {
        /// When it was decided on.
        at_ns: u64,
        /// The group for which it stands.
        group: String,
        /// What the writer showed.
        token: u64,
        /// The highest that any writer had shown before.
        highest: u64,
        /// Whether it was done.
        accepted: bool,
    },
    /// The last line.
    End {
        /// When.
        at_ns: u64,
        /// How many lines there are, with the first and the last.
        lines: usize,
    },
}

/// A history that was read from its first line to its last.
#[derive(Clone, Debug)]
pub struct History {
    /// What run it was.
    pub header: Header,
    /// What happened, each with the number of its line.
    pub entries: Vec<(usize, Entry)>,
    /// When it ended.
    pub end_ns: u64,
}

impl Header {
    /// T.
    #[must_use]
    pub fn session_timeout_ns(&self) -> u64 {
        self.session_timeout_ms.saturating_mul(1_000_000)
    }

    /// By when after the end of all faults everybody must agree.
    #[must_use]
    pub fn healing_ns(&self) -> u64 {
        let ms = self.session_timeout_ms + 2 * self.tick_ms + self.slack_ms;
        ms.saturating_mul(1_000_000)
    }

    /// The same, to wait for.
    #[must_use]
    pub fn healing(&self) -> Duration {
        Duration::from_nanos(self.healing_ns())
    }
}

/// The names of plans, as they are written.
impl Plan {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Chaos,
        Self::BlackHole,
        Self::Follower,
        Self::Stop,
        Self::Seat,
    ];

    /// As in a history.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chaos => "chaos",
            Self::BlackHole => "black-hole",
            Self::Follower => "follower",
            Self::Stop => "stop",
            Self::Seat => "seat",
        }
    }
}
