//! The outputs of the model that its caller has not taken yet.

use super::bus::{ConnId, ModelOutput};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// More bytes than this are not kept as spare room.
const SPARE_BYTES_MAX: usize = 1 << 20;

/// A queue. The frames wait in one buffer: the end of a session can cause very many small ones.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    /// The connection, and the length of the frame; `None` to close it.
    order: VecDeque<(ConnId, Option<usize>)>,
    frames: Vec<u8>,
    /// How many bytes of the frames are taken.
    taken: usize,
}

impl Outputs {
    /// Sends the frame that `encode` appends.
    pub(super) fn send(&mut self, conn: ConnId, encode: impl FnOnce(&mut Vec<u8>)) {
        let start = self.frames.len();
        encode(&mut self.frames);
        self.order
            .push_back((conn, Some(self.frames.len() - start)));
    }

    pub(super) fn close(&mut self, conn: ConnId) {
        self.order.push_back((conn, None));
    }

    /// Takes the oldest.
    pub(super) fn pop(&mut self) -> Option<ModelOutput> {
        let (conn, length) = self.order.pop_front()?;
        let Some(length) = length else {
            return Some(ModelOutput::Close { conn });
        };
        let end = self.taken + length;
        let bytes = self.frames[self.taken..end].to_vec();
        self.taken = end;
        if end == self.frames.len() {
            self.taken = 0;
            self.frames.clear();
            self.frames.shrink_to(SPARE_BYTES_MAX);
        }
        Some(ModelOutput::Send { conn, bytes })
    }
}
