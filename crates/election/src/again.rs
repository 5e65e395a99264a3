//! Repeats requests whose answers decided nothing: when to repeat, and which causes to report.

use super::error::Error;
use alloc::vec::Vec;
use core::time::Duration;
use tenure_session::Time;

/// The first pause; each that follows is twice as long.
const FIRST: Duration = Duration::from_millis(100);
/// The most causes of one trouble that are remembered; others are not reported.
const CAUSES_MAX: usize = 8;

/// The longest time until a machine looks again, and the interval at which it looks at a znode although
/// the watch on it has not fired.
pub(crate) fn leisure(timeout: Duration) -> Duration {
    timeout / 3
}

/// One request that must be repeated.
#[derive(Debug, Default)]
pub(crate) struct Again {
    at: Option<Time>,
    tries: u32,
    reported: Vec<Error>,
}

impl Again {
    /// A server has decided nothing: the repetition follows after a pause, which grows from 100 ms to a
    /// third of the session timeout.
    pub(crate) fn soon(&mut self, now: Time, timeout: Duration) {
        let pause = FIRST.saturating_mul(1_u32.checked_shl(self.tries).unwrap_or(u32::MAX));
        self.tries = self.tries.saturating_add(1);
        self.at = Some(now + pause.min(leisure(timeout)));
    }

    /// The znode may not be read, and only a person can change that: the repetition follows after a
    /// little less than T/3, so that the question goes out before the ping that would be due, and takes
    /// its place.
    pub(crate) fn later(&mut self, now: Time, timeout: Duration) {
        self.at = Some(now + leisure(timeout) * 15 / 16);
    }

    /// The repetition follows at this time.
    pub(crate) fn at_time(&mut self, at: Time) {
        self.at = Some(at);
    }

    /// The repetition follows `FIRST` after `last`, or at the planned time if that is earlier.
    pub(crate) fn sooner(&mut self, last: Time) {
        let at = last + FIRST;
        self.at = Some(self.at.map_or(at, |planned| planned.min(at)));
    }

    /// Whether it was repeated in vain.
    pub(crate) fn is_in_vain(&self) -> bool {
        self.tries > 1
    }

    /// When the repetition is due.
    pub(crate) fn at(&self) -> Option<Time> {
        self.at
    }

    /// Whether the repetition is due; true once.
    pub(crate) fn take_due(&mut self, now: Time) -> bool {
        let due = self.at.is_some_and(|at| at <= now);
        if due {
            self.at = None;
        }
        due
    }

    /// The request is sent anyway.
    pub(crate) fn cancel(&mut self) {
        self.at = None;
    }

    /// Whether this cause was not reported yet; it counts as reported from now on.
    pub(crate) fn is_news(&mut self, error: &Error) -> bool {
        let news = !self.reported.contains(error) && self.reported.len() < CAUSES_MAX;
        if news {
            self.reported.push(error.clone());
        }
        news
    }

    /// A server has decided the request.
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
    fn pauses_grow_to_a_third_of_the_timeout_and_begin_again() {
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
