//! ZooKeeper's client protocol: bytes to values and back, with no state.
//!
//! The wire is jute (big-endian integers, length-prefixed strings and buffers) in frames that
//! start with a four-byte length. The records follow `zookeeper.jute` of the Apache ZooKeeper
//! distribution; both directions are here, so that the model speaks the same bytes as a server.

#![no_std]

extern crate alloc;

mod acl;
mod create_mode;
mod frame;
mod handshake;
mod jute;
mod multi;
mod numbers;
pub mod path;
mod request;
mod response;
mod server_error;
mod stat;
mod watch_event;
mod watching;

pub use acl::{Acl, Perms};
pub use create_mode::CreateMode;
pub use frame::{FRAME_BYTES_MAX, FRAME_HEAD_BYTES, Frame, FrameDecoder, FrameError, frame};
pub use handshake::{ConnectRequest, ConnectResponse};
pub use jute::{DecodeError, Reader, Writer};
pub use multi::MultiOp;
pub use numbers::{op, xid};
pub use request::Request;
pub use response::{ReplyHeader, Response};
pub use server_error::ServerError;
pub use stat::Stat;
pub use watch_event::{EventKind, WatchEvent};
pub use watching::{WatchMode, WatchTable, Watches};
