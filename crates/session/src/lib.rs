//! One ZooKeeper session: connect, handshake, ping, notice silence, reattach, expire, close.
//!
//! It turns bytes into [`Signal`]s for the machines above and their requests into bytes. The timing rules
//! are in [`lease`]. Its peculiarities:
//!
//! - A request that is in flight when a connection ends has an unknown outcome. The session queues
//!   nothing for the next connection: the machines read the present state and decide again.
//! - A session that is over by the client's own clock is *buried*: as soon as a server answers, the
//!   client reattaches to the session only to close it, so that none of its ephemerals outlives it by
//!   more than that. Only then does the client ask for a new session.
//! - The client gives up a connection as soon as an answer is overdue, not when the session is over.
//!
//! # The machine contract
//!
//! A session has no clock, thread, socket or source of randomness: time comes in with each call and never
//! runs backwards, the seed at construction. It is generic over the [`Question`]s of the machines above
//! it: the answer to a question comes back with the question, in a [`Signal`]. The owner calls, in this
//! order: the reports of events ([`resolved`](Session::resolved), [`connected`](Session::connected),
//! [`received`](Session::received), [`disconnected`](Session::disconnected)), [`tick`](Session::tick),
//! [`next_signal`](Session::next_signal) until there is none, and [`flush`](Session::flush); then it
//! carries the [`Outputs`] out, and calls again at the [`deadline`](Session::deadline) at the latest.
//!
//! ```
//! use std::collections::VecDeque;
//! use std::time::Duration;
//! use tenure_session::{ANSWER_BYTES_MAX, Host, Output, Question, Session, SessionOptions, Time};
//!
//! /// Questions that differ only by a number.
//! #[derive(Debug)]
//! struct Number(u32);
//!
//! impl Question for Number {
//!     type Turn = u32;
//!     fn bulk(&self, _: &tenure_proto::Request) -> Option<u32> { None }
//!     fn may_fail(&self) -> bool { true }
//!     fn begins_call(&self) -> bool { true }
//! }
//!
//! let options = SessionOptions {
//!     servers: vec![Host { name: "127.0.0.1".into(), port: 2181 }],
//!     timeout: Duration::from_secs(4),
//!     credentials: None,
//!     tick: None,
//!     answer_bytes_max: ANSWER_BYTES_MAX,
//! };
//! let mut session = Session::<Number>::new(options, 7);
//! let mut outputs = VecDeque::new();
//! session.tick(Time::from_nanos(1), &mut outputs);
//! assert!(matches!(outputs.pop_front(), Some(Output::Connect { .. })));
//! ```

#![no_std]

extern crate alloc;

mod blame;
mod edge;
mod hindrance;
mod identity;
pub mod lease;
mod options;
mod proof;
mod question;
mod requests;
mod rng;
mod secret;
mod servers;
mod session;
mod signal;
mod time;
pub mod verdict;
mod watch;

pub use edge::{Output, Outputs, SessionWake};
pub use hindrance::Hindrance;
pub use identity::Identity;
pub use options::{ANSWER_BYTES_MAX, SessionOptions};
pub use question::Question;
pub use secret::Secret;
pub use servers::Host;
pub use session::{Proving, Session};
pub use signal::{ExpiredBy, ServerKind, Signal};
pub use time::Time;
pub use watch::WatchKind;
