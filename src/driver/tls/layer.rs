//! TLS on one connection: bytes of the socket go in, bytes for the socket come out.

use super::config::Config;
use super::words::Words;
use crate::core::Host;
use rustls::ClientConnection;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::sync::Arc;

/// How many bytes are deciphered at a time: a record.
const CHUNK_BYTES: usize = 16 << 10;

/// The message for a connection that ended in an orderly way, as without TLS.
const CLOSED: &str = "the server closed the connection";

pub(in crate::driver) struct Layer {
    rustls: ClientConnection,
    /// Deciphered and not fetched yet: never more than one read of the socket brings.
    plain: VecDeque<u8>,
    /// Why nothing more is taken, once that is so.
    ended: Option<String>,
    words: Arc<Words>,
}

impl Layer {
    /// Begins a handshake with this server.
    pub(in crate::driver) fn begin(config: &Config, server: &Host) -> Result<Self, String> {
        let name = config.name_of(server)?;
        let mut rustls = ClientConnection::new(Arc::clone(&config.rustls), name)
            .map_err(|error| config.words.of(&error, true))?;
        // Output leaves at once, so the limit on the bytes that the socket has not taken is enough.
        rustls.set_buffer_limit(None);
        Ok(Self {
            rustls,
            plain: VecDeque::new(),
            ended: None,
            words: Arc::clone(&config.words),
        })
    }

    /// Whether the handshake is complete: the server has proved its identity. It may still refuse
    /// ours later.
    pub(in crate::driver) fn is_shaken(&self) -> bool {
        !self.rustls.is_handshaking()
    }

    /// Takes bytes that the socket received.
    pub(in crate::driver) fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.ended.is_none() {
            if let Err(why) = self.take_some(&mut bytes) {
                self.ended = Some(why);
            }
        }
    }

    /// Takes a part of the bytes away from them and deciphers it.
    fn take_some(&mut self, bytes: &mut &[u8]) -> Result<(), String> {
        let shaking = self.rustls.is_handshaking();
        let taken = self.rustls.read_tls(bytes);
        taken.map_err(|error| error.to_string())?;
        let outcome = self.rustls.process_new_packets();
        // Bytes that came before an error count: they may be the answer to a write.
        let mut chunk = [0; CHUNK_BYTES];
        while let Ok(n @ 1..) = self.rustls.reader().read(&mut chunk) {
            self.plain.extend(&chunk[..n]);
        }
        match outcome {
            Ok(state) if state.peer_has_closed() => Err(CLOSED.to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(self.words.of(&error, shaking)),
        }
    }

    /// Why the connection can no longer be used, if it cannot.
    pub(in crate::driver) fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// Fetches deciphered bytes: `Ok(0)` if there are none for now.
    pub(in crate::driver) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        match (&self.ended, self.plain.is_empty()) {
            (Some(why), true) => Err(why.clone()),
            // Reading from memory does not fail.
            _ => Ok(self.plain.read(buffer).unwrap_or(0)),
        }
    }

    /// Enciphers bytes of the core.
    pub(in crate::driver) fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        let written = self.rustls.writer().write_all(bytes);
        written.map_err(|error| error.to_string())
    }

    /// All bytes that the socket must send next.
    pub(in crate::driver) fn outgoing(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to a vector does not fail.
        while self.rustls.wants_write() && self.rustls.write_tls(&mut bytes).is_ok() {}
        bytes
    }

    /// A connection that ended in the middle of the handshake.
    pub(in crate::driver) fn interrupted(&self, why: &str) -> String {
        self.words.interrupted(why)
    }
}
