//! A bound on a client's requests: a bucket of tokens for its requests and one for its connections.
//!
//! Both fill at the pace that a client needs at its busiest: proofs twelve times in T and more
//! while a lease is short, pings, a try each 100 ms; servers tried one after another with pauses.
//! Each event that justifies a burst adds tokens: a start, a command, a connection (every machine
//! looks again), a watch that has fired (a machine lists, and counts). A loop at the pace of the
//! network empties any bucket.

use super::Broken;
use crate::judge::{Judge, World};
use tenure_worlds::{Nanos, SECOND};

/// Requests in a second that need no cause: 24 proofs in the shortest T, two tries of something
/// else each 100 ms, pings.
const REQUESTS: u64 = 50;
/// The additional requests of a handle: servers may refuse it, and it tries again.
const PER_HANDLE: u64 = 10;
/// The additional requests where leases are guarded: proofs of a short lease, beats, and looks at beats.
const GUARDED: u64 = 150;
/// Rounds of all addresses in a second: a pause lasts between T/12 and T/6, and at least 100 ms.
const ROUNDS: u64 = 10;
/// The capacity of a bucket, in seconds of its pace.
const SECONDS: u64 = 6;

/// A bucket of tokens.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    /// In billionths of a token.
    level: u64,
    filled: Nanos,
    /// Tokens that were taken beyond the bucket's contents.
    pub(crate) missing: u64,
}

impl Bucket {
    pub(crate) fn grant(&mut self, tokens: u64) {
        self.level = self.level.saturating_add(tokens * SECOND);
    }

    fn take(&mut self, tokens: u64, rate: u64, now: Nanos) {
        let most = rate * SECONDS * SECOND;
        let fresh = (now - self.filled).saturating_mul(rate);
        if self.filled == 0 {
            self.grant(rate * SECONDS);
        } else if self.level < most {
            self.level = (self.level + fresh).min(most);
        }
        self.filled = now;
        let wanted = tokens * SECOND;
        if self.level < wanted {
            self.missing += tokens;
        }
        self.level = self.level.saturating_sub(wanted);
    }
}

/// The requests that a look at everything may cost a client.
pub(crate) fn look(judge: &Judge, id: usize) -> u64 {
    let handles = judge.user(id).map_or(0, |user| {
        user.candidates.len()
            + user.detectors.len()
            + user.groups.len()
            + user
                .memberships
                .values()
                .map(|m| m.len() + 1)
                .sum::<usize>()
    });
    let handles = handles as u64 + 1;
    handles * (12 + 2 * crowd(judge))
}

/// The requests that one look at one group may cost.
pub(crate) fn crowd(judge: &Judge) -> u64 {
    2 * (judge.crowd + judge.accounts.len() as u64 + judge.strangers.len() as u64)
}

pub(crate) fn request(judge: &mut Judge, world: &World, id: usize, requests: u64) {
    let guarded = judge.plan.hazards.guarded.map_or(0, |_| GUARDED);
    if let Some(user) = judge.user_mut(id) {
        let handles = user.candidates.len() + user.detectors.len() + user.groups.len();
        let rate = REQUESTS + guarded + PER_HANDLE * handles as u64;
        user.requests.take(requests, rate, world.now);
    }
}

pub(crate) fn connection(judge: &mut Judge, world: &World, id: usize) {
    let plan = &judge.plan.nodes[id];
    let dead = plan.naming.map_or(0, |naming| u64::from(naming.dead));
    let addresses = plan.servers.len() as u64 * (1 + dead);
    if let Some(user) = judge.user_mut(id) {
        user.dials.take(1, ROUNDS * addresses, world.now);
    }
}

pub(super) fn check(_: &World, judge: &Judge) -> Result<(), Broken> {
    for (id, user) in judge.users() {
        if user.requests.missing > 0 {
            return Err(format!("client {id} asks at the pace of the network"));
        }
        if user.dials.missing > 0 {
            return Err(format!(
                "client {id} connects again and again without a pause"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_bears_its_rate_and_bursts_that_were_paid_for_and_no_loop() {
        let mut bucket = Bucket::default();
        for n in 1..1000 {
            bucket.take(1, 50, n * SECOND / 50);
        }
        assert_eq!(bucket.missing, 0);
        bucket.grant(500);
        bucket.take(790, 50, 20 * SECOND);
        assert_eq!(bucket.missing, 0);
        let mut now = 20 * SECOND;
        while bucket.missing == 0 {
            now += SECOND / 200;
            bucket.take(1, 50, now);
        }
        assert!(now < 23 * SECOND, "{now}");
    }
}
