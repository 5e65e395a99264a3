//! ZooKeeper's client protocol: bytes to values and back, with no state.
//!
//! The wire is jute (big-endian integers, length-prefixed strings and buffers) in frames that
//! start with a four-byte length. The records follow `zookeeper.jute` of the Apache ZooKeeper
//! distribution; both directions are here, so that the model speaks the same bytes as a server.

mod frame;
mod jute;
mod message;
pub mod path;

pub use frame::{FRAME_BYTES_MAX, FrameDecoder, FrameError, frame};
pub use jute::{DecodeError, Reader, Writer};
pub use message::{
    Acl, ConnectRequest, ConnectResponse, CreateMode, EventKind, Perms, ReplyHeader, Request,
    Response, ServerError, Stat, WatchEvent, op, xid,
};
