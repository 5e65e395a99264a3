//! What one connection has proved of its session: which requests were heard by the server, and
//! which writes a quorum has committed since. [`lease`](super::lease) says what follows from it.

use super::lease::PING_LATENESS;
use super::mutant::{self, Mutant};
use super::time::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// Into how many slots R is cut: of the replies in one slot only the first is remembered.
const REPLY_SLOTS: u32 = 32;
/// Likewise δ, for the successes.
const SUCCESS_SLOTS: u32 = 8;

/// A write that a quorum has committed.
#[derive(Debug, Clone, Copy)]
struct Success {
    sent: Time,
    arrived: Time,
    /// What had been relayed when it was sent.
    relayed: Option<Time>,
}

/// The books of one connection. They die with it.
#[derive(Debug)]
pub(crate) struct Proofs {
    relay: Duration,
    /// The send time of the connect request.
    connect: Time,
    /// Replies that arrived less than R ago, as (arrived, sent); both rise.
    heard: VecDeque<(Time, Time)>,
    /// The newest send time of a request whose reply arrived at least R ago.
    relayed: Option<Time>,
    /// The newest successes, back to P₂.
    successes: VecDeque<Success>,
    /// The newest of them all.
    newest: Option<Success>,
    base: Option<Time>,
    /// When the proof was asked for that is in flight.
    pub(crate) in_flight: Option<Time>,
    /// When the last proof was asked for.
    pub(crate) asked: Option<Time>,
}

impl Proofs {
    pub(crate) fn new(connect: Time, relay: Duration) -> Self {
        Self {
            relay,
            connect,
            heard: VecDeque::new(),
            relayed: None,
            successes: VecDeque::new(),
            newest: None,
            base: None,
            in_flight: None,
            asked: None,
        }
    }

    /// A reply to a request that was sent at `sent` has arrived.
    pub(crate) fn heard(&mut self, sent: Time, now: Time) {
        let sent = if mutant::on(Mutant::ReplyTime) {
            now
        } else {
            sent
        };
        let now = if mutant::on(Mutant::SentBefore) {
            sent
        } else {
            now
        };
        self.relayed(now);
        let slot = self.relay / REPLY_SLOTS;
        // To forget a reply only makes the lease shorter.
        if self
            .heard
            .back()
            .is_none_or(|(last, _)| *last + slot <= now)
        {
            self.heard.push_back((now, sent));
        }
    }

    /// What a request that is sent now can rely on: the newest request whose touch ZooKeeper's
    /// leader asks the follower for before it commits this one.
    pub(crate) fn relayed(&mut self, now: Time) -> Option<Time> {
        while let Some((arrived, sent)) = self.heard.front().copied() {
            if arrived + self.relay > now {
                break;
            }
            self.heard.pop_front();
            self.relayed = self.relayed.max(Some(sent));
        }
        self.relayed
    }

    /// A quorum has committed a write that was sent at `sent` and relied on `relayed`.
    pub(crate) fn committed(&mut self, sent: Time, relayed: Option<Time>, now: Time) {
        let success = Success {
            sent,
            arrived: now,
            relayed,
        };
        // Each must have been sent after the one before it was known to be committed.
        let known = |s: &Success| match mutant::on(Mutant::SentOnly) {
            true => s.sent,
            false => s.arrived,
        };
        let newest_known = |at: Time| self.successes.iter().rposition(|s| known(s) <= at);
        let p1 = newest_known(sent).map(|at| self.successes[at].sent);
        let p1 = if mutant::on(Mutant::OneStepBack) {
            Some(sent)
        } else {
            p1
        };
        let pause = match mutant::on(Mutant::OneStepBack) || mutant::on(Mutant::BackToBack) {
            true => Duration::ZERO,
            false => PING_LATENESS,
        };
        let p2 = p1.and_then(|sent| {
            let settled = |s: &Success| s.arrived + pause <= sent;
            self.successes.iter().rposition(settled)
        });
        match () {
            () if mutant::on(Mutant::SentBefore) => self.base = self.base.max(self.relayed(sent)),
            () if mutant::on(Mutant::NoStepBack) => self.base = self.base.max(relayed),
            () => {}
        }
        if let Some(at) = p2 {
            self.base = self.base.max(self.successes[at].relayed);
            self.successes.drain(..at);
        }
        self.base = self.base.max(Some(self.connect));
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

    /// When the newest success was sent.
    pub(crate) fn newest(&self) -> Option<Time> {
        self.newest.map(|success| success.sent)
    }

    /// From when on a proof can be a P₁ for the newest success.
    pub(crate) fn settled(&self) -> Option<Time> {
        self.newest.map(|success| success.arrived + PING_LATENESS)
    }

    /// When the base will be newer at the latest, if all goes well: once the next reply is R old, three
    /// proofs follow, the second δ after the first.
    pub(crate) fn advance(&self, now: Time) -> Time {
        let reply = self.heard.front().map_or(now, |(arrived, _)| *arrived);
        now.max(reply + self.relay) + PING_LATENESS * 3
    }

    /// `a`: the instant that the lease rests on.
    pub(crate) fn base(&self) -> Option<Time> {
        let handshake = mutant::on(Mutant::HandshakeProves).then_some(self.connect);
        self.base.max(handshake)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: Duration = Duration::from_millis(300);

    fn at(ms: u64) -> Time {
        Time::from_nanos(ms * 1_000_000)
    }

    /// A write that takes 2 ms.
    fn prove(proofs: &mut Proofs, ms: u64) {
        let relayed = proofs.relayed(at(ms));
        proofs.heard(at(ms), at(ms + 2));
        proofs.committed(at(ms), relayed, at(ms + 2));
    }

    #[test]
    fn a_connection_counts_from_its_request_once_one_write_is_committed() {
        let mut proofs = Proofs::new(at(10), R);
        proofs.heard(at(12), at(13));
        assert_eq!(proofs.base(), None);
        prove(&mut proofs, 20);
        assert_eq!(proofs.base(), Some(at(10)));
        assert_eq!(proofs.newest(), Some(at(20)));
    }

    #[test]
    fn the_base_is_what_was_answered_long_enough_before_the_second_success_back() {
        let mut proofs = Proofs::new(at(0), R);
        proofs.heard(at(10), at(12));
        for ms in [311, 450, 600] {
            prove(&mut proofs, ms);
        }
        // At 311 the answer of 12 was 299 ms old.
        assert_eq!(proofs.base(), Some(at(0)));
        prove(&mut proofs, 750);
        // P₂ was sent at 450: the answer of 12 was old enough, that of 313 was not.
        assert_eq!(proofs.base(), Some(at(10)));
        prove(&mut proofs, 900);
        assert_eq!(proofs.base(), Some(at(10)));
        prove(&mut proofs, 1050);
        // P₂ was sent at 750: it relies on the success of 311, answered at 313.
        assert_eq!(proofs.base(), Some(at(311)));
        assert_eq!(proofs.successes.len(), 3);
    }

    #[test]
    fn p1_is_sent_so_long_after_p2_that_a_leader_that_was_paused_has_sent_its_pings() {
        let mut proofs = Proofs::new(at(0), R);
        proofs.heard(at(10), at(12));
        for ms in [400, 410, 420, 430, 501] {
            prove(&mut proofs, ms);
            assert_eq!(proofs.base(), Some(at(0)), "{ms}");
        }
        // The first was known at 402.
        assert_eq!(proofs.settled(), Some(at(603)));
        prove(&mut proofs, 502);
        prove(&mut proofs, 503);
        assert_eq!(
            proofs.base(),
            Some(at(0)),
            "502 was sent before 501 was known"
        );
        let mut proofs = Proofs::new(at(0), R);
        proofs.heard(at(10), at(12));
        for ms in [400, 502, 504] {
            assert_eq!(proofs.base(), (ms > 400).then_some(at(0)));
            prove(&mut proofs, ms);
        }
        assert_eq!(proofs.base(), Some(at(10)));
    }

    #[test]
    fn an_answer_exactly_r_old_counts() {
        let mut proofs = Proofs::new(at(0), R);
        proofs.heard(at(10), at(12));
        assert_eq!(proofs.relayed(at(311)), None);
        assert_eq!(proofs.relayed(at(312)), Some(at(10)));
    }

    #[test]
    fn writes_that_were_under_way_together_count_once() {
        let mut proofs = Proofs::new(at(0), R);
        proofs.heard(at(10), at(12));
        for arrived in [403, 500, 600, 700] {
            proofs.committed(at(400), Some(at(10)), at(arrived));
        }
        assert_eq!(proofs.base(), Some(at(0)));
        proofs.committed(at(800), Some(at(10)), at(802));
        assert_eq!(
            proofs.base(),
            Some(at(0)),
            "P₁ would have to be sent after P₂"
        );
        proofs.committed(at(802), Some(at(10)), at(804));
        assert_eq!(proofs.base(), Some(at(10)));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_never_too_new() {
        let mut proofs = Proofs::new(at(0), R);
        for ms in 1..5000 {
            let relayed = proofs.relayed(at(ms));
            proofs.heard(at(ms - 1), at(ms));
            proofs.committed(at(ms - 1), relayed, at(ms));
            let kept = proofs.heard.len() + proofs.successes.len();
            assert!(kept <= 60, "{kept}");
            if let Some(sent) = relayed {
                let age = at(ms).since(sent).as_millis();
                assert!((301..=312).contains(&age), "{age}");
            }
        }
        let age = at(5000).since(proofs.base().unwrap()).as_millis();
        assert!((401..=450).contains(&age), "{age}");
    }
}
