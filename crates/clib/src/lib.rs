//! The C ABI as libraries: `libtenure.so` and `libtenure.a`.
//!
//! The functions are in `src/capi` of the library, behind its feature `capi`; what is linked in here
//! keeps them. Rust programs depend on the library and get neither.

extern crate library as _;
