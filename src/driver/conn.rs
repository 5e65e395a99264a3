//! A connection as the core sees it: established or not yet, with the core's own bytes. The bytes of TLS
//! itself stay in here.

use super::stream::Stream;
use super::tls::Layer;
use mio::{Registry, Token};
use std::net::SocketAddr;

/// How many bytes are read at a time during the handshake of TLS: most fit.
const HANDSHAKE_CHUNK_BYTES: usize = 8 << 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Dialing,
    /// The connection is established; the TLS handshake is under way.
    Shaking,
    Open,
}

pub(super) struct Conn {
    stream: Stream,
    tls: Option<Layer>,
    phase: Phase,
    /// Whether the core has received a byte of the server.
    has_received: bool,
}

/// The outcome of a look at a connection.
pub(super) enum Progress {
    Nothing,
    Connected,
    Failed(String),
}

impl Conn {
    /// Begins to connect; by TLS if there is a layer of it.
    pub(super) fn open(
        address: SocketAddr,
        tls: Option<Layer>,
        registry: &Registry,
        token: Token,
    ) -> Result<Self, String> {
        Ok(Self {
            stream: Stream::open(address, registry, token)?,
            tls,
            phase: Phase::Dialing,
            has_received: false,
        })
    }

    /// The socket became ready: to be written to, or to be read alone.
    pub(super) fn ready(&mut self, writable: bool) -> Progress {
        let progress = match self.phase {
            Phase::Dialing if writable => self.dialed(),
            Phase::Dialing => Ok(false),
            Phase::Shaking => self.shake(),
            Phase::Open if writable => self.stream.flush().map(|()| false),
            Phase::Open => Ok(false),
        };
        match progress {
            Ok(false) => Progress::Nothing,
            Ok(true) => {
                self.phase = Phase::Open;
                Progress::Connected
            }
            Err(why) => Progress::Failed(why),
        }
    }

    /// Whether the core may send now.
    fn dialed(&mut self) -> Result<bool, String> {
        if !self.stream.is_connected()? {
            return Ok(false);
        }
        if self.tls.is_none() {
            return Ok(true);
        }
        self.phase = Phase::Shaking;
        self.shake()
    }

    /// Goes on with the handshake; whether it has completed.
    fn shake(&mut self) -> Result<bool, String> {
        let Some(tls) = &mut self.tls else {
            return Ok(true);
        };
        let mut buffer = [0; HANDSHAKE_CHUNK_BYTES];
        loop {
            // The last output completes the handshake for the server, or is an alert with the reason
            // of its failure.
            let sent = self.stream.send(&tls.outgoing());
            if tls.is_shaken() {
                return sent.map(|()| true);
            }
            if let Some(why) = tls.ended() {
                return Err(why.to_owned());
            }
            // The server may have sent the reason before it closed the connection.
            let received = self.stream.receive(&mut buffer);
            match received.map_err(|why| tls.interrupted(&why))? {
                0 => return sent.map(|()| false),
                n => tls.take(&buffer[..n]),
            }
        }
    }

    /// Writes as much as the socket takes now, and keeps the rest.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Some(tls) = &mut self.tls else {
            return self.stream.send(bytes);
        };
        tls.write(bytes)?;
        self.stream.send(&tls.outgoing())
    }

    /// Reads bytes for the core: `Ok(0)` if there are none for now.
    pub(super) fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        let has_received = self.has_received;
        let Some(tls) = &mut self.tls else {
            let received = self.stream.receive(buffer);
            self.has_received |= matches!(received, Ok(1..));
            return received.map_err(|why| match has_received {
                true => why,
                false => format!("{why}; it may not serve yet, or expect TLS at this port"),
            });
        };
        loop {
            match tls.read(buffer)? {
                0 => {}
                n => return Ok(n),
            }
            match self.stream.receive(buffer)? {
                0 => return Ok(0),
                n => tls.take(&buffer[..n]),
            }
            // A change of keys by the server needs an answer.
            self.stream.send(&tls.outgoing())?;
        }
    }

    pub(super) fn is_connecting(&self) -> bool {
        self.phase != Phase::Open
    }

    /// Ends the connection at once.
    pub(super) fn close(self, registry: &Registry) {
        self.stream.close(registry);
    }
}
