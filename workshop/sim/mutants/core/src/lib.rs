//! The core with known mistakes in it: what the simulation of mistakes runs over instead of `tenure`.

pub use tenure_election as core;
pub use tenure_model as model;
pub use tenure_proto as proto;
