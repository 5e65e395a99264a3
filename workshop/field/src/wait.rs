//! Waiting for conditions.

use std::any::Any;
use std::convert::Infallible;
use std::time::{Duration, Instant};

/// How long to sleep between two looks: short beside any timeout under test,
/// long enough to leave two cores to the programs under test.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Looks until `look` returns something or fails, and returns that; `None` when the time is over.
///
/// It looks at once, then every few milliseconds, and once more at the end, so
/// that a machine that was busy elsewhere does not fail a test.
///
/// # Errors
/// The first error of `look`.
pub fn try_poll<T, E>(
    at_most: Duration,
    mut look: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let started = Instant::now();
    loop {
        let last_look = started.elapsed() >= at_most;
        let found = look()?;
        if found.is_some() || last_look {
            return Ok(found);
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// As [`try_poll`], for a look that cannot fail.
pub fn poll<T>(at_most: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let Ok(found) = try_poll(at_most, || Ok::<_, Infallible>(look()));
    found
}

/// As [`poll`], for an event that has to come.
///
/// # Panics
/// When nothing came within `deadline`; the message names `what`.
#[track_caller]
pub fn wait_until<T>(what: &str, deadline: Duration, look: impl FnMut() -> Option<T>) -> T {
    let found = poll(deadline, look);
    found.unwrap_or_else(|| panic!("waited {deadline:?} in vain for {what}"))
}

/// The message of a panic: the harness panics when it cannot go on.
#[must_use]
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message")
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
    fn an_error_ends_the_wait_and_so_does_the_time() {
        let mut looks = 0;
        let failed = try_poll(Duration::from_secs(5), || {
            looks += 1;
            if looks == 2 {
                Err("broken")
            } else {
                Ok(None::<()>)
            }
        });
        assert_eq!(failed, Err("broken"));
        assert_eq!(poll(Duration::from_millis(20), || None::<()>), None);
    }

    #[test]
    fn panics_with_what_was_waited_for() {
        let panic = std::panic::catch_unwind(|| {
            wait_until("a miracle", Duration::from_millis(20), || None::<()>);
        });
        let panic = panic.unwrap_err();
        assert_eq!(panic_text(&*panic), "waited 20ms in vain for a miracle");
    }
}
