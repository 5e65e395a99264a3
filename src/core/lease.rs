//! All arithmetic on how long what was learnt may be relied on.
//!
//! First form of the lease. Let `a` be the send time of the newest request of this session that
//! was answered, by our own clock, and `T` the session timeout (the smaller of the one granted
//! when the session was created and the one granted on this connection). A server that answers
//! has heard of us at or after `a`, and expires a session strictly later than `T` after it last
//! heard of it. So nothing of ours can vanish before `a + T`, as far as the server that answers
//! is in touch with its quorum. From `a` we count:
//!
//! - [`shaky`]: an answer is overdue; a leader is in jeopardy;
//! - [`horizon`]: a leader's lease ends, and a detector no longer knows;
//! - [`over`]: the session counts as expired even if no server can be asked.
//!
//! The third of `T` between the horizon and the earliest expiry is the margin for clock-rate
//! differences and for work that is under way. It does not cover a follower that is itself cut
//! off from its quorum and goes on answering: see `GUARANTEES.md`.

use super::time::Time;
use std::time::Duration;

/// How often a session with a leader asks, so that its lease is renewed long before it ends.
pub(crate) fn ping_interval(timeout: Duration, leading: bool) -> Duration {
    timeout / if leading { 6 } else { 3 }
}

/// How long an answer may take before the connection is given up for another one.
pub(crate) fn answer_limit(timeout: Duration, leading: bool) -> Duration {
    timeout / if leading { 4 } else { 3 }
}

/// How long one attempt to connect may take, from the first packet to the granted session.
pub(crate) fn attempt_limit(timeout: Duration) -> Duration {
    (timeout / 4).clamp(Duration::from_millis(200), Duration::from_secs(10))
}

/// From when on a renewal counts as overdue.
pub(crate) fn shaky(answered: Time, timeout: Duration) -> Time {
    answered + timeout / 3
}

/// Until when what was learnt may be relied on.
pub(crate) fn horizon(answered: Time, timeout: Duration) -> Time {
    answered + timeout * 2 / 3
}

/// From when on the session counts as expired by our own clock.
pub(crate) fn over(answered: Time, timeout: Duration) -> Time {
    answered + timeout
}

/// When a leader must stop believing that it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LeasePolicy {
    /// When the lease ends; a connection that is lost and found again before does no harm.
    #[default]
    Verified,
    /// When the connection is lost, or the lease ends.
    Strict,
    /// When the session is over, by a server's word or by our own clock: Mesos's rule. It is
    /// kept for compatibility and is **not safe**: a successor may lead at that instant.
    Session,
}

/// Until when a leader with this policy may believe.
pub(crate) fn lease_end(policy: LeasePolicy, answered: Time, timeout: Duration) -> Time {
    match policy {
        LeasePolicy::Verified | LeasePolicy::Strict => horizon(answered, timeout),
        LeasePolicy::Session => over(answered, timeout),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_ends_before_the_session_can() {
        let (sent, timeout) = (Time::from_nanos(5_000_000_000), Duration::from_secs(6));
        let end = lease_end(LeasePolicy::Verified, sent, timeout);
        assert_eq!(end, Time::from_nanos(9_000_000_000));
        assert!(end < sent + timeout);
        assert_eq!(lease_end(LeasePolicy::Strict, sent, timeout), end);
        assert_eq!(
            lease_end(LeasePolicy::Session, sent, timeout),
            sent + timeout
        );
    }

    #[test]
    fn a_dead_server_is_left_in_time_to_try_another() {
        let timeout = Duration::from_secs(12);
        let a = Time::from_nanos(0);
        let left = a + ping_interval(timeout, true) + answer_limit(timeout, true);
        assert!(left + timeout / 5 <= horizon(a, timeout));
        assert!(shaky(a, timeout) > a + ping_interval(timeout, true));
        assert!(ping_interval(timeout, false) + answer_limit(timeout, false) < timeout);
    }
}
