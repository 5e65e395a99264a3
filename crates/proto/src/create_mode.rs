//! How znodes are created.

use super::jute::DecodeError;

/// The flags of `createContainer`.
pub(super) const CONTAINER: i32 = 4;

/// How a znode is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateMode {
    /// Persistent.
    Persistent,
    /// Ephemeral: the server deletes it when its session ends.
    Ephemeral,
    /// Persistent, and the server appends a ten-digit number to its name.
    PersistentSequential,
    /// Ephemeral, and the server appends a ten-digit number to its name.
    EphemeralSequential,
}

impl CreateMode {
    /// Whether the znode is deleted with its session.
    pub fn is_ephemeral(self) -> bool {
        matches!(self, Self::Ephemeral | Self::EphemeralSequential)
    }

    /// Whether the server appends a number to the name.
    pub fn is_sequential(self) -> bool {
        matches!(self, Self::PersistentSequential | Self::EphemeralSequential)
    }

    pub(super) fn flags(self) -> i32 {
        match self {
            Self::Persistent => 0,
            Self::Ephemeral => 1,
            Self::PersistentSequential => 2,
            Self::EphemeralSequential => 3,
        }
    }

    pub(super) fn from_flags(flags: i32) -> Result<Self, DecodeError> {
        match flags {
            0 => Ok(Self::Persistent),
            1 => Ok(Self::Ephemeral),
            2 => Ok(Self::PersistentSequential),
            3 => Ok(Self::EphemeralSequential),
            _ => Err(DecodeError("create mode that this crate does not use")),
        }
    }
}
