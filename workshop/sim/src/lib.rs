//! The deterministic simulation: clients of the library, the network between, and an ensemble of
//! ZooKeeper servers, all in one thread and in virtual time, all from one seed. The world is that of
//! `tenure-worlds`; here are a plan of troubles (`plan`, `hazards`, `acts`, `plots`, `trouble`), what users
//! ask of their clients (`asks`), and a judge, which the world does not know (`judge`, `invariants`).
//!
//! `docs/simulation.md` says what is modelled, what must hold, and how to run a world again.

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
mod trial;
mod trouble;
mod user;

pub use hazards::Hazard;
pub use options::{Break, COUNT, Options, Wish};
pub use run::{Summary, run};
pub use story::{Verdict, Wanted, run as world};
