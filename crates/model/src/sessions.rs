//! The live sessions and their ends, which only the leader knows (`SessionTrackerImpl`,
//! `ExpiryQueue`).

use super::rng::mix;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use tenure_proto::ServerError;

/// The way by which a session's requests reach the leader; requests by another way have moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A connection of the leader itself, any of them.
    Myself,
    /// A stream from a learner: after it reconnects it is another owner.
    Learner(u64),
}

#[derive(Debug)]
struct Tracked {
    /// The instant in milliseconds at which it expires.
    bucket: u64,
    /// Its end is proposed and not committed; no touch saves it.
    closing: bool,
    owner: Option<Owner>,
}

#[derive(Debug)]
pub(super) struct Sessions {
    tick_ms: u64,
    tracked: BTreeMap<i64, Tracked>,
    /// Bucket → its sessions. Closing sessions are in none.
    buckets: BTreeMap<u64, BTreeSet<i64>>,
}

impl Sessions {
    pub(super) fn new(tick_ms: u64) -> Self {
        Self {
            tick_ms,
            tracked: BTreeMap::new(),
            buckets: BTreeMap::new(),
        }
    }

    /// Tracks a session whose creation is under way; renews a known one.
    pub(super) fn track(&mut self, session: i64, timeout_ms: i32, now_ms: u64) {
        self.tracked.entry(session).or_insert(Tracked {
            bucket: 0,
            closing: false,
            owner: None,
        });
        self.touch(session, timeout_ms, now_ms);
    }

    /// Moves the session to the bucket after `now` + `timeout`: strictly after it, for the last
    /// touch must be more than a timeout ago (`ExpiryQueue.roundToNextInterval`). It also moves
    /// *backwards* when a re-attach has got a shorter timeout. False if the session no longer
    /// lives.
    pub(super) fn touch(&mut self, session: i64, timeout_ms: i32, now_ms: u64) -> bool {
        let Some(tracked) = self.tracked.get_mut(&session).filter(|t| !t.closing) else {
            return false;
        };
        let at = now_ms.saturating_add(u64::try_from(timeout_ms).unwrap_or(0));
        let bucket = (at / self.tick_ms)
            .saturating_add(1)
            .saturating_mul(self.tick_ms);
        let old = core::mem::replace(&mut tracked.bucket, bucket);
        if old != bucket {
            self.disarm(session, old);
            self.buckets.entry(bucket).or_default().insert(session);
        }
        true
    }

    /// Whether a request of this session that came through `owner` may be served; after an election
    /// the first owner takes the session (`checkSession`).
    pub(super) fn check(&mut self, session: i64, owner: Owner) -> Result<(), ServerError> {
        match self.tracked.get_mut(&session) {
            Some(tracked) if !tracked.closing => {
                if *tracked.owner.get_or_insert(owner) == owner {
                    Ok(())
                } else {
                    Err(ServerError::SessionMoved)
                }
            }
            Some(_) | None => Err(ServerError::SessionExpired),
        }
    }

    pub(super) fn set_owner(&mut self, session: i64, owner: Owner) {
        if let Some(tracked) = self.tracked.get_mut(&session) {
            tracked.owner = Some(owner);
        }
    }

    /// Its end is proposed.
    pub(super) fn closing(&mut self, session: i64) {
        if let Some(tracked) = self.tracked.get_mut(&session) {
            tracked.closing = true;
            let bucket = tracked.bucket;
            self.disarm(session, bucket);
        }
    }

    /// Its end is committed.
    pub(super) fn remove(&mut self, session: i64) {
        if let Some(tracked) = self.tracked.remove(&session) {
            self.disarm(session, tracked.bucket);
        }
    }

    /// When the next bucket is due, if none of its sessions is touched until then.
    pub(super) fn deadline_ms(&self) -> Option<u64> {
        self.buckets.keys().next().copied()
    }

    /// Takes the first bucket, if it is due, out of the queue (`ExpiryQueue.poll`): its sessions,
    /// lowest first. For all others they live until [`Sessions::closing`].
    pub(super) fn take_due(&mut self, now_ms: u64) -> Option<Vec<i64>> {
        let first = self.buckets.first_entry()?;
        (*first.key() <= now_ms).then(|| first.remove().into_iter().collect())
    }

    /// When this session expires without further touches, unless it is closing.
    pub(super) fn expiry_ms(&self, session: i64) -> Option<u64> {
        let tracked = self.tracked.get(&session)?;
        (!tracked.closing).then_some(tracked.bucket)
    }

    fn disarm(&mut self, session: i64, bucket: u64) {
        if let Some(sessions) = self.buckets.get_mut(&bucket) {
            sessions.remove(&session);
            if sessions.is_empty() {
                self.buckets.remove(&bucket);
            }
        }
    }
}

/// The numbers that one server gives to new sessions, and the passwords of all.
#[derive(Debug)]
pub(super) struct SessionIds {
    next: i64,
    secret: u64,
}

impl SessionIds {
    /// As in `SessionTrackerImpl`: the server's number (from 1) on top, then a part that is never
    /// the same twice, then a count from zero. So no id is 0. Passwords are the same on all
    /// servers.
    pub(super) fn new(server: usize, seed: u64) -> Self {
        let top = (server as u64 + 1) << 56;
        let start = top | ((mix(seed) >> 24) << 16);
        Self {
            next: i64::try_from(start).unwrap_or(1 << 56),
            secret: mix(seed ^ 0x5365_6372_6574),
        }
    }

    pub(super) fn next(&mut self) -> i64 {
        let id = self.next;
        self.next += 1;
        id
    }

    /// The password of a session, which depends on its id alone, whether or not the session is
    /// alive.
    pub(super) fn password(&self, session: i64) -> Vec<u8> {
        let first = mix(self.secret ^ session.cast_unsigned());
        [first, mix(first)]
            .iter()
            .flat_map(|half| half.to_be_bytes())
            .collect()
    }
}
