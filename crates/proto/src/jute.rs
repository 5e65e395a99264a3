//! Jute primitives, bounds-checked: a length on the wire is compared with the bytes that have
//! arrived before anything relies on it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Why bytes could not be read as the expected record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError(pub &'static str);

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for DecodeError {}

/// Reads jute values from a slice, front to back.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader over `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether every byte was read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or(DecodeError("record ends early"))?;
        self.rest = rest;
        Ok(*head)
    }

    /// A boolean: one byte, true if it is not zero.
    pub fn bool(&mut self) -> Result<bool, DecodeError> {
        Ok(self.take::<1>()?[0] != 0)
    }

    /// A big-endian 32-bit integer.
    pub fn i32(&mut self) -> Result<i32, DecodeError> {
        Ok(i32::from_be_bytes(self.take()?))
    }

    /// A big-endian 64-bit integer.
    pub fn i64(&mut self) -> Result<i64, DecodeError> {
        Ok(i64::from_be_bytes(self.take()?))
    }

    /// A buffer; jute writes an absent buffer as length -1, which reads as empty.
    pub fn buffer(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.i32()?;
        if length == -1 {
            return Ok(&[]);
        }
        let length = usize::try_from(length).map_err(|_| DecodeError("negative length"))?;
        if length > self.rest.len() {
            return Err(DecodeError("length runs past the end of the record"));
        }
        let (head, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(head)
    }

    /// A string, which must be UTF-8.
    pub fn string(&mut self) -> Result<String, DecodeError> {
        core::str::from_utf8(self.buffer()?)
            .map(str::to_owned)
            .map_err(|_| DecodeError("string is not UTF-8"))
    }

    /// A vector whose elements `element` reads. Each takes at least one byte of the record, so an
    /// impossible count is refused before anything is allocated for it.
    pub fn vector<T>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.i32()?;
        if count == -1 {
            return Ok(Vec::new());
        }
        let count = usize::try_from(count).map_err(|_| DecodeError("negative count"))?;
        if count > self.rest.len() {
            return Err(DecodeError("count runs past the end of the record"));
        }
        (0..count).map(|_| element(self)).collect()
    }
}

/// Appends jute values to a byte vector.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    /// A writer that appends to `out`.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// One byte.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.out.push(u8::from(value));
        self
    }

    /// A big-endian 32-bit integer.
    pub fn i32(&mut self, value: i32) -> &mut Self {
        self.out.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// A big-endian 64-bit integer.
    pub fn i64(&mut self, value: i64) -> &mut Self {
        self.out.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// A length-prefixed buffer. No buffer of this crate comes near `i32::MAX` bytes; a longer one
    /// would be cut, never mis-framed.
    pub fn buffer(&mut self, value: &[u8]) -> &mut Self {
        let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
        self.i32(length);
        self.out
            .extend_from_slice(&value[..usize::try_from(length).unwrap_or(0)]);
        self
    }

    /// A length-prefixed UTF-8 string.
    pub fn string(&mut self, value: &str) -> &mut Self {
        self.buffer(value.as_bytes())
    }

    /// A counted vector whose elements `element` writes.
    pub fn vector<T>(&mut self, values: &[T], mut element: impl FnMut(&mut Self, &T)) -> &mut Self {
        self.i32(i32::try_from(values.len()).unwrap_or(i32::MAX));
        for value in values {
            element(self, value);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_length_past_the_end_is_refused_before_it_is_believed() {
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).i32(i32::MAX);
        assert_eq!(
            Reader::new(&bytes).buffer(),
            Err(DecodeError("length runs past the end of the record"))
        );
        assert_eq!(
            Reader::new(&bytes).vector(|r| r.i32()),
            Err(DecodeError("count runs past the end of the record"))
        );
    }

    #[test]
    fn negative_lengths_other_than_minus_one_are_refused() {
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).i32(-2);
        assert_eq!(
            Reader::new(&bytes).buffer(),
            Err(DecodeError("negative length"))
        );
        let mut bytes = Vec::new();
        Writer::new(&mut bytes).i32(-1);
        assert_eq!(Reader::new(&bytes).buffer(), Ok(&[][..]));
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut bytes = Vec::new();
        Writer::new(&mut bytes)
            .bool(true)
            .i32(-7)
            .i64(1 << 40)
            .string("zk/ü")
            .vector(&["a", "b"], |w, s| {
                w.string(s);
            });
        let mut r = Reader::new(&bytes);
        assert_eq!(r.bool(), Ok(true));
        assert_eq!(r.i32(), Ok(-7));
        assert_eq!(r.i64(), Ok(1 << 40));
        assert_eq!(r.string().as_deref(), Ok("zk/ü"));
        assert_eq!(
            r.vector(Reader::string),
            Ok(vec!["a".to_owned(), "b".to_owned()])
        );
        assert!(r.is_empty());
        assert_eq!(r.i32(), Err(DecodeError("record ends early")));
    }
}
