//! Trying again what decided nothing: when, and what is said of it.

use super::error::Error;
use alloc::vec::Vec;
use core::time::Duration;
use tenure_session::Time;

/// The first pause; each that follows is twice as long.
const FIRST: Duration = Duration::from_millis(100);
/// How many causes of one trouble are remembered; more are not told.
const CAUSES_MAX: usize = 8;

/// How long a machine waits at most before it looks again, and how often what rests on a watch is
/// looked at though the watch is silent.
pub(crate) fn leisure(timeout: Duration) -> Duration {
    timeout / 3
}

/// One thing that is to be tried again.
#[derive(Debug, Default)]
pub(crate) struct Again {
    at: Option<Time>,
    tries: u32,
    reported: Vec<Error>,
}

impl Again {
    /// A server has decided nothing: again after a pause, which grows from 100 ms to a third of the
    /// session timeout.
    pub(crate) fn soon(&mut self, now: Time, timeout: Duration) {
        let pause = FIRST.saturating_mul(1_u32.checked_shl(self.tries).unwrap_or(u32::MAX));
        self.tries = self.tries.saturating_add(1);
        self.at = Some(now + pause.min(leisure(timeout)));
    }

    /// It may not be read: whoever can change that takes his time. A little less than that time, so
    /// that the question goes out before the ping that would be due, and takes its place.
    pub(crate) fn later(&mut self, now: Time, timeout: Duration) {
        self.at = Some(now + leisure(timeout) * 15 / 16);
    }

    /// Not before `FIRST` after `last`, and not later than it was to be tried anyway.
    pub(crate) fn sooner(&mut self, last: Time) {
        let at = last + FIRST;
        self.at = Some(self.at.map_or(at, |planned| planned.min(at)));
    }

    /// Whether it has been tried again, in vain.
    pub(crate) fn is_in_vain(&self) -> bool {
        self.tries > 1
    }

    /// When it is to be tried.
    pub(crate) fn at(&self) -> Option<Time> {
        self.at
    }

    /// Whether to try now; asked for once.
    pub(crate) fn take_due(&mut self, now: Time) -> bool {
        let due = self.at.is_some_and(|at| at <= now);
        if due {
            self.at = None;
        }
        due
    }

    /// It is being asked for anyway.
    pub(crate) fn cancel(&mut self) {
        self.at = None;
    }

    /// Whether this cause was not told yet.
    pub(crate) fn is_news(&mut self, error: &Error) -> bool {
        let news = !self.reported.contains(error) && self.reported.len() < CAUSES_MAX;
        if news {
            self.reported.push(error.clone());
        }
        news
    }

    /// A server has decided: the trouble is over.
    pub(crate) fn over(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use alloc::format;

    const T: Duration = Duration::from_secs(6);

    #[test]
    fn pauses_grow_to_a_third_of_the_timeout_and_begin_anew() {
        let mut again = Again::default();
        let now = Time::from_nanos(5);
        let mut pauses = Vec::new();
        for _ in 0..40 {
            again.soon(now, T);
            pauses.push(again.at().unwrap().since(now).as_millis());
        }
        assert_eq!(pauses[..6], [100, 200, 400, 800, 1600, 2000]);
        assert!(pauses[6..].iter().all(|pause| *pause == 2000));
        again.over();
        again.soon(now, T);
        assert_eq!(again.at(), Some(now + FIRST));
        assert!(!again.take_due(now));
        assert!(again.take_due(now + FIRST) && !again.take_due(now + FIRST));
    }

    #[test]
    fn a_cause_is_told_once_and_the_memory_of_causes_is_bounded() {
        let mut again = Again::default();
        let error = |n: usize| Error::new(ErrorKind::Server, format!("cause {n}"));
        assert!(again.is_news(&error(1)) && !again.is_news(&error(1)));
        let reported = (0..1000).filter(|n| again.is_news(&error(*n))).count();
        assert_eq!(reported, CAUSES_MAX - 1);
        again.over();
        assert!(again.is_news(&error(1)));
    }
}
