//! The core with known mistakes in it: what the simulation of mistakes runs over instead of `tenure`.

#![allow(warnings, clippy::all)] // it is generated; the original is linted

pub use tenure_model as model;
pub use tenure_proto as proto;

pub mod core {
    include!(concat!(env!("OUT_DIR"), "/core/mod.rs"));
}
