//! The model, driven by bytes as a client drives a server: input, then exactly what comes out.
//!
//! What is expected here was read from the source of ZooKeeper 3.8 and, where no clock is needed,
//! seen at a real 3.8.0.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that cannot go on should stop there

mod acls;
mod closing;
mod containers;
mod crew;
mod ensemble;
mod faults;
mod faulty;
mod handshake;
mod harness;
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
