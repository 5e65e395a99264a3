//! Groups: their members, and memberships of our own.

use super::call::{self, Answer};
use super::callback::{Foreign, tenure_destroy_fn, tenure_event_fn};
use super::client::{call_back, tenure_client};
use super::data::tenure_data;
use super::error::{Failure, tenure_error};
use super::guard;
use super::handle::{self, Head, Tagged, must_have};
use super::hub::{self, Hub, Source};
use super::member::{self, tenure_member, tenure_members};
use super::status::tenure_status;
use super::text::{self, tenure_str};
use crate::api::{Group, Pending};
use std::ffi::c_void;
use std::sync::Arc;

/// The members of a group, and the memberships that were joined through it. Any thread may use it,
/// also several at once. It keeps its session open.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_group {
    head: Head,
    inner: Owned,
}

struct Owned {
    id: u64,
    group: Arc<Group>,
    hub: Arc<Hub>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.hub.remove(self.id);
        // Something else may keep the session open, or a closing may still be under way.
        self.group.events().silence();
    }
}

impl Tagged for tenure_group {
    const TAG: u32 = 0x7465_000b;
    const NAME: &'static str = "a tenure_group";

    fn head(&self) -> &Head {
        &self.head
    }
}

/// Begins a call, waits for it, and gives the caller what came of it.
fn wait<T, R>(
    group: *mut tenure_group,
    timeout_ms: i64,
    out: *mut R,
    error_out: *mut *mut tenure_error,
    begin: impl FnOnce(&Group) -> Result<Pending<T>, Failure>,
    give: impl FnOnce(T) -> R,
) -> tenure_status {
    guard::on(group, error_out, |group| {
        // Before anything is begun that nobody would wait for.
        let limit = guard::patience(timeout_ms)?;
        let pending = begin(&group.inner.group)?;
        let value = call::wait(pending, limit)?;
        handle::put(out, || give(value));
        Ok(())
    })
}

/// Begins a call whose end the queue tells.
fn start<T: Into<Answer> + Send + 'static>(
    group: *mut tenure_group,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
    begin: impl FnOnce(&Group) -> Result<Pending<T>, Failure>,
) -> tenure_status {
    guard::on(group, error_out, |group| {
        must_have(call_out, "call_out")?;
        let Owned { id, group, hub } = &group.inner;
        let call = hub.start(*id, begin(group)?)?;
        handle::put(call_out, || call);
        Ok(())
    })
}

/// Opens a group. Nothing is sent for it.
///
/// @param client     a client
/// @param path       the group's znode; the empty text for that of the client's URL
/// @param group_out  the group is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a path that ZooKeeper does not allow,
///         and where the client's URL is a standalone leader's address; TENURE_ERR_SYSTEM for too many
///         handles; TENURE_ERR_FORKED
///
/// Ownership: the group is the caller's, to be freed with tenure_group_free. Threading: any thread.
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
        let client = client.inner();
        let path = client.group(path.read("path")?);
        let group = Arc::new(client.client.group(path)?);
        let (id, hub) = (hub::fresh(), Arc::clone(&client.hub));
        hub.add(id, Source::Group(Arc::clone(&group)))?;
        handle::put(group_out, || {
            handle::make(tenure_group {
                head: Head::new::<tenure_group>(),
                inner: Owned { id, group, hub },
            })
        });
        Ok(())
    })
}

/// The number by which events name this group: tenure_event_source.
///
/// @param group  a group, or NULL
/// @return the number, never 0; of NULL 0
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_id(group: *const tenure_group) -> u64 {
    guard::look(group, 0, |group| group.inner.id)
}

/// Joins: creates an ephemeral sequential znode with this payload. Without a connection it waits for
/// one. A join that is given up, by the timeout too, is undone.
///
/// @param group       a group
/// @param label       what stands before `_` in the name of the member; the empty text for none
/// @param data        the payload; may be NULL if len is 0
/// @param len         how many bytes, at most 1,000,000
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all (which joins nothing), -1 for ever
/// @param member_out  the member is written here, on success only
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_SERVER;
///         TENURE_ERR_SESSION_EXPIRED; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless
///         the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL, for a label or
///         payload that is not allowed, and for another negative timeout
///
/// Ownership: the member object is the caller's, to be freed with tenure_member_free; the membership
/// itself lives until tenure_group_cancel, the end of the session, or tenure_group_free. Threading:
/// any thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_join(
    group: *mut tenure_group,
    label: tenure_str,
    data: *const c_void,
    len: usize,
    timeout_ms: i64,
    member_out: *mut *mut tenure_member,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |group: &Group| {
        must_have(member_out, "member_out")?;
        join(group, label, data, len)
    };
    wait(
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
    label: tenure_str,
    data: *const c_void,
    len: usize,
) -> Result<Pending<crate::api::Member>, Failure> {
    let label = label.read("label")?;
    let data = text::bytes(data.cast(), len, "data")?;
    Ok(group.join((!label.is_empty()).then_some(label), data)?)
}

/// Begins what tenure_group_join does, without a limit in time. TENURE_EVENT_CALL_DONE tells of the
/// end in the client's queue, with tenure_event_member.
///
/// @param group      a group
/// @param label      what stands before `_` in the name of the member; the empty text for none
/// @param data       the payload; may be NULL if len is 0
/// @param len        how many bytes, at most 1,000,000
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
    label: tenure_str,
    data: *const c_void,
    len: usize,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    start(group, call_out, error_out, |group| {
        join(group, label, data, len)
    })
}

/// Leaves: deletes the znode of a member that this group joined.
///
/// @param group        a group
/// @param member       the member
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the leaving goes on
///                     without
/// @param removed_out  on success, true only if this call removed it, false for a member that this
///                     group did not join or that is gone already; may be NULL
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK when the znode is gone; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH when it may not be
///         deleted; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
///         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
///
/// Ownership: the member object stays the caller's. Threading: any thread. Blocking: up to the
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
    wait(
        group,
        timeout_ms,
        removed_out,
        error_out,
        begin,
        |removed| removed,
    )
}

/// Begins what tenure_group_cancel does. TENURE_EVENT_CALL_DONE tells of the end in the client's
/// queue, with tenure_event_call_result.
///
/// @param group      a group
/// @param member     the member
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the member object stays the caller's. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_cancel_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    start(group, call_out, error_out, |group| {
        Ok(group.cancel(member::read(member)?))
    })
}

/// Evicts: deletes the znode of a member whoever it belongs to. A znode of the same name that is not
/// this member is not touched. A member that leads is told by its server at once, and in the worst
/// case (cut off at the same moment) believes until its lease ends, when another leads already.
///
/// @param group        a group
/// @param member       the member
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the eviction goes on
///                     without
/// @param removed_out  on success, true if it stood and this call removed it; may be NULL
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK when the znode is gone; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH when it may not be
///         deleted; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
///         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
///
/// Ownership: the member object stays the caller's. Threading: any thread. Blocking: up to the
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
    wait(
        group,
        timeout_ms,
        removed_out,
        error_out,
        begin,
        |removed| removed,
    )
}

/// Begins what tenure_group_evict does. TENURE_EVENT_CALL_DONE tells of the end in the client's queue,
/// with tenure_event_call_result.
///
/// @param group      a group
/// @param member     the member
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the member object stays the caller's. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_evict_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    start(group, call_out, error_out, |group| {
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
/// Ownership: the list is the caller's, to be freed with tenure_members_free. Threading: any thread.
/// Blocking: up to the timeout.
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
    wait(
        group,
        timeout_ms,
        members_out,
        error_out,
        begin,
        tenure_members::make,
    )
}

/// Begins what tenure_group_members does. TENURE_EVENT_CALL_DONE tells of the end in the client's
/// queue, with tenure_event_members.
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
    start(group, call_out, error_out, |group| Ok(group.members()))
}

/// The payload of a member, whoever it belongs to.
///
/// @param group       a group
/// @param member      the member
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param data_out    on success the payload is written here; NULL when the member is gone
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_NO_AUTH; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT
///         in a callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
///         NULL and for another negative timeout
///
/// Ownership: the payload is the caller's, to be freed with tenure_data_free. Threading: any thread.
/// Blocking: up to the timeout.
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
    wait(group, timeout_ms, data_out, error_out, begin, |data| {
        data.map_or(std::ptr::null_mut(), tenure_data::make)
    })
}

/// Begins what tenure_group_data does. TENURE_EVENT_CALL_DONE tells of the end in the client's queue,
/// with tenure_event_data (NULL when the member is gone).
///
/// @param group      a group
/// @param member     the member
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the member object stays the caller's. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_data_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    start(group, call_out, error_out, |group| {
        Ok(group.data(member::read(member)?))
    })
}

/// Changes the payload of a member that this group joined. Without a connection it waits for one; of
/// several changes that wait, the last one counts.
///
/// @param group        a group
/// @param member       the member
/// @param data         the bytes; may be NULL if len is 0
/// @param len          how many, at most 1,000,000
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the change goes on
///                     without
/// @param written_out  on success, true when its znode bears it, false when it is not ours or is gone;
///                     may be NULL
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
    wait(
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

/// Begins what tenure_group_set_data does. TENURE_EVENT_CALL_DONE tells of the end in the client's
/// queue, with tenure_event_call_result.
///
/// @param group      a group
/// @param member     the member
/// @param data       the bytes; may be NULL if len is 0
/// @param len        how many, at most 1,000,000
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
    start(group, call_out, error_out, |group| {
        set_data(group, member, data, len)
    })
}

/// Waits for the end of a member, ours or anybody's. One that is gone already is gone, but by whom is
/// known only to who waited.
///
/// @param group       a group
/// @param member      the member
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param by_us_out   on success, true if this group cancelled it, false for every other end (its
///                    session, an administrator, its owner); may be NULL
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK when it is gone; TENURE_ERR_TIMEOUT when it was not in time; TENURE_ERR_CLOSED;
///         TENURE_ERR_REENTRANT in a callback, unless the timeout is 0; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
///
/// Ownership: the member object stays the caller's. Threading: any thread. Blocking: up to the
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
    wait(group, timeout_ms, by_us_out, error_out, begin, |by_us| {
        by_us
    })
}

/// Begins what tenure_group_cancelled does. TENURE_EVENT_CALL_DONE tells of the end in the client's
/// queue, with tenure_event_call_result.
///
/// @param group      a group
/// @param member     the member
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the member object stays the caller's. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_cancelled_start(
    group: *mut tenure_group,
    member: *const tenure_member,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    start(group, call_out, error_out, |group| {
        Ok(group.cancelled(member::read(member)?))
    })
}

/// Has every change of the members told from now on, by TENURE_EVENT_GROUP_MEMBERS. Events of
/// memberships that are lost come without it.
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
        group.inner.hub.check_process()?;
        group.inner.group.watch();
        Ok(())
    })
}

/// Waits until the members differ from `expected`, which they may do already. Give what the last call
/// returned to follow without ever missing how things are. Does what tenure_group_watch does.
///
/// @param group        a group
/// @param expected     a list of this or another group, or NULL, which stands for no members
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param members_out  the members then are written here, on success only
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT when nothing changed in time; TENURE_ERR_NO_AUTH and other
///         statuses of what keeps them from being listed; TENURE_ERR_CLOSED; TENURE_ERR_REENTRANT in a
///         callback, unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL
///         where something is needed and for another negative timeout
///
/// Ownership: the list is the caller's, to be freed with tenure_members_free; expected stays the
/// caller's. Threading: any thread. Blocking: up to the timeout.
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
        let members = group.inner.group.wait_members(expected, limit)?;
        handle::put(members_out, || tenure_members::make(members));
        Ok(())
    })
}

/// Has a callback called with each event of this group (TENURE_EVENT_GROUP_...), those that wait in
/// the queue first. From then on they do not come to the queue; the ends of calls always do. A handle
/// keeps its callback for its life.
///
/// @param group      a group
/// @param callback   called on the library's dispatch thread; see tenure_event_fn
/// @param user_data  handed to it, and to destroy
/// @param destroy    frees user_data, exactly once, whatever is returned; may be NULL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_BUSY when it has a callback already; TENURE_ERR_SYSTEM when
///         the dispatch thread cannot be started; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for
///         NULL
///
/// Ownership: user_data is the library's until it is destroyed. Threading: any thread. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_set_callback(
    group: *mut tenure_group,
    callback: tenure_event_fn,
    user_data: *mut c_void,
    destroy: tenure_destroy_fn,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let foreign = Foreign::new(user_data, destroy);
    guard::on(group, error_out, |group| {
        let Owned { id, group, hub } = &group.inner;
        call_back(hub, *id, group.events(), callback, foreign)
    })
}

/// Frees a group, and gives up the memberships that were joined through it, in the background. Call
/// tenure_group_cancel first to be sure that they are gone. Events that were not fetched are gone; a
/// callback gets none any more, but a call that is under way goes on, and destroy follows it.
///
/// @param group  a group, which must not be used any more, or NULL, which is nothing
///
/// Ownership: takes the group. Threading: any thread, and not while another uses it. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_group_free(group: *mut tenure_group) {
    guard::free(group);
}
