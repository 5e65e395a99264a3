//! The C ABI as an artifact: header, library and ledger say the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test says what it expected

mod header;
