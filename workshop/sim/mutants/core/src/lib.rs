//! The core with known mistakes in it: the simulation of mistakes uses it instead of `tenure`.

pub use tenure_election as core;
pub use tenure_model as model;
pub use tenure_proto as proto;
