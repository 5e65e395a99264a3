//! The library's log lines for the `log` crate.

use crate::driver::{LogLevel, set_log};

/// Forwards the library's log lines of this level and of more severe ones to the [`log`] crate, with
/// the target `tenure`, and so to `tracing` where its subscriber takes records of `log` (as
/// `tracing-subscriber` does by default). It replaces the callback of [`set_log`];
/// [`unset_log`](crate::unset_log) ends it.
///
/// The lines reach the logger on the library's dispatch thread, as [`set_log`] says. The function
/// exists with the cargo feature `log`.
///
/// ```
/// tenure::forward_log(tenure::LogLevel::Info);
/// # tenure::unset_log();
/// ```
pub fn forward_log(level: LogLevel) {
    set_log(level, |line| {
        let level = match line.level {
            LogLevel::Error => log::Level::Error,
            LogLevel::Warn => log::Level::Warn,
            LogLevel::Info => log::Level::Info,
            LogLevel::Debug => log::Level::Debug,
        };
        log::log!(target: "tenure", level, "client {}: {}", line.client, line.message);
    });
}
