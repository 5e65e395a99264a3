//! The edge: the only place with threads, clocks and sockets.
//!
//! One I/O thread (`io`) serves every client of the process. It owns the core machines, feeds them the
//! input of sockets, timers, name look-ups and users, and carries out their outputs. It never runs user
//! code: events go to a [`Mailbox`], from which the user pulls, or for which the dispatch thread (it
//! starts with the first callback) calls back.

mod birth;
mod block_on;
mod client_handle;
mod client_id;
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
mod messages;
mod metrics;
mod pending;
mod process;
mod queue;
mod resolve;
mod sink;
pub(crate) mod small_file;
mod stream;
mod sys;
mod tls;
mod undertaken;
pub(crate) mod undertaker;
mod wakers;

pub(crate) use block_on::block_on;
pub(crate) use client_handle::ClientHandle;
#[cfg(feature = "capi")]
pub(crate) use dispatch::on_dispatch;
pub(crate) use dispatch::start_dispatch;
pub(crate) use io::start::memory;
pub use log::{LogLevel, LogRecord, set_log, unset_log};
pub(crate) use mailbox::Mailbox;
pub(crate) use memory::{MEMORY_SERVER, MemoryAct, memory_server_kinds};
pub(crate) use messages::{Transport, Undertaking};
pub use metrics::Metrics;
pub use pending::Pending;
pub(crate) use sink::Sink;
pub(crate) use sys::{block_signals, close_from, go_on_in_a_child, now};
pub use tls::TlsOptions;
pub use undertaker::Undertaker;

pub(crate) use lease_cell::Held;
pub(crate) use tls::HAS_TLS;
