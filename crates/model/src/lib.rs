//! ZooKeeper servers in memory, for tests and for trying out. **Not for production**: they keep
//! nothing, and their digests are not secret.
//!
//! [`Model`] is a single server; [`Ensemble`] is several that agree, with the faults between them.
//! Both use the same frames as servers of the 3.8 line and follow their source down to zxids,
//! stats, error codes and the order of events and replies. Where releases differ they follow 3.8.4
//! and later: a client that may not read a znode gets no event about it, and `exists` needs the
//! READ permission, unless [`ModelOptions::exists_needs_read`] is false.
//!
//! [`ModelOptions::personality`] makes servers that speak the same protocol and keep other promises
//! about sessions: `ClickHouse` Keeper and `RaftKeeper`.
//!
//! # The machine contract
//! The model is pure: no clock, thread, socket, environment or randomness of its own. Call a method
//! with the time (`now`, since any fixed start; an earlier time than before counts as the latest
//! one), then take its outputs with [`Ensemble::poll_output`], then call [`Ensemble::tick`] at
//! [`Ensemble::deadline`]. Outputs that are not taken wait, in order. The same calls with the same
//! seed give the same bytes. Links between servers have their delays here; links between clients
//! and servers are the caller's.
//!
//! # The knowledge of each server
//! A server knows only the content of its packets, so that a cut, a delay or a pause has the same
//! consequences as in reality:
//! - Only the leader ends sessions. Learners collect the touches of sessions and report them in
//!   their replies to its pings, twice a tick; a forwarded write reports none. A session that
//!   attaches again is looked up, and renewed, at the leader. A new leader gives every session the
//!   full timeout with which it was created.
//! - The client's server answers a write when it has applied it; it answers reads, pings and
//!   watches from its applied state, which may lag.
//! - A follower that receives nothing for `syncLimit` ticks, and a leader that receives nothing
//!   from a majority for as long, close all their connections and look for a leader. Until then
//!   they answer all requests that need no leader.
//! - A transaction that a majority has logged survives. One that fewer have logged survives if one
//!   of them is elected.
//!
//! # Differences from real servers
//! - Elections are decided in one step, after a delay that is drawn, among the servers that reach
//!   each other at that moment; epochs, synchronisation and their time limits are as in reality.
//! - Logging takes no time, and the log survives a crash.
//! - Listings and the ephemerals of a session are sorted; a real server uses hash order.
//! - The id of the `digest` scheme is `user:<hex>` with a hash that is not SHA-1, so an ACL with a
//!   digest from elsewhere matches nobody. `auth` ACLs, which expand on the server, are not
//!   affected. The schemes `ip`, `sasl` and `x509` are unknown here.
//! - Only the requests of [`Request`](tenure_proto::Request) exist, `getChildren`, and `createTTL` as on a
//!   server that has it turned off; every other operation is answered as an unknown one: error -6, and the
//!   connection is closed.
//! - A single server handles requests one by one. A real one checks requests ahead of the applied
//!   state, which shows in one place: at 2³¹ − 1 the counter of a znode stops (the next sequential
//!   create fails with `NodeExists`), but creates that are *pipelined* over that point may get a
//!   negative number. Ensembles do the same.
//! - Absent data reads as empty. A connection that never requests a session is not closed after a
//!   while. Four-letter words close the connection.

#![no_std]

extern crate alloc;

mod acl;
mod admin;
mod bus;
mod clients;
mod closing;
mod commit;
mod containers;
mod election;
mod ensemble;
mod establish;
mod faults;
mod handler;
mod keepers;
mod leader;
mod learner;
mod learner_packets;
mod log;
mod network;
mod options;
mod outputs;
mod packet;
mod pause;
mod pending;
mod personality;
mod prep;
mod proposals;
mod refusals;
mod requests;
mod rewatch;
mod rng;
mod server;
mod sessions;
mod slow;
mod standalone;
mod touches;
mod tree;
mod txn;
mod watches;

pub use acl::digest_id;
pub use bus::{ConnId, ModelOutput};
pub use ensemble::{Ensemble, ServerState};
pub use options::{EnsembleOptions, LinkOptions, ModelOptions, Upstream};
pub use personality::Personality;
pub use standalone::Model;
