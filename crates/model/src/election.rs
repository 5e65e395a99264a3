//! Leader election: the result of fast leader election, decided in one step by the votes that the
//! voters could exchange. The next phases (epochs, synchronisation) run between the servers
//! themselves.

use super::bus::Bus;
use super::ensemble::Ensemble;
use super::options::Upstream;
use super::server::{Role, Server};
use alloc::vec::Vec;

impl Ensemble {
    /// A server looks for a leader: it joins one that a majority follows, elects one with other
    /// looking servers, or looks again later.
    pub(super) fn elect(&mut self, server: usize) {
        match self.setup.upstream(server) {
            Some(Upstream::Follower(upstream)) => {
                if self.follows(upstream) && self.reach(server, upstream) {
                    return self.learn(server, upstream);
                }
            }
            Some(Upstream::Leader) | None => {
                if let Some(leader) = self.joinable(server) {
                    return self.learn(server, leader);
                }
                if self.setup.votes(server) && self.vote(server) {
                    return;
                }
            }
        }
        self.look_again(server);
    }

    /// The leader that most voters follow, as far as this server can reach them.
    fn joinable(&self, server: usize) -> Option<usize> {
        let leads = |s: &&Server| matches!(s.role, Role::Leading(_)) && self.reach(server, s.id);
        let followed = |leader: &&Server| {
            let reaches = |v: &&Server| v.upstream() == Some(leader.id) && self.reach(server, v.id);
            let voters = self.voters().filter(reaches).count();
            self.setup
                .is_majority(voters + usize::from(self.setup.votes(server)))
        };
        let leaders = self.voters().filter(leads).filter(followed);
        let newest = leaders.max_by_key(|leader| (leader.accepted_epoch, leader.id));
        newest.map(|leader| leader.id)
    }

    /// An election among all looking servers that this server can reach. False if they are too few.
    fn vote(&mut self, server: usize) -> bool {
        let looks = |s: &&Server| matches!(s.role, Role::Looking { .. });
        let reaches = |s: &&Server| s.id == server || self.reach(server, s.id);
        let here: Vec<&Server> = self.voters().filter(looks).filter(reaches).collect();
        if !self.setup.is_majority(here.len()) {
            return false;
        }
        let newest = |s: &&&Server| (s.current_epoch, s.log.last_zxid(), s.id);
        let Some(leader) = here.iter().max_by_key(newest).map(|s| s.id) else {
            return false;
        };
        let others: Vec<usize> = here.iter().map(|s| s.id).filter(|s| *s != leader).collect();
        self.servers[leader].lead(&mut self.bus);
        for follower in others {
            if self.reach(follower, leader) {
                self.learn(follower, leader);
            }
        }
        true
    }

    fn learn(&mut self, server: usize, upstream: usize) {
        self.servers[server].learn(upstream, &mut self.bus);
    }

    fn look_again(&mut self, server: usize) {
        let (low, high) = self.setup.election;
        // Never at once, or time would stand still.
        let wait = self.bus.rng.between(low, high).max(1_000_000);
        let until = self.bus.now.saturating_add(wait);
        self.servers[server].role = Role::Looking { until };
    }

    /// Whether two servers run and can reach each other.
    fn reach(&self, a: usize, b: usize) -> bool {
        let runs = |s: usize| self.servers[s].up && self.servers[s].paused.is_none();
        let Bus { network, .. } = &self.bus;
        a != b && runs(a) && runs(b) && !network.is_cut(a, b) && !network.is_cut(b, a)
    }

    fn follows(&self, server: usize) -> bool {
        let server = self.servers.get(server);
        server.is_some_and(|s| matches!(&s.role, Role::Learning(l) if l.serves()))
    }

    fn voters(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter().take(self.setup.voters)
    }
}
