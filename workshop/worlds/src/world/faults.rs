//! The faults of hosts, links and servers.

use super::World;
use crate::conn::{Segment, Way};
use crate::names::Names;
use crate::path::Quality;
use crate::time::span;
use crate::witness::Witness;
use tenure::core::Input;
use tenure::model::LinkOptions;

/// Hosts.
impl<N: Names> World<N> {
    /// Stops the process of a host (SIGSTOP). False if there is none, or it is stopped.
    pub fn pause(&mut self, id: usize) -> bool {
        let host = &mut self.hosts[id];
        if host.process.is_none() || host.paused {
            return false;
        }
        host.paused = true;
        self.note(|| format!("client {id} is stopped"));
        true
    }

    /// The process resumes: it reads late, connection by connection, the bytes that its kernel has
    /// received; in any order if `shuffled`, and then perhaps after a look at the clock.
    pub fn resume(&mut self, witness: &mut dyn Witness<N>, id: usize, shuffled: bool) {
        if !self.hosts[id].paused {
            return;
        }
        self.note(|| format!("client {id} goes on"));
        self.hosts[id].paused = false;
        let mut piles: Vec<_> = std::mem::take(&mut self.hosts[id].inbox)
            .into_iter()
            .collect();
        if shuffled {
            self.dice.shuffle(&mut piles);
            if self.dice.bool() {
                self.input(witness, id, Input::Tick);
            }
        }
        for (conn, pile) in piles {
            for segment in pile {
                self.take_in(witness, conn, segment);
            }
            self.forget(conn);
        }
        self.input(witness, id, Input::Tick);
    }

    /// The process of a host is killed. If its machine dies with it, no server notices. False if
    /// there is no process.
    pub fn kill(&mut self, id: usize, machine: bool) -> bool {
        let host = &mut self.hosts[id];
        let Some(process) = host.process.take() else {
            return false;
        };
        host.paused = false;
        host.inbox.clear();
        self.note(|| format!("client {id} is killed"));
        for conn in process.conns.into_values() {
            if machine {
                if let Some(conn) = self.conns.get_mut(&conn) {
                    conn.open = false;
                    conn.up.flying.clear();
                }
            } else {
                self.hang_up(conn);
            }
        }
        true
    }
}

/// Links between hosts and servers.
impl<N: Names> World<N> {
    /// From now on, nothing passes this way.
    pub fn cut(&mut self, host: usize, server: usize, way: Way) {
        let now = self.now;
        self.note(|| format!("cut: client {host}, server {server}, {way:?}"));
        let path = self.hosts[host].path_mut(server, way);
        path.cut_since.get_or_insert(now);
    }

    /// Segments that were held back pass again: at once if `prompt`, or when the kernel tries
    /// again.
    pub fn heal(&mut self, host: usize, server: usize, way: Way, prompt: bool) {
        let now = self.now;
        let path = self.hosts[host].path_mut(server, way);
        let Some(since) = path.cut_since.take() else {
            return;
        };
        let waited = now - since;
        self.note(|| format!("healed: client {host}, server {server}, {way:?}"));
        let path = self.hosts[host].path(server, way);
        let mut healed = Vec::new();
        for (id, conn) in &mut self.conns {
            if conn.host == host && conn.server == server {
                let until = now + path.resends(waited, prompt, &mut self.dice);
                conn.pipe(way).delay(until);
                healed.push(*id);
            }
        }
        for id in healed {
            self.arm(id, way);
        }
    }

    /// The same, both ways and to all servers.
    pub fn heal_client(&mut self, host: usize, prompt: bool) {
        for server in 0..self.ensemble.size() {
            for way in Way::BOTH {
                self.heal(host, server, way, prompt);
            }
        }
    }

    /// Every connection of a host is reset; each end notices, and segments on their way are lost.
    pub fn reset(&mut self, host: usize) {
        self.note(|| format!("reset: client {host}"));
        for id in self.conns_of(host) {
            if let Some(conn) = self.conns.get_mut(&id) {
                conn.up.flying.clear();
                conn.down.flying.clear();
                conn.deaf = true;
            }
            self.send(id, Way::Up, Segment::Fin);
            self.send(id, Way::Down, Segment::Fin);
        }
    }

    /// Every connection of a host ends at once, as its process sees it; no server notices.
    pub fn sever(&mut self, witness: &mut dyn Witness<N>, host: usize) {
        self.note(|| format!("severed: client {host}"));
        for id in self.conns_of(host) {
            self.send_to_client(witness, id, Segment::Fin);
        }
    }

    fn conns_of(&self, host: usize) -> Vec<usize> {
        let process = self.hosts[host].process.as_ref();
        process.map_or_else(Vec::new, |p| p.conns.values().copied().collect())
    }

    /// The quality of the links of a host from now on.
    pub fn set_quality(&mut self, host: usize, quality: Quality) {
        for way in Way::BOTH {
            self.set_way(host, way, quality);
        }
    }

    /// The same, one way.
    pub fn set_way(&mut self, host: usize, way: Way, quality: Quality) {
        for server in 0..self.ensemble.size() {
            self.hosts[host].path_mut(server, way).quality = quality;
        }
    }

    /// The server drops the next request of this client silently. False if no server has a
    /// connection of the client.
    pub fn drop_request(&mut self, host: usize) -> bool {
        let conn = self.conns_of(host).first().copied();
        let remote = conn.and_then(|id| self.conns.get(&id)?.remote);
        let dropped = remote.is_some_and(|remote| self.ensemble.drop_next_request(remote));
        if dropped {
            self.note(|| format!("the next request of client {host} will be dropped"));
        }
        dropped
    }
}

/// Servers.
impl<N: Names> World<N> {
    /// The quality of all links between servers from now on.
    pub fn set_links(&mut self, links: &LinkOptions) {
        for from in 0..self.ensemble.size() {
            for to in 0..self.ensemble.size() {
                self.ensemble.set_link(from, to, links.clone());
            }
        }
    }

    /// Ends a server's process; its connections end silently if its machine ends with it. False if
    /// the server is down.
    pub fn crash(&mut self, witness: &mut dyn Witness<N>, server: usize, machine: bool) -> bool {
        if self.ensemble.is_down(server) {
            return false;
        }
        self.note(|| format!("server {server} crashes, machine: {machine}"));
        if machine {
            self.mute.insert(server);
        }
        self.ensemble.crash(server, span(self.now));
        self.collect(witness);
        true
    }

    /// Starts a server that is down.
    pub fn restart(&mut self, witness: &mut dyn Witness<N>, server: usize) {
        self.mute.remove(&server);
        if self.ensemble.is_down(server) {
            self.note(|| format!("server {server} starts again"));
            self.ensemble.restart(server, span(self.now));
            self.collect(witness);
        }
    }
}
