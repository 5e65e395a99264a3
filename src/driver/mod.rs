//! The edge: the only place with threads, clocks and sockets.
//!
//! One I/O thread serves every client of the process. It owns the core machines, feeds them what
//! sockets, timers, name look-ups and users bring, and carries out what they put out. It never
//! runs user code: events go to a [`Mailbox`], from which the user pulls, or from which the
//! dispatch thread (started with the first callback) calls.

mod clock;
mod conn;
mod dispatch;
mod io;
mod lease_cell;
mod link;
mod mailbox;
mod memory;
mod pending;
mod resolve;
pub(crate) mod small_file;
mod stream;
mod tls;

pub(crate) use clock::now;
pub(crate) use link::{Link, Transport};
pub(crate) use mailbox::{Mailbox, Next};
pub use pending::Pending;
pub use tls::TlsOptions;

use lease_cell::LeaseCell;

/// What the I/O thread writes and the user's side reads, for one handle.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) mailbox: Mailbox,
    pub(crate) lease: LeaseCell,
}
