//! Errors as C holds them.

use super::failure::Failure;
use super::guard;
use super::handle::{Head, Tagged};
use super::status::{TENURE_OK, tenure_status};
use super::text::tenure_str;

/// An error: a status, and a sentence that says what to do. It holds no secret.
///
/// Functions that can fail take a `tenure_error **error_out` last. Give NULL if the status is
/// enough. An error is written there only if the function fails, and is then yours: free it with
/// tenure_error_free. Any thread may read it, one thread at a time may free it.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_error {
    head: Head,
    failure: Failure,
}

impl Tagged for tenure_error {
    const TAG: u32 = 0x7465_0001;
    const NAME: &'static str = "a tenure_error";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl From<Failure> for tenure_error {
    fn from(failure: Failure) -> Self {
        Self {
            head: Head::new::<Self>(),
            failure,
        }
    }
}

/// The status of an error.
///
/// @param error  an error, or NULL
/// @return its status, never TENURE_OK; TENURE_OK if `error` is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_error_status(error: *const tenure_error) -> tenure_status {
    guard::look(error, TENURE_OK, |error| error.failure.status)
}

/// What went wrong and what to do about it, in a sentence for people.
///
/// @param error  an error, or NULL
/// @return the sentence; the empty text if `error` is NULL
///
/// Ownership: the text belongs to the error and lives as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_error_message(error: *const tenure_error) -> tenure_str {
    guard::look(error, tenure_str::EMPTY, |error| {
        tenure_str::of(&error.failure.message)
    })
}

/// Whether the same call can succeed later without any change.
///
/// @param error  an error, or NULL
/// @return true for an expired session, a timeout, or a lack of system resources; false if `error`
///         is NULL
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_error_is_retriable(error: *const tenure_error) -> bool {
    guard::look(error, false, |error| error.failure.retriable)
}

/// Frees an error.
///
/// @param error  an error; it must not be used afterwards. NULL has no effect
///
/// Ownership: takes the error. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_error_free(error: *mut tenure_error) {
    guard::free(error);
}
