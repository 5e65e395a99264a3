//! The C ABI as an artifact: header, library and ledger agree, programs in C that are linked with
//! it confirm the header's promises, under sanitizers too, and the installed files can be used.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod api;
mod behaviour;
mod built;
mod calls;
mod compile;
mod docs;
mod examples;
mod exports;
mod header;
mod install;
mod ledger;
mod plain;
mod release;
