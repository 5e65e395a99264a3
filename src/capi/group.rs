//! Groups: their members, and memberships of our own.

// In the order of the header's chapter.
mod calls;
mod view;

use super::client::tenure_client;
use super::error::tenure_error;
use super::guard;
use super::handle::{self, must_have};
use super::owned::{self, EventHandle, Owned};
use super::status::tenure_status;
use super::text::tenure_str;
use crate::api::Group;
use std::sync::Arc;

/// The members of a group, and the memberships that were joined through it. Any thread may use it,
/// also several at once. It keeps its session open.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_group {
    owned: Owned<Group>,
}

impl EventHandle for tenure_group {
    type Object = Group;
    const TAG: u32 = 0x7465_000b;
    const NAME: &'static str = "a tenure_group";

    fn owned(&self) -> &Owned<Group> {
        &self.owned
    }
}

/// Opens a group. This sends nothing.
///
/// @param client     a client
/// @param path       the group's znode; the empty text for the path of the client's URL
/// @param group_out  the group is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a path that ZooKeeper does not allow,
///         and where the client's URL is a standalone leader's address; TENURE_ERR_SYSTEM for too many
///         handles; TENURE_ERR_FORKED
///
/// Ownership: the caller owns the group and frees it with tenure_group_free. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_new(
    client: *mut tenure_client,
    path: tenure_str,
    group_out: *mut *mut tenure_group,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        must_have(group_out, "group_out")?;
        let path = client.group(path.read("path")?);
        let group = client.client().group(path)?;
        let owned = Owned::new::<tenure_group>(group, Arc::clone(client.queue()))?;
        handle::put(group_out, || handle::make(tenure_group { owned }));
        Ok(())
    })
}

/// The number that names this group in events: tenure_event_source.
///
/// @param group  a group, or NULL
/// @return the number, never 0; 0 if `group` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_id(group: *const tenure_group) -> u64 {
    owned::id(group)
}
