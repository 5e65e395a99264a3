//! How a client behaves.

use super::error::tenure_error;
use super::failure::Failure;
use super::guard;
use super::handle::{self, Head, Tagged};
use super::status::tenure_status;
use super::text::tenure_str;
use crate::api::{ClientOptions, TlsOptions, Undertaker};
use std::sync::{Mutex, PoisonError};

/// The options of a client. They may be used for any number of clients, changed in between, and
/// freed at once: a client copies them.
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

/// The default options: a session timeout of ten seconds, as in Mesos, and no tick.
///
/// @return options, to be freed with tenure_client_options_free; never NULL
///
/// Ownership: the caller owns the options. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_client_options_new() -> *mut tenure_client_options {
    handle::make(tenure_client_options {
        head: Head::new::<tenure_client_options>(),
        options: Mutex::default(),
    })
}

/// Sets the session timeout to ask for. The server grants a timeout within its own limits (2 to 20
/// ticks unless configured); TENURE_EVENT_SESSION_CONNECTED reports it.
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

/// Sets the servers' `tickTime`, which makes verified leases longer: without it the library assumes
/// half of the session timeout, the most that servers with default limits can have. **Never set
/// less than the servers' real tick.** Behind an observer that follows another learner
/// (`ObserverMaster`) set twice the tick. If the tick leaves no room for a lease, contenders fail
/// with an error that says so.
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

/// Makes the client speak TLS to its servers (their `secureClientPort`). Every server's certificate
/// must chain to one of the authorities, and contain the host's name or address from the URL.
///
/// @param options           options
/// @param ca_file           a PEM file with the authorities to trust; no others are trusted, not
///                          even the system's
/// @param certificate_file  a PEM file with the client's certificate, which servers require unless
///                          their `ssl.clientAuth` says otherwise; the empty text for none
/// @param key_file          a PEM file with its private key, not encrypted; the empty text for none
/// @param server_name       the name or address that certificates must contain, instead of the host
///                          in the URL; the empty text for that host
/// @param error_out         an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL, for text that is not UTF-8, and for
///         a certificate without a key or a key without a certificate. tenure_client_open reads the
///         files, and returns TENURE_ERR_INVALID_ARGUMENT if a file is unusable (the message names
///         it), or if this build of the library has no TLS
///
/// Ownership: the texts are copied. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_options_set_tls(
    options: *mut tenure_client_options,
    ca_file: tenure_str,
    certificate_file: tenure_str,
    key_file: tenure_str,
    server_name: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let (certificate, key) = (
            certificate_file.read("certificate_file")?,
            key_file.read("key_file")?,
        );
        let mut tls = TlsOptions::new(ca_file.read("ca_file")?);
        if certificate.is_empty() != key.is_empty() {
            return Err(Failure::invalid(
                "a certificate needs its key, and a key its certificate: give both, or neither",
            ));
        }
        if !certificate.is_empty() {
            tls = tls.client_certificate(certificate, key);
        }
        let name = server_name.read("server_name")?;
        if !name.is_empty() {
            tls = tls.server_name(name);
        }
        options.change(|options| options.tls(tls));
        Ok(())
    })
}

/// Sets the helper process that closes the session as soon as this process is dead, so that a successor leads in
/// milliseconds and not after the session timeout; there is none by default. It starts with the first client that asks
/// for it, serves all that name the same program, and ends with the last; its end in another way is the event
/// TENURE_EVENT_SESSION_UNDERTAKER_LOST, and all else goes on. Only a client with a `zk://` URL has sessions to close;
/// with another URL the option is not used.
///
/// @param options    options
/// @param path       the path of the program tenure-undertaker, of the same release as the library; the empty text for
///                   the one that is installed with the library
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for NULL and for text that is not UTF-8. tenure_client_open
///         starts the program, and returns TENURE_ERR_INVALID_ARGUMENT if it is missing, cannot be executed, is of
///         another release, has no TLS although the client uses it, or cannot hold so many servers; if the system
///         refuses a process (also before Linux 5.3), the client opens, and TENURE_EVENT_SESSION_UNDERTAKER_LOST says
///         why. For the first client it waits until the program is ready: some milliseconds, at most ten
///         seconds
///
/// Ownership: the text is copied. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_options_set_undertaker(
    options: *mut tenure_client_options,
    path: tenure_str,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    guard::on(options, error_out, |options| {
        let undertaker = match path.read("path")? {
            "" => Undertaker::Installed,
            path => Undertaker::At(path.into()),
        };
        options.change(|options| options.undertaker(undertaker));
        Ok(())
    })
}

/// Frees options. Clients that were opened with them keep their copies.
///
/// @param options  options; they must not be used afterwards. NULL has no effect
///
/// Ownership: takes the options. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_client_options_free(options: *mut tenure_client_options) {
    guard::free(options);
}
