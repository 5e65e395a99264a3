//! What a call came to, as a number.

use crate::api::ErrorKind;

/// What a call came to: 0 is success, every failure is negative. The numbers are permanent. New ones
/// may come; treat what you do not know as a failure.
///
/// @since ABI 1
pub type tenure_status = i32;

// -1 to -19: the caller's mistakes.

/// It worked.
pub const TENURE_OK: tenure_status = 0;
/// An argument can never work: NULL where something is needed, text that is not UTF-8, a path that
/// ZooKeeper does not allow, a duration out of range. Nothing was sent.
pub const TENURE_ERR_INVALID_ARGUMENT: tenure_status = -1;
/// The client was closed; for tenure_client_next_event: no event will ever follow.
pub const TENURE_ERR_CLOSED: tenure_status = -2;
/// It has one already: a handle has at most one callback, and its events then do not come to the
/// queue.
pub const TENURE_ERR_BUSY: tenure_status = -3;
/// A callback called a function that would block. Give 0 as the timeout, or use the form of the
/// function that ends in `_start`.
pub const TENURE_ERR_REENTRANT: tenure_status = -4;
/// An earlier call on this handle hit a defect of the library (TENURE_ERR_PANIC). It leads nothing
/// any more; free it.
pub const TENURE_ERR_POISONED: tenure_status = -5;
/// The handle was made before a fork, by the parent of this process. Open a client in this process.
pub const TENURE_ERR_FORKED: tenure_status = -6;

// -20 to -39: sessions, the network, the system.

/// It was not known in time. It may still have happened, or happen.
pub const TENURE_ERR_TIMEOUT: tenure_status = -20;
/// The session is over, and what was asked belonged to it. A new session follows by itself.
pub const TENURE_ERR_SESSION_EXPIRED: tenure_status = -21;
/// The server refused the credentials of the URL.
pub const TENURE_ERR_AUTH_FAILED: tenure_status = -22;
/// The operating system refused something (a thread, a descriptor, memory), or the library did because
/// too much is under way.
pub const TENURE_ERR_SYSTEM: tenure_status = -23;

// -40 to -59: what a server refuses.

/// The ACL of a znode does not allow it; the message names path and permission.
pub const TENURE_ERR_NO_AUTH: tenure_status = -40;
/// The znode is not there.
pub const TENURE_ERR_NO_NODE: tenure_status = -41;
/// A server refused for another reason; the message has its words and number.
pub const TENURE_ERR_SERVER: tenure_status = -42;

/// A defect of the library. The handle that was called is of no more use; the process is safe, and so
/// are all other handles.
pub const TENURE_ERR_PANIC: tenure_status = -90;

/// The status of an error of the Rust API.
pub(super) const fn of(kind: ErrorKind) -> tenure_status {
    match kind {
        ErrorKind::InvalidInput => TENURE_ERR_INVALID_ARGUMENT,
        ErrorKind::NoAuth => TENURE_ERR_NO_AUTH,
        ErrorKind::NoNode => TENURE_ERR_NO_NODE,
        ErrorKind::AuthFailed => TENURE_ERR_AUTH_FAILED,
        ErrorKind::SessionExpired => TENURE_ERR_SESSION_EXPIRED,
        ErrorKind::Closed => TENURE_ERR_CLOSED,
        ErrorKind::Timeout => TENURE_ERR_TIMEOUT,
        ErrorKind::Server => TENURE_ERR_SERVER,
        ErrorKind::System => TENURE_ERR_SYSTEM,
        ErrorKind::Forked => TENURE_ERR_FORKED,
    }
}

/// The name of a status, as it is written in this header: `"TENURE_ERR_TIMEOUT"`. Of a number that
/// is no status: `"unknown status"`.
///
/// @param status  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library's. Threading: any thread. Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub extern "C" fn tenure_status_name(status: tenure_status) -> *const std::ffi::c_char {
    let name = match status {
        TENURE_OK => c"TENURE_OK",
        TENURE_ERR_INVALID_ARGUMENT => c"TENURE_ERR_INVALID_ARGUMENT",
        TENURE_ERR_CLOSED => c"TENURE_ERR_CLOSED",
        TENURE_ERR_BUSY => c"TENURE_ERR_BUSY",
        TENURE_ERR_REENTRANT => c"TENURE_ERR_REENTRANT",
        TENURE_ERR_POISONED => c"TENURE_ERR_POISONED",
        TENURE_ERR_FORKED => c"TENURE_ERR_FORKED",
        TENURE_ERR_TIMEOUT => c"TENURE_ERR_TIMEOUT",
        TENURE_ERR_SESSION_EXPIRED => c"TENURE_ERR_SESSION_EXPIRED",
        TENURE_ERR_AUTH_FAILED => c"TENURE_ERR_AUTH_FAILED",
        TENURE_ERR_SYSTEM => c"TENURE_ERR_SYSTEM",
        TENURE_ERR_NO_AUTH => c"TENURE_ERR_NO_AUTH",
        TENURE_ERR_NO_NODE => c"TENURE_ERR_NO_NODE",
        TENURE_ERR_SERVER => c"TENURE_ERR_SERVER",
        TENURE_ERR_PANIC => c"TENURE_ERR_PANIC",
        _ => c"unknown status",
    };
    name.as_ptr()
}
