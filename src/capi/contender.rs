//! Contenders.

use super::callback::{tenure_destroy_fn, tenure_event_fn};
use super::client::tenure_client;
use super::contender_options::tenure_contender_options;
use super::error::tenure_error;
use super::event::tenure_event;
use super::failure::Failure;
use super::guard;
use super::handle::{self, must_have};
use super::owned::{self, EventHandle, Owned};
use super::status::tenure_status;
use super::text;
use crate::api::{Contender, ContenderOptions, Pending};
use std::ffi::c_void;
use std::sync::Arc;

/// A contender: one candidacy after another for the leadership of a group. Any thread may use it,
/// also several at once. It keeps its session open.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_contender {
    owned: Owned<Contender>,
}

impl EventHandle for tenure_contender {
    type Object = Contender;
    const TAG: u32 = 0x7465_0009;
    const NAME: &'static str = "a tenure_contender";

    fn owned(&self) -> &Owned<Contender> {
        &self.owned
    }
}

impl tenure_contender {
    /// Its events come to the queue of the client.
    pub(super) fn of(contender: Contender, client: &tenure_client) -> Result<Self, Failure> {
        let owned = Owned::new::<Self>(contender, Arc::clone(client.queue()))?;
        Ok(Self { owned })
    }
}

/// Contends for the leadership of a group: creates an ephemeral sequential znode, and leads when
/// that is the oldest and the contender has a lease. The function waits for neither.
///
/// @param client         a client
/// @param options        the options of the contender; NULL for the group of the client's URL with
///                       no payload
/// @param contender_out  the contender is written here, on success only
/// @param error_out      an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for NULL, for a path or label that ZooKeeper does
///         not allow, for a payload over 1,000,000 bytes, for a lease or a time to fail over that is
///         out of its range or does not go with the other options, and where the client's URL is a
///         standalone leader's address; TENURE_ERR_SYSTEM for too many handles; TENURE_ERR_FORKED
///
/// Ownership: the caller owns the contender and frees it with tenure_contender_free. Threading: any
/// thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_new(
    client: *mut tenure_client,
    options: *const tenure_contender_options,
    contender_out: *mut *mut tenure_contender,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        must_have(contender_out, "contender_out")?;
        let path = client.group("");
        let options = if options.is_null() {
            ContenderOptions::new(path)
        } else {
            handle::get(options)?.read(path)
        };
        let contender = tenure_contender::of(client.client().contend(options)?, client)?;
        handle::put(contender_out, || handle::make(contender));
        Ok(())
    })
}

/// The number that names this contender in events: tenure_event_source.
///
/// @param contender  a contender, or NULL
/// @return the number, never 0; 0 if `contender` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_id(contender: *const tenure_contender) -> u64 {
    owned::id(contender)
}

/// Whether this contender leads, right now. It compares the boot-time clock with the end of the
/// lease at each call, takes no lock and never blocks: a process that was stopped for a minute gets
/// false from its first call afterwards. Ask before each action that only the leader may take.
///
/// @param contender  a contender, or NULL
/// @return true if it leads; false for NULL, for a poisoned handle, and in a forked child
///
/// Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_is_leading(contender: *const tenure_contender) -> bool {
    guard::look(contender, false, |contender| {
        contender.owned.object().is_leading()
    })
}

/// Whether this contender leads, right now, with its fencing token and the end of its lease, all
/// read at one instant. The token is an unsigned number that only rises from leadership to
/// leadership: pass it to the storage that you write to, and make the storage refuse a lower token
/// than it has seen.
///
/// @param contender         a contender, or NULL
/// @param token_out         the token is written here if it leads; may be NULL
/// @param lease_end_ns_out  the end of the lease, unless it is renewed, is written here if it
///                          leads, in nanoseconds of the boot-time clock (tenure_boottime_ns); may
///                          be NULL
/// @return true if it leads; false for NULL, for a poisoned handle, and in a forked child
///
/// Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_leadership(
    contender: *const tenure_contender,
    token_out: *mut u64,
    lease_end_ns_out: *mut u64,
) -> bool {
    let found = guard::look(contender, None, |contender| {
        contender.owned.object().leadership()
    });
    let Some(leadership) = found else {
        return false;
    };
    handle::put(token_out, || leadership.token());
    handle::put(lease_end_ns_out, || leadership.lease_end().as_nanos());
    true
}

/// Waits until this contender leads.
///
/// @param contender   a contender
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param token_out   the fencing token is written here, on success only; may be NULL
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK when it leads; TENURE_ERR_TIMEOUT when it did not lead in time;
///         TENURE_ERR_CLOSED when it withdrew or stopped, or the client was closed; the status of
///         the error that prevents the creation of its znode (TENURE_ERR_NO_AUTH,
///         TENURE_ERR_SERVER, TENURE_ERR_INVALID_ARGUMENT where the times do not fit the session
///         timeout or the policy is not safe on this server); TENURE_ERR_REENTRANT in a callback, unless the timeout is 0;
///         TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_wait_leading(
    contender: *mut tenure_contender,
    timeout_ms: i64,
    token_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(contender, error_out, |contender| {
        let limit = guard::patience(timeout_ms)?;
        let leadership = contender.owned.object().wait_leading(limit)?;
        handle::put(token_out, || leadership.token());
        Ok(())
    })
}

/// Ends the candidacy: leadership ends at once, and the function returns when the znode is gone.
/// The contender does not enrol again. The function may be called again; all calls end when the
/// znode is gone.
///
/// @param contender    a contender
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the withdrawal
///                     goes on afterwards
/// @param removed_out  on success, true if this contender deleted its znode, false if there was
///                     nothing left to delete; may be NULL
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_CLOSED; TENURE_ERR_NO_AUTH when an ACL forbids
///         to delete the znode (it ends with the session); TENURE_ERR_REENTRANT in a callback,
///         unless the timeout is 0; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL and for
///         another negative timeout
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_withdraw(
    contender: *mut tenure_contender,
    timeout_ms: i64,
    removed_out: *mut bool,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |contender: &Contender| Ok(contender.withdraw());
    owned::wait(
        contender,
        timeout_ms,
        removed_out,
        error_out,
        begin,
        |removed| removed,
    )
}

/// Like tenure_contender_withdraw, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
/// client's queue, with tenure_event_call_result.
///
/// @param contender  a contender
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_withdraw_start(
    contender: *mut tenure_contender,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(contender, call_out, error_out, |contender| {
        Ok(contender.withdraw())
    })
}

/// Changes the payload of the znode, and of the znodes of later candidacies. Without a connection
/// it waits for one; if several changes wait, the last one counts. What another party writes to the
/// znode is replaced by this payload.
///
/// @param contender    a contender
/// @param data         the bytes; may be NULL if len is 0
/// @param len          the number of bytes, at most 1,000,000
/// @param timeout_ms   how long to wait: milliseconds, 0 not at all, -1 for ever; the change goes
///                     on afterwards
/// @param written_out  on success, true when the znode has the payload, false when there is no
///                     znode now; may be NULL
/// @param error_out    an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT; TENURE_ERR_CLOSED; TENURE_ERR_NO_AUTH;
///         TENURE_ERR_REENTRANT in a callback, unless the timeout is 0; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL, too many bytes, or another negative timeout
///
/// Ownership: the bytes are copied. Threading: any thread. Blocking: up to the timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_set_data(
    contender: *mut tenure_contender,
    data: *const c_void,
    len: usize,
    timeout_ms: i64,
    written_out: *mut bool,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let begin = |contender: &Contender| set_data(contender, data, len);
    owned::wait(
        contender,
        timeout_ms,
        written_out,
        error_out,
        begin,
        |written| written,
    )
}

fn set_data(
    contender: &Contender,
    data: *const c_void,
    len: usize,
) -> Result<Pending<bool>, Failure> {
    let data = text::bytes(data.cast(), len, "data")?;
    Ok(contender.set_data(data)?)
}

/// Like tenure_contender_set_data, without blocking. TENURE_EVENT_CALL_DONE reports the end in the
/// client's queue, with tenure_event_call_result.
///
/// @param contender  a contender
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
pub unsafe extern "C" fn tenure_contender_set_data_start(
    contender: *mut tenure_contender,
    data: *const c_void,
    len: usize,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::start(contender, call_out, error_out, |contender| {
        set_data(contender, data, len)
    })
}

/// Registers a callback for the events of this contender (TENURE_EVENT_CONTENDER_...): leadership
/// won, in jeopardy, lost. The callback first gets the events that wait in the queue. From then on
/// they no longer come to the queue. A handle keeps its callback for life.
///
/// @param contender  a contender
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
pub unsafe extern "C" fn tenure_contender_set_callback(
    contender: *mut tenure_contender,
    callback: tenure_event_fn,
    user_data: *mut c_void,
    destroy: tenure_destroy_fn,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::set_callback(contender, callback, user_data, destroy, error_out)
}

/// The newest event of this contender, fetched or not. It is news; tenure_contender_is_leading is
/// the truth.
///
/// @param contender  a contender, or NULL
/// @return the event, to be freed with tenure_event_free; NULL before the first event, and if
///         `contender` is NULL
///
/// Ownership: the caller owns the event. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_state(
    contender: *const tenure_contender,
) -> *mut tenure_event {
    owned::state(contender)
}

/// Frees a contender: leadership ends at once, and its znode is deleted in the background. Call
/// tenure_contender_withdraw first to be sure that the znode is gone. Events that were not fetched
/// are lost; its callback gets no more events, but a call that is under way goes on, and destroy
/// follows it.
///
/// @param contender  a contender; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the contender. Threading: any thread, and not while another uses it. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_contender_free(contender: *mut tenure_contender) {
    guard::free(contender);
}
