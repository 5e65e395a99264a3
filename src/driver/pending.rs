//! A call that is under way.

use super::{Birth, block_on, guard};
use crate::core::{Error, ErrorKind};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

enum State<T> {
    Waiting(Option<Waker>),
    Done(Result<T, Error>),
    Taken,
}

struct Shared<T>(Mutex<State<T>>);

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // The state is valid between any two statements that hold the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complete(&self, result: Result<T, Error>) {
        let mut state = self.lock();
        if let State::Waiting(waker) = &mut *state {
            let waker = waker.take();
            *state = State::Done(result);
            drop(state);
            guard::wake(waker);
        }
    }
}

/// A call that is under way, and later its result. It is a [`Future`] for any executor, and
/// [`wait`](Self::wait) blocks the thread instead. Dropping it gives up the result; a join that is
/// given up is undone.
#[must_use = "nothing says how the call ended unless it is awaited or waited for"]
pub struct Pending<T> {
    shared: Arc<Shared<T>>,
    birth: Birth,
    forget: Option<Box<dyn FnOnce() + Send>>,
}

impl<T> std::fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

/// The other end: completes the call exactly once, with "closed" if it is dropped.
pub(crate) struct Completer<T>(Arc<Shared<T>>);

impl<T> Completer<T> {
    pub(crate) fn complete(self, result: Result<T, Error>) {
        self.0.complete(result);
    }
}

impl<T> Drop for Completer<T> {
    fn drop(&mut self) {
        self.0.complete(Err(Error::closed()));
    }
}

impl<T> Pending<T> {
    /// A call, the end that completes it, and the action if the result is given up.
    pub(crate) fn new(forget: impl FnOnce() + Send + 'static) -> (Self, Completer<T>) {
        let shared = Arc::new(Shared(Mutex::new(State::Waiting(None))));
        let pending = Self {
            shared: Arc::clone(&shared),
            birth: Birth::now(),
            forget: Some(Box::new(forget)),
        };
        (pending, Completer(shared))
    }

    /// A call that has ended already.
    pub(crate) fn ready(result: Result<T, Error>) -> Self {
        Self {
            shared: Arc::new(Shared(Mutex::new(State::Done(result)))),
            birth: Birth::now(),
            forget: None,
        }
    }

    /// Blocks until the call has ended, however long that takes.
    ///
    /// # Errors
    /// The error of the call, `Closed` when the client was closed first, or `Forked` in a child of
    /// the process that made the call.
    pub fn wait(self) -> Result<T, Error> {
        self.wait_until(None)
    }

    /// Blocks until the call has ended, or for `limit`.
    ///
    /// # Errors
    /// The error of the call; `Closed` when the client was closed first; `Timeout` after `limit`: the
    /// operation may have happened, or may still happen; `Forked` in a child of the process that made
    /// the call.
    pub fn wait_for(self, limit: Duration) -> Result<T, Error> {
        self.wait_until(Instant::now().checked_add(limit))
    }

    fn wait_until(self, deadline: Option<Instant>) -> Result<T, Error> {
        block_on(self, deadline).unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Timeout,
                "the call was not answered in time; it may still happen",
            ))
        })
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.birth.is_foreign() {
            return Poll::Ready(Err(Error::forked()));
        }
        let shared = Arc::clone(&self.shared);
        // Foreign code: it may do as it likes, but not under a lock that the I/O thread takes.
        let waker = cx.waker().clone();
        let mut state = shared.lock();
        let before = std::mem::replace(&mut *state, State::Taken);
        match before {
            State::Done(result) => {
                drop(state);
                self.forget = None;
                Poll::Ready(result)
            }
            State::Taken => Poll::Ready(Err(Error::closed())),
            State::Waiting(former) => {
                *state = State::Waiting(Some(waker));
                drop(state);
                drop(former);
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        if let Some(forget) = self.forget.take()
            && !self.birth.is_foreign()
        {
            forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn counted() -> (Pending<u8>, Completer<u8>, Arc<AtomicUsize>) {
        let forgotten = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&forgotten);
        let (pending, completer) = Pending::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
        });
        (pending, completer, forgotten)
    }

    #[test]
    fn an_answer_reaches_a_waiting_thread() {
        let (pending, completer, forgotten) = counted();
        let thread = std::thread::spawn(move || pending.wait());
        completer.complete(Ok(7));
        assert_eq!(thread.join().unwrap(), Ok(7));
        assert_eq!(forgotten.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_call_that_is_given_up_is_forgotten_once() {
        let (pending, completer, forgotten) = counted();
        let error = pending.wait_for(Duration::from_millis(1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(forgotten.load(Ordering::SeqCst), 1);
        completer.complete(Ok(1));
    }

    #[test]
    fn a_lost_completer_closes_the_call() {
        let (pending, completer, _) = counted();
        drop(completer);
        assert_eq!(pending.wait().unwrap_err().kind(), ErrorKind::Closed);
    }
}
