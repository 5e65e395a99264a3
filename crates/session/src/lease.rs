//! All arithmetic on the time for which the client may rely on its knowledge.
//!
//! # The verified lease
//!
//! Let *T* be the smallest session timeout that a server ever granted for the session, and *τ* the
//! servers' `tickTime`. A leader's session sends one *proof* after another: a write that only a quorum
//! can commit. Let `P` be its newest success on the present connection, `P₁` the newest success that the
//! client knew before it sent `P`, and `P₂` the newest that it knew at least `δ` before it sent `P₁`. `P`
//! *shows* the instant `a`. Take the requests of this connection whose *reply had arrived* at least `R =
//! τ/2 + δ` before the client sent `P₂`: `a` is the send time of the last but one of them (of the last
//! one if it was sent more than T/6 after every other answered request). The first success of a
//! connection shows the send time of its `ConnectRequest`. The lease of all leaderships of the session
//! ends at
//!
//! ```text
//! a + T·(1 − ρ) − m
//! ```
//!
//! for the newest `a` that *counts*. A shown instant counts at once while the life that was proved before
//! lasts, until `a' + T·(1 − ρ)`. Otherwise it counts when it is *confirmed*: by a success that was sent
//! at least `δ` after the instant was shown; if the server answered the connection's handshake after that
//! life had run out, also at least T after that answer.
//!
//! **Why an answered request counts.** ZooKeeper's leader expires a session strictly later than *T*
//! after it last touched it (`ExpiryQueue.roundToNextInterval`; 3.4:
//! `SessionTrackerImpl.roundToInterval`). A client of the leader itself is touched there by every request
//! (`ZooKeeperServer.touch`). A follower answers its clients' pings by itself. It passes the touches of
//! its sessions to the leader only in its answers to the leader's pings, one each τ/2 (`Leader.lead`,
//! `Learner.ping`, `LearnerHandler`). So:
//!
//! 1. When the reply to a request has arrived at the client, the request had reached the follower.
//! 2. Within `R` after that the ZooKeeper leader sends the follower a ping. Connections are first in,
//!    first out. So the ping precedes the commit of `P₂`, which the client sent later still; and the
//!    follower's answer, which contains the touch, precedes `P₁`, which the client sends only when it
//!    knows the success of `P₂`.
//! 3. So when the leader commits `P₁` it has received the touch, if it ran all the time. If it was
//!    paused, the ping is late: on waking the leader may have served `P₂` first, and sent its pings up to
//!    δ later. The client sent `P₁` δ after it knew the success of `P₂`, so the ping precedes the commit
//!    of `P₁`, and the touch precedes `P`.
//! 4. From 3.5 on a follower may lose one touch: `LearnerSessionTracker` gets its table and puts the
//!    touch into it, while the answer to a ping swaps the table for a new one. This does not concern a
//!    request that came clearly before the swap. So the last request but one counts. If requests are far
//!    apart, this would cost a large part of the lease; then the last one counts (an assumption).
//! 5. The quorum may have moved to a new leader: the new leader arms every session again with a full *T*,
//!    later than `a`. The creation of a session and a reattachment to it touch the session at the leader
//!    itself (`createSession`, `REVALIDATE`), so the `ConnectRequest` needs no relay. A success that
//!    follows on the same connection shows that this leader had not been deposed.
//!
//! **Why that is not enough.** A touch helps only a session that the leader has not taken for expired.
//! `SessionTrackerImpl.run` takes all sessions of a tick out of its queue and then closes them one by
//! one. 3.4 meanwhile holds the lock that `touchSession` takes; from 3.5 on (`ExpiryQueue.poll`) nothing
//! holds a lock, so a session is *doomed* until its turn comes. The leader touches it, reattaches it
//! (`REVALIDATE` answers valid) and commits its writes, and closes it all the same. So:
//!
//! 6. While a proved life lasts, the leader cannot have taken the session: touches until then are good.
//! 7. If the client knows that the leader has received a touch, and a write that the client sends `δ`
//!    later succeeds, then the session was not doomed at the touch: the leader would have closed it by
//!    then. Such a success confirms.
//! 8. The time that the closing takes depends on the number of sessions and on the server's log.
//!    Reattachments after the life of a session happen where many sessions are doomed at once (a link, a
//!    switch or a follower comes back), so there the client does not trust `δ`: T has to pass. Mostly no
//!    contender waits for that. If one does, the client gives the session up and asks for another one,
//!    unless that would end something that does not come back by itself: a membership, or a candidacy
//!    that is not renewed (`Client` in `tenure-election`).
//! 9. A session that the handshake creates is in no queue that the leader has taken.
//!
//! So no znode of the session can vanish before `a + T` by the servers' clocks. The lease is shorter than
//! that by an allowance for clocks that run at other rates (ρ) and by another for work under way (m).
//!
//! **The cost**, compared with the form that trusted every touch: none for a session that was just
//! created, for a leader, and for a standby whose proofs are warm. A standby that is next in line sends
//! proofs in the place of its pings, so when its turn comes the confirmation falls into the δ for which
//! it has to wait anyway. A standby that becomes next in line only then waits for two δ. Because of step
//! 4 a steady lease is one interval of proofs shorter.
//!
//! **Slow answers.** A proof need not wait for the one before it. If each answer takes *d*, the age of a
//! shown instant is `4 d + R + δ` and some intervals of proofs (`steady_age`). So the client sends
//! proofs more often (`pace`), up to 60 a second, and it can keep a lease while that age is less than
//! the lease's length: for d up to T/6 if the tick is configured or T is 10 s or more; else, since R has
//! to be T/4 + δ, up to 0.15 T at 4 s and 0.16 T at 6 s. Beyond that no contender leads, and each reports
//! the reason.
//!
//! **Assumptions.** Clock rates differ by less than ρ; every server's `minSessionTimeout` is at least 2
//! τ, or τ is configured; a running ZooKeeper leader's pings are never more than δ late, nor are those of
//! a leader that was stopped and goes on, which is not stopped again before it has sent them; the leader
//! closes all sessions of a tick within δ after it has taken them, and is not stopped meanwhile (those of
//! them that are reattached meanwhile get T instead of δ); no follower loses the touch of a request that
//! is more than T/8 apart from others; behind an observer that follows another learner (`ObserverMaster`)
//! twice the τ is configured, and that learner does not go on after a stop (it would ask the observer for
//! its touches only then, and have them a whole relay later: the client would have to send P₁ R after it
//! knew the success of P₂, not δ); all servers grant the same timeout, unless they answer; the ensemble
//! loses no committed write; and only its owner deletes a member or its session.
//!
//! # Everything else
//!
//! The knowledge of a detector, and whether the session counts as over, depend on the send time of the
//! newest request that any server has answered: [`horizon`] and [`over`].

use super::hindrance::Hindrance;
use super::time::Time;
use core::time::Duration;

/// δ: the most that a ZooKeeper leader's pings may be late, and the most that it may take to close the
/// sessions of a tick.
pub(crate) const PING_LATENESS: Duration = Duration::from_millis(100);
/// 1/ρ: clocks differ in rate by one part in this many.
const CLOCK_RATE: u32 = 1000;
/// T/m: one part in this many of T is for work under way.
const MARGIN: u32 = 20;
/// The number of proofs in one T.
const PROOFS_PER_TIMEOUT: u32 = 12;

// ---- the verified lease ----

/// R: this long after a reply has arrived, the touch of its request is surely on its way to ZooKeeper's
/// leader. Without a configured `tick`, half of the session timeout takes its place: servers grant no
/// less than two ticks.
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

/// The instant until which no server can have begun to expire a session that was touched at `a` or later.
pub(crate) fn life_end(a: Time, timeout: Duration) -> Time {
    a + (timeout - timeout / CLOCK_RATE)
}

/// The instant from which a write shows that a session is not doomed, if it was attached at `now` and may
/// have been doomed then: by that instant a ZooKeeper leader has closed all sessions that it had taken
/// for expired.
pub(crate) fn doubt_end(now: Time, timeout: Duration) -> Time {
    now + timeout
}

/// The interval of proofs of a session that leads, if answers are quick.
pub(crate) fn proof_interval(timeout: Duration) -> Duration {
    timeout / PROOFS_PER_TIMEOUT
}

/// The interval of proofs while the lease base is older than in the steady state.
pub(crate) fn thin_interval(timeout: Duration) -> Duration {
    proof_interval(timeout).min(PING_LATENESS)
}

/// The interval of proofs if answers are so slow that no longer interval keeps the lease.
fn hurried_interval(timeout: Duration) -> Duration {
    let quick = (PING_LATENESS / 2).max(timeout / 300);
    proof_interval(timeout).min(quick)
}

/// The interval of proofs if not even [`hurried_interval`] keeps the lease.
fn hectic_interval(timeout: Duration) -> Duration {
    // No more proofs than can be in flight if answers take T/6.
    let quick = (PING_LATENESS / 6).max(timeout / 600);
    proof_interval(timeout).min(quick)
}

/// The interval of proofs that keeps a lease if answers take `delay`; `None` if none does.
pub(crate) fn pace(timeout: Duration, tick: Option<Duration>, delay: Duration) -> Option<Duration> {
    let lasts = |pace: &Duration| {
        // The next renewal follows one interval later; one more is the reserve.
        steady_age(timeout, tick, delay, *pace) + *pace * 2 <= lease_length(timeout)
    };
    let paces = [
        proof_interval(timeout),
        hurried_interval(timeout),
        hectic_interval(timeout),
    ];
    paces.into_iter().find(lasts)
}

/// Whether an instant that is shown at this pace, if answers take `delay`, is too old when it is
/// confirmed. If so, a session whose proved life has run out makes no leader.
pub(crate) fn too_slow_to_confirm(
    timeout: Duration,
    tick: Option<Duration>,
    delay: Duration,
    pace: Duration,
) -> bool {
    let shown = steady_age(timeout, tick, delay, pace);
    shown + PING_LATENESS + pace + delay >= lease_length(timeout) - enough(pace)
}

/// The interval of proofs while a contender waits for the lease to be long enough, after the first proofs
/// have not made it so.
pub(crate) fn urgent_interval(timeout: Duration) -> Duration {
    proof_interval(timeout) / 2
}

/// The interval of pings to a server that has not answered the handshake yet: the server relays early a
/// touch that it gets early.
pub(crate) fn early_ping_interval(timeout: Duration) -> Duration {
    timeout / 48
}

/// The time that a proof may take before the client tries another server, if there is one.
pub(crate) fn proof_limit(timeout: Duration) -> Duration {
    timeout / 6
}

/// The length that a lease must have for a leadership to begin, at this pace of proofs.
pub fn enough(pace: Duration) -> Duration {
    pace * 2
}

/// The length that the lease must have beyond the next renewal for a leadership to begin.
pub fn to_spare(pace: Duration) -> Duration {
    pace
}

/// The instant from which a leader is in jeopardy, if it sent its newest proof at `proved`.
pub fn overdue(proved: Time, timeout: Duration) -> Time {
    proved + proof_interval(timeout) * 3
}

/// The greatest age of `a` in the steady state, when P arrives, at this pace of proofs and if each answer
/// takes `delay`. P is `delay` old; P₁ was sent as many paces before P as make `delay`; P₂ as many before
/// P₁ as make `delay` and δ; the newest request whose reply had arrived R before P₂ was sent `delay` and
/// up to one pace earlier; and the second newest one pace before that.
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

/// The reason why a lease with these times would be too short to be of use, if it would: too little of it
/// is left in the steady state before the next proof can renew it.
pub(crate) fn refusal(timeout: Duration, tick: Option<Duration>) -> Option<Hindrance> {
    let pace = proof_interval(timeout);
    let age = steady_age(timeout, tick, Duration::ZERO, pace);
    (lease_length(timeout) < age + enough(pace)).then_some(Hindrance::TooShort { timeout, tick })
}

// ---- the guarded lease ----

/// The longest lease that a contender may have: a successor that cannot read the length of the lease before
/// its own waits for this one.
pub const GUARD_MAX: Duration = Duration::from_secs(10);

/// The length of a guarded lease, unless it is configured.
pub fn guard(timeout: Duration) -> Duration {
    (timeout / 4).min(GUARD_MAX)
}

/// The end of a guarded lease of this length that rests on a write which was sent at `sent`.
pub fn guard_end(sent: Time, length: Duration) -> Time {
    sent + (length - length / CLOCK_RATE - length / MARGIN)
}

/// The instant from which a leader with a guarded lease is in jeopardy.
pub fn guard_overdue(sent: Time, length: Duration) -> Time {
    sent + length * 2 / 3
}

/// The interval of proofs that keeps a guarded lease.
pub fn guard_interval(length: Duration) -> Duration {
    length / 3
}

/// The end of the wait for a guarded lease of this length, if the last write that could renew it was
/// committed before `gone`.
pub fn guard_wait(gone: Time, length: Duration) -> Time {
    gone + length + length * 2 / CLOCK_RATE
}

// ---- the session ----

/// The interval at which an idle session sends a request, so that it neither expires nor becomes stale.
pub(crate) fn ping_interval(timeout: Duration, leading: bool) -> Duration {
    timeout / if leading { 6 } else { 3 }
}

/// The time that an answer may take before the client gives up the connection for another one.
pub(crate) fn answer_limit(timeout: Duration, leading: bool) -> Duration {
    timeout / if leading { 4 } else { 3 }
}

/// The time that the answer to the first packet may take. A lost packet is sent again only after a
/// second, so a new attempt to connect is faster; after a round of failures the limit is longer.
pub(crate) fn dial_limit(timeout: Duration, rounds_failed: u32) -> Duration {
    let part = if rounds_failed == 0 { 8 } else { 4 };
    (timeout / part).clamp(Duration::from_millis(200), Duration::from_secs(10))
}

/// The time that a look-up or a handshake may take.
pub(crate) fn attempt_limit(timeout: Duration) -> Duration {
    (timeout / 4).clamp(Duration::from_millis(200), Duration::from_secs(10))
}

/// The time that an answer may take while its bytes go on arriving. Nothing renews the session's
/// knowledge meanwhile, and the client must have another connection before the session counts as over.
pub(crate) fn answer_whole(timeout: Duration) -> Duration {
    timeout * 3 / 4
}

/// The age from which the loss of a connection counts as an accident: if connections are lost sooner,
/// again and again, the pauses before the next attempt grow.
pub(crate) fn lived(timeout: Duration) -> Duration {
    timeout / 6
}

/// The instant until which a detector may rely on its knowledge.
pub fn horizon(answered: Time, timeout: Duration) -> Time {
    answered + timeout * 2 / 3
}

/// The instant from which a leader with the policy `Session` is in jeopardy.
pub fn shaky(answered: Time, timeout: Duration) -> Time {
    answered + timeout / 3
}

/// The instant from which the session counts as expired by the client's own clock. The client must not
/// give up a session that a server would still reattach, and the newest answer may be T/3 older than the
/// fault.
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
