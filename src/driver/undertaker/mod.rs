//! The undertaker: a small process that closes the sessions of this one as soon as it is dead, as the kernel
//! reports it. This is the side of the process that it serves; `src/undertaker/` is the helper itself.

pub(crate) mod charge;
pub(crate) mod codec;
mod find;
pub(crate) mod hello;
mod hire;
mod launch;
mod line;
mod link;
pub(crate) mod order;
mod refused;

pub(crate) use find::PROGRAM;
pub use find::Undertaker;
pub(crate) use hire::hire;
pub(crate) use launch::ROLE;
pub(crate) use line::Sent;
pub use link::Hold;
pub(crate) use link::{Link, Restart, reap};
pub(crate) use refused::Refused;
