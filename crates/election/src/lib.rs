//! Pure state machines on one ZooKeeper [session](tenure_session): own znodes, contenders, detectors,
//! groups, and the [`Client`] that composes them.
//!
//! # The machine contract
//!
//! [`Client`] is the only machine that the edge owns. After each [`Client::handle`] the edge drains
//! [`Client::poll_output`] to the end, in order, before it calls `handle` again (builds with debug
//! assertions check this); the last output is always [`Output::Wait`] with the instant of the next
//! [`Input::Tick`] and its reason.
//!
//! - Each input brings the time, once. Time never runs backwards (an earlier `now` counts as the latest
//!   one). Bytes count as sent at the `now` of the call that put them out.
//! - A tick that is too early, or one too many, is harmless.
//! - The crate uses no clock, thread, socket, environment or source of randomness; the constructor gets
//!   the seed. Nothing iterates over a hash map. The same inputs give the same outputs, so that a
//!   simulation runs what users run.
//! - A broken invariant loses leadership, it never keeps it.
//!
//! ```
//! use tenure_election::{Client, Host, Input, Output, SessionOptions, Time};
//! let options = SessionOptions {
//!     servers: vec![Host { name: "127.0.0.1".into(), port: 2181 }],
//!     timeout: core::time::Duration::from_secs(4),
//!     credentials: None,
//!     tick: None,
//!     answer_bytes_max: tenure_election::ANSWER_BYTES_MAX,
//! };
//! let mut client = Client::new(options, 7);
//! client.handle(Input::Tick, Time::from_nanos(1));
//! let mut connects = 0;
//! while let Some(output) = client.poll_output() {
//!     if matches!(output, Output::Connect { .. }) {
//!         connects += 1;
//!     }
//! }
//! assert_eq!(connects, 1);
//! ```

#![no_std]

extern crate alloc;

mod again;
mod ask;
mod client;
mod command;
mod contender;
mod detector;
mod edge;
mod error;
mod event;
mod group;
mod mark;
mod members;
mod shared;
mod shared_lease;
mod strangers;
mod watches;
pub mod words;
mod znode;

pub use client::Client;
pub use command::{Answer, Call, CallId, Command};
pub use contender::ContenderSpec;
pub(crate) use edge::Outbox;
pub use edge::{Input, Lease, Output, Wake};
pub use error::{Error, ErrorKind};
pub use event::{
    ContenderEvent, DetectorEvent, Event, ExpiredBy, GroupEvent, Leader, LostReason, Member,
    SessionEvent,
};
pub use shared_lease::{Basis, Published};
pub use strangers::Strangers;
pub use tenure_session::lease::GUARD_MAX;
pub use tenure_session::{
    ANSWER_BYTES_MAX, Host, Identity, Secret, SessionOptions, SessionWake, Time,
};
pub use words::{LeasePolicy, Reenrol, ServerKind};
pub use znode::{Farewell, Will};

/// Names a contender, detector or group of one client. The edge picks the numbers; [`SESSION`]
/// is the client itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub u64);

/// The handle of a client's own events.
pub const SESSION: Handle = Handle(0);
