//! Versions, and the clock that leases are counted by.

use crate::api;
use std::ffi::c_char;

/// The version of the ABI: what the header promises under this number holds for all libraries with
/// the same number in their soname. It is not the version of the release. The ABI only grows:
/// functions are added, none is changed or removed.
pub const TENURE_ABI_VERSION: i32 = 1;

/// The ABI version of the loaded library. Compare it with TENURE_ABI_VERSION, the version of the
/// header that the program was compiled with.
///
/// @return the number
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_abi_version() -> i32 {
    TENURE_ABI_VERSION
}

/// The release of the loaded library: `"0.1.0"`. The release of the header is TENURE_VERSION.
///
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library owns the text. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The boot-time clock (`CLOCK_BOOTTIME`), which measures leases. It goes on while the machine
/// sleeps.
///
/// @return nanoseconds since some moment before the machine started
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_boottime_ns() -> u64 {
    api::now().as_nanos()
}
