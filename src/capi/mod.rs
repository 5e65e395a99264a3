//! The C ABI: `include/tenure.h` is generated from this folder, one file a noun, and its functions
//! stand in the order in which a reader wants them.
//!
//! Everything is opaque, every function takes NULL, no panic leaves, and only functions with a
//! `timeout_ms` block. A pointer is NULL, or leads to an object of its type that was not freed. The
//! caller keeps that contract, and each `SAFETY` comment in here rests on it; `handle.rs` detects
//! many breaches.
#![allow(non_camel_case_types)] // these are the names of the C types
#![allow(unreachable_pub)] // the header shows the items that are `pub`
#![allow(unsafe_code)] // foreign pointers come in here
#![warn(clippy::undocumented_unsafe_blocks)]

// The header has its chapters in this order. Keep the blank lines: rustfmt sorts modules that stand
// together, and then a test finds that the header is not that of the sources. The modules at the end
// have no part in the header.

mod version;

mod words;

mod status;

mod text;

mod error;

mod url;

mod client_options;

mod callback;

mod client;

mod event;

mod contender_options;

mod contender;

mod detector;

mod member;

mod group;

mod data;

mod log;

mod metrics;

mod memory;

mod mesos;

mod call;
mod failure;
mod guard;
mod handle;
mod news;
mod owned;
mod queue;
