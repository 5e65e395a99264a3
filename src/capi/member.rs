//! Members of a group, and lists of them.

use super::error::tenure_error;
use super::failure::Failure;
use super::guard;
use super::handle::{self, Head, Tagged, must_have};
use super::status::tenure_status;
use super::text::tenure_str;
use crate::api::Member;
use crate::api::checks::check_group;

/// A member of a group: an ephemeral sequential znode. It never changes; any thread may read it. A
/// member that an event or a list shows belongs to the event or list; a member that a function gave
/// you is yours until tenure_member_free.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(transparent))]
pub struct tenure_member(Member);

impl tenure_member {
    pub(super) fn lend(member: &Member) -> *const Self {
        std::ptr::from_ref(member).cast()
    }

    pub(super) fn make(member: Member) -> *mut Self {
        Box::into_raw(Box::new(Self(member)))
    }

    pub(super) fn inner(&self) -> &Member {
        &self.0
    }
}

/// A member that must not be NULL.
pub(super) fn read<'a>(member: *const tenure_member) -> Result<&'a Member, Failure> {
    // SAFETY: NULL, or a member that lives, says the caller.
    unsafe { member.as_ref() }
        .map(tenure_member::inner)
        .ok_or_else(|| Failure::null("member"))
}

fn look<T>(
    member: *const tenure_member,
    otherwise: T,
    body: impl FnOnce(&'static Member) -> T,
) -> T {
    read(member).map_or(otherwise, body)
}

/// A member by its path and its token, as another process or an earlier event named it: for
/// tenure_group_evict and the other functions that take a member. They find out whether it exists.
///
/// @param path        the path of its znode
/// @param token       its token: tenure_member_token
/// @param member_out  the member is written here, on success only
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL and for a path that ZooKeeper does not
///         allow
///
/// Ownership: the text is copied; the caller owns the member and frees it with tenure_member_free.
/// Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_member_new(
    path: tenure_str,
    token: u64,
    member_out: *mut *mut tenure_member,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(member_out, "member_out")?;
        let path = path.read("path")?;
        check_group(path)?;
        handle::put(member_out, || {
            tenure_member::make(Member::known(path, token))
        });
        Ok(())
    })
}

/// The path of a member's znode.
///
/// @param member  a member, or NULL
/// @return the path; the empty text if `member` is NULL
///
/// Ownership: the text belongs to the member and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_member_path(member: *const tenure_member) -> tenure_str {
    look(member, tenure_str::EMPTY, |m| tenure_str::of(&m.path))
}

/// The label of a member: the part of its name before `_`.
///
/// @param member  a member, or NULL
/// @return the label; the empty text where there is none, and if `member` is NULL
///
/// Ownership: the text belongs to the member and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_member_label(member: *const tenure_member) -> tenure_str {
    look(member, tenure_str::EMPTY, |m| {
        m.label.as_deref().map_or(tenure_str::EMPTY, tenure_str::of)
    })
}

/// The number that the server appended to a member's name. It is no reliable order: the counter
/// behind it wraps, and starts again when the group's znode is deleted. tenure_member_token gives
/// the order.
///
/// @param member  a member, or NULL
/// @return the number; 0 if `member` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_member_sequence(member: *const tenure_member) -> i32 {
    look(member, 0, |m| m.sequence)
}

/// The `czxid` of a member's znode: the order of members, and the fencing token of its leadership.
///
/// @param member  a member, or NULL
/// @return the token; 0 if `member` is NULL, and for a standalone leader, which has none
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_member_token(member: *const tenure_member) -> u64 {
    look(member, 0, |m| m.token)
}

/// Whether two members are the same znode: same path, same token.
///
/// @param a  a member, or NULL
/// @param b  a member, or NULL
/// @return true if they are; false if either is NULL, or both are
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_member_equal(
    a: *const tenure_member,
    b: *const tenure_member,
) -> bool {
    look(a, false, |a| {
        look(b, false, |b| a.path == b.path && a.token == b.token)
    })
}

/// A copy of a member that is yours.
///
/// @param member  a member, or NULL
/// @return the copy, to be freed with tenure_member_free; NULL if `member` is NULL
///
/// Ownership: the caller owns the copy. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_member_clone(member: *const tenure_member) -> *mut tenure_member {
    look(member, std::ptr::null_mut(), |m| {
        tenure_member::make(m.clone())
    })
}

/// Frees a member that a function gave you; never a member that an event or a list shows.
///
/// @param member  a member; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the member. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_member_free(member: *mut tenure_member) {
    if !member.is_null() {
        // SAFETY: `make` made it, says the caller, and it was not freed before.
        drop(unsafe { Box::from_raw(member) });
    }
}

/// The members of a group at one time, oldest first. The list never changes; any thread may read
/// it. A list that an event shows belongs to the event; a list that a function gave you is yours
/// until tenure_members_free.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_members {
    head: Head,
    list: Vec<Member>,
}

impl Tagged for tenure_members {
    const TAG: u32 = 0x7465_0002;
    const NAME: &'static str = "a tenure_members";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_members {
    pub(super) fn new(list: Vec<Member>) -> Self {
        Self {
            head: Head::new::<Self>(),
            list,
        }
    }

    pub(super) fn list(&self) -> &[Member] {
        &self.list
    }

    pub(super) fn make(list: Vec<Member>) -> *mut Self {
        handle::make(Self::new(list))
    }
}

/// How many members a list has.
///
/// @param members  a list, or NULL
/// @return the number; 0 if `members` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_members_count(members: *const tenure_members) -> usize {
    guard::look(members, 0, |members| members.list.len())
}

/// A member of a list.
///
/// @param members  a list, or NULL
/// @param index    from 0: the oldest, which leads
/// @return the member; NULL where there is none
///
/// Ownership: the member belongs to the list and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_members_at(
    members: *const tenure_members,
    index: usize,
) -> *const tenure_member {
    guard::look(members, std::ptr::null(), |members| {
        members
            .list
            .get(index)
            .map_or(std::ptr::null(), tenure_member::lend)
    })
}

/// Frees a list that a function gave you; never a list that an event shows.
///
/// @param members  a list; neither it nor its members may be used afterwards. NULL has no effect
///
/// Ownership: takes the list. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_members_free(members: *mut tenure_members) {
    guard::free(members);
}
