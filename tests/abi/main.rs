//! The C ABI as an artifact: header, library and ledger say the same, programs in C that are linked
//! with it do what the header says, under sanitizers too, and what is installed can be used.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

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
