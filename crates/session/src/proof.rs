//! The proofs of one connection for its session: the requests that the server has answered, and the
//! writes that a quorum has committed since. [`lease`](super::lease) says what follows from them.

use super::lease::{self, PING_LATENESS};
use super::time::Time;
use alloc::collections::VecDeque;
use core::time::Duration;

/// The number of slots in R: only the first reply in a slot is remembered.
const REPLY_SLOTS: u32 = 256;
/// The most replies that are remembered.
const REPLIES_MAX: usize = 1024;
/// The number of slots in δ, for successes.
const SUCCESS_SLOTS: u32 = 8;
/// T/x: requests that are further apart than this do not come in bursts, so their touches count as not
/// lost.
const SPARSE: u32 = 6;
/// The most bases that wait for a confirmation.
const PENDING_MAX: usize = 16;
/// The most proofs in flight.
const IN_FLIGHT_MAX: usize = 128;

/// What the handshake of a connection says about the session's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handshake {
    /// The handshake created the session, or the session's proved life had not run out when the answer
    /// arrived: its expiry cannot have begun.
    Sound,
    /// The session's expiry may have begun, and then closes it although its writes are committed
    /// meanwhile. What this connection shows counts only by a write that is sent at this instant or
    /// later.
    Doubtful { until: Time },
}

/// A request that a server has answered.
#[derive(Debug, Clone, Copy)]
struct Reply {
    arrived: Time,
    sent: Time,
    /// Whether it was sent so long after the request before it that its touch cannot have been lost.
    is_alone: bool,
}

/// A write that a quorum has committed.
#[derive(Debug, Clone, Copy)]
struct Success {
    sent: Time,
    arrived: Time,
    /// The newest counted request whose touch had been relayed when it was sent.
    relayed: Option<Time>,
}

/// A base that counts once a write succeeds that was sent at `confirm` or later.
#[derive(Debug, Clone, Copy)]
struct Pending {
    base: Time,
    confirm: Time,
}

/// The replies and successes of one connection, and the lease base that they prove. They end with the
/// connection.
#[derive(Debug)]
pub(crate) struct Proofs {
    timeout: Duration,
    relay: Duration,

    /// The lease base that earlier connections proved.
    before: Option<Time>,
    doubtful_until: Option<Time>,
    /// Replies to requests that are newer than the lease base, or not much older; their times rise.
    replies: VecDeque<Reply>,
    /// The newest send time of an answered request, remembered or not.
    last_answered: Option<Time>,
    /// How many of `replies` arrived at least R ago.
    relayed: usize,
    /// The newest successes, back to P₂.
    successes: VecDeque<Success>,
    /// The newest success of all.
    newest: Option<Success>,
    /// The shorter of the times that the newest two successes took.
    delay: Duration,
    base: Option<Time>,
    /// The bases that count once they are confirmed; both fields rise.
    pending: VecDeque<Pending>,
    /// When each proof in flight was asked for, oldest first.
    in_flight: VecDeque<Time>,
    /// When the last proof was asked for.
    asked: Option<Time>,
    /// Since when proofs have been asked for without a gap.
    steady_since: Time,
    /// When the newest success that was the P₂ of another was sent.
    newest_p2: Option<Time>,
}

impl Proofs {
    /// The record of a connection whose `ConnectRequest` was sent at `connect`, and is answered now.
    pub(crate) fn new(
        connect: Time,
        now: Time,
        handshake: Handshake,
        timeout: Duration,
        relay: Duration,
        before: Option<Time>,
    ) -> Self {
        let (confirm, doubtful_until) = match handshake {
            Handshake::Sound => (Time::default(), None),
            Handshake::Doubtful { until } => (until, Some(until)),
        };
        Self {
            timeout,
            relay,
            before,
            doubtful_until,
            replies: VecDeque::new(),
            last_answered: None,
            relayed: 0,
            successes: VecDeque::new(),
            newest: None,
            delay: now.since(connect),
            base: None,
            pending: VecDeque::from([Pending {
                base: connect,
                confirm,
            }]),
            in_flight: VecDeque::new(),
            asked: None,
            steady_since: now,
            newest_p2: None,
        }
    }

    /// A reply to a request that was sent at `sent` has arrived.
    pub(crate) fn replied(&mut self, sent: Time, now: Time) {
        let is_alone = |last: Time| sent.since(last) > self.timeout / SPARSE;
        let is_alone = self.last_answered.is_none_or(is_alone);
        self.last_answered = self.last_answered.max(Some(sent));
        self.relayed(now);
        let slot = self.relay / REPLY_SLOTS;
        // To forget a reply only makes the lease shorter.
        if self
            .replies
            .back()
            .is_none_or(|last| last.arrived + slot <= now)
        {
            if self.replies.len() >= REPLIES_MAX {
                self.replies.pop_front();
                self.relayed = self.relayed.saturating_sub(1);
            }
            self.replies.push_back(Reply {
                arrived: now,
                sent,
                is_alone,
            });
        }
    }

    /// The send time that a request can rely on if it is sent now: that of a request whose touch
    /// ZooKeeper's leader collects from the follower before it commits this one. If requests follow each
    /// other closely it is the second newest, for a follower may lose a touch that comes while it
    /// collects them.
    pub(crate) fn relayed(&mut self, now: Time) -> Option<Time> {
        let is_relayed = |reply: &Reply| reply.arrived + self.relay <= now;
        let more = self.replies.iter().skip(self.relayed);
        self.relayed += more.take_while(|reply| is_relayed(reply)).count();
        // The newest two relayed replies are remembered, whatever the lease base is.
        while self.relayed > 2 && self.base.is_some_and(|base| self.replies[0].sent <= base) {
            self.replies.pop_front();
            self.relayed -= 1;
        }
        self.counted(self.relayed.checked_sub(1)?)
    }

    /// The send time that counts once the reply at `newest` is relayed.
    fn counted(&self, newest: usize) -> Option<Time> {
        let last = self.replies.get(newest)?;
        let second = self.replies.get(newest.checked_sub(1)?)?;
        Some(if last.is_alone {
            last.sent
        } else {
            second.sent
        })
    }

    /// A proof was asked for; after a gap of more than two paces it begins a new series.
    pub(crate) fn ask(&mut self, now: Time, pace: Duration) {
        if self.asked.is_none_or(|last| last + pace * 2 < now) {
            self.steady_since = now;
        }
        self.in_flight.push_back(now);
        self.asked = Some(now);
    }

    /// The oldest proof in flight was answered, whatever the answer.
    pub(crate) fn answered(&mut self) {
        self.in_flight.pop_front();
    }

    /// A quorum has committed a write that was sent at `sent` and relied on `relayed`.
    ///
    /// `lag` is the time by which the clock may have fallen behind true time while a life was running:
    /// that life ends sooner by `lag`.
    pub(crate) fn committed(
        &mut self,
        sent: Time,
        relayed: Option<Time>,
        now: Time,
        lag: Duration,
    ) {
        let success = Success {
            sent,
            arrived: now,
            relayed,
        };
        // Each of P₂, P₁ and P must have been sent after the client knew the success of the one before
        // it.

        let newest_known = |at: Time| self.successes.iter().rposition(|s| s.arrived <= at);
        let p1 = newest_known(sent).map(|at| self.successes[at].sent);

        let p2 = p1.and_then(|sent| {
            let is_p2 = |s: &Success| s.arrived + PING_LATENESS <= sent;
            self.successes.iter().rposition(is_p2)
        });

        let mut shown = None;
        if let Some(at) = p2 {
            shown = self.successes[at].relayed;
            self.newest_p2 = self.newest_p2.max(Some(self.successes[at].sent));
            self.successes.drain(..at);
        }
        self.confirm(sent, now + lag);
        self.show(shown, now, lag);
        let took = now.since(sent);
        self.delay = match self.newest {
            Some(last) => took.min(last.arrived.since(last.sent)),
            None => took,
        };
        self.newest = Some(success);
        let slot = PING_LATENESS / SUCCESS_SLOTS;
        if self
            .successes
            .back()
            .is_none_or(|last| last.arrived + slot <= now)
        {
            self.successes.push_back(success);
        }
    }

    /// Counts each base that a write which was sent at `sent` confirms; all of them, while the proved
    /// life lasts.
    fn confirm(&mut self, sent: Time, late_now: Time) {
        while let Some(first) = self.pending.front().copied()
            && (first.confirm <= sent || self.lives(late_now))
        {
            self.count(first.base);
            self.pending.pop_front();
        }
    }

    /// The newest success shows that the touch of a request that was sent at `base` was received.
    fn show(&mut self, base: Option<Time>, now: Time, lag: Duration) {
        let Some(base) = base else {
            return;
        };
        let newest = self.pending.back().map(|last| last.base).max(self.base);
        if newest.is_some_and(|newest| base <= newest) {
            return;
        }
        if self.lives(now + lag) {
            return self.count(base);
        }
        let confirm = now + PING_LATENESS;
        let confirm = self.doubtful_until.map_or(confirm, |at| at.max(confirm));
        let is_full = self.pending.len() >= PENDING_MAX;
        match self.pending.back_mut() {
            Some(last) if last.confirm == confirm => last.base = base,
            // To omit a base only makes the lease shorter.
            Some(_) if is_full => {}
            Some(_) | None => self.pending.push_back(Pending { base, confirm }),
        }
    }

    fn count(&mut self, base: Time) {
        self.base = self.base.max(Some(base));
    }

    /// Whether the session's expiry cannot have begun by now.
    pub(crate) fn lives(&self, now: Time) -> bool {
        let newest = self.before.max(self.base);
        newest.is_some_and(|base| lease::life_end(base, self.timeout) > now)
    }

    /// When the newest success was sent.
    pub(crate) fn newest(&self) -> Option<Time> {
        self.newest.map(|success| success.sent)
    }

    /// When the last proof was asked for, or a later write was sent that proves as much.
    pub(crate) fn last(&self) -> Option<Time> {
        self.asked.max(self.newest())
    }

    /// The instant from which a proof can be a P₁ for the newest success.
    pub(crate) fn p1_from(&self) -> Option<Time> {
        self.newest.map(|success| success.arrived + PING_LATENESS)
    }

    /// The instant from which a proof confirms a base that does not count yet.
    pub(crate) fn confirms_from(&self) -> Option<Time> {
        self.pending.front().map(|first| first.confirm)
    }

    /// When the oldest unanswered proof was asked for.
    pub(crate) fn unanswered(&self) -> Option<Time> {
        self.in_flight.front().copied()
    }

    /// Whether the most proofs are in flight.
    pub(crate) fn is_full(&self) -> bool {
        self.in_flight.len() >= IN_FLIGHT_MAX
    }

    /// Whether each proof that follows renews the lease: the proofs that it will rest on were sent
    /// without a gap.
    pub(crate) fn is_steady(&self) -> bool {
        self.newest_p2.is_some_and(|sent| self.steady_since <= sent)
    }

    /// The time that answers to writes take; before the first such answer, the time that the answer to
    /// the handshake took.
    pub(crate) fn delay(&self) -> Duration {
        self.delay
    }

    /// The instant until which nothing counts that this connection shows.
    pub(crate) fn doubtful_until(&self) -> Option<Time> {
        self.doubtful_until
    }

    /// When the base will be newer at the latest, if all goes well and a proof follows each `pace`: once
    /// the touch of a newer answered request is relayed, three proofs follow, the second δ after the
    /// first.
    pub(crate) fn advance(&self, now: Time, pace: Duration) -> Time {
        let newer = |at: &usize| self.counted(*at).is_some_and(|sent| Some(sent) > self.base);
        let relayed = match (0..self.replies.len()).find(newer) {
            Some(at) => self.replies[at].arrived + self.relay,
            None => now + pace * 2 + self.delay + self.relay,
        };
        let p2 = self.known(relayed, now, pace);
        let p1 = self.known(p2 + PING_LATENESS, now, pace);
        self.sent(p1, now, pace) + self.delay
    }

    /// When the client knows, or will know, the success of a proof that is sent at `from` or later.
    fn known(&self, from: Time, now: Time, pace: Duration) -> Time {
        let known = self.successes.iter().find(|s| s.sent >= from);
        known.map_or_else(|| self.sent(from, now, pace) + self.delay, |s| s.arrived)
    }

    /// When the first unanswered proof at `from` or later was sent, or will be.
    fn sent(&self, from: Time, now: Time, pace: Duration) -> Time {
        let in_flight = self.in_flight.iter().find(|at| **at >= from);
        in_flight.copied().unwrap_or_else(|| {
            let next = self.asked.map_or(now, |asked| now.max(asked + pace));
            match from <= next {
                true => next,
                false => from + pace,
            }
        })
    }

    /// `a`, the lease base.
    pub(crate) fn base(&self) -> Option<Time> {
        self.base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: Duration = Duration::from_millis(300);
    const T: Duration = Duration::from_secs(10);

    fn at(ms: u64) -> Time {
        Time::from_nanos(ms * 1_000_000)
    }

    /// The record of the connection that created the session.
    fn books(connect: u64) -> Proofs {
        Proofs::new(at(connect), at(connect), Handshake::Sound, T, R, None)
    }

    /// The record of a connection whose handshake was answered 2 ms after it was sent.
    fn again(connect: u64, handshake: Handshake, before: Option<Time>) -> Proofs {
        Proofs::new(at(connect), at(connect + 2), handshake, T, R, before)
    }

    /// A write that takes 2 ms.
    fn prove(proofs: &mut Proofs, ms: u64) {
        let relayed = proofs.relayed(at(ms));
        proofs.replied(at(ms), at(ms + 2));
        proofs.committed(at(ms), relayed, at(ms + 2), Duration::ZERO);
    }

    #[test]
    fn a_connection_counts_from_its_request_once_one_write_is_committed() {
        let mut proofs = books(10);
        proofs.replied(at(12), at(13));
        assert_eq!(proofs.base(), None);
        prove(&mut proofs, 20);
        assert_eq!(proofs.base(), Some(at(10)));
        assert_eq!(proofs.newest(), Some(at(20)));
    }

    #[test]
    fn the_base_is_the_last_but_one_that_was_answered_long_enough_before_the_second_success_back() {
        let mut proofs = books(0);
        proofs.replied(at(8), at(9));
        proofs.replied(at(20), at(22));
        for ms in [321, 450, 600] {
            prove(&mut proofs, ms);
        }
        // At 321 the reply of 22 was 299 ms old, and only the reply of 9 was older than R.
        assert_eq!(proofs.base(), Some(at(0)));
        prove(&mut proofs, 750);
        // P₂ was sent at 450: the reply of 22 was old enough, that of 323 was not.
        assert_eq!(proofs.base(), Some(at(8)));
        prove(&mut proofs, 900);
        assert_eq!(proofs.base(), Some(at(8)));
        prove(&mut proofs, 1050);
        // P₂ was sent at 750: the newest relayed reply is that to the write of 321, which came at 323.
        assert_eq!(proofs.base(), Some(at(20)));
        assert_eq!(proofs.successes.len(), 3);
    }

    #[test]
    fn p1_is_sent_so_long_after_p2_that_a_leader_that_was_paused_has_sent_its_pings() {
        let replied = || {
            let mut proofs = books(0);
            proofs.replied(at(10), at(12));
            proofs.replied(at(30), at(32));
            proofs
        };
        let mut proofs = replied();
        for ms in [400, 410, 420, 430, 501] {
            prove(&mut proofs, ms);
            assert_eq!(proofs.base(), Some(at(0)), "{ms}");
        }
        // The success of 400 was known at 402.
        assert_eq!(proofs.p1_from(), Some(at(603)));
        prove(&mut proofs, 502);
        prove(&mut proofs, 503);
        assert_eq!(
            proofs.base(),
            Some(at(0)),
            "502 was sent before 501 was known"
        );
        let mut proofs = replied();
        for ms in [400, 502, 504] {
            assert_eq!(proofs.base(), (ms > 400).then_some(at(0)));
            prove(&mut proofs, ms);
        }
        assert_eq!(proofs.base(), Some(at(10)));
    }

    #[test]
    fn an_answer_exactly_r_old_counts() {
        let mut proofs = books(0);
        proofs.replied(at(10), at(12));
        proofs.replied(at(30), at(32));
        assert_eq!(proofs.relayed(at(331)), None);
        assert_eq!(proofs.relayed(at(332)), Some(at(10)));
    }

    #[test]
    fn writes_that_were_under_way_together_count_once() {
        let mut proofs = books(0);
        for arrived in [403, 500, 600, 700] {
            proofs.committed(at(400), Some(at(10)), at(arrived), Duration::ZERO);
        }
        assert_eq!(proofs.base(), Some(at(0)));
        proofs.committed(at(800), Some(at(10)), at(802), Duration::ZERO);
        assert_eq!(
            proofs.base(),
            Some(at(0)),
            "P₁ would have to be sent after P₂"
        );
        proofs.committed(at(802), Some(at(10)), at(804), Duration::ZERO);
        assert_eq!(proofs.base(), Some(at(10)));
    }

    #[test]
    fn a_session_whose_expiry_may_have_begun_counts_once_it_must_have_been_closed() {
        let mut proofs = again(
            20_000,
            Handshake::Doubtful { until: at(30_002) },
            Some(at(9000)),
        );
        for ms in (20_010..30_000).step_by(500).chain([30_001]) {
            prove(&mut proofs, ms);
            assert_eq!(proofs.base(), None, "{ms}");
        }
        prove(&mut proofs, 30_002);
        // By then each base counts that was shown δ before.
        assert_eq!(proofs.base(), Some(at(28_010)));
    }

    #[test]
    fn while_the_life_that_is_proved_lasts_nothing_has_to_be_confirmed() {
        let mut proofs = again(18_000, Handshake::Sound, Some(at(9000)));
        prove(&mut proofs, 18_010);
        assert_eq!(proofs.base(), Some(at(18_000)));
    }

    #[test]
    fn a_life_ends_sooner_by_what_the_clock_has_lost_meanwhile() {
        for (lag, base) in [(0, 8000), (150, 8000), (500, 0)] {
            let mut proofs = books(0);
            prove(&mut proofs, 10);
            proofs.replied(at(8000), at(8002));
            proofs.replied(at(8200), at(8202));
            for ms in [9600, 9702, 9704] {
                let relayed = proofs.relayed(at(ms));
                let lag = Duration::from_millis(lag);
                proofs.committed(at(ms), relayed, at(ms + 2), lag);
            }
            // The proved life lasts until 9990.
            assert_eq!(proofs.base(), Some(at(base)), "{lag}");
        }
    }

    #[test]
    fn what_a_long_idle_connection_shows_is_confirmed_by_a_write_after_delta() {
        let mut proofs = books(0);
        prove(&mut proofs, 10);
        proofs.replied(at(15_000), at(15_002));
        proofs.replied(at(18_000), at(18_002));
        assert_eq!(proofs.base(), Some(at(0)));
        for ms in [20_000, 20_102, 20_104, 20_205] {
            prove(&mut proofs, ms);
            assert_eq!(proofs.base(), Some(at(0)), "{ms}");
        }
        assert_eq!(proofs.confirms_from(), Some(at(20_206)));
        prove(&mut proofs, 20_206);
        // The requests are so far apart that the newer one counts.
        assert_eq!(proofs.base(), Some(at(18_000)));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_never_too_new() {
        let mut proofs = books(0);
        for ms in 1..5000 {
            let relayed = proofs.relayed(at(ms));
            proofs.replied(at(ms - 1), at(ms));
            proofs.committed(at(ms - 1), relayed, at(ms), Duration::ZERO);
            let kept = proofs.replies.len() + proofs.successes.len() + proofs.pending.len();
            assert!(kept <= 320, "{kept}");
            if let Some(sent) = relayed {
                let age = at(ms).since(sent).as_millis();
                assert!((302..=308).contains(&age), "{age}");
            }
        }
        let age = at(5000).since(proofs.base().unwrap()).as_millis();
        assert!((404..=430).contains(&age), "{age}");
    }

    #[test]
    fn proofs_may_be_in_flight_together_but_not_without_end() {
        let mut proofs = books(0);
        for ms in 0..IN_FLIGHT_MAX as u64 {
            assert!(!proofs.is_full());
            proofs.ask(at(ms), R);
        }
        assert!(proofs.is_full());
        assert_eq!(proofs.unanswered(), Some(at(0)));
        proofs.answered();
        assert_eq!(proofs.unanswered(), Some(at(1)));
        assert!(!proofs.is_full());
    }
}
