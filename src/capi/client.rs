//! Clients: sessions, and the queue of events.

use super::call;
use super::callback::{tenure_destroy_fn, tenure_event_fn};
use super::client_options::tenure_client_options;
use super::error::tenure_error;
use super::event::tenure_event;
use super::failure::Failure;
use super::guard;
use super::handle::{self, must_have};
use super::owned::{self, EventHandle, Owned};
use super::queue::EventQueue;
use super::status::{TENURE_ERR_CLOSED, tenure_status};
use super::text::tenure_str;
use crate::api::{Client, ClientOptions, Url};
use std::ffi::{c_int, c_void};
use std::sync::Arc;

/// A client: one ZooKeeper session, which connects by itself, reconnects, and is replaced when it
/// expires. Contenders, detectors and groups are made from a client and share its session.
///
/// Any thread may use it, also several at once. Free it at any time, before or after the handles
/// made from it: the session lives until the last of them all is freed, or tenure_client_close is
/// called.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_client {
    owned: Owned<Client>,
    /// The default group.
    path: String,
}

impl EventHandle for tenure_client {
    type Object = Client;
    const TAG: u32 = 0x7465_0007;
    const NAME: &'static str = "a tenure_client";

    fn owned(&self) -> &Owned<Client> {
        &self.owned
    }
}

impl tenure_client {
    /// With a queue of its own.
    pub(super) fn of(client: Client, path: String) -> Result<Self, Failure> {
        let owned = Owned::new::<Self>(client, EventQueue::new())?;
        Ok(Self { owned, path })
    }

    pub(super) fn client(&self) -> &Client {
        self.owned.object()
    }

    pub(super) fn queue(&self) -> &Arc<EventQueue> {
        self.owned.queue()
    }

    /// The group that `path` names: the group of the client's URL if `path` is empty.
    pub(super) fn group<'a>(&'a self, path: &'a str) -> &'a str {
        if path.is_empty() { &self.path } else { path }
    }
}

/// Opens a client and begins to connect. It does not wait for a connection, and a server that
/// cannot be reached is no error: events report each attempt.
///
/// @param url         where the group is; see tenure_url
/// @param options     the options of the client; NULL for the defaults
/// @param client_out  the client is written here, on success only
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for a URL that cannot be read (the message never
///         repeats a password) and for options out of range; TENURE_ERR_SYSTEM when the I/O thread
///         cannot be started
///
/// Ownership: the caller owns the client and frees it with tenure_client_free. Threading: any
/// thread. Blocking: only to read the file of a `file://` URL.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_open(
    url: tenure_str,
    options: *const tenure_client_options,
    client_out: *mut *mut tenure_client,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::call(error_out, || {
        must_have(client_out, "client_out")?;
        let options = if options.is_null() {
            ClientOptions::default()
        } else {
            handle::get(options)?.read()
        };
        let url = Url::parse(url.read("url")?)?;
        let client = tenure_client::of(Client::open(&url, options)?, url.path().to_owned())?;
        handle::put(client_out, || handle::make(client));
        Ok(())
    })
}

/// The number that names this client in events: tenure_event_source.
///
/// @param client  a client, or NULL
/// @return the number, never 0; 0 if `client` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_id(client: *const tenure_client) -> u64 {
    owned::id(client)
}

/// The path of the client's URL: the default group.
///
/// @param client  a client, or NULL
/// @return the path; the empty text if `client` is NULL
///
/// Ownership: the text belongs to the client and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_path(client: *const tenure_client) -> tenure_str {
    guard::look(client, tenure_str::EMPTY, |client| {
        tenure_str::of(&client.path)
    })
}

/// Takes the next event from the client's queue: the oldest event of the handle that has waited
/// longest. The queue has the events of the client and of all handles made from it, except handles
/// with a callback, and the ends of calls that a function ending in `_start` began. The events of
/// one handle come in order. A consumer that is too slow loses the oldest events of a handle, but
/// never the latest, never the newest TENURE_EVENT_CONTENDER_LOST, and never a
/// TENURE_EVENT_GROUP_MEMBERSHIP_LOST.
///
/// @param client      a client
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 for ever
/// @param event_out   the event is written here, on success only
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT when no event came in time; TENURE_ERR_CLOSED when no
///         event will ever follow (the client was closed and all events were fetched);
///         TENURE_ERR_REENTRANT in a callback, unless the timeout is 0; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
///
/// Ownership: the caller owns the event and frees it with tenure_event_free. Threading: any thread;
/// several may take events at once, and each event goes to one of them. Blocking: up to the
/// timeout.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_next_event(
    client: *mut tenure_client,
    timeout_ms: i64,
    event_out: *mut *mut tenure_event,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        must_have(event_out, "event_out")?;
        let event = client.queue().next(guard::patience(timeout_ms)?)?;
        handle::put(event_out, || handle::make(event));
        Ok(())
    })
}

/// A file descriptor for event loops (`poll(2)`, `epoll(7)`): readable as long as
/// tenure_client_next_event would return at once, with an event or with TENURE_ERR_CLOSED. Only
/// wait for it; never read from it, write to it or close it.
///
/// @param client     a client
/// @param fd_out     the file descriptor is written here, on success only; each call gives the same
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM when no file descriptor can be opened; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: the client owns the file descriptor, which is closed when the client and all handles
/// made from it are freed. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_event_fd(
    client: *mut tenure_client,
    fd_out: *mut c_int,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        must_have(fd_out, "fd_out")?;
        let fd = client.queue().fd()?;
        handle::put(fd_out, || fd);
        Ok(())
    })
}

/// Gives up a call that a function ending in `_start` began: no TENURE_EVENT_CALL_DONE follows. A
/// join that is given up is undone. Every other operation may have happened, or may still happen.
///
/// @param client        the client of the call's handle
/// @param call          the number of the call
/// @param given_up_out  on success, true if the call had not ended, false if it has ended (its event
///                      waits or was fetched), or there is none with this number; may be NULL
/// @param error_out     an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_FORKED; TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_give_up(
    client: *mut tenure_client,
    call: u64,
    given_up_out: *mut bool,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        let given_up = client.queue().give_up(call)?;
        handle::put(given_up_out, || given_up);
        Ok(())
    })
}

/// Registers a callback for the events of the session (TENURE_EVENT_SESSION_...; a session timeout
/// is TENURE_EVENT_SESSION_EXPIRED). The callback first gets the events that wait in the queue.
/// From then on they no longer come to the queue. A handle keeps its callback for life.
///
/// @param client     a client
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
pub unsafe extern "C" fn tenure_client_set_callback(
    client: *mut tenure_client,
    callback: tenure_event_fn,
    user_data: *mut c_void,
    destroy: tenure_destroy_fn,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    owned::set_callback(client, callback, user_data, destroy, error_out)
}

/// The newest event that describes the state of the session, fetched or not.
///
/// @param client  a client, or NULL
/// @return the event, to be freed with tenure_event_free; NULL before the first event, and if
///         `client` is NULL
///
/// Ownership: the caller owns the event. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_state(client: *const tenure_client) -> *mut tenure_event {
    owned::state(client)
}

/// Closes the session in order: all leaderships end at once, then a server is notified, so that
/// every znode of the session is gone when the function returns TENURE_OK. The client keeps trying
/// for one session timeout. Calls that wait end with TENURE_ERR_CLOSED, callbacks get their last
/// events and are destroyed, the queue ends with TENURE_ERR_CLOSED. The function may be called
/// again, and from several threads.
///
/// In a callback it begins to close and returns TENURE_OK at once; TENURE_EVENT_SESSION_CLOSED
/// reports the end.
///
/// @param client      a client
/// @param timeout_ms  how long to wait: milliseconds, 0 not at all, -1 until the end (a session
///                    timeout at most); the closing goes on afterwards
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_TIMEOUT when no server could be notified, or the time was up: the
///         znodes are gone when the session times out at the latest; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL and for another negative timeout
///
/// Ownership: nothing changes hands; the client must still be freed. Threading: any thread.
/// Blocking: up to the timeout, but not in a callback.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_close(
    client: *mut tenure_client,
    timeout_ms: i64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        client.queue().check_process()?;
        let here = guard::is_in_callback();
        let limit = if here {
            None
        } else {
            guard::patience(timeout_ms)?
        };
        let closing = client.client().close();
        if here {
            return Ok(());
        }
        match call::wait(closing, limit) {
            // It was closed before, as the caller wants.
            Err(failure) if failure.status == TENURE_ERR_CLOSED => Ok(()),
            closed => closed,
        }
    })
}

/// Like tenure_client_close, without blocking. TENURE_EVENT_CALL_DONE reports the end in the client's
/// queue, with its status: TENURE_OK, or TENURE_ERR_TIMEOUT when no server could be notified.
///
/// @param client     a client
/// @param call_out   the number of the call is written here, on success only
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_SYSTEM for too many calls; TENURE_ERR_FORKED;
///         TENURE_ERR_INVALID_ARGUMENT for NULL
///
/// Ownership: nothing changes hands; the client must still be freed. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_close_start(
    client: *mut tenure_client,
    call_out: *mut u64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(client, error_out, |client| {
        must_have(call_out, "call_out")?;
        client.queue().check_process()?;
        let closing = client.client().close();
        let call = client.queue().start_closing(client.owned.id(), closing)?;
        handle::put(call_out, || call);
        Ok(())
    })
}

/// Frees a client. If it was the last handle of its session, the session is closed in the
/// background; call tenure_client_close first to be sure that nothing is left behind. Events that
/// were not fetched are lost; its callback gets no more events, but a call that is under way goes
/// on, and destroy follows it.
///
/// @param client  a client; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the client. Threading: any thread, and not while another uses it. Blocking:
/// never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_free(client: *mut tenure_client) {
    guard::free(client);
}
