//! Access control lists.

use super::jute::{DecodeError, Reader, Writer};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Permission bits of an ACL entry (`ZooDefs.Perms`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Perms(pub i32);

impl Perms {
    /// May read data and children.
    pub const READ: Self = Self(1);
    /// May create children.
    pub const CREATE: Self = Self(4);
    /// May delete children.
    pub const DELETE: Self = Self(8);
    /// Every permission: read, write, create, delete, admin.
    pub const ALL: Self = Self(31);
}

/// One entry of a znode's access control list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acl {
    /// The operations that the entry allows.
    pub perms: Perms,
    /// The scheme of `id`: `world`, `auth`, `digest`…
    pub scheme: String,
    /// The identity that the entry is for.
    pub id: String,
}

impl Acl {
    pub(super) fn encode(&self, w: &mut Writer<'_>) {
        w.i32(self.perms.0).string(&self.scheme).string(&self.id);
    }

    pub(super) fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            perms: Perms(r.i32()?),
            scheme: r.string()?,
            id: r.string()?,
        })
    }

    fn new(perms: Perms, scheme: &str, id: &str) -> Self {
        Self {
            perms,
            scheme: scheme.to_owned(),
            id: id.to_owned(),
        }
    }

    /// Anyone may do anything: the list that Mesos writes without credentials.
    pub fn open() -> Vec<Self> {
        vec![Self::new(Perms::ALL, "world", "anyone")]
    }

    /// Anyone may read, the creator may do anything: the list that Mesos writes with credentials.
    pub fn world_read_creator_all() -> Vec<Self> {
        vec![
            Self::new(Perms::READ, "world", "anyone"),
            Self::new(Perms::ALL, "auth", ""),
        ]
    }
}
