//! One TCP connection: non-blocking, with the bytes that could not be written yet.

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use socket2::SockRef;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

/// How much may wait to be written before the connection counts as dead. The core gives a
/// connection up long before when answers are overdue.
const UNSENT_BYTES_MAX: usize = 16 << 20;

pub(super) struct Stream {
    socket: TcpStream,
    unsent: Vec<u8>,
}

impl Stream {
    pub(super) fn open(
        address: SocketAddr,
        registry: &Registry,
        token: Token,
    ) -> Result<Self, String> {
        let mut socket = TcpStream::connect(address).map_err(describe)?;
        // The connection is for short messages with a waiting sender; without the option they only
        // take longer.
        let _ = socket.set_nodelay(true);
        registry
            .register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)
            .map_err(describe)?;
        Ok(Self {
            socket,
            unsent: Vec::new(),
        })
    }

    /// Whether the connection is established by now; an error if it never will be.
    pub(super) fn is_connected(&self) -> Result<bool, String> {
        match self.socket.take_error() {
            Ok(None) => {}
            Ok(Some(error)) | Err(error) => return Err(describe(error)),
        }
        match self.socket.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(describe(error)),
        }
    }

    /// Writes as much as the socket takes now, and keeps the rest. Rust's standard library sends with
    /// `MSG_NOSIGNAL`, so a peer that is gone is an error and never a SIGPIPE.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        if self.unsent.len() + bytes.len() > UNSENT_BYTES_MAX {
            return Err("the server does not read".to_owned());
        }
        self.unsent.extend_from_slice(bytes);
        self.flush()
    }

    /// Writes the bytes that were kept, as many as the socket takes now.
    pub(super) fn flush(&mut self) -> Result<(), String> {
        let mut sent = 0;
        let outcome = loop {
            if sent == self.unsent.len() {
                break Ok(());
            }
            match self.socket.write(&self.unsent[sent..]) {
                Ok(0) => break Err("the connection accepts no bytes".to_owned()),
                Ok(n) => sent += n,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Err(describe(error)),
            }
        };
        self.unsent.drain(..sent);
        outcome
    }

    /// Reads the bytes that are there: `Ok(0)` if there are none for now.
    pub(super) fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        loop {
            match self.socket.read(buffer) {
                Ok(0) => return Err("the server closed the connection".to_owned()),
                Ok(n) => return Ok(n),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(0),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(describe(error)),
            }
        }
    }

    /// Ends the connection at once. The system drops the bytes that it could not deliver yet: it must
    /// not send a write again minutes after the write was given up here.
    pub(super) fn close(mut self, registry: &Registry) {
        // If that fails, the system may only send for a while longer.
        let _ = SockRef::from(&self.socket).set_linger(Some(Duration::ZERO));
        // Closing the descriptor, which follows, removes it from the poll in any case.
        let _ = registry.deregister(&mut self.socket);
    }
}

/// The words of the system without the number, which is different elsewhere.
fn describe(error: std::io::Error) -> String {
    let words = error.to_string();
    match words.find(" (os error") {
        Some(at) => words[..at].to_lowercase(),
        None => words,
    }
}
