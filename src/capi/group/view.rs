//! The events of a group: changes of its members, and losses of memberships.

use super::super::callback::{tenure_destroy_fn, tenure_event_fn};
use super::super::error::tenure_error;
use super::super::guard;
use super::super::handle::{self, must_have};
use super::super::member::tenure_members;
use super::super::owned;
use super::super::status::tenure_status;
use super::tenure_group;
use std::ffi::c_void;

/// Reports every change of the members from now on, as TENURE_EVENT_GROUP_MEMBERS.
/// TENURE_EVENT_GROUP_MEMBERSHIP_LOST needs no watch.
///
/// @param group      a group
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_watch(
    group: *mut tenure_group,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(group, error_out, |group| {
        group.owned.queue().check_process()?;
        group.owned.object().watch();
        Ok(())
    })
}

/// Waits until the members differ from `expected`; they may differ already. Pass the list of the
/// last call, and you never miss the current state. It also does what tenure_group_watch does.
///
/// @param group        a group
/// @param expected     a list of this or another group, or NULL, which stands for no members
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param members_out  the new members are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT when nothing changed in time; TENURE_ERR_NO_AUTH and other
///         statuses of an error that prevents the listing; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
///         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT
///         for NULL where it is not allowed and for another negative timeout
///
/// Ownership: the caller owns the list and frees it with tenure_members_free; the caller keeps
/// expected. Threading: any thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_wait_members(
    group: *mut tenure_group,
    expected: *const tenure_members,
    timeout_ms: i64,
    members_out: *mut *mut tenure_members,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(group, error_out, |group| {
        must_have(members_out, "members_out")?;
        let limit = guard::patience(timeout_ms)?;
        let expected = if expected.is_null() {
            &[]
        } else {
            handle::get(expected)?.list()
        };
        let members = group.owned.object().wait_members(expected, limit)?;
        handle::put(members_out, || tenure_members::make(members));
        Ok(())
    })
}

/// Registers a callback for the events of this group (TENURE_EVENT_GROUP_...). The callback first
/// gets the events that wait in the queue. From then on they no longer come to the queue; the ends
/// of calls always do. A handle keeps its callback for life.
///
/// @param group      a group
/// @param callback   called on the library's dispatch thread; see tenure_event_fn
/// @param user_data  passed to callback and to destroy
/// @param destroy    frees user_data, exactly once, whatever this function returns; may be NULL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_BUSY when the handle has a callback already; TENURE_ERR_SYSTEM
///         when the dispatch thread cannot be started; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the library owns user_data until destroy. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_set_callback(
    group: *mut tenure_group,
    callback: tenure_event_fn,
    user_data: *mut c_void,
    destroy: tenure_destroy_fn,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::set_callback(group, callback, user_data, destroy, error_out)
}

/// Frees a group, and gives up in the background the memberships that were joined through it. Call
/// tenure_group_cancel first to be sure that they are gone. Events that were not fetched are lost;
/// its callback gets no more events, but a call that is under way goes on, and destroy follows it.
///
/// @param group  a group; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the group. Threading: any thread, and not while another uses it. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_free(group: *mut tenure_group) {
    guard::free(group);
}
