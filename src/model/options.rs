//! What a model is made of.

use std::time::Duration;

/// How a [`Model`](super::Model) behaves; the names are those of a real server's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelOptions {
    /// `tickTime`: sessions expire at multiples of it. Counted in whole milliseconds, at least 1.
    pub tick: Duration,
    /// `minSessionTimeout`: shorter wishes are raised to it; twice the tick when absent.
    pub min_session_timeout: Option<Duration>,
    /// `maxSessionTimeout`: longer wishes are cut to it; twenty times the tick when absent.
    pub max_session_timeout: Option<Duration>,
    /// Operations that it does not know, as older servers do not: `create2` before 3.5,
    /// `getEphemerals` before 3.6.
    pub unknown: Vec<i32>,
    /// Where session ids and passwords come from.
    pub seed: u64,
}

impl Default for ModelOptions {
    fn default() -> Self {
        Self {
            tick: Duration::from_millis(500),
            min_session_timeout: None,
            max_session_timeout: None,
            unknown: Vec::new(),
            seed: 0,
        }
    }
}

impl ModelOptions {
    /// The tick in milliseconds, never zero.
    pub(super) fn tick_ms(&self) -> u64 {
        millis(self.tick).max(1)
    }

    /// The timeout that a client gets who asks for `wish_ms`, clamped in the order in which
    /// `ZooKeeperServer.processConnectRequest` does it: the maximum wins.
    pub(super) fn negotiate(&self, wish_ms: i32) -> i32 {
        let in_ticks = |n| i32::try_from(self.tick_ms().saturating_mul(n)).unwrap_or(i32::MAX);
        let or_ticks = |limit: Option<Duration>, n| {
            limit.map_or_else(
                || in_ticks(n),
                |limit| i32::try_from(millis(limit)).unwrap_or(i32::MAX),
            )
        };
        let (min, max) = (
            or_ticks(self.min_session_timeout, 2),
            or_ticks(self.max_session_timeout, 20),
        );
        wish_ms.max(min).min(max)
    }
}

/// Whole milliseconds, as servers count.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
