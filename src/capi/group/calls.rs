//! The calls of a group, each answered once: a function that blocks, and one that ends in `_start`.

use super::super::data::tenure_data;
use super::super::error::tenure_error;
use super::super::failure::Failure;
use super::super::handle::must_have;
use super::super::member::{self, tenure_member, tenure_members};
use super::super::owned;
use super::super::status::tenure_status;
use super::super::text::{self, tenure_str};
use super::tenure_group;
use crate::api::{Group, Member, Pending};
use std::ffi::c_void;

/// Joins: creates an ephemeral sequential znode with this payload. Without a connection it waits
/// for one. A join that is given up, also by the timeout, is undone.
///
/// @param group       a group
/// @param data        the payload; may be NULL if len is 0
/// @param len         the number of bytes, at most 1,000,000
/// @param label       the part of the member's name before `_`; the empty text for none
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all (which joins nothing), -1 for ever
/// @param member_out  the member is written here, on success only
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_SERVER;
///         TENURE_ERR_SESSION_EXPIRED; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless
///         the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL, for a label or
///         payload that is not allowed, and for another negative timeout
///
/// Ownership: the caller owns the member object and frees it with tenure_member_free; the
/// membership itself lives until tenure_group_cancel, the end of the session, or tenure_group_free.
/// Threading: any thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_join(
    group: *mut tenure_group,
    data: *const c_void,
    len: usize,
    label: tenure_str,
    timeout_ms: i64,
    member_out: *mut *mut tenure_member,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |group: &Group| {
        must_have(member_out, "member_out")?;
        join(group, data, len, label)
    };
    owned::wait(
        group,
        timeout_ms,
        member_out,
        error_out,
        begin,
        tenure_member::make,
    )
}

fn join(
    group: &Group,
    data: *const c_void,
    len: usize,
    label: tenure_str,
) -> Result<Pending<Member>, Failure> {
    let data = text::bytes(data.cast(), len, "data")?;
    let label = label.read("label")?;
    Ok(group.join(data, (!label.is_empty()).then_some(label))?)
}

/// Like tenure_group_join, without blocking and without a time limit. TENURE_EVENT_CALL_DONE
/// reports the end in the client's queue, with tenure_event_member.
///
/// @param group      a group
/// @param data       the payload; may be NULL if len is 0
/// @param len        the number of bytes, at most 1,000,000
/// @param label      the part of the member's name before `_`; the empty text for none
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL and for a label or payload that is not allowed
///
/// Ownership: text and bytes are copied. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_join_start(
    group: *mut tenure_group,
    data: *const c_void,
    len: usize,
    label: tenure_str,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(group, call_out, error_out, |group| {
        join(group, data, len, label)
    })
}

/// Leaves: deletes the znode of a member that this group joined.
///
/// @param group        a group
/// @param member       the member
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the leaving goes
///                     on afterwards
/// @param removed_out  on success, true only if this call removed it, false for a member that this
///                     group did not join or that is gone already; may be NULL
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK when the znode is gone; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH when an ACL
///         forbids its deletion; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the
///         timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another
///         negative timeout
///
/// Ownership: the caller keeps the member object. Threading: any thread. Blocking: up to the
/// timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_cancel(
    group: *mut tenure_group,
    member: *const tenure_member,
    timeout_ms: i64,
    removed_out: *mut bool,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |group: &Group| Ok(group.cancel(member::read(member)?));
    owned::wait(
        group,
        timeout_ms,
        removed_out,
        error_out,
        begin,
        |removed| removed,
    )
}

/// Like tenure_group_cancel, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
/// client's queue, with tenure_event_call_result.
///
/// @param group      a group
/// @param member     the member
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the caller keeps the member object. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_cancel_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(group, call_out, error_out, |group| {
        Ok(group.cancel(member::read(member)?))
    })
}

/// Evicts: deletes the znode of any member of the group. A znode of the same name that is not this
/// member is not touched. If the member leads, its server notifies it at once; in the worst case
/// (it is cut off at the same moment) it still takes itself for the leader until its lease ends,
/// while another leads already (with TENURE_POLICY_GUARDED the successor waits for that).
///
/// @param group        a group
/// @param member       the member
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the eviction goes
///                     on afterwards
/// @param removed_out  on success, true if the member existed and this call removed it; may be NULL
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK when the znode is gone; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH when an ACL
///         forbids its deletion; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the
///         timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another
///         negative timeout
///
/// Ownership: the caller keeps the member object. Threading: any thread. Blocking: up to the
/// timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_evict(
    group: *mut tenure_group,
    member: *const tenure_member,
    timeout_ms: i64,
    removed_out: *mut bool,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |group: &Group| Ok(group.evict(member::read(member)?));
    owned::wait(
        group,
        timeout_ms,
        removed_out,
        error_out,
        begin,
        |removed| removed,
    )
}

/// Like tenure_group_evict, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
/// client's queue, with tenure_event_call_result.
///
/// @param group      a group
/// @param member     the member
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the caller keeps the member object. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_evict_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(group, call_out, error_out, |group| {
        Ok(group.evict(member::read(member)?))
    })
}

/// All members now, oldest first; none for a path that does not exist.
///
/// @param group        a group
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param members_out  the list is written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
///         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
///         NULL and for another negative timeout
///
/// Ownership: the caller owns the list and frees it with tenure_members_free. Threading: any
/// thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_members(
    group: *mut tenure_group,
    timeout_ms: i64,
    members_out: *mut *mut tenure_members,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |group: &Group| {
        must_have(members_out, "members_out")?;
        Ok(group.members())
    };
    owned::wait(
        group,
        timeout_ms,
        members_out,
        error_out,
        begin,
        tenure_members::make,
    )
}

/// Like tenure_group_members, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
/// client's queue, with tenure_event_members.
///
/// @param group      a group
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_members_start(
    group: *mut tenure_group,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(group, call_out, error_out, |group| Ok(group.members()))
}

/// The payload of any member of the group.
///
/// @param group       a group
/// @param member      the member
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param data_out    on success the payload is written here, NULL when the member is gone
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
///         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
///         NULL and for another negative timeout
///
/// Ownership: the caller owns the payload and frees it with tenure_data_free. Threading: any
/// thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_data(
    group: *mut tenure_group,
    member: *const tenure_member,
    timeout_ms: i64,
    data_out: *mut *mut tenure_data,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |group: &Group| {
        must_have(data_out, "data_out")?;
        Ok(group.data(member::read(member)?))
    };
    owned::wait(group, timeout_ms, data_out, error_out, begin, |data| {
        data.map_or(std::ptr::null_mut(), tenure_data::make)
    })
}

/// Like tenure_group_data, without blocking. TENURE_EVENT_CALL_DONE reports the end in the client's
/// queue, with tenure_event_data (NULL when the member is gone).
///
/// @param group      a group
/// @param member     the member
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the caller keeps the member object. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_data_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(group, call_out, error_out, |group| {
        Ok(group.data(member::read(member)?))
    })
}

/// Changes the payload of a member that this group joined. Without a connection it waits for one;
/// if several changes wait, the last one counts. What another party writes to its znode is replaced
/// by this payload.
///
/// @param group        a group
/// @param member       the member
/// @param data         the bytes; may be NULL if len is 0
/// @param len          the number of bytes, at most 1,000,000
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the change goes
///                     on afterwards
/// @param written_out  on success, true when its znode has the payload, false when this group did
///                     not join the member or it is gone; may be NULL
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
///         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
///         NULL, too many bytes, or another negative timeout
///
/// Ownership: the bytes are copied. Threading: any thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_set_data(
    group: *mut tenure_group,
    member: *const tenure_member,
    data: *const c_void,
    len: usize,
    timeout_ms: i64,
    written_out: *mut bool,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |group: &Group| set_data(group, member, data, len);
    owned::wait(
        group,
        timeout_ms,
        written_out,
        error_out,
        begin,
        |written| written,
    )
}

fn set_data(
    group: &Group,
    member: *const tenure_member,
    data: *const c_void,
    len: usize,
) -> Result<Pending<bool>, Failure> {
    let data = text::bytes(data.cast(), len, "data")?;
    Ok(group.set_data(member::read(member)?, data)?)
}

/// Like tenure_group_set_data, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
/// client's queue, with tenure_event_call_result.
///
/// @param group      a group
/// @param member     the member
/// @param data       the bytes; may be NULL if len is 0
/// @param len        the number of bytes, at most 1,000,000
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL and for too many bytes
///
/// Ownership: the bytes are copied. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_set_data_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    data: *const c_void,
    len: usize,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(group, call_out, error_out, |group| {
        set_data(group, member, data, len)
    })
}

/// Waits for the end of any member of the group. It succeeds also if the member is gone already,
/// but only a call that waited knows who ended it.
///
/// @param group       a group
/// @param member      the member
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param by_us_out   on success, true if this group cancelled it, false for every other end (its
///                    session, an administrator, its owner); may be NULL
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK when it is gone; TENURE_ERR_TIMEOUT when it was not gone in time;
///         TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
///         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
///
/// Ownership: the caller keeps the member object. Threading: any thread. Blocking: up to the
/// timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_cancelled(
    group: *mut tenure_group,
    member: *const tenure_member,
    timeout_ms: i64,
    by_us_out: *mut bool,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |group: &Group| Ok(group.cancelled(member::read(member)?));
    owned::wait(group, timeout_ms, by_us_out, error_out, begin, |by_us| {
        by_us
    })
}

/// Like tenure_group_cancelled, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
/// client's queue, with tenure_event_call_result.
///
/// @param group      a group
/// @param member     the member
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the caller keeps the member object. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_cancelled_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(group, call_out, error_out, |group| {
        Ok(group.cancelled(member::read(member)?))
    })
}
