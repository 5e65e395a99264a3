//! The roles of a Mesos cluster: [master](Master), [agent](Agent), [scheduler driver](Driver), and the
//! [observer](Observer) with which a leading master watches its agents.
//!
//! # The contract
//!
//! A role is a function of its state, an input and the time to a list of outputs:
//! `handle(input, now)`. It has no clock, thread, socket or source of randomness; a constructor that
//! needs random delays gets a seed. The host
//!
//! - gives each input with the time at which it took it up, on one steady clock (`tenure::now()`; an earlier
//!   time counts as the latest one), and the inputs in the order in which they came;
//! - carries out the outputs in their order;
//! - asks `due()` after each input, and gives `Tick` at that instant, after all inputs that have arrived by
//!   then. A tick that is too early, or one too many, does nothing.
//!
//! After the output `Stop` a role is in the state `stopped` for ever: it does and accepts nothing. The end of
//! the process, or of the part that plays the role, is the host's.
//!
//! Ids and texts are taken as they are: the host bounds the length of its messages.
//!
//! ```
//! use tenure_election::Time;
//! use tenure_mesos::roles::agent::{Agent, Input, Options, Output};
//! use tenure_mesos::roles::{Leading, MemberId, Sender};
//!
//! let member = MemberId { path: "/mesos/json.info_0000000003".into(), token: 42 };
//! let leader = Leading { member, address: b"10.0.0.1:5050".to_vec() };
//! let mut agent = Agent::new(Options::default(), 7)?;
//! assert!(!agent.accepts(&Sender::from(&leader))); // no leader is known yet
//!
//! agent.handle(Input::Leader(leader.clone()), Time::from_nanos(1));
//! assert!(agent.accepts(&Sender::from(&leader)));
//! let when = agent.due().expect("a random delay after the detection");
//! assert_eq!(agent.handle(Input::Tick, when), [Output::Register(leader)]);
//! # Ok::<(), tenure_mesos::roles::OutOfRange>(())
//! ```
//!
//! # The tables
//!
//! The document of each module has a table with one line for each state and input. `docs/roles.md` has the
//! same lines with their source in Mesos and the difference from it. A test (`tests/roles/`) reads both,
//! compares them, plays every line with the machine, and fails if a pair of state and input has no line.
//!
//! # Senders
//!
//! A leader is a [`Leading`]: its member's path and fencing token, and its address, which is opaque here.
//! The token makes two processes that lead one after the other from the same address different.

#[macro_use]
mod names;

mod attempts;
mod leading;
mod range;
mod registration;
mod stop;

pub mod agent;
pub mod driver;
pub mod master;
pub mod observer;

pub use agent::Agent;
pub use driver::Driver;
pub use leading::{Detection, Leading, MemberId, Sender};
pub use master::Master;
pub use observer::Observer;
pub use range::OutOfRange;
pub use registration::State as RegistrationState;
pub use stop::{Stop, StopReason};
