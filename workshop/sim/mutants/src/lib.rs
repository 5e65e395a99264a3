//! Known mistakes, to be made on purpose: the simulation must notice each of them.
//!
//! `patches/` has a file for each. [`copy()`] applies all of them to a copy of the core, which a build
//! script compiles: each mistake is behind a switch there, which [`set`] turns on at run time. So all
//! mistakes take one build, and nothing of them is in the library. `docs/simulation.md` says how a
//! patch is written.

mod copy;
mod patch;
mod switch;
mod tokens;
mod weave;

pub use copy::copy;
pub use switch::{Mutant, on, set};
