//! Bytes that are never printed.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// A password or credentials: `Debug` shows neither the bytes nor their number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes the bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, for a wire and nothing else.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The password in a handshake: sixteen bytes, zeros while there is no session.
    pub(crate) fn as_session_password(&self) -> Vec<u8> {
        if self.0.is_empty() {
            vec![0; 16]
        } else {
            self.0.clone()
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
