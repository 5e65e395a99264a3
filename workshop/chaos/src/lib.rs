//! One leader, checked on real servers under real faults: the history of a run, and its invariants.

pub mod check;
pub mod figures;
pub mod history;
pub mod register;
pub mod tenures;
pub mod timeline;
pub mod writer;
