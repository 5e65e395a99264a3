//! Frames: a four-byte big-endian length and that many bytes.

use alloc::vec::Vec;
use core::fmt;

/// The largest length, in bytes, that a ZooKeeper server can mean: a larger one comes from
/// something else.
const FRAME_BYTES_SANE: usize = 1 << 30;
/// A buffer larger than this, in bytes, is freed when its long frame has been read.
const BUFFER_BYTES_KEPT: usize = 1 << 20;
/// How many bytes of a frame that is too long are kept: the header of a reply.
pub const FRAME_HEAD_BYTES: usize = 16;

/// The longest frame that is accepted, in bytes. ZooKeeper's default for requests
/// (`jute.maxbuffer`) is 1 MiB; a listing may be longer, so four times that is accepted.
pub const FRAME_BYTES_MAX: usize = 4 << 20;

/// A length that no ZooKeeper server sends: nothing behind it on the connection can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameError {
    /// The length that was announced.
    pub length: i32,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a frame of {} bytes was announced; frames have 1 to {FRAME_BYTES_MAX} bytes. \
             Is this a ZooKeeper client port?",
            self.length
        )
    }
}

impl core::error::Error for FrameError {}

/// Cuts a stream of bytes into frames. Memory is allocated for bytes that arrived, never for bytes
/// that a length announces.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    buffer: Vec<u8>,
    start: usize,
    /// How many bytes of a frame that is too long are still to come.
    skipping: usize,
}

/// A frame without its length.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// The whole frame.
    Whole(&'a [u8]),
    /// The frame is longer than the limit: the rest is skipped.
    TooLong {
        /// Its length in bytes.
        bytes: usize,
        /// Its first bytes.
        head: [u8; FRAME_HEAD_BYTES],
    },
}

impl FrameDecoder {
    /// Adds bytes that arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
            if self.buffer.is_empty() && self.buffer.capacity() > BUFFER_BYTES_KEPT {
                self.buffer = Vec::new();
            }
        }
        let skipped = self.skipping.min(bytes.len());
        self.skipping -= skipped;
        self.buffer.extend_from_slice(&bytes[skipped..]);
    }

    /// The number of the request whose reply has arrived in part, if one has.
    pub fn arriving(&self) -> Option<i32> {
        let xid = self.buffer.get(self.start + 4..)?.first_chunk()?;
        Some(i32::from_be_bytes(*xid))
    }

    /// As [`next_frame`](Self::next_frame), but frames may have up to `limit` bytes, and a longer
    /// frame is no error: its head is returned, and the rest is counted and dropped as it arrives.
    ///
    /// # Errors
    /// A length that is zero, negative or above 1 GiB, or above `limit` and too short for a reply.
    pub fn next_within(&mut self, limit: usize) -> Result<Option<Frame<'_>>, FrameError> {
        let Some((length, rest)) = self.buffer[self.start..].split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = i32::from_be_bytes(*length);
        let Ok(bytes @ 1..=FRAME_BYTES_SANE) = usize::try_from(length) else {
            return Err(FrameError { length });
        };
        if bytes > limit {
            if bytes < FRAME_HEAD_BYTES {
                return Err(FrameError { length });
            }
            let Some(head) = rest.first_chunk().copied() else {
                return Ok(None);
            };
            let here = rest.len().min(bytes);
            self.start += 4 + here;
            self.skipping = bytes - here;
            return Ok(Some(Frame::TooLong { bytes, head }));
        }
        if rest.len() < bytes {
            return Ok(None);
        }
        let from = self.start + 4;
        self.start = from + bytes;
        Ok(Some(Frame::Whole(&self.buffer[from..from + bytes])))
    }

    /// The next whole frame without its length, if one has arrived.
    ///
    /// # Errors
    /// A length that is zero, negative or above [`FRAME_BYTES_MAX`]; the stream is lost then.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, FrameError> {
        let Some((head, rest)) = self.buffer[self.start..].split_first_chunk::<4>() else {
            return Ok(None);
        };
        let announced = i32::from_be_bytes(*head);
        let Ok(length @ 1..=FRAME_BYTES_MAX) = usize::try_from(announced) else {
            return Err(FrameError { length: announced });
        };
        if rest.len() < length {
            return Ok(None);
        }
        let from = self.start + 4;
        self.start = from + length;
        Ok(Some(&self.buffer[from..from + length]))
    }
}

/// Appends one frame to `out`, its body written by `body`.
pub fn frame(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    body(out);
    let length = i32::try_from(out.len() - at - 4).unwrap_or(i32::MAX);
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_whole_whatever_the_pieces() {
        let mut stream = Vec::new();
        frame(&mut stream, |b| b.extend_from_slice(b"one"));
        frame(&mut stream, |b| b.extend_from_slice(b"three"));
        for piece in 1..stream.len() {
            let mut decoder = FrameDecoder::default();
            let mut frames = Vec::new();
            for bytes in stream.chunks(piece) {
                decoder.push(bytes);
                while let Some(frame) = decoder.next_frame().unwrap() {
                    frames.push(frame.to_vec());
                }
            }
            assert_eq!(frames, [b"one".to_vec(), b"three".to_vec()]);
        }
    }

    #[test]
    fn frames_that_are_too_long_are_read_past_whatever_the_pieces() {
        let mut stream = Vec::new();
        frame(&mut stream, |b| b.extend_from_slice(b"one"));
        frame(&mut stream, |b| b.extend((0..100).map(|n| n as u8)));
        frame(&mut stream, |b| b.extend_from_slice(b"three"));
        let head: [u8; FRAME_HEAD_BYTES] = core::array::from_fn(|n| n as u8);
        for piece in 1..stream.len() {
            let mut decoder = FrameDecoder::default();
            let mut found = Vec::new();
            for bytes in stream.chunks(piece) {
                decoder.push(bytes);
                while let Some(frame) = decoder.next_within(99).unwrap() {
                    found.push(match frame {
                        Frame::Whole(body) => (body.len(), body.to_vec()),
                        Frame::TooLong { bytes, head } => (bytes, head.to_vec()),
                    });
                }
            }
            let expected = [
                (3, b"one".to_vec()),
                (100, head.to_vec()),
                (5, b"three".to_vec()),
            ];
            assert_eq!(found, expected, "in pieces of {piece}");
            assert!(decoder.buffer.capacity() < 1024);
        }
        for nonsense in [0, -1, i32::MIN, i32::MAX, (1 << 30) + 1] {
            let mut decoder = FrameDecoder::default();
            decoder.push(&i32::to_be_bytes(nonsense));
            assert!(decoder.next_within(99).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn absurd_lengths_are_errors_and_cost_no_memory() {
        for length in [0, -1, i32::MIN, i32::MAX, FRAME_BYTES_MAX as i32 + 1] {
            let mut decoder = FrameDecoder::default();
            decoder.push(&length.to_be_bytes());
            assert_eq!(decoder.next_frame(), Err(FrameError { length }));
            assert!(decoder.buffer.capacity() < 64);
        }
    }
}
