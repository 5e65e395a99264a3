//! The field: real things for tests and demo, in real time: ZooKeeper servers, processes,
//! network cuts, a frame-aware proxy, and servers that misbehave.
//!
//! | to | use |
//! |---|---|
//! | run a real server | [`Zookeeper`] |
//! | run several that form an ensemble | [`Ensemble`] |
//! | cut their servers off from one another | [`Apart`] |
//! | skip a test that this machine does not allow | [`or_skip`] |
//! | run a program and follow its JSON lines | [`Process`] |
//! | run the command-line tool, and compute its tenures | [`tool`] |
//! | cut a client off without its socket noticing | [`netns::Lab`] |
//! | count requests, lose a reply, stop the flow | [`Proxy`] |
//! | make a server's answers late, or slow to arrive | [`Relay`] |
//! | speak to a client that must not trust its server | [`bad::Server`] |
//! | have certificates for TLS | [`tls::Authority`] |
//! | answer look-ups of names, or not | [`Dns`] |
//! | end a session without its owner | [`raw::expire_session`] |
//! | run the command-line tool of this build | [`built_tool`]; [`Tool`](tool::Tool) starts it |
//! | give a client the undertaker of this build | [`built_undertaker`] |
//! | make a program of another language with the library of this build | [`cabi`] |
//! | run a scenario in a program of another language | [`control`]; [`scenarios`] runs all |
//! | wait for anything else | [`wait_until`]; [`poll`] for events that may not come |
//! | end a run in order at Ctrl-C | [`Interrupt`] |
//!
//! Nothing here depends on tenure, except on the name of its tool: the crate is a development
//! dependency of it, and a harness that shared its protocol code would share its mistakes.
//!
//! Everything that is started here ends with its value's `Drop`, also while a test panics, and with
//! the test process, also when that is killed.
//!
//! A harness that cannot go on panics with the reason: the author of a test wants the message at
//! the line of the call, not a `Result` to unwrap in every test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // see the paragraph above

mod apart;
pub mod bad;
pub mod boottime;
mod built;
pub mod cabi;
mod child;
pub mod control;
pub mod dns;
pub mod ensemble;
pub mod interrupt;
mod leftovers;
mod listener;
pub mod netns;
pub mod ports;
pub mod process;
pub mod proxy;
pub mod raw;
pub mod relay;
pub mod scenarios;
pub mod signal;
mod skip;
pub mod stats;
mod sys;
mod tail;
pub mod tls;
pub mod tool;
mod unfit;
mod wait;
pub mod wire;
pub mod zookeeper;

pub use apart::Apart;
pub use built::{built_tool, built_undertaker};
pub use dns::Dns;
pub use ensemble::Ensemble;
pub use interrupt::Interrupt;
pub use netns::{Host, Lab, Netns};
pub use process::Process;
pub use proxy::Proxy;
pub use relay::Relay;
pub use signal::Signal;
pub use skip::or_skip;
pub use unfit::UnfitUndertakers;
pub use wait::{panic_text, poll, try_poll, wait_until};
pub use zookeeper::Zookeeper;
