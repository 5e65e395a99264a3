//! Blocks a thread until a future is ready: each blocking call is its asynchronous form, waited for.

use super::Birth;
use std::cell::Cell;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

/// Wakes the one thread that it belongs to.
#[derive(Debug)]
struct Bell {
    has_rung: Mutex<bool>,
    rings: Condvar,
    /// A fork may leave the lock held for ever in the child.
    birth: Birth,
}

impl Bell {
    fn new() -> Self {
        Self {
            has_rung: Mutex::new(false),
            rings: Condvar::new(),
            birth: Birth::now(),
        }
    }

    /// Waits until the bell has rung. `false` if it has not by `deadline`.
    fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut has_rung = self.has_rung.lock().unwrap_or_else(PoisonError::into_inner);
        while !std::mem::take(&mut *has_rung) {
            has_rung = match deadline {
                None => self
                    .rings
                    .wait(has_rung)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    self.rings
                        .wait_timeout(has_rung, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
        true
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.has_rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.rings.notify_one();
    }
}

thread_local! {
    /// The bell of this thread while no call waits. One for all calls: a thread that asks again and
    /// again with a short limit then leaves one waker behind, not one for each call.
    static BELL: Cell<Option<Arc<Bell>>> = const { Cell::new(None) };
}

/// Blocks until `future` is ready, or until `deadline` (for ever without one). `None` when the time is
/// up. The future is polled at least once, and dropped before this returns.
pub(crate) fn block_on<T>(future: impl Future<Output = T>, deadline: Option<Instant>) -> Option<T> {
    // A destructor of a thread's own values may wait, too, when this one is gone already.
    let kept = BELL.try_with(Cell::take).ok().flatten();
    let bell = kept
        .filter(|bell| !bell.birth.is_foreign())
        .unwrap_or_else(|| Arc::new(Bell::new()));
    let waker = Waker::from(Arc::clone(&bell));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    let output = loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            break Some(output);
        }
        if !bell.wait(deadline) {
            break None;
        }
    };
    let _ = BELL.try_with(|kept| kept.set(Some(bell)));
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, poll_fn, ready};
    use std::time::Duration;

    #[test]
    fn what_is_ready_is_taken_also_after_the_deadline() {
        assert_eq!(block_on(ready(7), Some(Instant::now())), Some(7));
        let began = Instant::now();
        let limit = Duration::from_millis(5);
        assert_eq!(block_on(pending::<()>(), Some(began + limit)), None);
        assert!(began.elapsed() >= limit);
    }

    #[test]
    fn a_waker_ends_the_wait_also_if_it_wakes_during_the_poll_or_twice() {
        let mut polls = 0;
        let counted = poll_fn(|cx| {
            polls += 1;
            let waker = cx.waker().clone();
            match polls {
                1 => waker.wake(),
                2 => drop(std::thread::spawn(move || waker.wake())),
                _ => return Poll::Ready(()),
            }
            Poll::Pending
        });
        assert_eq!(block_on(counted, None), Some(()));
        assert_eq!(polls, 3);
    }

    #[test]
    fn a_thread_has_one_waker_and_a_wait_within_a_wait_another() {
        let waker = || {
            let found = poll_fn(|cx| Poll::Ready(cx.waker().clone()));
            block_on(found, None).unwrap()
        };
        let first = waker();
        assert!(first.will_wake(&waker()));
        let nested = poll_fn(|cx| Poll::Ready(cx.waker().will_wake(&waker())));
        assert_eq!(block_on(nested, None), Some(false));
    }
}
