//! The result of a call, as a number.

pub(super) use super::words::{
    TENURE_ERR_BUSY, TENURE_ERR_CLOSED, TENURE_ERR_FORKED, TENURE_ERR_INVALID_ARGUMENT,
    TENURE_ERR_PANIC, TENURE_ERR_POISONED, TENURE_ERR_REENTRANT, TENURE_ERR_SYSTEM,
    TENURE_ERR_TIMEOUT, TENURE_OK, tenure_status,
};

use super::words;
use crate::api::ErrorKind;
use std::ffi::c_char;

/// The status of an error of the Rust API.
pub(super) const fn of(kind: ErrorKind) -> tenure_status {
    kind.number()
}

/// The name of a status, as this header writes it: `"TENURE_ERR_TIMEOUT"`; `"unknown status"` for a
/// number that is no status.
///
/// @param status  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library owns the text. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_status_name(status: tenure_status) -> *const c_char {
    words::status_name(status).as_ptr()
}
