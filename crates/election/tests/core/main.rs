//! The core machines against the model, in virtual time: no clock, no socket, no thread.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod bench;
mod bulk;
mod clerk;
mod contender;
mod counts;
mod detector;
mod ends;
mod fail_over;
mod faults;
mod group;
mod guarded;
mod guarded_faults;
mod late;
mod leases;
mod names;
mod old_servers;
mod other_servers;
mod outputs;
mod storm;
mod undecided;
mod undertakers;
mod unreadable;
