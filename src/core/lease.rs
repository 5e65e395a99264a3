//! All arithmetic on how long what was learnt may be relied on.
//!
//! # The verified lease
//!
//! Let *T* be the session timeout (the smaller of the one granted when the session was created and
//! the one granted on this connection) and *τ* the servers' `tickTime`. A leader's session keeps
//! one *proof* in flight after another: a write that only a quorum can commit. Let `P` be its
//! newest success on the present connection, `P₁` the newest success that was known before `P` was
//! sent, and `P₂` the newest that was known at least `δ` before `P₁` was sent. The lease of all
//! leaderships of the session ends at
//!
//! ```text
//! a + T·(1 − ρ) − m
//! ```
//!
//! where `a` is the send time of the newest request of this connection whose *reply had arrived*
//! at least `R = τ/2 + δ` before `P₂` was sent; and, until there is one, the send time of the
//! connection's `ConnectRequest`, usable once one proof has succeeded on the connection.
//!
//! **Why.** ZooKeeper's leader expires a session strictly later than *T* after it last touched it
//! (`ExpiryQueue` rounds up). A client of the leader itself is touched there by every request. A
//! follower answers its clients' pings alone and tells the leader of whom it heard only in its
//! answers to the leader's pings, one each τ/2 (`Leader.lead`, `Learner.ping`,
//! `LearnerHandler`). So:
//!
//! 1. When the reply to a request has arrived here, the request had reached the follower.
//! 2. Within `R` after that the ZooKeeper leader sends the follower a ping. Links are first in, first
//!    out: the ping is before the commit of `P₂`, which was sent later still, and the follower's
//!    answer, with the touch in it, before `P₁`, which is sent only when `P₂` is known.
//! 3. So when `P₁` is committed the touch has been received, if the leader ran all the time. If it was
//!    paused, the ping is late: it may have served `P₂` first on waking, and sent its pings up to δ
//!    later. `P₁` was sent δ after `P₂` was known, so the ping is before the commit of `P₁`, and
//!    the touch before `P`.
//! 4. Meanwhile the session had not expired, for `P` was committed.
//! 5. The quorum may have moved to a new leader: it arms every session anew with a full *T*, later
//!    than `a`. Creating a session and re-attaching to it touch it at the leader itself, which is
//!    why the `ConnectRequest` needs no relay.
//!
//! So nothing of ours can vanish before `a + T` by the servers' clocks. What is taken off is for
//! clocks that run at other rates (ρ) and for work under way (m).
//!
//! **Assumptions.** Clock rates differ by less than ρ; every server's `minSessionTimeout` is at
//! least 2 τ, or τ is configured; a running ZooKeeper leader's pings are never more than δ late, nor
//! those of one that was stopped and goes on, and it is not stopped again before it has sent them;
//! behind an observer that follows another learner (`ObserverMaster`) twice the τ is configured, and
//! that learner is not stopped and goes on (it would ask the observer for its touches only then, and
//! have them a whole relay later: P₁ would have to be sent R after P₂ was known, not δ);
//! all servers grant the same timeout, unless they answer; the ensemble loses no committed write;
//! and nobody but its owner deletes a member or its session.
//!
//! # Everything else
//!
//! What a detector knows, and whether the session counts as over, hang on the send time of the
//! newest request that any server has answered: [`horizon`] and [`over`].

use super::error::{Error, ErrorKind};
use super::mutant::{self, Mutant};
use super::time::Time;
use std::time::Duration;

/// δ: how late a ZooKeeper leader's pings may be.
pub(crate) const PING_LATENESS: Duration = Duration::from_millis(100);
/// 1/ρ: clocks differ in rate by one part in this many.
const CLOCK_RATE: u32 = 1000;
/// T/m: one part in this many of T is for work under way.
const MARGIN: u32 = 20;
/// How many proofs are asked for in one T.
const PROOFS_PER_TIMEOUT: u32 = 12;

/// When a leader must stop believing that it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LeasePolicy {
    /// When the lease ends that committed writes have proved; a connection that is lost and found
    /// again before does no harm.
    #[default]
    Verified,
    /// When the connection is lost, or the lease ends.
    Strict,
    /// When the session is over, by a server's word or by our own clock: Mesos's rule. It is
    /// kept for compatibility and is **not safe**: a successor may lead before that.
    Session,
}

impl LeasePolicy {
    /// Whether the lease hangs on proofs.
    pub(crate) fn is_proved(self) -> bool {
        match self {
            Self::Verified | Self::Strict => true,
            Self::Session => false,
        }
    }
}

// ---- the verified lease ----

/// R: how long after a reply has arrived the touch of its request is surely on its way to
/// ZooKeeper's leader. Without a configured `tick` it is half of the session timeout: servers
/// grant no less than two ticks.
pub(crate) fn relay(timeout: Duration, tick: Option<Duration>) -> Duration {
    if mutant::on(Mutant::NoRelay) {
        return Duration::ZERO;
    }
    tick.unwrap_or(timeout / 2) / 2 + PING_LATENESS
}

/// The end of a lease that rests on `a`.
pub(crate) fn lease_end(a: Time, timeout: Duration) -> Time {
    a + (timeout - timeout / CLOCK_RATE - timeout / MARGIN)
}

/// How often a session that leads proves.
pub(crate) fn proof_interval(timeout: Duration) -> Duration {
    timeout / PROOFS_PER_TIMEOUT
}

/// How often it proves while what the lease rests on is older than in the steady state.
pub(crate) fn thin_interval(timeout: Duration) -> Duration {
    proof_interval(timeout).min(PING_LATENESS)
}

/// How often it proves while a contender waits for the lease to be long enough, if the first three
/// proofs did not do it.
pub(crate) fn urgent_interval(timeout: Duration) -> Duration {
    proof_interval(timeout) / 2
}

/// How long a proof may take before another server is tried, where there is one.
pub(crate) fn proof_limit(timeout: Duration) -> Duration {
    timeout / 6
}

/// How long a lease must be for a leadership to begin.
pub(crate) fn enough(timeout: Duration) -> Duration {
    proof_interval(timeout) * 3
}

/// How long it must be beyond the next renewal for that.
pub(crate) fn to_spare(timeout: Duration) -> Duration {
    proof_interval(timeout)
}

/// From when on a leader is in jeopardy whose newest proof was sent then.
pub(crate) fn overdue(proved: Time, timeout: Duration) -> Time {
    proved + proof_interval(timeout) * 3
}

/// How old `a` is at most in the steady state, when P arrives: P₁ was sent one interval ago; P₂
/// as many before that as make δ; and the newest reply that had arrived R before that was sent up
/// to one more interval earlier.
pub(crate) fn steady_age(timeout: Duration, tick: Option<Duration>) -> Duration {
    let interval = proof_interval(timeout).max(Duration::from_nanos(1));
    let back = PING_LATENESS.as_nanos().div_ceil(interval.as_nanos());
    let back = u32::try_from(back).unwrap_or(u32::MAX).max(1);
    interval.saturating_mul(back).saturating_add(interval * 2) + relay(timeout, tick)
}

/// Why a lease with these times would be too short to be of use, if it would: what is left of it
/// in the steady state, before the next proof can renew it.
pub(crate) fn refusal(timeout: Duration, tick: Option<Duration>) -> Option<Error> {
    let age = steady_age(timeout, tick);
    let whole = lease_end(Time::default(), timeout).since(Time::default());
    (whole < age + enough(timeout)).then(|| {
        let tick = match tick {
            Some(tick) => format!("a tickTime of {tick:?}"),
            None => format!("an unknown tickTime (up to {:?})", timeout / 2),
        };
        Error::new(
            ErrorKind::InvalidInput,
            format!(
                "a session timeout of {timeout:?} leaves no room for a verified lease with {tick}; \
                 ask for a longer session timeout, or tell the servers' tickTime if it is shorter"
            ),
        )
    })
}

// ---- the session ----

/// How often an idle session asks, so that it is neither expired nor unsure.
pub(crate) fn ping_interval(timeout: Duration, leading: bool) -> Duration {
    timeout / if leading { 6 } else { 3 }
}

/// How long an answer may take before the connection is given up for another one.
pub(crate) fn answer_limit(timeout: Duration, leading: bool) -> Duration {
    timeout / if leading { 4 } else { 3 }
}

/// How long the first packet may take to be answered. A packet that is lost is sent again only
/// after a second, so to dial anew is sooner; where that was in vain once, patience grows.
pub(crate) fn dial_limit(timeout: Duration, rounds_failed: u32) -> Duration {
    let part = if rounds_failed == 0 { 8 } else { 4 };
    (timeout / part).clamp(Duration::from_millis(200), Duration::from_secs(10))
}

/// How long a look-up or a handshake may take.
pub(crate) fn attempt_limit(timeout: Duration) -> Duration {
    (timeout / 4).clamp(Duration::from_millis(200), Duration::from_secs(10))
}

/// How long an answer may take that goes on arriving. What the session knows is not renewed
/// meanwhile, and a connection must be had again before it counts as over.
pub(crate) fn answer_whole(timeout: Duration) -> Duration {
    timeout * 3 / 4
}

/// How old a connection must be for its loss to be an accident: what is lost sooner, again and
/// again, is dialled again after pauses that grow.
pub(crate) fn lived(timeout: Duration) -> Duration {
    timeout / 6
}

/// Until when what was learnt may be relied on: a detector's view.
pub(crate) fn horizon(answered: Time, timeout: Duration) -> Time {
    answered + timeout * 2 / 3
}

/// From when on a leader with [`LeasePolicy::Session`] is in jeopardy.
pub(crate) fn shaky(answered: Time, timeout: Duration) -> Time {
    answered + timeout / 3
}

/// From when on the session counts as expired by our own clock. A session that a server would
/// still take up must not be given up, and the newest answer may be T/3 older than the fault.
pub(crate) fn over(answered: Time, timeout: Duration) -> Time {
    answered + timeout * 4 / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Time = Time::from_nanos(5_000_000_000);

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn a_lease_ends_before_the_session_can_whatever_the_clocks() {
        let timeout = ms(6000);
        assert_eq!(lease_end(A, timeout), A + ms(6000 - 6 - 300));
        assert_eq!(relay(timeout, None), ms(1600));
        assert_eq!(relay(timeout, Some(ms(1000))), ms(600));
    }

    #[test]
    fn what_is_left_in_the_steady_state_is_what_the_documents_say() {
        let left = |timeout: u64, tick: Option<u64>| {
            let timeout = ms(timeout);
            let oldest = steady_age(timeout, tick.map(ms));
            let whole = lease_end(A, timeout).since(A);
            (whole - oldest).as_millis()
        };
        assert_eq!(left(4000, Some(1000)), 2196);
        assert_eq!(left(4000, None), 1696);
        assert_eq!(left(10_000, Some(2000)), 5890);
        assert_eq!(left(10_000, None), 4390);
    }

    #[test]
    fn times_without_room_for_a_lease_are_refused_with_both_named() {
        for (timeout, tick) in [(4000, None), (4000, Some(3000)), (1000, None)] {
            let refused = refusal(ms(timeout), tick.map(ms));
            assert_eq!(refused, None, "{timeout} {tick:?}");
        }
        for (timeout, tick, word) in [
            (4000, Some(4000), "4s"),
            (800, None, "400ms"),
            (1, None, "1ms"),
        ] {
            let error = refusal(ms(timeout), tick.map(ms)).expect("too short");
            assert!(error.message().contains(word), "{error}");
        }
    }

    #[test]
    fn a_server_that_proves_no_more_is_left_in_time_to_try_another() {
        for timeout in [2000, 4000, 10_000, 40_000].map(ms) {
            // A proof is sent one interval after the newest success, and is overdue then.
            let given_up = proof_interval(timeout) + proof_limit(timeout);
            assert!(given_up <= overdue(A, timeout).since(A) + ms(1));
            let oldest = steady_age(timeout, Some(timeout / 4));
            let left = lease_end(A, timeout).since(A) - oldest;
            assert!(given_up + dial_limit(timeout, 0) < left, "{timeout:?}");
            assert!(ping_interval(timeout, false) + answer_limit(timeout, false) < timeout);
        }
    }
}
