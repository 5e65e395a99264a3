//! The reasons for which a session gives no lease.

use core::fmt;
use core::time::Duration;

/// The reason for which a session gives no lease; its text says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// The server is not ZooKeeper, and ends sessions by rules for which the verified lease has no argument.
    NotZooKeeper,
    /// No lease with these times is long enough to be of use.
    TooShort {
        /// The session timeout.
        timeout: Duration,
        /// The servers' `tickTime`, if it is known.
        tick: Option<Duration>,
    },
    /// The servers may have begun to end the session.
    Doubtful {
        /// The time for which the client relies on no lease.
        remaining: Duration,
    },
    /// Answers take so long, or vary so much, that a lease ends before it can be renewed.
    Slow {
        /// The time that answers take.
        delay: Duration,
        /// Whether some answers take longer than `delay`.
        is_uneven: bool,
        /// The session timeout.
        timeout: Duration,
        /// Whether the servers' `tickTime` is known.
        knows_tick: bool,
    },
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotZooKeeper => f.write_str(
                "the server is not Apache ZooKeeper (its session has no password, as those of ClickHouse Keeper \
                 and RaftKeeper), and a leader whose lease rests on ZooKeeper's session expiry is not safe there; \
                 choose the policy `guarded`",
            ),
            Self::TooShort { timeout, tick } => {
                write!(
                    f,
                    "a session timeout of {timeout:?} leaves no room for a verified lease with "
                )?;
                match tick {
                    Some(tick) => write!(f, "a tickTime of {tick:?}")?,
                    None => write!(f, "an unknown tickTime (up to {:?})", *timeout / 2)?,
                }
                f.write_str(
                    "; ask for a longer session timeout, or give the servers' tickTime (the option \
                     `tick`) if it is shorter",
                )
            }
            Self::Doubtful { remaining } => write!(
                f,
                "the servers may have begun to end this session while it was not connected; the \
                 client relies on no lease for another {remaining:.1?}"
            ),
            Self::Slow {
                delay,
                is_uneven,
                timeout,
                knows_tick,
            } => {
                match is_uneven {
                    true => write!(f, "some answers take {delay:.1?} and some take longer")?,
                    false => write!(f, "answers take {delay:.1?}")?,
                }
                write!(
                    f,
                    ": with a session timeout of {timeout:?} a lease would be over before it could \
                     be renewed; "
                )?;
                f.write_str(match knows_tick {
                    true => "ask for a longer session timeout",
                    false => "ask for a longer session timeout, or give the servers' tickTime (the option `tick`)",
                })
            }
        }
    }
}
