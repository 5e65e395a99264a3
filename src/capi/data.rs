//! Payloads that functions give away.

use super::guard;
use super::handle::{self, Head, Tagged};
use std::ffi::c_void;

/// The payload of a member: any bytes. It never changes; any thread may read it.
///
/// @since ABI 1
#[cfg_attr(feature = "capi", repr(C))]
pub struct tenure_data {
    head: Head,
    bytes: Vec<u8>,
}

impl Tagged for tenure_data {
    const TAG: u32 = 0x7465_0003;
    const NAME: &'static str = "a tenure_data";

    fn head(&self) -> &Head {
        &self.head
    }
}

impl tenure_data {
    pub(super) fn make(bytes: Vec<u8>) -> *mut Self {
        handle::make(Self {
            head: Head::new::<Self>(),
            bytes,
        })
    }
}

/// Shows bytes to the caller, and how many.
pub(super) fn lend(bytes: &[u8], len_out: *mut usize) -> *const c_void {
    handle::put(len_out, || bytes.len());
    bytes.as_ptr().cast()
}

/// No bytes at all.
pub(super) fn nothing(len_out: *mut usize) -> *const c_void {
    handle::put(len_out, || 0);
    std::ptr::null()
}

/// The bytes of a payload.
///
/// @param data     a payload, or NULL
/// @param len_out  the number of bytes is written here; may be NULL
/// @return the first byte; NULL only if `data` is NULL
///
/// Ownership: the bytes belong to the payload and live as long as it. Threading: any thread.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_data_bytes(
    data: *const tenure_data,
    len_out: *mut usize,
) -> *const c_void {
    guard::look(data, None, Some).map_or_else(
        || nothing(len_out),
        |data: &tenure_data| lend(&data.bytes, len_out),
    )
}

/// Frees a payload.
///
/// @param data  a payload; neither it nor its bytes may be used afterwards. NULL has no effect
///
/// Ownership: takes the payload. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_data_free(data: *mut tenure_data) {
    guard::free(data);
}
