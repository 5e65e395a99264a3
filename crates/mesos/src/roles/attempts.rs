//! Repeated attempts after random delays, so that the agents of a cluster do not all ask a new leader at
//! once.

use core::time::Duration;
use fastrand::Rng;
use tenure_election::Time;

/// The first attempt comes after a random part of `first`, each later one after a random part of a span that
/// doubles up to `most` (Mesos `slave/slave.cpp`, `doReliableRegistration`).
#[derive(Debug, Clone)]
pub(super) struct Attempts {
    first: Duration,
    most: Duration,
    /// The span of which the last delay was a part.
    span: Duration,
    due: Option<Time>,
    rng: Rng,
}

impl Attempts {
    pub(super) fn new(first: Duration, most: Duration, seed: u64) -> Self {
        Self {
            first,
            most,
            span: Duration::ZERO,
            due: None,
            rng: Rng::with_seed(seed),
        }
    }

    /// The instant of the next attempt.
    pub(super) fn due(&self) -> Option<Time> {
        self.due
    }

    /// Begins with the first attempt.
    pub(super) fn begin(&mut self, now: Time) {
        self.wait(now, self.first.min(self.most));
    }

    /// Whether an attempt is due; if so, the next one is set.
    pub(super) fn take_due(&mut self, now: Time) -> bool {
        let is_due = self.due.is_some_and(|due| due <= now);
        if is_due {
            // At least a millisecond: a span of zero would be due again at once, for ever.
            let doubled = self.span.saturating_mul(2).max(Duration::from_millis(1));
            self.wait(now, doubled.min(self.most));
        }
        is_due
    }

    pub(super) fn end(&mut self) {
        self.due = None;
    }

    fn wait(&mut self, now: Time, span: Duration) {
        self.span = span;
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        self.due = Some(now + Duration::from_nanos(self.rng.u64(..=nanos)));
    }
}
