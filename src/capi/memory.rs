//! The servers behind `memory://`, for tests of programs that use the library.

use super::error::tenure_error;
use super::guard;
use super::handle;
use super::status::tenure_status;
use super::text::tenure_str;
use crate::api::{Error, MemoryServer, Url};

fn on(
    url: tenure_str,
    error_out: *mut *mut tenure_error,
    act: impl FnOnce(&MemoryServer) -> Result<(), Error>,
) -> tenure_status {
    guard::call(error_out, || {
        let url = Url::parse(url.read("url")?)?;
        Ok(act(&MemoryServer::of(&url)?)?)
    })
}

/// Ends sessions of the server behind a `memory://` URL at once, as if they had expired: their
/// members vanish, and their clients are notified. That server is a ZooKeeper inside this process,
/// for trials and for your own tests; its tick is 500 ms, and it grants session timeouts from 1 s
/// to 10 s (one of `?server=keeper` and its like from 10 s to 100 s). When a tenure_memory_ function returns, its effect has happened and has reached
/// connected clients; events may still be on their way.
///
/// @param url        a `memory://` URL
/// @param session    the number of the session (tenure_event_session); 0 for all
/// @param ended_out  the number of ended sessions is written here, on success only; may be NULL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK; TENURE_ERR_INVALID_ARGUMENT for any other URL; TENURE_ERR_SYSTEM when the I/O
///         thread cannot be started
///
/// Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_memory_expire(
    url: tenure_str,
    session: i64,
    ended_out: *mut usize,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    on(url, error_out, |server| {
        let ended = match session {
            0 => server.expire_all()?,
            session => usize::from(server.expire(session)?),
        };
        handle::put(ended_out, || ended);
        Ok(())
    })
}

/// Turns the network of the server behind a `memory://` URL into a black hole: nothing gets
/// through, and neither side is notified. The server goes on, and expires the sessions whose
/// clients no longer reach it.
///
/// @param url        a `memory://` URL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return as tenure_memory_expire: TENURE_OK, TENURE_ERR_INVALID_ARGUMENT, TENURE_ERR_SYSTEM
///
/// Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_memory_cut(
    url: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    on(url, error_out, MemoryServer::cut)
}

/// Ends the effect of tenure_memory_cut; data that was sent meanwhile arrives, as in TCP.
///
/// @param url        a `memory://` URL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return as tenure_memory_expire: TENURE_OK, TENURE_ERR_INVALID_ARGUMENT, TENURE_ERR_SYSTEM
///
/// Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_memory_heal(
    url: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    on(url, error_out, MemoryServer::heal)
}

/// Stops the server behind a `memory://` URL: its connections close, and new ones are refused. It
/// keeps its data.
///
/// @param url        a `memory://` URL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return as tenure_memory_expire: TENURE_OK, TENURE_ERR_INVALID_ARGUMENT, TENURE_ERR_SYSTEM
///
/// Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_memory_stop(
    url: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    on(url, error_out, MemoryServer::stop)
}

/// Starts the server behind a `memory://` URL again. Each session gets its whole timeout again.
///
/// @param url        a `memory://` URL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return as tenure_memory_expire: TENURE_OK, TENURE_ERR_INVALID_ARGUMENT, TENURE_ERR_SYSTEM
///
/// Ownership: nothing changes hands. Threading: any thread, callbacks included. Blocking: for a moment.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_memory_start(
    url: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    on(url, error_out, MemoryServer::start)
}
