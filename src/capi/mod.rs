//! The C ABI: `include/tenure.h` is generated from this folder, one file a noun, and its functions
//! stand in the order in which a reader wants them.
//!
//! Everything is opaque, every function takes NULL, no panic leaves, nothing blocks unless it says
//! so. Pointers are what the header calls them: NULL, or a handle that was not freed. That contract
//! is the caller's, and the one that each `SAFETY` comment in here leans on; `guard.rs` catches
//! what can be caught of its breaches.
#![allow(non_camel_case_types)] // these are the names of the C types
#![allow(unreachable_pub)] // `pub` is what the header shows
#![allow(unsafe_code)] // this is where foreign pointers come in
#![warn(clippy::undocumented_unsafe_blocks)]

// In the order of the header's chapters: the header is written in it. The blank lines keep that
// order, for rustfmt sorts modules that stand together. What comes last has no part in the header.

mod version;

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

mod call;
mod failure;
mod guard;
mod handle;
mod news;
mod owned;
mod queue;
