//! The first and only message of an undertaker to the process that it serves.

use super::codec::{Reader, Writer};

/// The version of the messages. Helper and library of different versions do not work together.
pub(crate) const PROTOCOL: u64 = 1;

const TAG: u8 = b'U';

/// The helper is ready. With the message comes a pidfd of it: a number could be another process's by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) protocol: u64,
    /// Whether it was built with TLS.
    pub(crate) tls: bool,
}

impl Hello {
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut writer = Writer::tag(TAG);
        writer.number(self.protocol);
        writer.number(self.tls.into());
        writer.finish()
    }

    /// The greeting of this or a later version, which begins in the same way.
    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        let (tag, mut reader) = Reader::of(message)?;
        let protocol = reader.number().filter(|_| tag == TAG)?;
        Some(Self {
            protocol,
            // What follows may differ in another version.
            tls: reader.number().is_some_and(|tls| tls != 0),
        })
    }
}
