//! The core with known mistakes in it: what the simulation of mistakes runs over instead of `tenure`.

#![allow(warnings, clippy::all)] // it is generated; the original is linted

pub use tenure::{model, proto};

pub mod core {
    include!(concat!(env!("OUT_DIR"), "/core/mod.rs"));
}
