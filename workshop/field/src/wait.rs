//! Waiting for what becomes true.

use std::time::{Duration, Instant};

/// How long to sleep between two looks: short beside any timeout under test,
/// long enough to leave two cores to the programs under test.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Looks until `look` returns something and returns that.
///
/// It looks at once, then every few milliseconds, and once more at the end, so
/// that a machine that was busy elsewhere does not fail a test.
///
/// # Panics
/// When nothing came within `deadline`; the message says `what` was waited for.
#[track_caller]
pub fn wait_until<T>(what: &str, deadline: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        let last_look = started.elapsed() >= deadline;
        if let Some(found) = look() {
            return found;
        }
        assert!(!last_look, "waited {deadline:?} in vain for {what}");
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_what_was_found() {
        let mut looks = 0;
        let found = wait_until("the third look", Duration::from_secs(5), || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found, 3);
    }

    #[test]
    fn panics_with_what_was_waited_for() {
        let panic = std::panic::catch_unwind(|| {
            wait_until("a miracle", Duration::from_millis(20), || None::<()>);
        });
        let message = *panic.unwrap_err().downcast::<String>().unwrap();
        assert_eq!(message, "waited 20ms in vain for a miracle");
    }
}
