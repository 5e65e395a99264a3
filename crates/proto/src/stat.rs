//! The state of a znode as a server reports it.

use super::jute::{DecodeError, Reader, Writer};

/// The state of a znode as a server reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stat {
    /// The transaction that created the znode: never used twice, and always larger than earlier
    /// ones.
    pub czxid: i64,
    /// The transaction that last changed its data.
    pub mzxid: i64,
    /// Creation time, milliseconds since the epoch, by the server's clock.
    pub ctime: i64,
    /// Time of the last change, likewise.
    pub mtime: i64,
    /// Number of changes of the data.
    pub version: i32,
    /// Number of changes of the children; a sequential child gets its number from it.
    pub cversion: i32,
    /// Number of changes of the ACL.
    pub aversion: i32,
    /// The session that owns the znode, or 0 for one that is not ephemeral.
    pub ephemeral_owner: i64,
    /// Length of the data in bytes.
    pub data_length: i32,
    /// Number of children.
    pub num_children: i32,
    /// The transaction that last changed the children.
    pub pzxid: i64,
}

impl Stat {
    pub(super) fn encode(&self, w: &mut Writer<'_>) {
        w.i64(self.czxid)
            .i64(self.mzxid)
            .i64(self.ctime)
            .i64(self.mtime)
            .i32(self.version)
            .i32(self.cversion)
            .i32(self.aversion)
            .i64(self.ephemeral_owner)
            .i32(self.data_length)
            .i32(self.num_children)
            .i64(self.pzxid);
    }

    pub(super) fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            czxid: r.i64()?,
            mzxid: r.i64()?,
            ctime: r.i64()?,
            mtime: r.i64()?,
            version: r.i32()?,
            cversion: r.i32()?,
            aversion: r.i32()?,
            ephemeral_owner: r.i64()?,
            data_length: r.i32()?,
            num_children: r.i32()?,
            pzxid: r.i64()?,
        })
    }
}
