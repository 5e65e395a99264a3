//! How a client behaves.

use super::error::tenure_error;
use super::guard;
use super::handle::{self, Head, Tagged};
use super::status::tenure_status;
use crate::api::ClientOptions;
use std::sync::{Mutex, PoisonError};

/// How a client behaves. Options may be used for any number of clients, changed in between, and
/// freed at once: a client takes a copy.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_client_options {
    head: Head,
    options: Mutex<ClientOptions>,
}

impl Tagged for tenure_client_options {
    const TAG: u32 = 0x7465_0006;
    const NAME: &'static str = "a tenure_client_options";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_client_options {
    pub(super) fn read(&self) -> ClientOptions {
        let options = self.options.lock();
        options.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(ClientOptions) -> ClientOptions) {
        let mut options = self.options.lock().unwrap_or_else(PoisonError::into_inner);
        *options = change(options.clone());
    }
}

/// Options as they are by default: a session timeout of ten seconds, as in Mesos, and no tick told.
///
/// @return options, to be freed with tenure_client_options_free; never NULL
///
/// Ownership: they are the caller's. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_client_options_new() -> *mut tenure_client_options {
    handle::make(tenure_client_options {
        head: Head::new::<tenure_client_options>(),
        options: Mutex::default(),
    })
}

/// Sets the session timeout to ask for. The server grants what lies within its own limits (2 to 20
/// ticks unless configured); TENURE_EVENT_SESSION_CONNECTED says how much.
///
/// @param options     options
/// @param timeout_ms  milliseconds, from 1 to 2147483647 (24 days); checked by tenure_client_open
/// @param error_out   an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a negative number
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_options_set_session_timeout_ms(
    options: *mut tenure_client_options,
    timeout_ms: i64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let timeout = guard::span(timeout_ms, "timeout_ms")?;
        options.change(|options| options.session_timeout(timeout));
        Ok(())
    })
}

/// Tells the servers' `tickTime`, which makes verified leases longer: without it half of the session
/// timeout is assumed, the most that servers with default limits can have. **Never tell less than it
/// is.** Behind an observer that follows another learner (`ObserverMaster`) tell twice of it. If it
/// leaves no room for a lease, contenders fail with an error that says so.
///
/// @param options    options
/// @param tick_ms    milliseconds, from 1 to 2147483647; checked by tenure_client_open
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for a negative number
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_options_set_tick_ms(
    options: *mut tenure_client_options,
    tick_ms: i64,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let tick = guard::span(tick_ms, "tick_ms")?;
        options.change(|options| options.tick(tick));
        Ok(())
    })
}

/// Frees options. Clients that were opened with them keep their copies.
///
/// @param options  options, which must not be used any more, or NULL, which is nothing
///
/// Ownership: takes the options. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_options_free(options: *mut tenure_client_options) {
    guard::free(options);
}
