//! Groups: their members, and memberships of our own.

use super::call::{self, Answer};
use super::callback::{Foreign, tenure_destroy_fn, tenure_event_fn};
use super::client::{call_back, tenure_client};
use super::data::tenure_data;
use super::error::tenure_error;
use super::failure::Failure;
use super::guard;
use super::handle::{self, Head, Tagged, must_have};
use super::member::{self, tenure_member, tenure_members};
use super::queue::{self, EventQueue, Source};
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
    queue: Arc<EventQueue>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.queue.remove(self.id);
        // Something else may keep the session open, or a closing may still be under way.
        self.group.events().any().silence();
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
        let Owned { id, group, queue } = &group.inner;
        let call = queue.start(*id, begin(group)?)?;
        handle::put(call_out, || call);
        Ok(())
    })
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
        let client = client.inner();
        let path = client.group(path.read("path")?);
        let group = Arc::new(client.client.group(path)?);
        let (id, queue) = (queue::fresh(), Arc::clone(&client.queue));
        queue.add(id, Source::Group(Arc::clone(&group)))?;
        handle::put(group_out, || {
            handle::make(tenure_group {
                head: Head::new::<tenure_group>(),
                inner: Owned { id, group, queue },
            })
        });
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
    guard::look(group, 0, |group| group.inner.id)
}

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
    data: *const c_void,
    len: usize,
    label: tenure_str,
) -> Result<Pending<crate::api::Member>, Failure> {
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
    start(group, call_out, error_out, |group| {
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
    wait(
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
    start(group, call_out, error_out, |group| {
        Ok(group.cancel(member::read(member)?))
    })
}

/// Evicts: deletes the znode of any member of the group. A znode of the same name that is not this
/// member is not touched. If the member leads, its server notifies it at once; in the worst case
/// (it is cut off at the same moment) it still takes itself for the leader until its lease ends,
/// while another leads already.
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
    wait(
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
    wait(
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
    start(group, call_out, error_out, |group| Ok(group.members()))
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
    wait(group, timeout_ms, data_out, error_out, begin, |data| {
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
    start(group, call_out, error_out, |group| {
        Ok(group.data(member::read(member)?))
    })
}

/// Changes the payload of a member that this group joined. Without a connection it waits for one;
/// if several changes wait, the last one counts.
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
    start(group, call_out, error_out, |group| {
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
    wait(group, timeout_ms, by_us_out, error_out, begin, |by_us| {
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
    start(group, call_out, error_out, |group| {
        Ok(group.cancelled(member::read(member)?))
    })
}

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
        group.inner.queue.check_process()?;
        group.inner.group.watch();
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
        let members = group.inner.group.wait_members(expected, limit)?;
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
    let foreign = Foreign::new(user_data, destroy);
    guard::on(group, error_out, |group| {
        let Owned { id, group, queue } = &group.inner;
        call_back(queue, *id, group.events(), callback, foreign)
    })
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
