//! The properties of a znode on a server.

/// The properties of a znode on a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The transaction that created it.
    pub czxid: i64,
    /// The transaction that last changed its data.
    pub mzxid: i64,
    /// How often its data has changed.
    pub version: i32,
    /// The session that owns it; 0 if it is not ephemeral.
    pub ephemeral_owner: i64,
}

impl From<zookeeper::Stat> for Stat {
    fn from(stat: zookeeper::Stat) -> Self {
        let zookeeper::Stat {
            czxid,
            mzxid,
            version,
            ephemeral_owner,
            ..
        } = stat;
        Self {
            czxid,
            mzxid,
            version,
            ephemeral_owner,
        }
    }
}
