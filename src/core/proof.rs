//! What one connection has proved of its session: which requests were heard by the server, and
//! which writes a quorum has committed since. [`lease`](super::lease) says what follows from it.

use super::time::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// How many successes the lease looks back over: the newest, and two more.
const SUCCESSES: usize = 3;
/// Into how many slots R is cut: of the replies in one slot only the first is remembered.
const SLOTS: u32 = 32;

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
    /// What was `relayed` when each of the last successes was sent.
    successes: VecDeque<Option<Time>>,
    /// When the newest success was sent, and when its reply arrived.
    newest: Option<(Time, Time)>,
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
            in_flight: None,
            asked: None,
        }
    }

    /// A reply to a request that was sent at `sent` has arrived.
    pub(crate) fn heard(&mut self, sent: Time, now: Time) {
        self.relayed(now);
        let slot = self.relay / SLOTS;
        // To forget a reply only makes the lease shorter.
        if self
            .heard
            .back()
            .is_none_or(|(last, _)| *last + slot <= now)
        {
            self.heard.push_back((now, sent));
        }
    }

    /// What a request that is sent now can rely on: the newest request of which ZooKeeper's leader
    /// is told before it gets this one.
    pub(crate) fn relayed(&mut self, now: Time) -> Option<Time> {
        while let Some((arrived, sent)) = self.heard.front().copied() {
            if arrived + self.relay > now {
                break;
            }
            self.heard.pop_front();
            self.relayed = Some(self.relayed.map_or(sent, |before| before.max(sent)));
        }
        self.relayed
    }

    /// A quorum has committed a write that was sent at `sent` and relied on `relayed`. Of writes
    /// that were under way together only the first counts: each must have been sent after the one
    /// before it was known.
    pub(crate) fn committed(&mut self, sent: Time, relayed: Option<Time>, now: Time) {
        if self.newest.is_some_and(|(_, arrived)| sent < arrived) {
            return;
        }
        self.newest = Some((sent, now));
        if self.successes.len() == SUCCESSES {
            self.successes.pop_front();
        }
        self.successes.push_back(relayed);
    }

    /// When the newest success was sent.
    pub(crate) fn newest(&self) -> Option<Time> {
        self.newest.map(|(sent, _)| sent)
    }

    /// Whether enough writes have succeeded for the lease to rest on relays.
    fn is_full(&self) -> bool {
        self.successes.len() == SUCCESSES
    }

    /// Whether the lease rests on the newest request that it can rest on by now: more proofs would
    /// not make it longer before more time has passed.
    pub(crate) fn is_current(&self) -> bool {
        self.is_full() && self.successes.front() == Some(&self.relayed)
    }

    /// `a`: the instant that the lease rests on.
    pub(crate) fn base(&self) -> Option<Time> {
        let oldest = self.successes.front()?;
        let relayed = oldest.filter(|_| self.is_full());
        Some(relayed.map_or(self.connect, |sent| sent.max(self.connect)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: Duration = Duration::from_millis(100);

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
        for ms in [111, 150, 200] {
            prove(&mut proofs, ms);
        }
        // At 111 the answer of 12 was 99 ms old.
        assert_eq!(proofs.base(), Some(at(0)));
        prove(&mut proofs, 300);
        // P₂ was sent at 150: the answer of 12 was old enough, that of 113 was not.
        assert_eq!(proofs.base(), Some(at(10)));
        prove(&mut proofs, 400);
        assert_eq!(proofs.base(), Some(at(10)));
        prove(&mut proofs, 500);
        // P₂ was sent at 300: it relies on the success of 150, answered at 152.
        assert_eq!(proofs.base(), Some(at(150)));
    }

    #[test]
    fn an_answer_exactly_r_old_counts() {
        let mut proofs = Proofs::new(at(0), R);
        proofs.heard(at(10), at(12));
        assert_eq!(proofs.relayed(at(111)), None);
        assert_eq!(proofs.relayed(at(112)), Some(at(10)));
    }

    #[test]
    fn writes_that_were_under_way_together_count_once() {
        let mut proofs = Proofs::new(at(0), R);
        proofs.heard(at(10), at(12));
        for _ in 0..5 {
            proofs.committed(at(200), Some(at(10)), at(203));
        }
        assert!(!proofs.is_full());
        assert_eq!(proofs.base(), Some(at(0)));
        proofs.committed(at(203), Some(at(10)), at(204));
        proofs.committed(at(204), Some(at(10)), at(205));
        assert_eq!(proofs.base(), Some(at(10)));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_never_too_new() {
        let mut proofs = Proofs::new(at(0), R);
        for ms in 1..5000 {
            proofs.heard(at(ms - 1), at(ms));
            assert!(proofs.heard.len() <= 40, "{}", proofs.heard.len());
            if let Some(sent) = proofs.relayed(at(ms)) {
                let age = at(ms).since(sent).as_millis();
                assert!((101..=106).contains(&age), "{age}");
            }
        }
    }
}
