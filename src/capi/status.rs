//! The result of a call, as a number.

use crate::api::ErrorKind;

/// The result of a call: 0 is success, every failure is negative. The numbers are permanent. New
/// ones may come; treat unknown ones as failures.
///
/// @since ABI 1
pub type tenure_status = i32;

// -1 to -19: the caller's mistakes.

/// It worked.
pub const TENURE_OK: tenure_status = 0;
/// An argument can never work: NULL where it is not allowed, text that is not UTF-8, a path that
/// ZooKeeper does not allow, a duration out of range. Nothing was sent.
pub const TENURE_ERR_INVALID_ARGUMENT: tenure_status = -1;
/// The client was closed; for tenure_client_next_event: no event will ever follow.
pub const TENURE_ERR_CLOSED: tenure_status = -2;
/// The handle has a callback already. A handle has at most one, and its events then do not come to
/// the queue.
pub const TENURE_ERR_BUSY: tenure_status = -3;
/// A callback called a function that would block. Give 0 as the timeout, or use the form of the
/// function that ends in `_start`.
pub const TENURE_ERR_REENTRANT: tenure_status = -4;
/// An earlier call on this handle hit a defect of the library (TENURE_ERR_PANIC). The handle no
/// longer leads; free it.
pub const TENURE_ERR_POISONED: tenure_status = -5;
/// The handle was made before a fork, by the parent of this process. Open a client in this process.
pub const TENURE_ERR_FORKED: tenure_status = -6;

// -20 to -39: sessions, the network, the system.

/// The result was not known in time. The operation may have happened, or may still happen.
pub const TENURE_ERR_TIMEOUT: tenure_status = -20;
/// The session is over, and the call belonged to it. A new session follows by itself.
pub const TENURE_ERR_SESSION_EXPIRED: tenure_status = -21;
/// The server refused the credentials of the URL.
pub const TENURE_ERR_AUTH_FAILED: tenure_status = -22;
/// The operating system refused a resource (a thread, a file descriptor, memory), or the library
/// did because too much is under way.
pub const TENURE_ERR_SYSTEM: tenure_status = -23;

// -40 to -59: what a server refuses.

/// The ACL of a znode does not allow it; the message names path and permission.
pub const TENURE_ERR_NO_AUTH: tenure_status = -40;
/// The znode does not exist.
pub const TENURE_ERR_NO_NODE: tenure_status = -41;
/// A server refused for another reason; the message names the server's error.
pub const TENURE_ERR_SERVER: tenure_status = -42;

/// A defect of the library. The handle that was called is no longer usable; the process and all
/// other handles are safe.
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

/// The name of a status, as this header writes it: `"TENURE_ERR_TIMEOUT"`; `"unknown status"` for a
/// number that is no status.
///
/// @param status  any number
/// @return a text that ends with a NUL and lives for ever; never NULL
///
/// Ownership: the library owns the text. Threading: any thread. Blocking: never.
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
