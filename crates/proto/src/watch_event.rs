//! Watch events: a server reports that a watched znode changed.

use super::frame::frame;
use super::jute::{DecodeError, Reader, Writer};
use super::numbers::xid;
use super::response::ReplyHeader;
use alloc::string::String;
use alloc::vec::Vec;

/// The kind of a change (`Watcher.Event.EventType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum EventKind {
    Created,
    Deleted,
    DataChanged,
    ChildrenChanged,
}

/// A watch event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchEvent {
    /// The kind of the change.
    pub kind: EventKind,
    /// The path of the znode.
    pub path: String,
}

impl WatchEvent {
    /// Reads the body that follows the header; `None` for session events, which repeat what the
    /// connection shows, and for kinds that no watch of ours can cause.
    ///
    /// # Errors
    /// Bytes that are not such a record.
    pub fn decode(r: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        let (kind, _state, path) = (r.i32()?, r.i32()?, r.string()?);
        let kind = match kind {
            1 => EventKind::Created,
            2 => EventKind::Deleted,
            3 => EventKind::DataChanged,
            4 => EventKind::ChildrenChanged,
            _ => return Ok(None),
        };
        Ok(Some(Self { kind, path }))
    }

    /// Appends the frame to `out`, as a server sends it.
    pub fn encode(&self, zxid: i64, out: &mut Vec<u8>) {
        const SYNC_CONNECTED: i32 = 3;
        frame(out, |body| {
            let mut w = Writer::new(body);
            ReplyHeader {
                xid: xid::NOTIFICATION,
                zxid,
                err: 0,
            }
            .encode(&mut w);
            let kind = match self.kind {
                EventKind::Created => 1,
                EventKind::Deleted => 2,
                EventKind::DataChanged => 3,
                EventKind::ChildrenChanged => 4,
            };
            w.i32(kind).i32(SYNC_CONNECTED).string(&self.path);
        });
    }
}
