//! tenure's session under each fault: one function a row, for the tests under
//! `tests/session`, which assert order and conditions, and for `make session`, which measures.
//!
//! The client under test is a process of its own ([`probe`]), controlled by its standard input, so
//! that it can live in a network namespace. All times are on the boot-time clock, read in that
//! process when its user gets the event.
//!
//! A row that fails panics with the reason, as the field does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // see the paragraph above

mod client_process;
pub mod experiments;
mod network;
pub mod probe;
pub mod report;
pub mod rows;
mod run;
pub mod tables;

pub use client_process::{ClientProcess, Launcher, Usage};
pub use network::{Network, Place};
pub use run::Run;

use std::time::Duration;

/// The session timeout: eight ticks of the server.
pub const T: Duration = Duration::from_secs(4);
/// Long enough for a busy machine; no row waits that long unless it fails.
pub const LIMIT: Duration = Duration::from_secs(40);
