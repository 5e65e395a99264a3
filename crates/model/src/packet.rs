//! The packets between servers (`QuorumPacket`), from the first one of a learner to the touches in
//! its replies to pings.

use super::acl::Identity;
use super::tree::Tree;
use super::txn::{Record, Write};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A connection between two servers; numbers are not reused.
pub(super) type Stream = u64;

/// The whole committed state, for a server that is too far behind.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub(super) tree: Tree,
    pub(super) timeouts: BTreeMap<i64, i32>,
    pub(super) zxid: i64,
}

#[derive(Debug)]
pub(super) enum Packet {
    /// A learner begins: `FOLLOWERINFO`, `OBSERVERINFO`.
    LearnerInfo {
        accepted_epoch: i64,
    },
    /// The epoch that the leader proposes: `LEADERINFO`.
    LeaderInfo {
        epoch: i64,
    },
    /// The learner accepts that epoch, and reports the end of its log: `ACKEPOCH`.
    AckEpoch {
        current_epoch: i64,
        last_zxid: i64,
    },
    /// The difference between the learner's log and the leader's: `DIFF`, `TRUNC` or `SNAP`, and
    /// `NEWLEADER`.
    NewLeader {
        epoch: i64,
        snapshot: Option<Box<Snapshot>>,
        truncate_to: i64,
        records: Vec<Arc<Record>>,
    },
    /// The learner has logged the difference.
    AckNewLeader {
        last_zxid: i64,
    },
    /// It may serve clients: everything up to `committed` is committed.
    UpToDate {
        epoch: i64,
        committed: i64,
    },
    Proposal(Arc<Record>),
    Ack {
        zxid: i64,
    },
    Commit {
        zxid: i64,
    },
    /// A commit, for an observer.
    Inform(Arc<Record>),
    /// A client's write.
    Request {
        session: i64,
        cxid: i32,
        ids: Vec<Identity>,
        write: Write,
    },
    /// A client's `sync`, and the answer, which come in order.
    Sync {
        session: i64,
        cxid: i32,
    },
    Synced {
        session: i64,
        cxid: i32,
    },
    Ping,
    /// The sessions that were touched since the last reply, with their timeouts.
    PingReply {
        touched: BTreeMap<i64, i32>,
    },
    Revalidate {
        session: i64,
        timeout_ms: i32,
    },
    Revalidated {
        session: i64,
        valid: bool,
    },
    /// The deadlines of the sessions that are attached to a follower of `RaftKeeper`, on its wall
    /// clock.
    Deadlines {
        ends: BTreeMap<i64, u64>,
    },
    /// The other end has closed the connection.
    Closed,
}
