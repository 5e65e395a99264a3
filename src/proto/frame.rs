//! Frames: a four-byte big-endian length and that many bytes.

use std::fmt;

/// The longest frame that is accepted, in bytes. ZooKeeper's own default (`jute.maxbuffer`) is
/// 1 MiB for requests; a listing may be longer, so four times that is let in.
pub const FRAME_BYTES_MAX: usize = 4 << 20;

/// A length that no ZooKeeper server sends: the connection cannot be read on.
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

impl std::error::Error for FrameError {}

/// Cuts a stream of bytes into frames. Memory is taken for bytes that arrived, never for bytes
/// that a length announces.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    buffer: Vec<u8>,
    start: usize,
}

impl FrameDecoder {
    /// Adds bytes that arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
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
    fn absurd_lengths_are_errors_and_cost_no_memory() {
        for length in [0, -1, i32::MIN, i32::MAX, FRAME_BYTES_MAX as i32 + 1] {
            let mut decoder = FrameDecoder::default();
            decoder.push(&length.to_be_bytes());
            assert_eq!(decoder.next_frame(), Err(FrameError { length }));
            assert!(decoder.buffer.capacity() < 64);
        }
    }
}
