//! The library's log.

use super::callback::{Foreign, tenure_destroy_fn};
use super::error::tenure_error;
use super::failure::Failure;
use super::guard;
use super::status::tenure_status;
use super::text::tenure_str;
use crate::api::{LogLevel, set_log, unset_log};
use std::ffi::c_void;

/// The severity of a log line. The numbers are permanent.
///
/// @since ABI 1
pub type tenure_log_level = i32;

/// Something does not work, and will not work by itself.
pub const TENURE_LOG_LEVEL_ERROR: tenure_log_level = 1;
/// Something is wrong: a connection lost, a leadership in jeopardy.
pub const TENURE_LOG_LEVEL_WARN: tenure_log_level = 2;
/// Changes of state: sessions, leaderships, leaders.
pub const TENURE_LOG_LEVEL_INFO: tenure_log_level = 3;
/// The steps between: each attempt, each step of a candidacy.
pub const TENURE_LOG_LEVEL_DEBUG: tenure_log_level = 4;

/// Receives a log line. It runs on the library's dispatch thread, like tenure_event_fn, and under
/// the same rules.
///
/// @param user_data  the pointer that was given with the callback
/// @param level      TENURE_LOG_LEVEL_...
/// @param at_ns      the time of the line, in nanoseconds of the boot-time clock
/// @param message    the text; lives until the callback returns, and holds no secret
///
/// @since ABI 1
pub type tenure_log_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        level: tenure_log_level,
        at_ns: u64,
        message: tenure_str,
    ),
>;

/// Registers a callback for the log lines of this level and of more severe ones, of all clients of
/// this process. It replaces the previous callback, which is destroyed. Without a callback nothing
/// is logged. If lines come faster than the callback takes them, some are dropped, and the next
/// line says how many. A forked child has no log until it sets one.
///
/// @param level      TENURE_LOG_LEVEL_...
/// @param callback   called on the library's dispatch thread; NULL to stop logging
/// @param user_data  passed to callback and to destroy
/// @param destroy    frees user_data, exactly once, whatever this function returns; may be NULL
/// @param error_out  an error is written here, on failure only; may be NULL
/// @return TENURE_OK, or TENURE_ERR_INVALID_ARGUMENT for a number that is no level
///
/// Ownership: the library owns user_data until destroy. Threading: any thread, callbacks included.
/// Blocking: never.
/// @since ABI 1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tenure_log_set(
    level: tenure_log_level,
    callback: tenure_log_fn,
    user_data: *mut c_void,
    destroy: tenure_destroy_fn,
    error_out: *mut *mut tenure_error,
) -> tenure_status {
    let foreign = Foreign::new(user_data, destroy);
    guard::call(error_out, || {
        let level = match level {
            TENURE_LOG_LEVEL_ERROR => LogLevel::Error,
            TENURE_LOG_LEVEL_WARN => LogLevel::Warn,
            TENURE_LOG_LEVEL_INFO => LogLevel::Info,
            TENURE_LOG_LEVEL_DEBUG => LogLevel::Debug,
            _ => {
                return Err(Failure::invalid(format!(
                    "level is {level}, which is no TENURE_LOG_LEVEL_..."
                )));
            }
        };
        let Some(callback) = callback else {
            unset_log();
            return Ok(());
        };
        set_log(level, move |record| {
            let number = match record.level {
                LogLevel::Error => TENURE_LOG_LEVEL_ERROR,
                LogLevel::Warn => TENURE_LOG_LEVEL_WARN,
                LogLevel::Info => TENURE_LOG_LEVEL_INFO,
                LogLevel::Debug => TENURE_LOG_LEVEL_DEBUG,
            };
            let (at, text) = (record.at.as_nanos(), tenure_str::of(&record.message));
            // SAFETY: the caller says that it may be called, with this, until it is destroyed.
            guard::in_callback(|| unsafe { callback(foreign.user_data(), number, at, text) });
        });
        Ok(())
    })
}
