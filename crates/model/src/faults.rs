//! Faults of an ensemble, injected from outside.

use super::bus::ConnId;
use super::ensemble::Ensemble;
use super::options::{LinkOptions, nanos};
use super::pause::Backlog;
use super::refusals::{Refusal, Refusals};
use alloc::vec::Vec;
use core::time::Duration;

impl Ensemble {
    /// A server's process ends: its connections close, its log stays. Nothing happens if it is
    /// down.
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

    /// A server's process ends in an orderly way, as upon SIGTERM. ZooKeeper closes its connections,
    /// and the sessions stay, as in [`Ensemble::crash`]. `ClickHouse` Keeper first has every session
    /// closed that is attached to it, so their ephemerals vanish, and the process lives on for
    /// `linger`: until then, or until a client's next frame, no client is told. It waits for the end
    /// of these sessions for at most 10 s. Nothing happens if the server is down or paused.
    pub fn shut_down(&mut self, server: usize, linger: Duration, now: Duration) {
        self.advance(now);
        let server = &mut self.servers[server];
        if !server.up || server.paused.is_some() || server.shut_down.is_some() {
            return;
        }
        if self.setup.options.personality.is_keeper() {
            server.begin_to_shut_down(nanos(linger), &mut self.bus);
        } else {
            server.crash(&mut self.bus);
        }
    }

    /// A server's wall clock is set forwards or, with a negative number, backwards. It changes
    /// nothing in ZooKeeper, whose sessions end by a clock that nobody sets.
    pub fn step_wall_clock(&mut self, server: usize, by_ms: i64, now: Duration) {
        self.advance(now);
        self.servers[server].step_wall_clock(by_ms, &self.bus);
    }

    /// A server's process is stopped (SIGSTOP): its kernel continues to receive. Nothing happens if
    /// it is stopped or down.
    pub fn pause(&mut self, server: usize, now: Duration) {
        self.advance(now);
        if self.servers[server].up {
            let paused = &mut self.servers[server].paused;
            paused.get_or_insert_with(|| Backlog::new(self.bus.now));
        }
    }

    /// A server's process continues: at this moment it processes its timers and all waiting input,
    /// in an order that is drawn. Only the input of one connection stays in order, and a leader's
    /// pings may be late ([`Ensemble::set_ping_lateness`]).
    pub fn resume(&mut self, server: usize, now: Duration) {
        self.advance(now);
        self.servers[server].resume(&mut self.bus);
    }

    /// From now on no packet of `from` arrives at `to`, not even one under way. Packets are kept,
    /// as TCP does.
    pub fn cut(&mut self, from: usize, to: usize, now: Duration) {
        self.advance(now);
        self.bus.network.cut(from, to, self.bus.now);
    }

    /// The direction works again. The kept packets arrive after up to as long as the cut lasted,
    /// for TCP waits longer before each retry, but at most 3 s later.
    pub fn heal(&mut self, from: usize, to: usize, now: Duration) {
        self.advance(now);
        let (network, rng) = (&mut self.bus.network, &mut self.bus.rng);
        network.heal(from, to, self.bus.now, rng);
    }

    /// Cuts a server off from all others, both ways; its clients are not affected.
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

    /// From now on one direction between two servers has these properties.
    pub fn set_link(&mut self, from: usize, to: usize, options: LinkOptions) {
        self.bus.network.set_options(from, to, options);
    }

    /// From now on each round of leaders' main loops, which send the pings, is late by up to this
    /// time (zero by default), whether the leader runs or continues after a pause.
    pub fn set_ping_lateness(&mut self, most: Duration) {
        self.bus.lateness = nanos(most);
    }

    /// The server silently drops the next request of this connection, as real ones sometimes do.
    /// False if there is no such connection.
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

    /// From now on one server grants new and re-attached sessions at most this timeout, as if it
    /// alone had been started with another `maxSessionTimeout`. A session that moves here from
    /// another server ends sooner from that moment on, whether or not its owner notices; one that
    /// moves on to a more generous server ends later again. A new leader knows only the timeout
    /// that was granted first.
    pub fn set_max_session_timeout(&mut self, server: usize, most: Duration) {
        self.servers[server].max_session_timeout = Some(most);
    }

    /// From now on sessions expire in two steps, as at real servers since 3.5
    /// (`SessionTrackerImpl.run`): when a bucket is due its sessions leave the expiry queue
    /// together, and are then closed one after the other, in an order that is drawn, the last one
    /// at most this much later. The time is drawn for each bucket, also for a bucket of one
    /// session. The leader does not look at the next bucket before. The default is zero: all are
    /// closed at once.
    ///
    /// In between a session is *doomed*, and no reply shows it: touches succeed and put it into the
    /// queue again, a re-attach is valid, its writes are committed; and it is closed all the same,
    /// even twice. [`Ensemble::is_doomed`] shows it.
    ///
    /// The time is the leader's: a paused leader closes nothing and has the same time left when it
    /// continues, so for everybody else the time is longer by the pause.
    /// [`Ensemble::set_ping_lateness`] is drawn independently: a leader that continues may take a
    /// bucket at once, before its late pings have brought the touches that would have saved the
    /// sessions in it, and then has all this time to close them. A new leader has taken no bucket.
    pub fn set_closing_time(&mut self, most: Duration) {
        self.bus.closing_time = nanos(most);
    }

    /// From now on, of 1000 touches that race with the reply of a learner to a ping, this many are
    /// lost (`LearnerSessionTracker` since 3.5: `get` then `put`, against `getAndSet`). Only the
    /// last request of a session before the reply can be such a touch; the one before it counts if
    /// it came since the last reply. Two in a row of one session are never lost, nor any at the
    /// leader, nor any in the reports of an observer to its upstream.
    pub fn set_touch_loss(&mut self, per_mille: u32) {
        self.bus.touch_loss = per_mille;
    }

    /// The next requests of this connection, this many, of this operation or of any, are answered
    /// with this error in their turn and not carried out, as a throttling server does (-127). They
    /// touch their session. Pings and `addauth` are never refused; the connection ends after a
    /// refused `closeSession`, and, without an answer, after -118. Earlier requests are answered
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
    /// [`Ensemble::refuse_next`], each with one of these errors; but never the end of a session
    /// with -127, which no real server does.
    pub fn set_refusals(&mut self, server: usize, per_mille: u32, codes: Vec<i32>) {
        self.servers[server].refusals = Refusals { per_mille, codes };
    }

    /// From now on a server is slow: it processes each frame of a client, from the handshake on,
    /// this much after its arrival, and not before the previous frame. It also processes frames
    /// that arrived before the client closed its connection. Zeros end the slowness for later
    /// frames.
    pub fn set_slowness(&mut self, server: usize, least: Duration, most: Duration) {
        self.servers[server].slowness = (nanos(least), nanos(most));
    }
}
