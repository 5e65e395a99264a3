//! Known mistakes, made on purpose: the simulation must detect each of them.
//!
//! `patches/` has a file for each. [`copy()`] applies all of them to a copy of the core, which a
//! build script compiles: each mistake is behind a switch there, which [`set`] turns on at run
//! time. So one build serves all mistakes, and the library has no part of them.
//! `docs/simulation.md` describes the form of a patch.

mod copy;
mod patch;
mod switch;
mod tokens;
mod weave;

pub use copy::copy;
pub use switch::{Mutant, on, set};
