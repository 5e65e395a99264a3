//! A connection as the core sees it: it stands, or not yet, and carries the core's own bytes. What
//! TLS needs to say before and beside them stays in here.

use super::stream::Stream;
use super::tls::Layer;
use mio::{Registry, Token};
use std::net::SocketAddr;

/// What is read at a time while there is nothing for the core yet: most handshakes fit.
const HANDSHAKE_CHUNK_BYTES: usize = 8 << 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Dialing,
    /// The connection stands; the TLS handshake is under way.
    Shaking,
    Open,
}

pub(super) struct Conn {
    stream: Stream,
    tls: Option<Layer>,
    stage: Stage,
    /// Whether the server has said anything to the core.
    heard: bool,
}

/// What came of a look at a connection.
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
            stage: Stage::Dialing,
            heard: false,
        })
    }

    /// The socket became ready: to be written to, or to be read alone.
    pub(super) fn ready(&mut self, writable: bool) -> Progress {
        let progress = match self.stage {
            Stage::Dialing if writable => self.dialed(),
            Stage::Dialing => Ok(false),
            Stage::Shaking => self.shake(),
            Stage::Open if writable => self.stream.flush().map(|()| false),
            Stage::Open => Ok(false),
        };
        match progress {
            Ok(false) => Progress::Nothing,
            Ok(true) => {
                self.stage = Stage::Open;
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
        self.stage = Stage::Shaking;
        self.shake()
    }

    /// Goes on with the handshake; whether it has completed.
    fn shake(&mut self) -> Result<bool, String> {
        let Some(tls) = &mut self.tls else {
            return Ok(true);
        };
        let mut buffer = [0; HANDSHAKE_CHUNK_BYTES];
        loop {
            // What is put out last completes the handshake for the server; or it tells why there
            // will be none.
            let sent = self.stream.send(&tls.outgoing());
            if tls.is_shaken() {
                return sent.map(|()| true);
            }
            if let Some(why) = tls.ended() {
                return Err(why.to_owned());
            }
            // Before it closed the connection the server may have said why.
            let received = self.stream.receive(&mut buffer);
            match received.map_err(|why| tls.interrupted(&why))? {
                0 => return sent.map(|()| false),
                n => tls.take(&buffer[..n]),
            }
        }
    }

    /// Writes what can be written now and keeps the rest.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        let Some(tls) = &mut self.tls else {
            return self.stream.send(bytes);
        };
        tls.write(bytes)?;
        self.stream.send(&tls.outgoing())
    }

    /// Reads what is there for the core: `Ok(0)` when that is nothing for now.
    pub(super) fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        let heard = self.heard;
        let Some(tls) = &mut self.tls else {
            let received = self.stream.receive(buffer);
            self.heard |= matches!(received, Ok(1..));
            return received.map_err(|why| match heard {
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
            // New keys of the server are answered.
            self.stream.send(&tls.outgoing())?;
        }
    }

    pub(super) fn is_connecting(&self) -> bool {
        self.stage != Stage::Open
    }

    /// Ends the connection at once.
    pub(super) fn close(self, registry: &Registry) {
        self.stream.close(registry);
    }
}
