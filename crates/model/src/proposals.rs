//! Requests become proposals, and proposals are committed when a majority has logged them.

use super::acl::Identity;
use super::bus::Bus;
use super::handler::Progress;
use super::leader::Proposal;
use super::packet::Packet;
use super::prep::{Asker, Prep};
use super::server::{Role, Server};
use super::sessions::Owner;
use super::txn::{Record, Txn, Write};
use alloc::sync::Arc;
use tenure_proto::ServerError;

impl Server {
    /// Makes a transaction of a request, and proposes it.
    pub(super) fn propose(
        &mut self,
        session: i64,
        cxid: i32,
        owner: Option<Owner>,
        ids: &[Identity],
        write: Write,
        bus: &mut Bus,
    ) -> Option<Arc<Record>> {
        let now_ms = self.clock_ms(bus);
        // Elsewhere a session may send its requests by any server.
        let owner = if self.is_zookeeper() {
            owner
        } else {
            owner.map(|_| Owner::Myself)
        };
        let Role::Leading(leader) = &mut self.role else {
            return None;
        };
        leader.checks.skip_to(bus.now);
        leader.next_zxid += 1;
        let zxid = leader.next_zxid;
        let asker = Asker {
            session,
            owner,
            ids,
        };
        let txn = Prep {
            tree: &self.tree,
            pending: &mut leader.pending,
            sessions: &mut leader.sessions,
            zxid,
            now_ms,
        }
        .prepare(&asker, write);
        let record = Arc::new(Record {
            zxid,
            time_ms: i64::try_from(bus.now_ms()).unwrap_or(i64::MAX),
            session,
            cxid,
            txn,
        });
        leader.proposals.push_back(Proposal {
            zxid,
            acks: 1 << self.id,
        });
        for (to, learner) in &mut leader.learners {
            if learner.votes && learner.progress >= Progress::Syncing {
                let proposal = Packet::Proposal(Arc::clone(&record));
                bus.send(self.id, *to, learner.stream, proposal);
                if learner.progress == Progress::Synced {
                    learner.unacked.proposed(zxid, bus.now);
                }
            }
        }
        self.log.append(Arc::clone(&record));
        self.commit(bus);
        Some(record)
    }

    /// Proposes a change that no client requests. Returns the error if it is known already.
    pub(super) fn propose_outside(
        &mut self,
        ids: &[Identity],
        write: Write,
        bus: &mut Bus,
    ) -> Result<(), ServerError> {
        let proposed = self.propose(0, 0, None, ids, write, bus);
        match proposed.map(|record| match &record.txn {
            Txn::Error(error) => Some(*error),
            _ => None,
        }) {
            Some(Some(error)) => Err(error),
            Some(None) | None => Ok(()),
        }
    }

    /// A voter has logged these.
    pub(super) fn acked(&mut self, from: usize, first: i64, last: i64, bus: &mut Bus) {
        if let Role::Leading(leader) = &mut self.role
            && self.setup.votes(from)
        {
            let before = leader.proposals.partition_point(|p| p.zxid < first);
            let proposals = leader.proposals.range_mut(before..);
            let those = proposals.take_while(|p| p.zxid <= last);
            those.for_each(|p| p.acks |= 1 << from);
            self.commit(bus);
        }
    }

    /// Commits the transactions that a majority has logged, in order.
    fn commit(&mut self, bus: &mut Bus) {
        while let Role::Leading(leader) = &mut self.role {
            let logged = |p: &Proposal| self.setup.is_majority(p.acks.count_ones() as usize);
            if !leader.proposals.front().is_some_and(logged) {
                return;
            }
            let Some(Proposal { zxid, .. }) = leader.proposals.pop_front() else {
                return;
            };
            leader.committed = zxid;
            let informed = self.log.find(zxid);
            for (to, learner) in &leader.learners {
                if learner.progress < Progress::Syncing {
                    continue;
                }
                let packet = match &informed {
                    Some(record) if !learner.votes => Packet::Inform(Arc::clone(record)),
                    Some(_) | None => Packet::Commit { zxid },
                };
                bus.send(self.id, *to, learner.stream, packet);
            }
            for sync in leader.syncs.remove(&zxid).unwrap_or_default() {
                let (session, cxid) = (sync.session, sync.cxid);
                let packet = Packet::Synced { session, cxid };
                bus.send(self.id, sync.to, sync.stream, packet);
            }
            self.apply_up_to(zxid, bus);
        }
    }
}
