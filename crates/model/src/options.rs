//! The options of a model.

use super::personality::Personality;
use alloc::vec::Vec;
use core::time::Duration;

/// The behaviour of a [`Model`](super::Model); the names are those of a real server's
/// configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelOptions {
    /// The kind of the server.
    pub personality: Personality,
    /// `tickTime`: sessions expire at multiples of it. Counted in whole milliseconds, at least 1.
    pub tick: Duration,
    /// `minSessionTimeout`: shorter requests are raised to it. When absent it is twice the tick; in
    /// servers that are not ZooKeeper 10 s, in `RaftKeeper` 1 s.
    pub min_session_timeout: Option<Duration>,
    /// `maxSessionTimeout`: longer requests are cut to it. When absent it is twenty times the tick;
    /// in servers that are not ZooKeeper 100 s, in `RaftKeeper` one hour.
    pub max_session_timeout: Option<Duration>,
    /// `znode.container.checkIntervalMs`: the time between checks for containers without children;
    /// a minute in real servers.
    pub container_check: Duration,
    /// Whether `exists` needs the READ permission, as since 3.7.3, 3.8.4 and 3.9.2
    /// (ZOOKEEPER-2590). Otherwise, as in Debian's 3.8.0, it arms a watch that never fires: in
    /// neither case does a client get events of a znode that it may not read (CVE-2024-23944).
    pub exists_needs_read: bool,
    /// The operations that it does not know, as older servers: `create2` before 3.5,
    /// `getEphemerals` before 3.6. Those that the kind of server lacks need not be named.
    pub unknown: Vec<i32>,
    /// The seed of session ids and passwords.
    pub seed: u64,
}

impl Default for ModelOptions {
    fn default() -> Self {
        Self {
            personality: Personality::default(),
            tick: Duration::from_millis(500),
            min_session_timeout: None,
            max_session_timeout: None,
            container_check: Duration::from_secs(60),
            exists_needs_read: true,
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

    /// The timeout that a client gets when it requests `wish_ms`, clamped in the order of
    /// `ZooKeeperServer.processConnectRequest`: the maximum wins. `most` is the maximum of one
    /// server.
    pub(super) fn negotiate(&self, wish_ms: i32, most: Option<Duration>) -> i32 {
        let in_ticks = |n| i32::try_from(self.tick_ms().saturating_mul(n)).unwrap_or(i32::MAX);
        let or_ticks = |limit: Option<Duration>, n| {
            limit.map_or_else(
                || in_ticks(n),
                |limit| i32::try_from(millis(limit)).unwrap_or(i32::MAX),
            )
        };
        let own = self.personality.session_timeouts();
        let own_min = self.min_session_timeout.or_else(|| own.map(|(min, _)| min));
        let own_max = self.max_session_timeout.or_else(|| own.map(|(_, max)| max));
        let (min, max) = (or_ticks(own_min, 2), or_ticks(most.or(own_max), 20));
        let wish_ms = match (wish_ms, self.personality.default_timeout_ms()) {
            (0, Some(default_ms)) => default_ms,
            (wish_ms, _) => wish_ms,
        };
        wish_ms.max(min).min(max)
    }
}

/// The behaviour of an [`Ensemble`](super::Ensemble).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnsembleOptions {
    /// The configuration of all servers. Its seed is the seed of everything that is drawn: session
    /// ids, delays, losses, elections, the phases of the servers' clocks, and the order in which a
    /// server processes waiting input after a pause.
    pub server: ModelOptions,
    /// The number of voting servers, at least 1. They are numbered from 0.
    pub voters: usize,
    /// The servers that do not vote, numbered after the voters.
    pub observers: Vec<Upstream>,
    /// `initLimit`: the ticks that a new leader has to find followers, and they to synchronise.
    pub init_limit: u32,
    /// `syncLimit`: the ticks after which leader and follower give each other up.
    pub sync_limit: u32,
    /// The initial properties of each direction of each link between two servers.
    pub link: LinkOptions,
    /// The shortest and the longest time in which a server that looks for a leader finds or elects
    /// one, if that is possible.
    pub election: (Duration, Duration),
}

impl Default for EnsembleOptions {
    /// Three servers as in `zoo_sample.cfg`, but with a tick of 500 ms.
    fn default() -> Self {
        Self {
            server: ModelOptions::default(),
            voters: 3,
            observers: Vec::new(),
            init_limit: 10,
            sync_limit: 5,
            link: LinkOptions::default(),
            election: (Duration::from_millis(200), Duration::from_millis(600)),
        }
    }
}

/// The server that an observer learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upstream {
    /// The leader, the only choice before 3.6.
    Leader,
    /// This server while it follows (`ObserverMaster`, since 3.6): touches take two hops.
    Follower(usize),
}

/// The properties of one direction of a link between two servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOptions {
    /// A packet takes at least this long.
    pub delay_min: Duration,
    /// A packet that does not get lost takes at most this long, unless one before it takes longer.
    pub delay_max: Duration,
    /// How many of 1000 packets get lost. They are resent, and delay all later ones.
    pub loss_per_mille: u32,
    /// The time until a lost packet is resent; it doubles each time.
    pub resend: Duration,
}

impl Default for LinkOptions {
    /// A local network: 100 µs to 1 ms, no loss.
    fn default() -> Self {
        Self {
            delay_min: Duration::from_micros(100),
            delay_max: Duration::from_millis(1),
            loss_per_mille: 0,
            resend: Duration::from_millis(200),
        }
    }
}

/// Whole milliseconds, as servers count.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Nanoseconds, as the network counts.
pub(super) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
