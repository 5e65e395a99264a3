//! The deterministic simulation: clients of the library, the network between, and an ensemble of
//! virtual time, all from one seed. The world is that of `tenure-worlds`. This crate adds a plan of
//! troubles (`plan`, `hazards`, `acts`, `plots`, `trouble`), the commands of users (`asks`), and a
//! judge, on which the world does not depend (`judge`, `invariants`).
//!
//! `docs/simulation.md` describes the model, the promises, and how to run a world again.

mod acts;
mod asks;
mod hazards;
mod invariants;
mod judge;
mod marks;
mod names;
mod options;
mod plan;
mod plots;
mod run;
mod settle;
mod story;
mod tool;
mod trial;
mod trouble;
mod user;

pub use hazards::Hazard;
pub use options::{Break, COUNT, Options, Wish};
pub use run::{Summary, run};
pub use story::{Verdict, Wanted, run as world};
pub use tool::tool;
