//! What can befall an ensemble from outside.

use super::bus::ConnId;
use super::ensemble::Ensemble;
use super::options::{LinkOptions, nanos};
use super::pause::Backlog;
use super::refusals::{Refusal, Refusals};
use alloc::vec::Vec;
use core::time::Duration;

/// Faults.
impl Ensemble {
    /// A server's process ends: its connections close, what it has logged stays. Nothing happens if
    /// it is down.
    pub fn crash(&mut self, server: usize, now: Duration) {
        self.advance(now);
        if self.servers[server].up {
            self.servers[server].crash(&mut self.bus);
        }
    }

    /// A server that has crashed starts again. Nothing happens if it is up.
    pub fn restart(&mut self, server: usize, now: Duration) {
        self.advance(now);
        if !self.servers[server].up {
            self.servers[server].start(&mut self.bus);
        }
    }

    /// A server's process is stopped (SIGSTOP): its kernel goes on taking in what arrives. Nothing
    /// happens if it is stopped or down.
    pub fn pause(&mut self, server: usize, now: Duration) {
        self.advance(now);
        if self.servers[server].up {
            let paused = &mut self.servers[server].paused;
            paused.get_or_insert_with(|| Backlog::new(self.bus.now));
        }
    }

    /// A server's process goes on: its timers, and all that has piled up, are taken up at this
    /// moment in an order that is drawn; only what came one way stays in order, and a leader's pings
    /// may be late ([`Ensemble::set_ping_lateness`]).
    pub fn resume(&mut self, server: usize, now: Duration) {
        self.advance(now);
        self.servers[server].resume(&mut self.bus);
    }

    /// Nothing arrives at `to` any more that `from` sends or has sent. It is kept, as TCP does.
    pub fn cut(&mut self, from: usize, to: usize, now: Duration) {
        self.advance(now);
        self.bus.network.cut(from, to, self.bus.now);
    }

    /// The direction works again. What was kept arrives after up to as long as the cut lasted, for
    /// TCP waits longer each time before it tries again, but no more than 3 s later.
    pub fn heal(&mut self, from: usize, to: usize, now: Duration) {
        self.advance(now);
        let (network, rng) = (&mut self.bus.network, &mut self.bus.rng);
        network.heal(from, to, self.bus.now, rng);
    }

    /// Cuts a server off from all others, both ways; its clients are not concerned.
    pub fn isolate(&mut self, server: usize, now: Duration) {
        for other in 0..self.size() {
            self.cut(server, other, now);
            self.cut(other, server, now);
        }
    }

    /// Heals every direction between servers.
    pub fn heal_all(&mut self, now: Duration) {
        for from in 0..self.size() {
            for to in 0..self.size() {
                self.heal(from, to, now);
            }
        }
    }

    /// From now on one direction between two servers is like this.
    pub fn set_link(&mut self, from: usize, to: usize, options: LinkOptions) {
        self.bus.network.set_options(from, to, options);
    }

    /// From now on leaders' main loops, which send the pings, are late each time by up to this (not
    /// at all if nobody says so): those that run, and those that were paused and go on.
    pub fn set_ping_lateness(&mut self, most: Duration) {
        self.bus.lateness = nanos(most);
    }

    /// The server drops the next request of this connection without a word, as real ones do now and
    /// then. False if there is no such connection.
    pub fn drop_next_request(&mut self, conn: ConnId) -> bool {
        let server = self.server_of(conn);
        let conns = &mut self.servers[server].clients.conns;
        conns.get_mut(&conn).is_some_and(|conn| {
            conn.drop_next = true;
            true
        })
    }

    /// The server closes this connection.
    pub fn close_connection(&mut self, conn: ConnId, now: Duration) {
        self.advance(now);
        let server = self.server_of(conn);
        self.servers[server].close(conn, &mut self.bus);
    }

    /// From now on one server grants new and re-attached sessions no more than this, as if it alone
    /// had been started with another `maxSessionTimeout`. A session that comes from another server
    /// ends sooner from that moment on, whether or not its owner hears of it; one that goes on to a
    /// more generous server ends later again. A new leader knows only what was granted at first.
    pub fn set_max_session_timeout(&mut self, server: usize, most: Duration) {
        self.servers[server].max_session_timeout = Some(most);
    }

    /// From now on sessions expire in two steps, as at real servers since 3.5
    /// (`SessionTrackerImpl.run`): when a bucket is due its sessions leave the expiry queue together,
    /// and are then closed one after the other, in an order that is drawn, the last one at most this
    /// much later. How long it takes is drawn for each bucket, of one session too. The next bucket
    /// is not looked at before. At once if nobody says so.
    ///
    /// In between a session is *doomed*, and nothing shows it: touches succeed and put it into the
    /// queue again, a re-attach is valid, what it writes is committed; and it is closed all the
    /// same, even twice. [`Ensemble::is_doomed`] tells.
    ///
    /// The time is the leader's: while it is paused nothing is closed, and what was left then is
    /// left when it goes on, so a pause in the middle makes it longer by the pause for everybody
    /// else. [`Ensemble::set_ping_lateness`] is drawn apart from it: a leader that goes on may take
    /// a bucket at once, before its late pings have brought the touches that would have saved the
    /// sessions in it, and then has all this time to close them. A new leader has taken none.
    pub fn set_closing_time(&mut self, most: Duration) {
        self.bus.closing_time = nanos(most);
    }

    /// From now on, of 1000 touches that race with the reply of a learner to a ping, this many are
    /// lost (`LearnerSessionTracker` since 3.5: `get` then `put`, against `getAndSet`). Such is the
    /// last request of a session before the reply, and no other; the one before it counts if it came
    /// since the last reply. Never two in a row of one session are lost, and none at the leader, nor
    /// what an observer tells the server that it learns from.
    pub fn set_touch_loss(&mut self, per_mille: u32) {
        self.bus.touch_loss = per_mille;
    }

    /// The next requests of this connection, so many, of this operation or of any, are answered with
    /// this error in their turn and not carried out, as a server does that throttles (-127). They
    /// touch their session. Pings and `addauth` are never refused; the connection ends after a
    /// refused `closeSession`, and, without an answer, after -118. What was asked for before comes
    /// first. False if there is no such connection.
    pub fn refuse_next(
        &mut self,
        conn: ConnId,
        operation: Option<i32>,
        code: i32,
        times: u32,
    ) -> bool {
        let server = self.server_of(conn);
        let conns = &mut self.servers[server].clients.conns;
        conns.get_mut(&conn).is_some_and(|conn| {
            conn.refusals.push(Refusal {
                operation,
                code,
                times,
            });
            true
        })
    }

    /// From now on a server refuses this many of 1000 requests of its clients like
    /// [`Ensemble::refuse_next`], each with one of these errors; but never the end of a session with
    /// -127, which no real server does.
    pub fn set_refusals(&mut self, server: usize, per_mille: u32, codes: Vec<i32>) {
        self.servers[server].refusals = Refusals { per_mille, codes };
    }

    /// From now on a server is slow: each frame of a client, from the handshake on, is taken up that
    /// much after it has arrived, and not before the one before it. What a client has said before it
    /// closes its connection is taken up, too. Zeros end that for what arrives from then on.
    pub fn set_slowness(&mut self, server: usize, least: Duration, most: Duration) {
        self.servers[server].slowness = (nanos(least), nanos(most));
    }
}
