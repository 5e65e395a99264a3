//! The leader as a role knows it.

use super::super::guard;
use super::super::handle::{Head, Tagged};
use super::super::text::tenure_str;
use crate::mesos::roles::Leading;

/// The leading master as a role knows it. It never changes; any thread may read it.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_leading {
    head: Head,
    address: String,
    path: String,
    token: u64,
}

impl Tagged for tenure_leading {
    const TAG: u32 = 0x7465_0011;
    const NAME: &'static str = "a tenure_leading";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_leading {
    pub(super) fn new(leader: &Leading) -> Self {
        Self {
            head: Head::new::<Self>(),
            address: address(leader),
            path: leader.member.path.clone(),
            token: leader.member.token,
        }
    }
}

/// The address: text, because it is a MasterInfo's.
pub(super) fn address(leader: &Leading) -> String {
    String::from_utf8_lossy(&leader.address).into_owned()
}

/// The address from which the messages of the leader come: tenure_master_info_address.
///
/// @param leading  a leader, or NULL
/// @return the text; the empty text if `leading` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_leading_address(leading: *const tenure_leading) -> tenure_str {
    guard::look(leading, tenure_str::EMPTY, |leading| {
        tenure_str::of(&leading.address)
    })
}

/// The path of the leader's znode.
///
/// @param leading  a leader, or NULL
/// @return the text; the empty text if `leading` is NULL
///
/// Ownership: the text belongs to the object and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_leading_path(leading: *const tenure_leading) -> tenure_str {
    guard::look(leading, tenure_str::EMPTY, |leading| {
        tenure_str::of(&leading.path)
    })
}

/// The fencing token of the leader's leadership.
///
/// @param leading  a leader, or NULL
/// @return the token; 0 for a leader without ZooKeeper, and if `leading` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_leading_token(leading: *const tenure_leading) -> u64 {
    guard::look(leading, 0, |leading| leading.token)
}

/// Frees a leader.
///
/// @param leading  a leader; neither it nor its texts may be used afterwards. NULL has no effect
///
/// Ownership: takes the object. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_leading_free(leading: *mut tenure_leading) {
    guard::free(leading);
}
