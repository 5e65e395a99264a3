//! The rows: the faults for a client, and the times of its events.

pub mod addresses;
pub mod closed;
pub mod cost;
pub mod garbage;
pub mod killed;
pub mod silence;
pub mod stopped;
