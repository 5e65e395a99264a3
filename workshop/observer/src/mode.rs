//! The lifetime of a znode, and whether the server numbers it.

use zookeeper::CreateMode;

/// The lifetime of a znode, and whether the server numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Until it is deleted.
    Persistent,
    /// As long as its owner's session.
    Ephemeral,
    /// Until it is deleted; the server appends ten digits to its name.
    PersistentSequential,
    /// As long as its owner's session; the server appends ten digits to its name.
    EphemeralSequential,
}

impl From<Mode> for CreateMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Persistent => Self::Persistent,
            Mode::Ephemeral => Self::Ephemeral,
            Mode::PersistentSequential => Self::PersistentSequential,
            Mode::EphemeralSequential => Self::EphemeralSequential,
        }
    }
}
