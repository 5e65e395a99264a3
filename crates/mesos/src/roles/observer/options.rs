//! The options of an observer, in Mesos's names and ranges.

use super::super::range::{self, OutOfRange};
use core::ops::RangeInclusive;
use core::time::Duration;

/// The options of an observer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The time between two pings of an agent: `--agent_ping_timeout`. 1 s to 15 min; 15 s by default
    /// (Mesos `master/constants.hpp`, `master/flags.cpp`). All pings of an agent that comes back may fail
    /// during this time times `max_agent_ping_timeouts`; the product should be longer than ZooKeeper's
    /// session timeout.
    pub agent_ping_timeout: Duration,
    /// How many pings in a row an agent may leave unanswered; with the last of them it is unreachable:
    /// `--max_agent_ping_timeouts`. 1 to 1,000,000; 5 by default.
    pub max_agent_ping_timeouts: u32,
    /// The time in which an agent whose connection broke, or that an earlier leader had, must register
    /// again: `--agent_reregister_timeout`. 1 s to 30 days; 10 min by default, which is the least in Mesos.
    pub agent_reregister_timeout: Duration,
    /// How many agents may become unreachable in which time: `--agent_removal_rate_limit`. Any number by
    /// default.
    pub agent_removal_rate_limit: Option<RemovalLimit>,
}

/// So many agents in such a time, evenly spread: `1/10mins` in Mesos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemovalLimit {
    /// 1 to 1,000,000.
    pub agents: u32,
    /// 1 s to 30 days.
    pub each: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            agent_ping_timeout: Duration::from_secs(15),
            max_agent_ping_timeouts: 5,
            agent_reregister_timeout: Duration::from_secs(600),
            agent_removal_rate_limit: None,
        }
    }
}

const PING_TIMEOUT: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(900);
const COUNT: RangeInclusive<u32> = 1..=1_000_000;
const LONG: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(30 * 86_400);

impl Options {
    /// The time from the first unanswered ping until the agent is unreachable: 75 s by default. The leader
    /// gives it to each agent that it registers
    /// ([`agent::Input::Registered`](super::super::agent::Input::Registered)).
    pub fn total_ping_timeout(&self) -> Duration {
        self.agent_ping_timeout
            .saturating_mul(self.max_agent_ping_timeouts)
    }

    pub(super) fn check(&self) -> Result<(), OutOfRange> {
        let pings = self.max_agent_ping_timeouts;
        range::check(
            "agent_ping_timeout",
            &self.agent_ping_timeout,
            &PING_TIMEOUT,
        )?;
        range::check("max_agent_ping_timeouts", &pings, &COUNT)?;
        range::check(
            "agent_reregister_timeout",
            &self.agent_reregister_timeout,
            &LONG,
        )?;
        if let Some(RemovalLimit { agents, each }) = &self.agent_removal_rate_limit {
            range::check("agent_removal_rate_limit", agents, &COUNT)?;
            range::check("agent_removal_rate_limit", each, &LONG)?;
        }
        Ok(())
    }

    /// The time between two agents that become unreachable; zero if there is no limit.
    pub(super) fn removal_pause(&self) -> Duration {
        self.agent_removal_rate_limit
            .map_or(Duration::ZERO, |limit| limit.each / limit.agents)
    }
}
