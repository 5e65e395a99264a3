//! Servers that speak ZooKeeper's protocol: ZooKeeper, and those that break its promises about
//! sessions.

use core::time::Duration;
use tenure_proto::op;

/// The kind of a server. All kinds have the same znodes, ACLs, watches and transactions; they differ
/// in how sessions begin, live and end, and in the operations that they lack. `docs/model.md` has a
/// table of the differences.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Personality {
    /// Apache ZooKeeper: the promises on which a verified lease rests.
    #[default]
    ZooKeeper,
    /// ClickHouse Keeper of the end of 2025 and later.
    Keeper,
    /// ClickHouse Keeper before `create2`: without it, `setWatches`, `removeWatches`, persistent
    /// watches and containers.
    OldKeeper,
    /// `RaftKeeper`.
    RaftKeeper,
}

impl Personality {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::ZooKeeper,
        Self::Keeper,
        Self::OldKeeper,
        Self::RaftKeeper,
    ];

    /// The name of this kind in options and URLs: `zookeeper`, `keeper`, `old-keeper`, `raftkeeper`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ZooKeeper => "zookeeper",
            Self::Keeper => "keeper",
            Self::OldKeeper => "old-keeper",
            Self::RaftKeeper => "raftkeeper",
        }
    }

    /// The kind of this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) const fn is_zookeeper(self) -> bool {
        matches!(self, Self::ZooKeeper)
    }

    /// `ClickHouse` Keeper of any age.
    pub(super) const fn is_keeper(self) -> bool {
        matches!(self, Self::Keeper | Self::OldKeeper)
    }

    /// Whether a client that names its session gets that session again.
    pub(super) const fn reattaches(self) -> bool {
        !self.is_keeper()
    }

    /// Whether a client that has seen a newer state is turned away.
    pub(super) const fn refuses_newer_clients(self) -> bool {
        !self.is_keeper()
    }

    /// Whether pings are transactions, and so touch their session on every server.
    pub(super) const fn logs_pings(self) -> bool {
        self.is_keeper()
    }

    /// The least and the greatest session timeout where the options give none; `None` where they
    /// follow from the tick.
    pub(super) const fn session_timeouts(self) -> Option<(Duration, Duration)> {
        match self {
            Self::ZooKeeper => None,
            Self::Keeper | Self::OldKeeper => {
                Some((Duration::from_secs(10), Duration::from_secs(100)))
            }
            Self::RaftKeeper => Some((Duration::from_secs(1), Duration::from_secs(3600))),
        }
    }

    /// The timeout of a client that requests none, in milliseconds.
    pub(super) const fn default_timeout_ms(self) -> Option<i32> {
        match self {
            Self::ZooKeeper | Self::RaftKeeper => None,
            Self::Keeper | Self::OldKeeper => Some(30_000),
        }
    }

    /// Whether it does not know this operation.
    pub(super) const fn lacks(self, operation: i32) -> bool {
        match self {
            Self::ZooKeeper => false,
            Self::Keeper => matches!(operation, op::GET_EPHEMERALS | op::CREATE_TTL),
            Self::OldKeeper => {
                matches!(operation, op::SET_WATCHES) || Self::RaftKeeper.lacks(operation)
            }
            Self::RaftKeeper => matches!(
                operation,
                op::CREATE2
                    | op::REMOVE_WATCHES
                    | op::CREATE_CONTAINER
                    | op::CREATE_TTL
                    | op::GET_EPHEMERALS
                    | op::SET_WATCHES2
                    | op::ADD_WATCH
            ),
        }
    }
}
