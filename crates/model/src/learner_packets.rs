//! The packets of learners to their leader (`LearnerHandler.run`).

use super::bus::Bus;
use super::handler::{Learner, Progress};
use super::leader::{Phase, Sync};
use super::packet::{Packet, Stream};
use super::server::{Role, Server};
use super::sessions::Owner;

impl Server {
    /// Returns the packet if this server does not expect it.
    pub(super) fn take_from_learner(
        &mut self,
        from: usize,
        stream: Stream,
        packet: Packet,
        bus: &mut Bus,
    ) -> Option<Packet> {
        if let Packet::LearnerInfo { accepted_epoch } = packet {
            self.meet(from, stream, accepted_epoch, bus);
            return None;
        }
        let Role::Leading(leader) = &mut self.role else {
            return Some(packet);
        };
        let broadcasts = leader.phase == Phase::Broadcast;
        let deadline_tick = leader.ticks + self.setup.sync_limit_ticks;
        let Some(learner) = leader
            .learners
            .get_mut(&from)
            .filter(|l| l.stream == stream)
        else {
            return Some(packet);
        };
        learner.received(bus.now);
        if learner.progress == Progress::Synced && broadcasts {
            learner.deadline_tick = deadline_tick;
        }
        let now_ms = self.clock_ms(bus);
        let Role::Leading(leader) = &mut self.role else {
            return None;
        };
        match packet {
            Packet::AckEpoch {
                current_epoch,
                last_zxid,
            } => {
                let own = (self.current_epoch, self.log.last_zxid());
                // Only until the epoch is agreed: no learner can be ahead of a serving leader.
                if self.current_epoch != leader.epoch && (current_epoch, last_zxid) > own {
                    self.dismiss(from, bus);
                } else if let Some(learner) = leader.learners.get_mut(&from) {
                    learner.progress = Progress::Agreed(last_zxid);
                    self.agree(bus);
                }
            }
            Packet::AckNewLeader { last_zxid } => {
                if let Some(learner) = leader.learners.get_mut(&from) {
                    learner.progress = Progress::Synced;
                }
                if broadcasts {
                    let (epoch, committed) = (leader.epoch, leader.committed);
                    bus.send(self.id, from, stream, Packet::UpToDate { epoch, committed });
                    self.acked(from, i64::MIN, last_zxid, bus);
                } else {
                    self.activate(bus);
                }
            }
            Packet::Ack { zxid } => {
                if let Some(learner) = leader.learners.get_mut(&from) {
                    learner.unacked.acked(zxid);
                }
                self.acked(from, zxid, zxid, bus);
            }
            Packet::PingReply { touched } => {
                for (session, timeout_ms) in touched {
                    leader.sessions.touch(session, timeout_ms, now_ms);
                }
            }
            Packet::Revalidate {
                session,
                timeout_ms,
            } => {
                let valid = leader.sessions.touch(session, timeout_ms, now_ms);
                if valid {
                    leader.sessions.set_owner(session, Owner::Learner(stream));
                }
                let answer = Packet::Revalidated { session, valid };
                bus.send(self.id, from, stream, answer);
            }
            Packet::Request {
                session,
                cxid,
                ids,
                write,
            } => {
                let owner = Some(Owner::Learner(stream));
                self.propose(session, cxid, owner, &ids, write, bus);
            }
            Packet::Sync { session, cxid } => {
                if let Some(last) = leader.proposals.back() {
                    let sync = Sync {
                        to: from,
                        stream,
                        session,
                        cxid,
                    };
                    leader.syncs.entry(last.zxid).or_default().push(sync);
                } else {
                    bus.send(self.id, from, stream, Packet::Synced { session, cxid });
                }
            }
            Packet::Deadlines { ends } => self.take_deadlines(&ends, bus),
            Packet::Closed => {
                leader.learners.remove(&from);
            }
            Packet::LearnerInfo { .. }
            | Packet::LeaderInfo { .. }
            | Packet::NewLeader { .. }
            | Packet::UpToDate { .. }
            | Packet::Proposal(_)
            | Packet::Commit { .. }
            | Packet::Inform(_)
            | Packet::Synced { .. }
            | Packet::Ping
            | Packet::Revalidated { .. } => {}
        }
        None
    }

    fn meet(&mut self, from: usize, stream: Stream, accepted_epoch: i64, bus: &mut Bus) {
        self.dismiss(from, bus);
        let votes = self.setup.votes(from);
        let Role::Leading(leader) = &mut self.role else {
            return;
        };
        let learner = Learner::new(
            stream,
            votes,
            accepted_epoch,
            &self.setup,
            bus.now,
            leader.ticks,
        );
        leader.learners.insert(from, learner);
        if leader.phase == Phase::Discovery {
            self.discover(bus);
        } else {
            self.inform(from, bus);
        }
    }

    pub(super) fn dismiss(&mut self, learner: usize, bus: &mut Bus) {
        if let Role::Leading(leader) = &mut self.role
            && let Some(gone) = leader.learners.remove(&learner)
        {
            bus.send(self.id, learner, gone.stream, Packet::Closed);
        }
    }
}
