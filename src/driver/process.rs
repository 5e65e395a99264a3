//! What there is once for each process: the I/O thread, the dispatch thread, the look-ups of names
//! and the log. A forked child has none of its parent's threads, and cannot know which of its locks
//! were held: it gets all of it anew when it opens a client of its own.

use super::client_handle::Port;
use super::dispatch::Dispatch;
use super::log::Log;
use super::resolve::LookUps;
use super::sys;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The shared things of one process.
pub(super) struct Process {
    pub(super) port: Lazy<Port>,
    pub(super) dispatch: Lazy<Dispatch>,
    pub(super) look_ups: LookUps,
    pub(super) log: Log,
    /// The next generation's: made by a child, in the child's memory.
    child: OnceLock<Box<Self>>,
}

impl Process {
    const fn new() -> Self {
        Self {
            port: Lazy::new(),
            dispatch: Lazy::new(),
            look_ups: LookUps::new(),
            log: Log::new(),
            child: OnceLock::new(),
        }
    }
}

/// What is made at first use. A failure is not kept: what the system refuses now it may grant later.
pub(super) struct Lazy<T> {
    made: OnceLock<T>,
    making: Mutex<()>,
}

impl<T> Lazy<T> {
    const fn new() -> Self {
        Self {
            made: OnceLock::new(),
            making: Mutex::new(()),
        }
    }

    pub(super) fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have made it meanwhile.
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let made = make()?;
        Ok(self.made.get_or_init(|| made))
    }
}

/// That of the process that runs this.
pub(super) fn this() -> &'static Process {
    static FIRST: Process = Process::new();
    let mut process = &FIRST;
    for _ in 0..sys::forks() {
        process = process.child.get_or_init(|| Box::new(Process::new()));
    }
    process
}
