//! Permissions: identities and access control lists.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use tenure_proto::{Acl, Perms, ServerError};

/// May change data. The public [`Perms`] does not need it.
pub(super) const WRITE: Perms = Perms(2);

/// May change the list itself.
pub(super) const ADMIN: Perms = Perms(16);

/// An identity that a connection has proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    scheme: &'static str,
    id: String,
}

impl Identity {
    /// Passes every check: the identity of the methods that act from outside.
    pub(super) fn superuser() -> Self {
        Self {
            scheme: "super",
            id: String::new(),
        }
    }

    /// The identity that `addauth` with these credentials gives, or `None` for an unknown scheme.
    /// Any credentials are accepted, even without a password, as in `DigestAuthenticationProvider`.
    pub(super) fn authenticate(scheme: &str, credentials: &[u8]) -> Option<Self> {
        if scheme != "digest" {
            return None;
        }
        Some(Self {
            scheme: "digest",
            id: digest_id(credentials),
        })
    }
}

/// The id of these credentials (`user:password`) in an ACL of the scheme `digest` in the model. A
/// real server's id holds a SHA-1; this one holds a hash that keeps no secret.
#[must_use]
pub fn digest_id(credentials: &[u8]) -> String {
    let text = String::from_utf8_lossy(credentials);
    let user = text.split(':').next().unwrap_or_default();
    format!("{user}:{:016x}", fnv1a(credentials))
}

/// Whether this list gives `perm` to one of `ids`. An empty list allows everything, as in
/// `ZooKeeperServer.checkACL`.
pub(super) fn allows(acl: &[Acl], perm: Perms, ids: &[Identity]) -> bool {
    acl.is_empty()
        || ids.iter().any(|id| id.scheme == "super")
        || acl.iter().any(|entry| {
            entry.perms.0 & perm.0 != 0
                && (is_anyone(entry)
                    || ids
                        .iter()
                        .any(|id| id.scheme == entry.scheme && id.id == entry.id))
        })
}

/// The list to store: checked, and `auth` replaced by the identities of the connection.
pub(super) fn fixup(acl: &[Acl], ids: &[Identity]) -> Result<Arc<[Acl]>, ServerError> {
    if acl.is_empty() {
        return Err(ServerError::InvalidAcl);
    }
    let mut stored = Vec::new();
    for (at, entry) in acl.iter().enumerate() {
        if acl[..at].contains(entry) {
            continue;
        }
        match entry.scheme.as_str() {
            "world" if is_anyone(entry) => stored.push(entry.clone()),
            "auth" => {
                let known = stored.len();
                stored.extend(ids.iter().map(|id| Acl {
                    perms: entry.perms,
                    scheme: id.scheme.to_owned(),
                    id: id.id.clone(),
                }));
                if stored.len() == known {
                    return Err(ServerError::InvalidAcl);
                }
            }
            // `"user:hash".split(":").length == 2`, and Java drops empty parts at the end.
            "digest" if entry.id.trim_end_matches(':').matches(':').count() == 1 => {
                stored.push(entry.clone());
            }
            _ => return Err(ServerError::InvalidAcl),
        }
    }
    Ok(stored.into())
}

/// The list that these identities see: without digests, unless one of them may change the list. A
/// znode of the server's own without a list is open.
pub(super) fn shown(acl: &[Acl], ids: &[Identity]) -> Vec<Acl> {
    if acl.is_empty() {
        return Acl::open();
    }
    let mut shown = acl.to_vec();
    if !allows(acl, ADMIN, ids) {
        for entry in shown.iter_mut().filter(|entry| entry.scheme == "digest") {
            if let Some((user, _)) = entry.id.split_once(':') {
                entry.id = format!("{user}:x");
            }
        }
    }
    shown
}

fn is_anyone(entry: &Acl) -> bool {
    entry.scheme == "world" && entry.id == "anyone"
}

/// A stand-in for SHA-1: the same everywhere and always, and not secret.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
