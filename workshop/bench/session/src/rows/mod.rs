//! The experiments: the faults, and the times of the events that follow.

pub mod addresses;
pub mod closed;
pub mod cost;
pub mod garbage;
pub mod killed;
pub mod silence;
pub mod stopped;
