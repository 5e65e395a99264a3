//! The event queue of a client: the events of all its handles that have no callback, and the ends of
//! its calls.
//!
//! Nothing is copied into it. It knows which handles have an event, because each of them wakes it, and
//! takes the events when it is asked. So a handle decides which events it keeps for a slow consumer,
//! and in which order, and a callback that is registered later gets all events that were not fetched.
//!
//! The I/O thread wakes the queue, and a debugger may stop a consumer in the middle of fetching, for as
//! long as it likes. So the waking side never waits for the lock: it notes which source woke it, and
//! looks only if no other thread has the lock; the thread that has it looks before it gives the lock
//! back, and again afterwards.

mod gate;
mod signal;
mod source;
mod state;

use super::call::{Answer, Call};
use super::event::tenure_event;
use super::failure::Failure;
use super::status::{
    TENURE_ERR_BUSY, TENURE_ERR_CLOSED, TENURE_ERR_FORKED, TENURE_ERR_SYSTEM, TENURE_ERR_TIMEOUT,
};
use crate::api::{AnyEvents, Error, ErrorKind, Event, Pending};
use crossbeam_channel::{Receiver, Sender, unbounded};
use gate::Gate;
use signal::Signal;
use source::Source;
use state::{Slot, State};
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

/// How many handles and calls a client may have at once.
const SOURCES_MAX: usize = 1 << 20;

/// A number that no handle and no call of this process has had before.
fn fresh() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// See the [module](self).
pub(super) struct EventQueue {
    state: Mutex<State>,
    /// The sources that woke the queue and were not looked at yet, each once. Nothing blocks at either
    /// end.
    ring: Sender<u64>,
    rung: Receiver<u64>,
    gate: Gate,
    /// The process that made it.
    process: u32,
}

/// Wakes a queue for one of its sources.
struct Bell {
    queue: Weak<EventQueue>,
    id: u64,
    /// It was woken, and no thread has looked yet.
    rings: Arc<AtomicBool>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        if self.rings.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(queue) = self.queue.upgrade() {
            // The queue has the other end.
            let _ = queue.ring.send(self.id);
            // Before the lock is tried: the thread that has it sees this when it has given it back.
            fence(Ordering::SeqCst);
            if let Some(state) = queue.try_lock() {
                queue.unlock(state);
            }
        }
    }
}

impl EventQueue {
    pub(super) fn new() -> Arc<Self> {
        let (ring, rung) = unbounded();
        Arc::new(Self {
            state: Mutex::default(),
            ring,
            rung,
            gate: Gate::default(),
            process: std::process::id(),
        })
    }

    /// To be given back by [`unlock`](Self::unlock), and in no other way.
    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements; no code of the user's runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Looks at the sources that woke the queue.
    fn attend(&self, state: &mut State) {
        while let Ok(id) = self.rung.try_recv() {
            state.attend(id);
        }
    }

    /// Gives the lock back, and wakes the threads that wait for a change.
    fn unlock<'a>(&'a self, mut state: MutexGuard<'a, State>) {
        loop {
            self.attend(&mut state);
            state.show();
            let ended = std::mem::take(&mut state.ended);
            drop(state);
            self.gate.open();
            drop(ended);
            // A source that woke the queue meanwhile and found the lock taken has left it to us.
            fence(Ordering::SeqCst);
            if self.rung.is_empty() {
                return;
            }
            match self.try_lock() {
                Some(locked) => state = locked,
                None => return,
            }
        }
    }

    /// In a forked child the lock may be held for ever, and no thread feeds the queue.
    pub(super) fn check_process(&self) -> Result<(), Failure> {
        if self.process == std::process::id() {
            return Ok(());
        }
        Err(Failure::new(
            TENURE_ERR_FORKED,
            "this client was opened before a fork, by the parent of this process, and works only \
             there; open a client in this process",
        ))
    }

    /// Takes a handle in, and gives it a number.
    pub(super) fn add(self: &Arc<Self>, events: AnyEvents) -> Result<u64, Failure> {
        self.take_in(Source::Handle(events))
    }

    /// Takes in a call of the handle with the number `owner`, and gives the call a number.
    pub(super) fn start<T: Into<Answer> + Send + 'static>(
        self: &Arc<Self>,
        owner: u64,
        pending: Pending<T>,
    ) -> Result<u64, Failure> {
        self.take_in(Source::Call(owner, Call::new(pending)))
    }

    /// Takes in the closing of the client, whose number is `owner`.
    pub(super) fn start_closing(
        self: &Arc<Self>,
        owner: u64,
        pending: Pending<()>,
    ) -> Result<u64, Failure> {
        self.take_in(Source::Call(owner, Call::closing(pending)))
    }

    fn take_in(self: &Arc<Self>, source: Source) -> Result<u64, Failure> {
        self.check_process()?;
        let mut state = self.lock();
        if state.slots.len() >= SOURCES_MAX {
            self.unlock(state);
            drop(source);
            return Err(Failure::new(
                TENURE_ERR_SYSTEM,
                format!("this client has {SOURCES_MAX} handles and calls; free some first"),
            ));
        }
        let (id, rings) = (fresh(), Arc::default());
        let bell = Bell {
            queue: Arc::downgrade(self),
            id,
            rings: Arc::clone(&rings),
        };
        let slot = Slot {
            source,
            waker: Waker::from(Arc::new(bell)),
            rings,
            has_callback: false,
            ready: false,
        };
        state.slots.insert(id, slot);
        state.look(id);
        self.unlock(state);
        Ok(id)
    }

    /// Forgets a handle, and its events with it.
    pub(super) fn remove(&self, id: u64) {
        if self.check_process().is_err() {
            return;
        }
        let mut state = self.lock();
        let removed = state.remove(id);
        self.unlock(state);
        drop(removed);
    }

    /// Forgets a call that has not ended. `false` if it has ended, or there is no such call.
    pub(super) fn give_up(&self, call: u64) -> Result<bool, Failure> {
        self.check_process()?;
        let mut state = self.lock();
        // It may have ended, and no thread has looked yet.
        self.attend(&mut state);
        let waits = |slot: &Slot| matches!(slot.source, Source::Call(..));
        let given_up = match state.slots.get(&call).is_some_and(waits) {
            true => state.remove(call),
            false => None,
        };
        self.unlock(state);
        Ok(given_up.is_some())
    }

    /// Gives the events of a handle to a callback from now on.
    pub(super) fn call_back(
        &self,
        id: u64,
        events: &AnyEvents,
        callback: impl FnMut(Event) + Send + 'static,
    ) -> Result<(), Failure> {
        self.check_process()?;
        self.set_has_callback(id, true)?;
        let registered = events
            .on_each(callback)
            .map_err(|error| match error.kind() {
                // A handle that has ended is not in the queue, and keeps its callback all the same.
                ErrorKind::InvalidInput => busy(),
                _ => Failure::from(error),
            });
        if registered.is_err() {
            self.set_has_callback(id, false)?;
        }
        // It may have ended meanwhile, or have its events back.
        let mut state = self.lock();
        state.look(id);
        self.unlock(state);
        registered
    }

    fn set_has_callback(&self, id: u64, has_callback: bool) -> Result<(), Failure> {
        let mut state = self.lock();
        let set = state.set_has_callback(id, has_callback);
        self.unlock(state);
        if set { Ok(()) } else { Err(busy()) }
    }

    /// The next event; blocks for it, for ever without a limit.
    pub(super) fn next(&self, limit: Option<Duration>) -> Result<tenure_event, Failure> {
        self.check_process()?;
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        loop {
            let seen = self.gate.seen();
            let mut state = self.lock();
            self.attend(&mut state);
            let event = state.take();
            let over = state.is_over();
            // If nothing was taken, nothing has changed for others.
            if event.is_some() || over || !state.ended.is_empty() {
                self.unlock(state);
            } else {
                state.show();
                drop(state);
                self.attend_late();
            }
            match event {
                Some(event) => return Ok(event),
                None if over => {
                    return Err(Failure::new(
                        TENURE_ERR_CLOSED,
                        "the client was closed: no event will follow",
                    ));
                }
                None => {}
            }
            // Without a limit, or with one beyond the end of the clock.
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Failure::new(TENURE_ERR_TIMEOUT, "no event came in time"));
            }
            self.gate.wait(seen, left);
        }
    }

    /// After the lock was given back without a change: looks at the sources that woke the queue
    /// meanwhile.
    fn attend_late(&self) {
        fence(Ordering::SeqCst);
        if !self.rung.is_empty()
            && let Some(state) = self.try_lock()
        {
            self.unlock(state);
        }
    }

    /// A descriptor that is readable while [`next`](Self::next) would not block.
    pub(super) fn fd(&self) -> Result<RawFd, Failure> {
        self.check_process()?;
        let mut state = self.lock();
        if state.signal.is_none() {
            match Signal::new() {
                Ok(signal) => state.signal = Some(signal),
                Err(error) => {
                    self.unlock(state);
                    return Err(error.into());
                }
            }
        }
        let fd = state.signal.as_ref().map(Signal::fd);
        // This makes it readable if it must be.
        self.unlock(state);
        fd.ok_or_else(|| Failure::from(Error::closed()))
    }
}

fn busy() -> Failure {
    Failure::new(
        TENURE_ERR_BUSY,
        "this handle has a callback already, and keeps it for life",
    )
}

#[cfg(test)]
mod tests {
    use super::super::call::Done;
    use super::*;
    use crate::api::{Client, ClientOptions, Detector, Url};

    /// A queue with one detector, which has an event at once.
    fn with_detector() -> (Arc<EventQueue>, Client, Detector, u64) {
        let url = Url::parse("10.0.0.1:5050").unwrap();
        let client = Client::open(&url, ClientOptions::default()).unwrap();
        let detector = client.detect(url.path()).unwrap();
        let queue = EventQueue::new();
        let id = queue.add(detector.events().any().clone()).unwrap();
        (queue, client, detector, id)
    }

    fn status_of_next(queue: &EventQueue) -> i32 {
        queue
            .next(Some(Duration::ZERO))
            .map_or_else(|f| f.status, |_| 0)
    }

    #[test]
    fn an_event_that_comes_while_a_callback_is_registered_is_no_end() {
        let (queue, client, detector, id) = with_detector();
        assert_eq!(queue.lock().ready, [id]);
        // As in `call_back`, between its two steps.
        queue.set_has_callback(id, true).unwrap();
        let waker = queue.lock().slots[&id].waker.clone();
        waker.wake();
        assert_eq!(status_of_next(&queue), TENURE_ERR_TIMEOUT);
        // If the registration fails the events are the queue's again.
        queue.set_has_callback(id, false).unwrap();
        queue.lock().look(id);
        assert_eq!(status_of_next(&queue), 0);
        client.close().wait().unwrap();
        assert_eq!(status_of_next(&queue), TENURE_ERR_CLOSED);
        drop(detector);
    }

    #[test]
    fn a_handle_that_ends_leaves_nothing_to_fetch_while_others_live() {
        let (queue, client, detector, id) = with_detector();
        let second = client.detect("/other").unwrap();
        let other = queue.add(second.events().any().clone()).unwrap();
        assert_eq!([status_of_next(&queue), status_of_next(&queue)], [0, 0]);
        detector.events().any().silence();
        let state = queue.lock();
        assert!(state.ready.is_empty() && state.ended.is_empty());
        assert_eq!(state.slots.keys().collect::<Vec<_>>(), [&other]);
        drop(state);
        second.events().any().silence();
        assert_eq!(status_of_next(&queue), TENURE_ERR_CLOSED);
        assert_ne!(id, other);
    }

    #[test]
    fn a_client_has_so_many_handles_and_calls_and_no_more() {
        let (queue, _client, detector, _) = with_detector();
        {
            let mut state = queue.lock();
            for _ in 1..SOURCES_MAX {
                let slot = Slot {
                    source: Source::Done(
                        0,
                        Done {
                            call: 0,
                            result: Ok(().into()),
                        },
                    ),
                    waker: Waker::noop().clone(),
                    rings: Arc::default(),
                    has_callback: false,
                    ready: false,
                };
                state.slots.insert(fresh(), slot);
            }
        }
        let one_more = queue.add(detector.events().any().clone());
        assert_eq!(one_more.unwrap_err().status, TENURE_ERR_SYSTEM);
    }

    #[test]
    fn who_rings_never_waits_for_who_fetches() {
        let (queue, client, detector, id) = with_detector();
        assert_eq!(status_of_next(&queue), 0);
        // A thread is stopped in the middle of fetching, with the lock.
        let state = queue.lock();
        let (send, rung) = std::sync::mpsc::channel();
        let (waker, events) = (
            state.slots[&id].waker.clone(),
            detector.events().any().clone(),
        );
        std::thread::spawn(move || {
            waker.wake();
            // As the I/O thread ends a handle.
            events.silence();
            send.send(()).unwrap();
        });
        rung.recv_timeout(Duration::from_secs(20)).unwrap();
        // Another thread waits meanwhile, and is woken as soon as the lock is free.
        let waiting = Arc::clone(&queue);
        let waiter = std::thread::spawn(move || {
            let next = waiting.next(Some(Duration::from_secs(20)));
            next.map_or_else(|failure| failure.status, |_| 0)
        });
        queue.unlock(state);
        assert_eq!(waiter.join().unwrap(), TENURE_ERR_CLOSED);
        drop((client, detector));
    }
}
