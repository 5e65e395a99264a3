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
/// How long a contender with a guarded lease waits if nothing tells it the length of the lease before its
/// own.
pub const LEASE_MAX: Duration = Duration::from_secs(10);

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
    /// The host of leaders with guarded leases is cut off from all servers.
    GuardedBlackHole,
    /// The same, and a stranger deletes the leaders' znodes at once.
    GuardedDeletion,
    /// The leaders' host is cut off, and their successors may replace a silent leader.
    FailOver,
    /// The leaders are stopped, and their successors may replace a silent leader.
    FailOverStop,
    /// The leaders are killed; their undertakers live.
    Kill,
    /// The leaders are killed, and have no undertakers.
    KillAlone,
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
    /// The harness is about to kill it.
    Killing,
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
        /// The length of its guarded lease, if its policy is that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lease_ms: Option<u64>,
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
        /// Those of them whose path it deleted, too, and with it the mark of the last leader.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        razed: Vec<String>,
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

/// How long a contender waits for a lease of this length: clocks may differ in rate.
pub(crate) fn wait(lease: Duration) -> Duration {
    lease + lease / 500
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

    /// The same time, as a duration, for a group whose contenders wait for a lease of this length.
    #[must_use]
    pub fn healing(&self, lease: Duration) -> Duration {
        Duration::from_nanos(self.healing_ns()) + wait(lease)
    }
}

/// The names of plans, as a history has them.
impl Plan {
    /// Those of one fault.
    pub const CAMPAIGNS: &[Self] = Self::ALL.split_at(1).1;

    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Chaos,
        Self::BlackHole,
        Self::Follower,
        Self::Stop,
        Self::AnotherServer,
        Self::GuardedBlackHole,
        Self::GuardedDeletion,
        Self::FailOver,
        Self::FailOverStop,
        Self::Kill,
        Self::KillAlone,
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
            Self::GuardedBlackHole => "guarded-black-hole",
            Self::GuardedDeletion => "guarded-deletion",
            Self::FailOver => "fail-over",
            Self::FailOverStop => "fail-over-stop",
            Self::Kill => "kill",
            Self::KillAlone => "kill-alone",
        }
    }

    /// The time in which a successor replaces a silent leader, if it may.
    #[must_use]
    pub fn fail_over(self) -> Option<Duration> {
        match self {
            Self::FailOver | Self::FailOverStop => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}
