//! The model, driven by bytes as a client drives a server: input, then exactly the output.
//!
//! The expectations come from the source of ZooKeeper 3.8 and, where no clock is needed, from a
//! real 3.8.0.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails should stop there

mod acls;
mod closing;
mod containers;
mod crew;
mod ensemble;
mod faults;
mod faulty;
mod handshake;
mod harness;
mod keepers;
mod limits;
mod reads;
mod refusals;
mod relay;
mod rewatch;
mod sessions;
mod slow;
mod touches;
mod watches;
mod writes;
