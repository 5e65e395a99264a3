//! The crate tenure-election with known mistakes in it.

#![allow(warnings, clippy::all)] // it is generated; the original is linted

include!(concat!(env!("OUT_DIR"), "/election/lib.rs"));
