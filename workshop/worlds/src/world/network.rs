//! Segments between hosts and servers, and their handling by servers.

use super::World;
use crate::conn::{Segment, Way};
use crate::exchange::Reply;
use crate::frames::{beginning, words};
use crate::host::Trap;
use crate::names::Names;
use crate::time::span;
use crate::witness::{Arrival, Witness};
use std::cmp::Reverse;
use tenure::model::ModelOutput;

impl<N: Names> World<N> {
    pub(super) fn send(&mut self, id: usize, way: Way, segment: Segment) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let path = self.hosts[conn.host].path(conn.server, way);
        conn.lost |= self.cuts_lose && path.cut_since.is_some();
        if conn.lost {
            return;
        }
        let (rate, delay) = (path.quality.rate, path.draw(&mut self.dice));
        let late = match segment {
            Segment::Syn => 0,
            Segment::Data { .. } | Segment::Fin => path.quality.late,
        };
        let at = self.now + delay + late;
        for piece in segment.pieces(rate) {
            let takes = piece.takes(rate);
            conn.pipe(way).push(at, takes, piece);
        }
        self.arm(id, way);
    }

    /// Queues the first segment of a pipe.
    pub(super) fn arm(&mut self, id: usize, way: Way) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let pipe = conn.pipe(way);
        if let Some(at) = pipe.first()
            && !pipe.armed
        {
            pipe.armed = true;
            self.order += 1;
            let at = at.max(self.now);
            self.queue.push(Reverse((at, self.order, id, way)));
        }
    }

    pub(super) fn arrive(&mut self, witness: &mut dyn Witness<N>, id: usize, way: Way) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let path = self.hosts[conn.host].path(conn.server, way);
        let pipe = conn.pipe(way);
        pipe.armed = false;
        if path.cut_since.is_some() && !self.cuts_lose {
            return;
        }
        if pipe.first().is_some_and(|at| at <= self.now)
            && let Some((_, segment)) = pipe.flying.pop_front()
        {
            match way {
                Way::Up => self.send_to_server(witness, id, segment),
                Way::Down => self.send_to_client(witness, id, segment),
            }
        }
        self.arm(id, way);
        self.forget(id);
    }

    /// Removes a connection that neither end has any longer.
    pub(super) fn forget(&mut self, id: usize) {
        if let Some(conn) = self.conns.get(&id)
            && !conn.open
            && conn.remote.is_none()
            && conn.up.flying.is_empty()
            && !self.hosts[conn.host].inbox.contains_key(&id)
        {
            self.conns.remove(&id);
        }
    }

    fn send_to_server(&mut self, witness: &mut dyn Witness<N>, id: usize, segment: Segment) {
        let now = span(self.now);
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let (host, server) = (conn.host, conn.server);
        match segment {
            Segment::Syn if !conn.open => {}
            Segment::Syn => match self.ensemble.accept(server, now) {
                Some(remote) => {
                    conn.remote = Some(remote);
                    self.remotes.insert(remote, id);
                    self.send(id, Way::Down, Segment::Syn);
                }
                None if self.mute.contains(&server) => {}
                None => self.send(id, Way::Down, Segment::Fin),
            },
            Segment::Data { bytes, .. } => {
                let (remote, answered) = (conn.remote, conn.exchange.is_answered());
                self.record.note(self.now, (id, beginning(&bytes)), || {
                    let words = words(&bytes, true);
                    format!("server {server} gets from client {host} ({id}): {words}")
                });
                let arrival = Arrival {
                    conn: id,
                    host,
                    server,
                    reply: Reply::None,
                    question: None,
                    answered,
                };
                self.tell(witness, |witness, world| {
                    witness.server_reads(world, arrival);
                });
                match remote {
                    Some(remote) => self.ensemble.receive(remote, &bytes, now),
                    None if self.mute.contains(&server) => {}
                    None => self.send(id, Way::Down, Segment::Fin),
                }
            }
            Segment::Fin => {
                if let Some(remote) = conn.remote.take() {
                    self.remotes.remove(&remote);
                    self.ensemble.disconnected(remote, now);
                }
            }
        }
        self.collect(witness);
    }

    /// Sends the pending output of servers. Call it after each act on the ensemble itself.
    pub fn collect(&mut self, witness: &mut dyn Witness<N>) {
        while let Some(output) = self.ensemble.poll_output() {
            match output {
                ModelOutput::Send { conn, bytes } => {
                    if let Some(id) = self.remotes.get(&conn).copied() {
                        self.reply(witness, id, bytes);
                    }
                }
                ModelOutput::Close { conn } => {
                    let server = self.ensemble.server_of(conn);
                    let Some(id) = self.remotes.remove(&conn) else {
                        continue;
                    };
                    if let Some(conn) = self.conns.get_mut(&id) {
                        conn.remote = None;
                    }
                    if !self.mute.contains(&server) {
                        self.send(id, Way::Down, Segment::Fin);
                    }
                }
            }
        }
    }

    fn reply(&mut self, witness: &mut dyn Witness<N>, id: usize, mut bytes: Vec<u8>) {
        let Some(conn) = self.conns.get_mut(&id) else {
            return;
        };
        let (reply, question) = conn.exchange.answer(&bytes);
        if conn.deaf {
            return;
        }
        let host = conn.host;
        let caught = match (self.hosts[host].trap, reply) {
            (Some(Trap::Handshake), Reply::Handshake) => true,
            (Some(Trap::ReplyTo(wanted) | Trap::Disguise(wanted, _)), Reply::Of(number, _)) => {
                wanted == number
            }
            _ => false,
        };
        let trap = self.hosts[host].trap.take_if(|_| caught);
        if matches!(trap, Some(Trap::Handshake | Trap::ReplyTo(_))) {
            conn.deaf = true;
        }
        if trap.is_some() {
            self.tell(witness, |witness, world| {
                witness.trapped(world, host, reply)
            });
        }
        if let Some(Trap::Disguise(_, error)) = trap {
            // Only a header: its length, xid, zxid and error.
            bytes.truncate(20);
            bytes[..4].copy_from_slice(&16_i32.to_be_bytes());
            bytes[16..].copy_from_slice(&error.to_be_bytes());
        }
        if let Some(Trap::Handshake | Trap::ReplyTo(_)) = trap {
            self.note(|| {
                format!("the reply {reply:?} to client {host} is lost, and connection {id}")
            });
            self.send(id, Way::Down, Segment::Fin);
            self.send(id, Way::Up, Segment::Fin);
            return;
        }
        let data = Segment::Data {
            bytes,
            reply,
            question,
        };
        self.send(id, Way::Down, data);
    }

    pub(super) fn send_to_client(
        &mut self,
        witness: &mut dyn Witness<N>,
        id: usize,
        segment: Segment,
    ) {
        let Some(conn) = self.conns.get(&id) else {
            return;
        };
        let host = &mut self.hosts[conn.host];
        if !conn.open || conn.incarnation != host.incarnation {
            return;
        }
        if host.paused {
            host.inbox.entry(id).or_default().push_back(segment);
            return;
        }
        self.take_in(witness, id, segment);
    }
}
