//! Why a session gives no lease.

use core::fmt;
use core::time::Duration;

/// Why a session gives no lease, in a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// With these times no lease is ever long enough to be of use.
    TooShort {
        /// The session timeout.
        timeout: Duration,
        /// The servers' `tickTime`, if it is known.
        tick: Option<Duration>,
    },
    /// The servers may have begun to end the session.
    Doubtful {
        /// How long no lease is relied on.
        remaining: Duration,
    },
    /// Answers take so long, or so unevenly long, that a lease is over before it can be renewed.
    Slow {
        /// How long answers take.
        delay: Duration,
        /// Most take no longer.
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
                    "; ask for a longer session timeout, or tell the servers' tickTime if it is \
                     shorter",
                )
            }
            Self::Doubtful { remaining } => write!(
                f,
                "the servers may have begun to end this session while it was not connected; no \
                 lease is relied on for {remaining:.1?} more"
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
                    false => "ask for a longer session timeout, or tell the servers' tickTime",
                })
            }
        }
    }
}
