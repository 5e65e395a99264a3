//! What there is once for each process: the I/O thread, the dispatch thread, the look-ups of names
//! and the log. A forked child has none of its parent's threads, and cannot know which of its locks
//! were held: it gets all of it anew when it opens a client of its own.

use super::dispatch::Dispatch;
use super::link::Port;
use super::log::Log;
use super::resolve::LookUps;
use super::sys;
use crate::core::Error;
use std::sync::OnceLock;

/// The shared things of one process.
pub(super) struct Process {
    pub(super) port: OnceLock<Result<Port, Error>>,
    pub(super) dispatch: OnceLock<Option<Dispatch>>,
    pub(super) look_ups: LookUps,
    pub(super) log: Log,
    /// The next generation's: made by a child, in the child's memory.
    child: OnceLock<Box<Self>>,
}

impl Process {
    const fn new() -> Self {
        Self {
            port: OnceLock::new(),
            dispatch: OnceLock::new(),
            look_ups: LookUps::new(),
            log: Log::new(),
            child: OnceLock::new(),
        }
    }
}

/// That of the process that runs this.
pub(super) fn this() -> &'static Process {
    static FIRST: Process = Process::new();
    let mut process = &FIRST;
    for _ in 0..sys::generation() {
        process = process.child.get_or_init(|| Box::new(Process::new()));
    }
    process
}
