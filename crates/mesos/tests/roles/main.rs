//! Plays every line of `docs/roles.md` with the machines, and walks through them at random.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may panic

mod agent;
mod driver;
mod events;
mod large;
mod master;
mod mesos;
mod observer;
mod table;
mod times;
mod walks;

use table::Role;

/// All roles, in the order of the document.
const ROLES: &[Role] = &[master::ROLE, agent::ROLE, driver::ROLE, observer::ROLE];
