//! The decision to stop, in Mesos's words.

use super::leading::Leading;
use alloc::string::String;
use core::fmt;
use tenure_election::LostReason;

/// The role has ended, and the process that plays it must stop: the exit is the host's. `Display` gives
/// the line that Mesos logs in this case (Mesos `master/master.cpp`, `slave/slave.cpp`, `sched/sched.cpp`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Why.
    pub reason: StopReason,
}

impl Stop {
    /// The status with which Mesos's processes exit.
    pub const EXIT_STATUS: i32 = 1;

    /// The status with which the process should exit: 0 if its end was asked for, otherwise
    /// [`EXIT_STATUS`](Self::EXIT_STATUS).
    pub const fn status(&self) -> i32 {
        match self.reason {
            StopReason::Asked => 0,
            StopReason::LostCandidacy(_)
            | StopReason::Conceded(_)
            | StopReason::LeaseEnded
            | StopReason::CannotContend(_)
            | StopReason::OtherId { .. }
            | StopReason::Refused(_)
            | StopReason::Failed(_) => Self::EXIT_STATUS,
        }
    }
}

/// Why a role has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// A leading master lost its candidacy. `None` if it began another one without a report of the loss.
    LostCandidacy(Option<LostReason>),
    /// A leading master learnt that another one, which is younger, leads.
    Conceded(Leading),
    /// The lease of a leading master ended, and no event said so.
    LeaseEnded,
    /// A master cannot contend any longer. The text says why.
    CannotContend(String),
    /// The leader registered an agent or a framework under another id than before.
    OtherId {
        /// The id that it had.
        known: String,
        /// The id that the leader gave.
        given: String,
    },
    /// The leader refused the credentials of an agent. The text is the leader's.
    Refused(String),
    /// The leader ended a framework with an error. The text is the leader's.
    Failed(String),
    /// The leader or the host asked for it.
    Asked,
}

names! { StopReason:
    LostCandidacy = "lost candidacy",
    Conceded = "conceded",
    LeaseEnded = "lease ended",
    CannotContend = "cannot contend",
    OtherId = "other id",
    Refused = "refused",
    Failed = "failed",
    Asked = "asked",
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            StopReason::LostCandidacy(_) => {
                f.write_str("Lost candidacy as a leader... committing suicide!")
            }
            StopReason::Conceded(_) => {
                f.write_str("Conceded leadership to another master... committing suicide!")
            }
            StopReason::LeaseEnded => {
                f.write_str("Lost leadership after indecisive election... committing suicide!")
            }
            StopReason::CannotContend(why) => write!(f, "Failed to contend: {why}"),
            StopReason::OtherId { known, given } => {
                write!(
                    f,
                    "Registered but got wrong id: {given} (expected: {known}). "
                )?;
                f.write_str("Committing suicide")
            }
            StopReason::Refused(why) => write!(f, "Master refused authentication: {why}"),
            StopReason::Failed(why) => write!(f, "Got error '{why}'"),
            StopReason::Asked => f.write_str("Shutting down"),
        }
    }
}
