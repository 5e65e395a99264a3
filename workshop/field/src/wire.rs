//! The few parts of ZooKeeper's wire format that a harness needs, written by hand so that it cannot
//! share a mistake with the client under test.
//!
//! A frame is a length of four bytes and as many bytes of payload. The first
//! frame each way is the handshake; each later request begins with xid and
//! opcode, each later reply with xid, zxid and error.

use std::io::{self, Read};

/// The longest accepted payload. ZooKeeper's own limit of 1 MiB is for requests; answers may be
/// longer than any client accepts.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Numbers of operations.
#[allow(missing_docs)] // each is ZooKeeper's own name of the operation
pub mod opcode {
    pub const CREATE: i32 = 1;
    pub const DELETE: i32 = 2;
    pub const EXISTS: i32 = 3;
    pub const GET_DATA: i32 = 4;
    pub const SET_DATA: i32 = 5;
    pub const GET_ACL: i32 = 6;
    pub const SET_ACL: i32 = 7;
    pub const GET_CHILDREN: i32 = 8;
    pub const SYNC: i32 = 9;
    pub const PING: i32 = 11;
    pub const GET_CHILDREN2: i32 = 12;
    pub const CHECK: i32 = 13;
    pub const MULTI: i32 = 14;
    pub const CREATE2: i32 = 15;
    pub const REMOVE_WATCHES: i32 = 18;
    pub const CREATE_CONTAINER: i32 = 19;
    pub const CREATE_TTL: i32 = 21;
    pub const MULTI_READ: i32 = 22;
    pub const AUTH: i32 = 100;
    pub const SET_WATCHES: i32 = 101;
    pub const SASL: i32 = 102;
    pub const GET_EPHEMERALS: i32 = 103;
    pub const SET_WATCHES2: i32 = 105;
    pub const ADD_WATCH: i32 = 106;
    pub const CLOSE_SESSION: i32 = -11;
}

/// Numbers of special requests.
pub mod xid {
    /// A watch event: a message from the server that answers no request.
    pub const WATCH_EVENT: i32 = -1;
    /// A ping and its reply.
    pub const PING: i32 = -2;
    /// Authentication.
    pub const AUTH: i32 = -4;
    /// Watches that are set again after a reconnect.
    pub const SET_WATCHES: i32 = -8;
}

/// Reads one frame and returns its payload.
///
/// # Errors
/// Those of the stream; `InvalidData` for an impossible length.
pub fn read_frame(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(i32::from_be_bytes(length))
        .ok()
        .filter(|len| *len <= PAYLOAD_BYTES_MAX);
    let length =
        length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a frame's length"))?;
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload)?;
    Ok(payload)
}

/// A payload that is being written.
#[derive(Clone, Debug, Default)]
pub struct Payload(Vec<u8>);

impl Payload {
    /// An empty payload.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a number of four bytes.
    #[must_use]
    pub fn int(mut self, value: i32) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    /// Appends a number of eight bytes.
    #[must_use]
    pub fn long(mut self, value: i64) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    /// Appends a boolean.
    #[must_use]
    pub fn bool(mut self, value: bool) -> Self {
        self.0.push(value.into());
        self
    }

    /// Appends bytes after their length, also for a string.
    #[must_use]
    pub fn buffer(self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        let length = i32::try_from(bytes.len()).expect("a test's buffer is shorter than 2 GiB");
        self.int(length).raw(bytes)
    }

    /// Appends bytes as they are.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// The payload.
    #[must_use]
    pub fn payload(self) -> Vec<u8> {
        self.0
    }

    /// The payload as a frame, its length in front.
    #[must_use]
    pub fn frame(self) -> Vec<u8> {
        Self::new().buffer(self.0).0
    }
}

/// A payload that is being read; `None` where it is too short.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// From the beginning of `payload` on.
    #[must_use]
    pub fn new(payload: &'a [u8]) -> Self {
        Self(payload)
    }

    /// A number of four bytes.
    pub fn int(&mut self) -> Option<i32> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i32::from_be_bytes(*bytes))
    }

    /// A number of eight bytes.
    pub fn long(&mut self) -> Option<i64> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i64::from_be_bytes(*bytes))
    }

    /// Bytes after their length; −1 is ZooKeeper's way to write that there are none.
    pub fn buffer(&mut self) -> Option<&'a [u8]> {
        let length = self.int()?.max(0);
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let frame = Payload::new()
            .int(-1)
            .long(1 << 40)
            .buffer("path")
            .bool(true)
            .frame();
        let payload = read_frame(&mut frame.as_slice()).unwrap();
        let mut fields = Fields::new(&payload);
        assert_eq!(fields.int(), Some(-1));
        assert_eq!(fields.long(), Some(1 << 40));
        assert_eq!(fields.buffer(), Some(&b"path"[..]));
        assert_eq!(fields.int(), None, "only the boolean is left");
    }

    #[test]
    fn an_impossible_length_is_refused() {
        for length in [-1, i32::MAX] {
            let error = read_frame(&mut length.to_be_bytes().as_slice()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }
}
