//! A slow server: it processes the input of its clients later, in order on each connection.

use super::bus::{Bus, ConnId};
use super::clients::Conn;
use super::server::Server;
use alloc::vec::Vec;

/// An input from a connection.
#[derive(Debug)]
pub(super) enum Input {
    Frame(Vec<u8>),
    /// Not a frame, or one that is too long.
    Garbage,
    /// The client has closed it.
    Gone,
}

impl Conn {
    /// The next input, if it has arrived and its time has come.
    pub(super) fn next(&mut self, now: u64) -> Option<Input> {
        match self.late.front() {
            Some((at, _)) if *at > now => None,
            Some(_) => self.late.pop_front().map(|(_, input)| input),
            None => self.read(),
        }
    }

    /// When its next late input is due, if the connection is read at all.
    fn late_at(&self) -> Option<u64> {
        let (at, _) = self.late.front().filter(|_| !self.is_waiting())?;
        Some(*at)
    }
}

impl Server {
    /// Defers the input that has arrived at a slow server.
    pub(super) fn defer(&mut self, conn: ConnId, bus: &mut Bus) {
        let (least, most) = self.slowness;
        let Some(open) = self.clients.conns.get_mut(&conn).filter(|_| most > 0) else {
            return;
        };
        while let Some(input) = open.read() {
            let garbage = matches!(input, Input::Garbage);
            let at = bus.now.saturating_add(bus.rng.between(least, most));
            open.late.push_back((at, input));
            self.clients.some_late = true;
            if garbage {
                return;
            }
        }
    }

    /// A client has closed its connection. Its earlier input is processed before the close.
    pub(super) fn gone(&mut self, conn: ConnId) {
        match self.clients.conns.get_mut(&conn) {
            Some(open) if !open.late.is_empty() => open.late.push_back((0, Input::Gone)),
            Some(_) | None => {
                self.forget(conn);
            }
        }
    }

    /// When the next late input is due.
    pub(super) fn late_deadline(&self) -> Option<u64> {
        self.next_late().map(|(at, _)| at)
    }

    fn next_late(&self) -> Option<(u64, ConnId)> {
        let conns = self.clients.conns.iter().filter(|_| self.clients.some_late);
        conns
            .filter_map(|(conn, open)| Some((open.late_at()?, *conn)))
            .min()
    }

    pub(super) fn take_late(&mut self, bus: &mut Bus) {
        while let Some((_, conn)) = self.next_late().filter(|(at, _)| *at <= bus.now) {
            self.pump(conn, bus);
        }
        let mut conns = self.clients.conns.values();
        self.clients.some_late = self.clients.some_late && conns.any(|conn| !conn.late.is_empty());
    }
}
