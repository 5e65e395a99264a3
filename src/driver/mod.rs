//! The edge: the only place with threads, clocks and sockets.
//!
//! One I/O thread serves every client of the process. It owns the core machines, feeds them what
//! sockets, timers, name look-ups and users bring, and carries out what they put out. It never
//! runs user code: events go to a [`Mailbox`], from which the user pulls, or from which the
//! dispatch thread (started with the first callback) calls.

mod block_on;
mod client_handle;
mod conn;
mod dispatch;
mod drift;
mod entry;
mod guard;
mod io;
mod lease_cell;
mod load;
mod log;
mod log_lines;
mod mailbox;
mod memory;
mod metrics;
mod pending;
mod process;
mod queue;
mod resolve;
pub(crate) mod small_file;
mod stream;
mod sys;
mod tls;

pub(crate) use block_on::block_on;
pub(crate) use client_handle::{ClientHandle, Transport, memory};
#[cfg(feature = "capi")]
pub(crate) use dispatch::on_dispatch;
pub(crate) use dispatch::start_dispatch;
pub use log::{LogLevel, LogRecord, set_log, unset_log};
pub(crate) use mailbox::Mailbox;
pub(crate) use memory::MemoryAct;
pub use metrics::Metrics;
pub use pending::Pending;
pub(crate) use sys::now;
pub use tls::TlsOptions;

pub(crate) use lease_cell::Held;
use lease_cell::LeaseCell;

/// What the I/O thread writes and the user's side reads, for one handle.
#[derive(Debug)]
pub(crate) struct Sink {
    pub(crate) mailbox: Mailbox,
    pub(crate) lease: LeaseCell,
    /// The group that the handle is about, for the log; empty for a client.
    about: Box<str>,
    birth: Birth,
}

impl Sink {
    pub(crate) fn new(about: &str) -> Self {
        Self {
            mailbox: Mailbox::default(),
            lease: LeaseCell::default(),
            about: about.into(),
            birth: Birth::now(),
        }
    }

    /// Whether the handle was made by the parent of this process.
    pub(crate) fn is_foreign(&self) -> bool {
        self.birth.is_foreign()
    }
}

/// In which process something was made: nobody feeds it in a forked child.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Birth(u32);

impl Birth {
    pub(crate) fn now() -> Self {
        sys::count_forks();
        // A process that nobody has marked is marked by what is made in it.
        sys::forks();
        Self(sys::mark())
    }

    /// Whether that was a parent of this process.
    pub(crate) fn is_foreign(self) -> bool {
        self.0 != sys::mark()
    }
}
