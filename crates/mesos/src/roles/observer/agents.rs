//! The agents of an observer: their keys and states, and the inputs and outputs that name them.

use core::fmt;
use core::time::Duration;

/// An agent of one observer. A key is never given to two agents, unless four billion were removed from its
/// slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentKey(u64);

impl AgentKey {
    /// The key as a number, to pass through a foreign interface; never 0.
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The key of a number; one that [`as_u64`](Self::as_u64) never gave is that of an unknown agent.
    pub const fn from_u64(number: u64) -> Self {
        Self(number)
    }

    pub(super) const fn new(slot: u32, generation: u32) -> Self {
        Self((generation as u64) << 32 | (slot as u64 + 1))
    }

    /// One less than the lower half, so that no key is 0; the upper half is the generation.
    pub(super) const fn slot(self) -> u32 {
        (self.0 as u32).wrapping_sub(1)
    }
}

/// The state of one agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The observer has no such agent.
    Unknown,
    /// An earlier leader had it; it has not registered with this one.
    Expected,
    /// It is registered and connected.
    Active,
    /// Its connection broke. It is pinged on.
    Disconnected,
    /// It left too many pings unanswered, and waits for the rate limit.
    Unanswered,
    /// The same, and its connection broke.
    Silent,
    /// It did not register again in time, and waits for the rate limit. It is not pinged.
    Overdue,
    /// It is deactivated, and its tasks are lost. It is not pinged.
    Unreachable,
}

names! { State:
    Unknown = "unknown",
    Expected = "expected",
    Active = "active",
    Disconnected = "disconnected",
    Unanswered = "unanswered",
    Silent = "silent",
    Overdue = "overdue",
    Unreachable = "unreachable",
}

/// An input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// An agent that the observer has was registered again.
    Registered(AgentKey),
    /// An agent answered a ping.
    Pong(AgentKey),
    /// The connection of an agent broke.
    LinkLost(AgentKey),
    /// The agent is gone for good: it has shut down, or an operator says so.
    Removed(AgentKey),
    /// Time has passed.
    Tick,
}

names! { Input:
    Registered = "registered",
    Pong = "pong",
    LinkLost = "link lost",
    Removed = "removed",
    Tick = "tick",
}

/// An output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Ping the agent.
    Ping {
        /// The agent.
        agent: AgentKey,
        /// Goes into the ping: an agent that believes to be registered, and reads `false`, registers again.
        connected: bool,
    },
    /// The agent may be used: it gets offers.
    Activated(AgentKey),
    /// The agent's connection broke: it gets no offers and no tasks. Its tasks go on.
    Deactivated(AgentKey),
    /// The agent will be unreachable when the rate limit permits it.
    Scheduled {
        /// The agent.
        agent: AgentKey,
        /// Why.
        reason: Reason,
    },
    /// That was called off: the agent is there.
    Canceled(AgentKey),
    /// The agent is unreachable: the host writes that to its registry, deactivates the agent, takes its
    /// offers back, and reports each of its tasks as `TASK_LOST`, or `TASK_UNREACHABLE` to frameworks that
    /// are partition-aware, and the agent as lost to all schedulers.
    Unreachable {
        /// The agent.
        agent: AgentKey,
        /// Why.
        reason: Reason,
    },
    /// An unreachable agent is back: the host takes its tasks back, too.
    Readmitted(AgentKey),
    /// The observer has no such agent: the sender of the message is to be ignored, and reported.
    Unknown(AgentKey),
}

names! { Output:
    Ping = "ping",
    Activated = "activated",
    Deactivated = "deactivated",
    Scheduled = "scheduled",
    Canceled = "canceled",
    Unreachable = "unreachable",
    Readmitted = "readmitted",
    Unknown = "unknown",
}

/// Why an agent is unreachable; `Display` gives Mesos's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It left too many pings unanswered.
    NoPong,
    /// It did not register again within this time after its connection broke.
    Disconnected(Duration),
    /// It did not register within this time after another leader was elected.
    Failover(Duration),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPong => f.write_str("health check timed out"),
            Self::Disconnected(time) => {
                let time = Shown(*time);
                write!(
                    f,
                    "agent did not reregister within {time} after disconnecting"
                )
            }
            Self::Failover(time) => {
                let time = Shown(*time);
                write!(f, "did not reregister within {time} after master failover")
            }
        }
    }
}

/// A time as Mesos shows it: in the largest unit of which it is a whole number.
struct Shown(Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let units: [(u128, &str); 5] = [
            (86_400_000_000_000, "days"),
            (3_600_000_000_000, "hrs"),
            (60_000_000_000, "mins"),
            (1_000_000_000, "secs"),
            (1_000_000, "ms"),
        ];
        let fits = |(unit, _): &(u128, &str)| nanos >= *unit && nanos.is_multiple_of(*unit);
        match units.into_iter().find(fits) {
            Some((unit, name)) => write!(f, "{}{name}", nanos / unit),
            None => write!(f, "{nanos}ns"),
        }
    }
}
