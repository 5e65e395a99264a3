//! The Rust API: blocking and async over the same handles, no runtime demanded of the host.

mod client;
mod contender;
mod detector;
mod events;
mod group;
mod memory;
mod standalone;
mod url;

pub use client::{Client, ClientOptions};
pub use contender::{Contender, ContenderOptions, Leadership};
pub use detector::Detector;
pub use events::{Events, FromEvent};
pub use group::Group;
pub use memory::MemoryServer;
pub use url::Url;
