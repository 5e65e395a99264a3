//! The library's log: lines for people, on request only. The I/O thread makes the lines and never
//! runs the callback that receives them: a callback that blocks must not cost a lease.

pub use crate::core::words::LogLevel;

use super::dispatch::{self, Job};
use super::process::PerProcess;
use crate::core::Time;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many lines wait for a slow callback. More are dropped, and the next line says how many.
const WAITING_LINES_MAX: usize = 1024;

/// A log line. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogRecord {
    /// The severity of the line.
    pub level: LogLevel,
    /// The time of the line, on the boot-time clock.
    pub at: Time,
    /// The number of the client: each client has its own, from 1, in the order of opening.
    pub client: u64,
    /// The text.
    pub message: String,
}

type Callback = Box<dyn FnMut(LogRecord) + Send>;

struct Listener {
    callback: Mutex<Option<Callback>>,
    waiting: AtomicUsize,
    dropped: AtomicUsize,
}

/// The log of this process.
fn log() -> &'static Log {
    static LOG: PerProcess<Log> = PerProcess::new(Log::new);
    LOG.get()
}

/// Writes a line to the log of this process; `message` is only made if the log has a callback for it.
pub(super) fn write(level: LogLevel, at: Time, client: u64, message: impl FnOnce() -> String) {
    log().write(level, at, client, message);
}

/// See the [module](self).
struct Log {
    /// 0: there is no callback.
    level: AtomicI32,
    listener: Mutex<Option<Arc<Listener>>>,
}

impl Log {
    fn new() -> Self {
        Self {
            level: AtomicI32::new(0),
            listener: Mutex::new(None),
        }
    }

    fn write(&self, level: LogLevel, at: Time, client: u64, message: impl FnOnce() -> String) {
        if level.number() > self.level.load(Ordering::Relaxed) {
            return;
        }
        let Some(listener) = self.lock().clone() else {
            return;
        };
        if listener.waiting.load(Ordering::Relaxed) >= WAITING_LINES_MAX {
            listener.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        listener.waiting.fetch_add(1, Ordering::Relaxed);
        let mut message = message();
        let dropped = listener.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            message = format!("{message} ({dropped} lines before this one were dropped)");
        }
        let record = LogRecord {
            level,
            at,
            client,
            message,
        };
        dispatch::schedule(Job::Run(Box::new(move || {
            listener.waiting.fetch_sub(1, Ordering::Relaxed);
            let mut callback = lock(&listener.callback);
            if let Some(callback) = &mut *callback {
                callback(record);
            }
        })));
    }

    fn set(&self, level: Option<LogLevel>, callback: Option<Callback>) {
        let listener = callback.map(|callback| {
            Arc::new(Listener {
                callback: Mutex::new(Some(callback)),
                waiting: AtomicUsize::new(0),
                dropped: AtomicUsize::new(0),
            })
        });
        let number = level.map_or(0, |level| level.number());
        self.level.store(number, Ordering::Relaxed);
        let before = std::mem::replace(&mut *self.lock(), listener);
        if let Some(before) = before {
            // On the dispatch thread, where a callback may be dropped: after the line that it handles
            // now, and never in the middle of a call that replaces it.
            dispatch::schedule(Job::Run(Box::new(move || {
                let callback = lock(&before.callback).take();
                drop(callback);
            })));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Listener>>> {
        lock(&self.listener)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The content is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers a callback for the log lines of this level and of more severe ones, of all clients of
/// this process. It replaces the previous callback, which is dropped. Without a callback nothing is
/// logged, and the library makes no lines.
///
/// The callback runs on the library's dispatch thread, like the callbacks of events: it may call every
/// function, and a slow callback delays notifications, never a lease. If lines come faster than the
/// callback takes them, some are dropped, and the next line says how many. A forked child has no log
/// until it sets one.
///
/// ```
/// tenure::set_log(tenure::LogLevel::Info, |line| eprintln!("tenure: {}", line.message));
/// # tenure::unset_log();
/// ```
pub fn set_log(level: LogLevel, callback: impl FnMut(LogRecord) + Send + 'static) {
    super::sys::count_forks();
    // If it cannot be started now, the first line tries again.
    let _ = dispatch::start_dispatch();
    log().set(Some(level), Some(Box::new(callback)));
}

/// Stops logging, and drops the callback: on the dispatch thread, after a call of it that is under
/// way.
pub fn unset_log() {
    log().set(None, None);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(20);

    fn write(log: &Log, level: LogLevel, n: u64) {
        log.write(level, Time::from_nanos(n), n, || format!("line {n}"));
    }

    #[test]
    fn lines_that_nobody_wants_are_not_made() {
        let log = Log::new();
        log.write(LogLevel::Error, Time::from_nanos(1), 1, || {
            panic!("nobody listens")
        });
        let (send, receive) = mpsc::channel();
        log.set(
            Some(LogLevel::Warn),
            Some(Box::new(move |line| send.send(line).unwrap())),
        );
        log.write(LogLevel::Info, Time::from_nanos(1), 1, || {
            panic!("too light a line")
        });
        write(&log, LogLevel::Warn, 2);
        assert_eq!(receive.recv_timeout(LIMIT).unwrap().message, "line 2");
        log.set(None, None);
        // The sender goes with the callback.
        assert_eq!(
            receive.recv_timeout(LIMIT),
            Err(mpsc::RecvTimeoutError::Disconnected)
        );
    }

    #[test]
    fn a_slow_callback_loses_lines_and_is_told_how_many() {
        let log = Log::new();
        let (enter, entered) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let (send, receive) = mpsc::channel();
        let callback = move |line: LogRecord| {
            enter.send(()).unwrap();
            let _ = released.recv();
            send.send(line.message).unwrap();
        };
        log.set(Some(LogLevel::Debug), Some(Box::new(callback)));
        write(&log, LogLevel::Debug, 0);
        entered.recv_timeout(LIMIT).unwrap();
        let sent = WAITING_LINES_MAX as u64 + 10;
        for n in 1..=sent {
            write(&log, LogLevel::Debug, n);
        }
        drop(release);
        for n in 0..=WAITING_LINES_MAX {
            assert_eq!(receive.recv_timeout(LIMIT).unwrap(), format!("line {n}"));
        }
        write(&log, LogLevel::Debug, 7);
        let last = receive.recv_timeout(LIMIT).unwrap();
        assert_eq!(last, "line 7 (10 lines before this one were dropped)");
        log.set(None, None);
    }
}
