//! Versions, and the clock that leases are counted by.

use crate::api::Time;
use std::ffi::c_char;

/// The ABI that this library keeps: what the header promised under this number holds for all libraries
/// with the same number in their soname. It is not the version of the release. It only grows: functions
/// are added, none is changed or removed.
pub const TENURE_ABI_VERSION: i32 = 1;

/// The ABI of the library that was loaded, to be compared with TENURE_ABI_VERSION of the header that
/// was compiled against.
///
/// @return the number
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_abi_version() -> i32 {
    TENURE_ABI_VERSION
}

/// The release of the library that was loaded: `"0.1.0"`. The header's is TENURE_VERSION.
///
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library's. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The boot-time clock (`CLOCK_BOOTTIME`), by which leases are counted. It goes on while the machine
/// sleeps.
///
/// @return nanoseconds since some moment before the machine started
///
/// Ownership: nothing changes hands. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_boottime_ns() -> u64 {
    Time::now().as_nanos()
}
