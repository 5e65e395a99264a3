//! All arithmetic on how long what was learnt may be relied on.
//!
//! # The verified lease
//!
//! Let *T* be the smallest session timeout that was ever granted for the session, and *τ* the
//! servers' `tickTime`. A leader's session sends one *proof* after another: a write that only a
//! quorum can commit. Let `P` be its newest success on the present connection, `P₁` the newest
//! success that was known before `P` was sent, and `P₂` the newest that was known at least `δ`
//! before `P₁` was sent. `P` *shows* the instant `a`: the send time of the last request but one of
//! this connection whose *reply had arrived* at least `R = τ/2 + δ` before `P₂` was sent (of the last
//! one, where it came more than T/6 after any other). The first success of a connection shows the send time
//! of its `ConnectRequest`. The lease of all leaderships of the session ends at
//!
//! ```text
//! a + T·(1 − ρ) − m
//! ```
//!
//! for the newest `a` that *counts*. What is shown counts at once while the life that was proved
//! before lasts, until `a' + T·(1 − ρ)`. Otherwise it counts when it is *confirmed*: by a success that
//! was sent at least `δ` after it was shown, and, on a connection whose handshake was answered after
//! that life had run out, at least T after that answer.
//!
//! **Why a request counts that was answered.** ZooKeeper's leader expires a session strictly later
//! than *T* after it last touched it (`ExpiryQueue.roundToNextInterval`; 3.4:
//! `SessionTrackerImpl.roundToInterval`). A client of the leader itself is touched there by every
//! request (`ZooKeeperServer.touch`). A follower answers its clients' pings alone and tells the
//! leader of whom it heard only in its answers to the leader's pings, one each τ/2 (`Leader.lead`,
//! `Learner.ping`, `LearnerHandler`). So:
//!
//! 1. When the reply to a request has arrived here, the request had reached the follower.
//! 2. Within `R` after that the ZooKeeper leader sends the follower a ping. Links are first in, first
//!    out: the ping is before the commit of `P₂`, which was sent later still, and the follower's
//!    answer, with the touch in it, before `P₁`, which is sent only when `P₂` is known.
//! 3. So when `P₁` is committed the touch has been received, if the leader ran all the time. If it was
//!    paused, the ping is late: it may have served `P₂` first on waking, and sent its pings up to δ
//!    later. `P₁` was sent δ after `P₂` was known, so the ping is before the commit of `P₁`, and
//!    the touch before `P`.
//! 4. From 3.5 on a follower may lose one touch: `LearnerSessionTracker` gets its table and puts the
//!    touch into it, while the answer to a ping swaps the table for a new one. A request that came
//!    clearly before it is not concerned. So the last but one counts. Where requests are far apart
//!    this would cost a large part of the lease, and the last one counts (an assumption).
//! 5. The quorum may have moved to a new leader: it arms every session anew with a full *T*, later
//!    than `a`. Creating a session and re-attaching to it touch it at the leader itself
//!    (`createSession`, `REVALIDATE`), which is why the `ConnectRequest` needs no relay; that a
//!    success follows on the same connection shows that this leader had not been deposed.
//!
//! **Why that is not enough.** A touch helps only a session that has not been taken for expired.
//! `SessionTrackerImpl.run` takes all sessions of a tick out of its queue and then closes them one by
//! one. 3.4 holds the lock that `touchSession` takes; from 3.5 on (`ExpiryQueue.poll`) nothing does:
//! until its turn a session is *doomed*. It is touched, re-attached (`REVALIDATE` answers valid), and
//! its writes are committed, and it is closed all the same. So:
//!
//! 6. While a proved life lasts nothing can have been taken: touches until then are good.
//! 7. A success that was sent `δ` after a touch was known to be received shows that the session was not
//!    doomed then, for it would have been closed: that is what confirms.
//! 8. How long the closing takes depends on the number of sessions and on the server's log. A session
//!    that is re-attached after its life is where many are doomed at once (a link, a switch, a
//!    follower came back), so there `δ` is not trusted: T has to pass. Mostly nobody waits for that.
//!    Where somebody does, the client gives the session up and makes another one, unless that would
//!    end something that does not come back by itself: a membership, a candidacy that is not renewed ([`Client`](crate::core::Client)).
//! 9. A session that is made at the handshake is in no queue that was taken.
//!
//! So nothing of ours can vanish before `a + T` by the servers' clocks. What is taken off is for
//! clocks that run at other rates (ρ) and for work under way (m).
//!
//! **What it costs**, beside the form that trusted every touch: nothing for a session that was just
//! made, for a leader, and for a standby whose proofs are warm. A standby that is next in line proves
//! in place of its pings, so when its turn comes the confirmation falls into the δ that it has to wait
//! anyway. One that comes to be next only then waits for two δ. Because of 4 a steady lease is one
//! interval of proofs shorter.
//!
//! **Slow answers.** A proof need not wait for the one before it. Where each answer takes *d*, what is
//! shown is `4 d + R + δ` old, and some intervals of proofs ([`steady_age`]); so proofs go more often
//! ([`pace`]), up to 60 a second, and a lease can be kept while that is less than its length: for d up to
//! T/6 where the tick is told or T is 10 s or more; else, where R has to be T/4 + δ, up to 0.15 T at 4 s and
//! 0.16 T at 6 s. Beyond that nobody leads, and is told why.
//!
//! **Assumptions.** Clock rates differ by less than ρ; every server's `minSessionTimeout` is at
//! least 2 τ, or τ is configured; a running ZooKeeper leader's pings are never more than δ late, nor
//! those of one that was stopped and goes on, and it is not stopped again before it has sent them;
//! it closes all sessions of a tick within δ after it has taken them, of which those that are
//! attached anew meanwhile get T, and is not stopped meanwhile; of requests that are more than T/8
//! apart no follower loses the touch;
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

use super::hindrance::Hindrance;
use super::time::Time;
use core::time::Duration;

/// δ: how late a ZooKeeper leader's pings may be, and how long it may take to close the sessions of a
/// tick.
pub(crate) const PING_LATENESS: Duration = Duration::from_millis(100);
/// 1/ρ: clocks differ in rate by one part in this many.
const CLOCK_RATE: u32 = 1000;
/// T/m: one part in this many of T is for work under way.
const MARGIN: u32 = 20;
/// How many proofs are asked for in one T.
const PROOFS_PER_TIMEOUT: u32 = 12;

// ---- the verified lease ----

/// R: how long after a reply has arrived the touch of its request is surely on its way to
/// ZooKeeper's leader. Without a configured `tick` it is half of the session timeout: servers
/// grant no less than two ticks.
pub(crate) fn relay(timeout: Duration, tick: Option<Duration>) -> Duration {
    tick.unwrap_or(timeout / 2) / 2 + PING_LATENESS
}

/// The end of a lease that rests on `a`.
pub fn lease_end(a: Time, timeout: Duration) -> Time {
    a + lease_length(timeout)
}

fn lease_length(timeout: Duration) -> Duration {
    timeout - timeout / CLOCK_RATE - timeout / MARGIN
}

/// Until when no server can have begun to expire a session that was touched at `a` or later.
pub(crate) fn life_end(a: Time, timeout: Duration) -> Time {
    a + (timeout - timeout / CLOCK_RATE)
}

/// From when on a write shows that a session which was attached at `now`, and may have been about
/// to be closed, is not closed any more: a ZooKeeper leader has closed by then all that it had
/// taken for expired.
pub(crate) fn doubt_end(now: Time, timeout: Duration) -> Time {
    now + timeout
}

/// How often a session that leads proves, where answers are quick.
pub(crate) fn proof_interval(timeout: Duration) -> Duration {
    timeout / PROOFS_PER_TIMEOUT
}

/// How often it proves while what the lease rests on is older than in the steady state.
pub(crate) fn thin_interval(timeout: Duration) -> Duration {
    proof_interval(timeout).min(PING_LATENESS)
}

/// How often it proves where answers are so slow that nothing else keeps the lease.
fn hurried_interval(timeout: Duration) -> Duration {
    let quick = (PING_LATENESS / 2).max(timeout / 300);
    proof_interval(timeout).min(quick)
}

/// How often it proves where not even that does.
fn hectic_interval(timeout: Duration) -> Duration {
    // Not more than can be in flight where answers take T/6.
    let quick = (PING_LATENESS / 6).max(timeout / 600);
    proof_interval(timeout).min(quick)
}

/// How often it has to prove where answers take `delay`; `None` where no pace keeps a lease.
pub(crate) fn pace(timeout: Duration, tick: Option<Duration>, delay: Duration) -> Option<Duration> {
    let lasts = |pace: &Duration| {
        // The next renewal follows one pace later; one more is to spare.
        steady_age(timeout, tick, delay, *pace) + *pace * 2 <= lease_length(timeout)
    };
    let paces = [
        proof_interval(timeout),
        hurried_interval(timeout),
        hectic_interval(timeout),
    ];
    paces.into_iter().find(lasts)
}

/// Whether what is shown at this pace, where answers take `delay`, is too old by the time at which it is
/// confirmed. A session whose proved life has run out makes no leader then.
pub(crate) fn too_slow_to_confirm(
    timeout: Duration,
    tick: Option<Duration>,
    delay: Duration,
    pace: Duration,
) -> bool {
    let shown = steady_age(timeout, tick, delay, pace);
    shown + PING_LATENESS + pace + delay >= lease_length(timeout) - enough(pace)
}

/// How often it proves while a contender waits for the lease to be long enough, if the first
/// proofs did not do it.
pub(crate) fn urgent_interval(timeout: Duration) -> Duration {
    proof_interval(timeout) / 2
}

/// How often a client pings a server that has not answered its handshake yet: what the server hears
/// early is relayed early.
pub(crate) fn early_ping_interval(timeout: Duration) -> Duration {
    timeout / 48
}

/// How long a proof may take before another server is tried, where there is one.
pub(crate) fn proof_limit(timeout: Duration) -> Duration {
    timeout / 6
}

/// How long a lease must be for a leadership to begin, at this pace of proofs.
pub fn enough(pace: Duration) -> Duration {
    pace * 2
}

/// How long it must be beyond the next renewal for that.
pub fn to_spare(pace: Duration) -> Duration {
    pace
}

/// From when on a leader is in jeopardy whose newest proof was sent then.
pub fn overdue(proved: Time, timeout: Duration) -> Time {
    proved + proof_interval(timeout) * 3
}

/// How old `a` is at most in the steady state, when P arrives, at this pace of proofs and where each
/// answer takes `delay`: P is `delay` old; P₁ was sent as many paces before P as make `delay`; P₂ as many
/// before that as make `delay` and δ; the newest reply that had arrived R before that was sent `delay` and
/// up to one pace earlier; and the second newest one more.
pub(crate) fn steady_age(
    timeout: Duration,
    tick: Option<Duration>,
    delay: Duration,
    pace: Duration,
) -> Duration {
    let pace = pace.max(Duration::from_nanos(1));
    let paces = |span: Duration| {
        let paces = span.as_nanos().div_ceil(pace.as_nanos()).max(1);
        pace.saturating_mul(u32::try_from(paces).unwrap_or(u32::MAX))
    };
    let back = paces(delay).saturating_add(paces(delay + PING_LATENESS));
    (back + pace * 2 + delay * 2).saturating_add(relay(timeout, tick))
}

/// Why a lease with these times would be too short to be of use, if it would: what is left of it
/// in the steady state, before the next proof can renew it.
pub(crate) fn refusal(timeout: Duration, tick: Option<Duration>) -> Option<Hindrance> {
    let pace = proof_interval(timeout);
    let age = steady_age(timeout, tick, Duration::ZERO, pace);
    (lease_length(timeout) < age + enough(pace)).then_some(Hindrance::TooShort { timeout, tick })
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
pub fn horizon(answered: Time, timeout: Duration) -> Time {
    answered + timeout * 2 / 3
}

/// From when on a leader with the policy `Session` is in jeopardy.
pub fn shaky(answered: Time, timeout: Duration) -> Time {
    answered + timeout / 3
}

/// From when on the session counts as expired by our own clock. A session that a server would
/// still take up must not be given up, and the newest answer may be T/3 older than the fault.
pub fn over(answered: Time, timeout: Duration) -> Time {
    answered + timeout * 4 / 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

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
            let pace = proof_interval(timeout);
            let oldest = steady_age(timeout, tick.map(ms), Duration::ZERO, pace);
            let whole = lease_end(A, timeout).since(A);
            (whole - oldest).as_millis()
        };
        assert_eq!(left(4000, Some(1000)), 1862);
        assert_eq!(left(4000, None), 1362);
        assert_eq!(left(10_000, Some(2000)), 5056);
        assert_eq!(left(10_000, None), 3556);
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
            assert!(error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn the_slower_the_answers_the_quicker_the_proofs_until_no_pace_helps() {
        let paces = |timeout: u64, tick: Option<u64>, delay: u64| {
            pace(ms(timeout), tick.map(ms), ms(delay)).map(|pace| pace.as_millis())
        };
        assert_eq!(paces(4000, None, 1), Some(333));
        assert_eq!(paces(4000, None, 500), Some(50));
        assert_eq!(paces(10_000, None, 1), Some(833));
        assert_eq!(paces(10_000, None, 1500), Some(50));
        assert_eq!(paces(10_000, Some(2000), 10_000 / 6), Some(50));
        assert_eq!(paces(4000, Some(1000), 4000 / 6), Some(50));
        assert_eq!(paces(4000, None, 1000), None);
    }

    #[test]
    fn a_server_that_proves_no_more_is_left_in_time_to_try_another() {
        for timeout in [2000, 4000, 10_000, 40_000].map(ms) {
            // A proof is sent one interval after the newest success, and is overdue then.
            let given_up = proof_interval(timeout) + proof_limit(timeout);
            assert!(given_up <= overdue(A, timeout).since(A) + ms(1));
            let pace = proof_interval(timeout);
            let oldest = steady_age(timeout, Some(timeout / 4), Duration::ZERO, pace);
            let left = lease_end(A, timeout).since(A) - oldest;
            assert!(given_up + dial_limit(timeout, 0) < left, "{timeout:?}");
            assert!(ping_interval(timeout, false) + answer_limit(timeout, false) < timeout);
        }
    }
}
