//! A ZooKeeper server in memory, for tests and for trying out. **It is no server for
//! production**: it keeps nothing, replicates nothing, and its digests are not secret.
//!
//! [`Model`] speaks the same frames as a standalone server of the 3.8 line and follows its source
//! (`PrepRequestProcessor`, `DataTree`, `SessionTrackerImpl`, `ExpiryQueue`, `WatchManager`,
//! `FinalRequestProcessor`) down to zxids, stats, error codes and the order of events and replies.
//! Where releases differ it is a 3.8.4 or later: `exists` needs the READ permission (in 3.8.0 it
//! does not), and who may not read a znode gets no event about it.
//!
//! # The machine contract
//! The model is pure: no clock, thread, socket, environment or randomness of its own. Call a method
//! with the time (`now`, since any fixed start; an earlier time than before counts as the latest
//! one), then drain [`Model::poll_output`] to the end, then call [`Model::tick`] at
//! [`Model::deadline`]. The same calls with the same seed give the same bytes.
//!
//! # Where it differs from a real server
//! - Listings and the ephemerals of a session come sorted; a real server uses hash order.
//! - The id of the `digest` scheme is `user:<hex>` with a hash that is not SHA-1, so an ACL with a
//!   digest that was computed elsewhere matches nobody. `auth` ACLs, which expand on the server,
//!   are not affected. The schemes `ip`, `sasl` and `x509` are unknown here.
//! - Only the requests of [`Request`](crate::proto::Request) exist; every other operation,
//!   `setWatches` among them, is answered as an unknown one: error -6, and the connection is
//!   closed. So is a `multi` of anything but checks.
//! - Requests are served one by one. A real server looks ahead of what is applied, which shows in
//!   one place: at 2³¹ − 1 the counter of a znode stops (the next sequential create fails with
//!   `NodeExists`), but creates that are *pipelined* over that point may get a negative number.
//! - An `addauth` is answered in its turn; a real server may answer it before older requests.
//! - Data that is absent reads as empty. Connections that never ask for a session are not closed
//!   after a while. Four-letter words close the connection.

mod acl;
mod admin;
mod options;
mod requests;
mod server;
mod sessions;
mod tree;
mod watches;

pub use options::ModelOptions;
pub use server::{ConnId, Model, ModelOutput};
