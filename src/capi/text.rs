//! Text on its way in and out.

use super::failure::Failure;
use std::ffi::c_char;

/// UTF-8 text: `len` bytes from `data`, **not** ended by a NUL. `{NULL, 0}` is the empty text.
/// Print it with `printf("%" TENURE_PRI_STR, TENURE_STR_ARG(text))`; make one from a C string with
/// tenure_str_c().
///
/// A function reads a text argument before it returns, and never keeps it. A result lives as long
/// as the object that it came from.
///
/// @since ABI 1
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tenure_str {
    /// The first byte; may be NULL if `len` is 0.
    pub data: *const c_char,
    /// The number of bytes.
    pub len: usize,
}

impl tenure_str {
    pub(super) const EMPTY: Self = Self {
        data: std::ptr::null(),
        len: 0,
    };

    pub(super) fn of(text: &str) -> Self {
        Self {
            data: text.as_ptr().cast(),
            len: text.len(),
        }
    }

    /// The text; `name` is that of the argument.
    pub(super) fn read<'a>(self, name: &str) -> Result<&'a str, Failure> {
        let bytes = bytes(self.data.cast(), self.len, name)?;
        std::str::from_utf8(bytes).map_err(|error| {
            Failure::invalid(format!(
                "{name} is not UTF-8: the byte after its first {} is not",
                error.valid_up_to()
            ))
        })
    }
}

/// The bytes of an argument; `(NULL, 0)` is none.
pub(super) fn bytes<'a>(data: *const u8, len: usize, name: &str) -> Result<&'a [u8], Failure> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Failure::invalid(format!(
            "{name} is NULL, with a length of {len}"
        )));
    }
    if isize::try_from(len).is_err() {
        return Err(Failure::invalid(format!(
            "{name} has a length of {len}: more than there is memory"
        )));
    }
    // SAFETY: the caller says that `len` bytes can be read from `data`, which is checked as far as
    // it can be, and that nobody writes to them until the function returns.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}
