//! The rows: what is done to a client, and when it was told what.

pub mod addresses;
pub mod closed;
pub mod cost;
pub mod garbage;
pub mod killed;
pub mod silence;
pub mod stopped;
