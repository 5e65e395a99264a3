//! The sockets: opened, read in turns, closed.

use super::super::client_id::ClientId;
use super::super::conn::{Conn, Progress};
use super::super::entry::Slot;
use super::super::memory::Attempt;
use super::super::messages::Transport;
use super::super::sys;
use super::super::tls::Layer;
use super::{INPUTS_PER_TURN, OwnedInput, Thread};
use crate::core::{Host, Input};
use mio::Token;
use std::net::SocketAddr;

/// How many bytes are read from one socket in one turn while others wait.
const BYTES_PER_TURN: usize = 256 << 10;

impl Thread {
    /// A socket has become ready: to be written to, or to be read alone.
    pub(super) fn ready(&mut self, token: Token, writable: bool) {
        let Some((client, conn)) = self.tokens.get(&token).copied() else {
            return;
        };
        let Some(slot) = self.slot(client, conn) else {
            return;
        };
        let progress = slot.conn.ready(writable);
        if !std::mem::replace(&mut slot.queued, true) {
            self.readable.push_back(token);
        }
        match progress {
            Progress::Nothing => {}
            Progress::Connected => {
                self.step(client, Input::Connected { conn });
                self.digest(INPUTS_PER_TURN);
            }
            Progress::Failed(why) => self.lost(client, conn, why),
        }
    }

    /// Reads as much as one turn has room for. The system reports readiness once, so a socket stays in
    /// the queue until it is empty.
    pub(super) fn read(&mut self, token: Token) {
        let Some((client, conn)) = self.tokens.get(&token).copied() else {
            return;
        };
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut read = 0;
        // Until it is empty, or the core has had enough of it.
        while let Some(slot) = self.slot(client, conn) {
            if slot.conn.is_connecting() {
                slot.queued = false;
                break;
            }
            if read >= BYTES_PER_TURN {
                self.readable.push_back(token);
                break;
            }
            match slot.conn.receive(&mut buffer) {
                Ok(0) => {
                    slot.queued = false;
                    break;
                }
                Ok(n) => {
                    read += n;
                    self.feed_bytes(client, conn, &buffer[..n]);
                    self.digest(INPUTS_PER_TURN);
                }
                Err(why) => {
                    self.lost(client, conn, why);
                    break;
                }
            }
        }
        self.buffer = buffer;
    }

    pub(super) fn slot(&mut self, client: ClientId, conn: u64) -> Option<&mut Slot> {
        self.clients.get_mut(&client)?.conns.get_mut(&conn)
    }

    pub(super) fn lost(&mut self, client: ClientId, conn: u64, why: String) {
        self.hang_up(client, conn);
        self.step(client, Input::Disconnected { conn, why });
        self.digest(INPUTS_PER_TURN);
    }

    pub(super) fn hang_up(&mut self, client: ClientId, conn: u64) {
        if let Some(entry) = self.clients.get_mut(&client)
            && let Some(slot) = entry.conns.remove(&conn)
        {
            self.tokens.remove(&slot.token);
            slot.conn.close(self.poll.registry());
        }
    }

    pub(super) fn connect(
        &mut self,
        client: ClientId,
        conn: u64,
        host: &Host,
        address: SocketAddr,
    ) {
        let Some(entry) = self.clients.get_mut(&client) else {
            return;
        };
        let failure = match &entry.transport {
            Transport::Memory(name) => match self.memory.connect(name, client, conn, sys::now()) {
                Attempt::Connected => return self.feed(client, OwnedInput::Connected(conn)),
                Attempt::Silence => return,
                Attempt::Refused => "the server is stopped".to_owned(),
            },
            Transport::Tcp(tls) => {
                self.last_token += 1;
                let token = Token(self.last_token);
                let layer = tls.as_ref().map(|config| Layer::begin(config, host));
                let opened = layer
                    .transpose()
                    .and_then(|layer| Conn::open(address, layer, self.poll.registry(), token));
                match opened {
                    Ok(opened) => {
                        self.tokens.insert(token, (client, conn));
                        let slot = Slot {
                            conn: opened,
                            token,
                            queued: false,
                        };
                        entry.conns.insert(conn, slot);
                        return;
                    }
                    Err(why) => why,
                }
            }
        };
        self.feed(client, OwnedInput::Disconnected(conn, failure));
    }
}
