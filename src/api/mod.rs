//! The Rust API: blocking and async calls on the same handles, without an async runtime of its own.

mod any_events;
pub(crate) mod checks;
mod client;
mod clock;
mod contender;
mod detector;
mod events;
#[cfg(feature = "log")]
mod forward_log;
mod group;
mod memory;
mod standalone;
mod url;

#[cfg(feature = "capi")]
pub(crate) use crate::core::Event;
pub use crate::core::words;
pub use crate::core::{
    ContenderEvent, DetectorEvent, Error, ErrorKind, ExpiredBy, GroupEvent, Host, Leader,
    LeasePolicy, LostReason, Member, Reenrol, ServerKind, SessionEvent, Strangers, Time,
};
#[cfg(feature = "capi")]
pub(crate) use crate::driver::on_dispatch;
pub use crate::driver::{
    LogLevel, LogRecord, Metrics, Pending, TlsOptions, Undertaker, set_log, unset_log,
};
#[cfg(feature = "capi")]
pub(crate) use any_events::AnyEvents;
#[cfg(feature = "mesos")]
pub(crate) use any_events::wait_for;
pub use client::{Client, ClientOptions};
pub use clock::now;
pub use contender::{Contender, ContenderOptions, Leadership};
pub use detector::Detector;
pub use events::{Events, HandleEvent};
#[cfg(feature = "log")]
pub use forward_log::forward_log;
pub use group::Group;
pub use memory::MemoryServer;
pub use url::Url;
