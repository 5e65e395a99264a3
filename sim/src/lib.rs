//! The deterministic simulation: clients of the library, the network between, and an ensemble of
//! ZooKeeper servers, all in one thread and in virtual time, all from one seed.
//!
//! `docs/simulation.md` says what is modelled, what must hold, and how to run a world again.

mod acts;
mod clock;
mod hazards;
mod history;
mod invariants;
mod marks;
mod names;
mod node;
mod options;
mod plan;
mod plots;
mod run;
mod settle;
mod story;
mod tool;
mod trouble;
mod wire;
mod world;

pub use hazards::Hazard;
pub use options::{Break, COUNT, Options, Wish};
pub use run::{Summary, run};
pub use story::{Verdict, Wanted, run as world};
pub use tool::tool;
