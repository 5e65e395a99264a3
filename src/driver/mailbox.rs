//! The events of one handle, on their way to the user: a bounded [`Queue`], the latest of them, and
//! at most one callback.

use super::guard;
use super::queue::{Queue, weigh};
use super::wakers::Wakers;
use crate::core::Event;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

pub(crate) type Callback = Box<dyn FnMut(Event) + Send>;

enum Delivery {
    /// The user pulls.
    Pull,
    /// A callback is registered; `None` while it runs.
    Call(Option<Callback>),
}

struct Inner {
    queue: Queue,
    latest: Option<Arc<Event>>,
    /// Counts the changes of the latest event.
    version: u64,
    ended: bool,
    /// The handle was freed: events that follow are dropped.
    silent: bool,
    wakers: Wakers,
    delivery: Delivery,
    /// The dispatch thread has been asked to look, and has not yet found the queue empty.
    scheduled: bool,
}

/// The work that is left after a change, to be done without the lock.
#[must_use]
pub(crate) struct Change {
    pub(super) wakers: Vec<Waker>,
    /// The dispatch thread must deliver.
    pub(super) must_call: bool,
    /// Events that no consumer gets; to drop a long list takes time.
    _dropped: Vec<Arc<Event>>,
}

impl Inner {
    fn change(&mut self, dropped: Vec<Arc<Event>>) -> Change {
        let must_call = matches!(self.delivery, Delivery::Call(_)) && !self.scheduled;
        self.scheduled |= must_call;
        Change {
            wakers: self.wakers.take(),
            must_call,
            _dropped: dropped,
        }
    }
}

/// See the [module](self).
pub(crate) struct Mailbox(Mutex<Inner>);

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailbox").finish_non_exhaustive()
    }
}

impl Default for Mailbox {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            queue: Queue::default(),
            latest: None,
            version: 0,
            ended: false,
            silent: false,
            wakers: Wakers::default(),
            delivery: Delivery::Pull,
            scheduled: false,
        }))
    }
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No user code runs under this lock, so its content is whole, and no thread holds it for
        // longer than it takes to move a few words: the I/O thread takes it, too.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event.
    pub(super) fn push(&self, event: Event) -> Change {
        let (is_state, bytes) = (event.is_state(), weigh(&event));
        let event = Arc::new(event);
        let mut inner = self.lock();
        if inner.silent {
            return Change {
                wakers: Vec::new(),
                must_call: false,
                _dropped: vec![event],
            };
        }
        let mut dropped = Vec::new();
        if is_state {
            dropped.extend(inner.latest.replace(Arc::clone(&event)));
            inner.version += 1;
        }
        dropped.append(&mut inner.queue.push(event, bytes));
        inner.change(dropped)
    }

    /// Declares that no event will follow.
    pub(super) fn end(&self) -> Change {
        let mut inner = self.lock();
        inner.ended = true;
        inner.change(Vec::new())
    }

    /// Drops the events that wait and those that follow: no call of a callback begins from now on.
    #[cfg(any(feature = "capi", test))]
    pub(super) fn silence(&self) -> Change {
        let mut inner = self.lock();
        inner.silent = true;
        inner.ended = true;
        let dropped = std::mem::take(&mut inner.queue).into_events();
        inner.change(dropped)
    }

    /// The newest event that describes the state of the handle, consumed or not.
    pub(crate) fn latest(&self) -> Option<Arc<Event>> {
        self.lock().latest.clone()
    }

    /// Takes the oldest event: `None` if no event will ever follow.
    pub(crate) fn poll_next(&self, cx: &Context<'_>) -> Poll<Option<Event>> {
        let taken = self.poll(cx, |inner| {
            let taken = inner.queue.pop();
            (taken.is_some() || inner.ended).then_some(taken)
        });
        // Others may hold the event, too: then it is copied here, under no lock.
        taken.map(|taken| taken.map(Arc::unwrap_or_clone))
    }

    /// Ready when `pick` is true for the latest event: `None` if no event will ever follow.
    pub(crate) fn poll_latest(
        &self,
        cx: &Context<'_>,
        mut pick: impl FnMut(&Event) -> bool,
    ) -> Poll<Option<Event>> {
        loop {
            // `pick` is user code, and may take long: not under the lock.
            let inner = self.lock();
            let (latest, version) = (inner.latest.clone(), inner.version);
            drop(inner);
            if let Some(event) = latest.filter(|event| pick(event)) {
                return Poll::Ready(Some(Arc::unwrap_or_clone(event)));
            }
            let same = self.poll(cx, |inner| match inner.version == version {
                true if inner.ended => Some(true),
                true => None,
                false => Some(false),
            });
            match same {
                Poll::Ready(true) => return Poll::Ready(None),
                Poll::Ready(false) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll<T>(&self, cx: &Context<'_>, look: impl FnOnce(&mut Inner) -> Option<T>) -> Poll<T> {
        // To clone a waker is foreign code, and so is to drop one: not under the lock.
        let waker = cx.waker().clone();
        let mut inner = self.lock();
        if let Some(found) = look(&mut inner) {
            drop(inner);
            return Poll::Ready(found);
        }
        if inner.wakers.has(&waker) {
            drop(inner);
            return Poll::Pending;
        }
        let crowded_out = inner.wakers.add(waker);
        drop(inner);
        guard::wake(crowded_out);
        Poll::Pending
    }

    /// Ready if [`poll_next`](Self::poll_next) is. With a callback, if no event will follow.
    pub(crate) fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        self.poll(cx, |inner| {
            let called = matches!(inner.delivery, Delivery::Call(_));
            (inner.ended || !called && !inner.queue.is_empty()).then_some(())
        })
    }

    /// Whether an event waits.
    #[cfg(feature = "capi")]
    pub(crate) fn has_some(&self) -> bool {
        !self.lock().queue.is_empty()
    }

    /// Ready if no event will follow those that wait.
    #[cfg(feature = "capi")]
    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<()> {
        self.poll(cx, |inner| inner.ended.then_some(()))
    }

    /// Has [`deliver`](Self::deliver) call `callback` with every event that waits or follows. `None`
    /// if there is a callback already: there is at most one for the life of a handle.
    pub(super) fn set_callback(&self, callback: Callback) -> Option<Change> {
        let mut inner = self.lock();
        if matches!(inner.delivery, Delivery::Call(_)) {
            return None;
        }
        inner.delivery = Delivery::Call(Some(callback));
        Some(inner.change(Vec::new()))
    }

    /// Calls the callback with one event. Returns whether it must be called again, once all others have
    /// had their turn: a callback that is slower than its events holds up no other handle for long.
    /// Called by the dispatch thread only.
    pub(super) fn deliver(&self) -> bool {
        let mut inner = self.lock();
        let Delivery::Call(slot) = &mut inner.delivery else {
            return false;
        };
        let Some(mut callback) = slot.take() else {
            return false;
        };
        let Some(event) = inner.queue.pop() else {
            inner.scheduled = false;
            if inner.ended {
                drop(inner);
                // After the last event the callback is dropped, and its captures with it.
                guard::foreign(|| drop(callback));
            } else {
                inner.delivery = Delivery::Call(Some(callback));
            }
            return false;
        };
        drop(inner);
        // The panic hook has reported a panic; the next event is delivered all the same.
        guard::foreign(|| callback(Arc::unwrap_or_clone(event)));
        self.lock().delivery = Delivery::Call(Some(callback));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{ContenderEvent, DetectorEvent, Error, LostReason, Member, Time};
    use crate::driver::{Sink, block_on};
    use std::future::poll_fn;
    use std::sync::mpsc;
    use std::time::Duration;

    fn event(n: u64) -> Event {
        Event::Detector(DetectorEvent::Unknown {
            since: Time::from_nanos(n),
        })
    }

    fn lost() -> Event {
        Event::Contender(ContenderEvent::Lost {
            member: None,
            led_until: None,
            reason: LostReason::LeaseLapsed,
        })
    }

    /// The next event, if one waits or follows: `None` at the end of all events.
    fn next(sink: &Sink) -> Option<Event> {
        block_on(poll_fn(|cx| sink.mailbox.poll_next(cx)), None).unwrap()
    }

    #[test]
    fn a_flood_keeps_the_latest_and_the_newest_end_of_a_tenure() {
        let sink = Arc::new(Sink::new("", Arc::default()));
        sink.push(lost());
        for n in 0..10_000 {
            sink.push(event(n));
        }
        assert_eq!(sink.mailbox.latest().as_deref(), Some(&event(9_999)));
        let mut all = Vec::new();
        sink.end();
        while let Some(event) = next(&sink) {
            all.push(event);
        }
        assert_eq!(all.len(), crate::driver::queue::QUEUED_EVENTS_MAX);
        assert_eq!(all.first(), Some(&lost()));
        assert_eq!(all.last(), Some(&event(9_999)));
    }

    #[test]
    fn a_candidacy_that_is_blocked_leads_or_stands_by_as_before() {
        let sink = Arc::new(Sink::new("", Arc::default()));
        let standby = Event::Contender(ContenderEvent::Standby {
            member: Member {
                path: "/g/0000000001".to_owned(),
                label: None,
                sequence: 1,
                token: 7,
            },
            ahead: 1,
            waits_until: None,
        });
        let blocked = Event::Contender(ContenderEvent::Blocked {
            member: None,
            error: Error::closed(),
        });
        sink.push(standby.clone());
        sink.push(blocked.clone());
        assert_eq!(sink.mailbox.latest().as_deref(), Some(&standby));
        assert_eq!(next(&sink), Some(standby));
        assert_eq!(next(&sink), Some(blocked));
    }

    #[test]
    fn the_end_comes_after_the_last_event() {
        let sink = Arc::new(Sink::new("", Arc::default()));
        sink.push(event(1));
        sink.end();
        assert_eq!(next(&sink), Some(event(1)));
        assert_eq!(next(&sink), None);
    }

    #[test]
    fn what_is_silenced_gives_up_its_callback_and_calls_it_no_more() {
        let sink = Arc::new(Sink::new("", Arc::default()));
        let (enter, entered) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let callback: Callback = Box::new(move |got| {
            enter.send(got).unwrap();
            let _ = released.recv();
        });
        sink.push(event(0));
        sink.push(event(1));
        assert!(sink.set_callback(callback));
        let limit = Duration::from_secs(10);
        assert_eq!(entered.recv_timeout(limit), Ok(event(0)));
        sink.silence();
        sink.push(event(2));
        drop(release);
        assert_eq!(
            entered.recv_timeout(limit),
            Err(mpsc::RecvTimeoutError::Disconnected)
        );
        assert_eq!(next(&sink), None);
    }

    /// It is slower than its events.
    #[test]
    fn a_callback_that_never_comes_to_an_end_holds_up_no_other_handle() {
        let (busy, other) = (
            Arc::new(Sink::new("", Arc::default())),
            Arc::new(Sink::new("", Arc::default())),
        );
        let (send, called) = mpsc::channel();
        let (own, news) = (Arc::clone(&busy), Arc::clone(&other));
        let mut calls = 0;
        let again: Callback = Box::new(move |_| {
            calls += 1;
            if calls == 1 {
                news.push(event(0));
            }
            if calls < 10_000 {
                own.push(event(calls));
            }
            send.send(calls).unwrap();
        });
        let (tell, told) = mpsc::channel();
        assert!(other.set_callback(Box::new(move |_| {
            tell.send(called.try_iter().count()).unwrap()
        })));
        assert!(busy.set_callback(again));
        busy.push(event(0));
        let before = told.recv_timeout(Duration::from_secs(10)).unwrap();
        assert!(before <= 2, "after {before} calls");
        busy.silence();
        other.end();
    }

    #[test]
    fn a_callback_gets_what_is_queued_and_what_follows_in_order_and_survives_a_panic() {
        let sink = Arc::new(Sink::new("", Arc::default()));
        sink.push(event(0));
        let (send, receive) = mpsc::channel();
        let callback: Callback = Box::new(move |got| {
            send.send(got.clone()).unwrap();
            assert_ne!(got, event(1), "this panic is part of the test");
        });
        assert!(sink.set_callback(callback));
        for n in 1..100 {
            sink.push(event(n));
        }
        for n in 0..100 {
            assert_eq!(receive.recv_timeout(Duration::from_secs(10)), Ok(event(n)));
        }
        assert!(!sink.set_callback(Box::new(|_| {})));
        sink.end();
        // The sender inside the callback goes with it.
        assert_eq!(
            receive.recv_timeout(Duration::from_secs(10)),
            Err(mpsc::RecvTimeoutError::Disconnected)
        );
    }
}
