//! The queue of a client: the events of all its handles that have no callback, and the ends of its
//! calls.
//!
//! Nothing is copied into it. It knows which handles have something to tell, because each of them
//! wakes it, and takes from them when it is asked. So what a handle keeps for a slow consumer, and
//! in which order, is the handle's business, and a callback that is registered later finds all that
//! was not fetched.
//!
//! Whoever wakes it may be the I/O thread, and whoever fetches may be stopped in the middle of that,
//! for as long as a debugger likes. So the waking side never waits for the lock: it notes who rang,
//! and looks only if nobody else has the lock; whoever has it looks before and after giving it back.

mod gate;
mod signal;

use super::call::{Call, Done};
use super::event::{News, tenure_event};
use super::failure::Failure;
use super::status::{
    TENURE_ERR_BUSY, TENURE_ERR_CLOSED, TENURE_ERR_FORKED, TENURE_ERR_SYSTEM, TENURE_ERR_TIMEOUT,
};
use crate::api::{
    Client, Contender, Detector, Error, ErrorKind, Events, Group, HandleEvent, Pending,
};
use crossbeam_channel::{Receiver, Sender, unbounded};
use gate::Gate;
use signal::Signal;
use std::collections::{BTreeMap, VecDeque};
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

/// How many handles and calls a client may have at once.
const SOURCES_MAX: usize = 1 << 20;

/// A number that no handle and no call of this process has had before.
pub(super) fn fresh() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// Who has something to tell.
pub(super) enum Source {
    Session(Arc<Client>),
    Contender(Arc<Contender>),
    Detector(Arc<Detector>),
    Group(Arc<Group>),
    /// A call of the handle with this number.
    Call(u64, Call),
    /// It has ended.
    Done(u64, Done),
}

/// What a source has to tell now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// Something.
    Event,
    /// Nothing yet: the waker is called when that changes.
    Nothing,
    /// Nothing any more.
    Over,
}

impl Source {
    /// Where a callback has its events, only their end counts.
    fn tells(&mut self, id: u64, called: bool, cx: &mut Context<'_>) -> Tells {
        fn told<E: HandleEvent>(events: &Events<E>, called: bool, cx: &Context<'_>) -> Tells {
            let ready = if called {
                events.any().poll_ended(cx).is_ready()
            } else {
                events.poll_ready(cx).is_ready()
            };
            match ready {
                false => Tells::Nothing,
                true if called || !events.any().has_some() => Tells::Over,
                true => Tells::Event,
            }
        }
        match self {
            Self::Session(client) => told(client.events(), called, cx),
            Self::Contender(contender) => told(contender.events(), called, cx),
            Self::Detector(detector) => told(detector.events(), called, cx),
            Self::Group(group) => told(group.events(), called, cx),
            Self::Done(..) => Tells::Event,
            Self::Call(owner, call) => match call.poll(cx) {
                Poll::Pending => Tells::Nothing,
                Poll::Ready(result) => {
                    *self = Self::Done(*owner, Done { call: id, result });
                    Tells::Event
                }
            },
        }
    }
}

struct Slot {
    source: Source,
    bell: Arc<Bell>,
    waker: Waker,
    /// A callback has its events; here it only counts when they end.
    called: bool,
    ready: bool,
}

#[derive(Default)]
struct State {
    slots: BTreeMap<u64, Slot>,
    /// Those that have something to tell, longest first.
    ready: VecDeque<u64>,
    /// Those that have ended, to be dropped without the lock.
    over: Vec<Source>,
    signal: Option<Signal>,
}

impl State {
    /// Nobody will ever tell anything any more.
    fn is_over(&self) -> bool {
        self.slots.is_empty()
    }

    fn show(&self) {
        if let Some(signal) = &self.signal {
            signal.set(!self.ready.is_empty() || self.is_over());
        }
    }

    /// Looks at one source again.
    fn look(&mut self, id: u64) {
        let Some(slot) = self.slots.get_mut(&id) else {
            return;
        };
        let waker = slot.waker.clone();
        let mut cx = Context::from_waker(&waker);
        let tells = slot.source.tells(id, slot.called, &mut cx);
        if tells == Tells::Over {
            let removed = self.remove(id);
            self.over.extend(removed);
            return;
        }
        let ready = tells == Tells::Event;
        if ready != slot.ready {
            slot.ready = ready;
            if ready {
                self.ready.push_back(id);
            } else {
                self.ready.retain(|known| *known != id);
            }
        }
    }

    fn remove(&mut self, id: u64) -> Option<Source> {
        let slot = self.slots.remove(&id)?;
        if slot.ready {
            self.ready.retain(|known| *known != id);
        }
        Some(slot.source)
    }
}

/// See the [module](self).
pub(super) struct EventQueue {
    state: Mutex<State>,
    /// Those who rang and were not looked at yet, each once. Nobody blocks at either end of it.
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
    /// It rings, and nobody has looked yet.
    rings: AtomicBool,
}

impl Bell {
    fn new(queue: &Arc<EventQueue>, id: u64) -> Arc<Self> {
        Arc::new(Self {
            queue: Arc::downgrade(queue),
            id,
            rings: AtomicBool::new(false),
        })
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        if self.rings.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(queue) = self.queue.upgrade() {
            // The queue has the other end.
            let _ = queue.ring.send(self.id);
            // Before the lock is tried: whoever has it sees this when it has given it back.
            fence(Ordering::SeqCst);
            if let Some(state) = queue.try_lock() {
                queue.settle(state);
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

    /// To be given back by [`settle`](Self::settle), and in no other way.
    fn lock(&self) -> MutexGuard<'_, State> {
        // Whole between any two statements; no code of the user's runs under it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Looks at those who rang.
    fn attend(&self, state: &mut State) {
        while let Ok(id) = self.rung.try_recv() {
            if let Some(slot) = state.slots.get(&id) {
                slot.bell.rings.store(false, Ordering::SeqCst);
            }
            state.look(id);
        }
    }

    /// Gives the lock back, and tells whoever waits how things are.
    fn settle<'a>(&'a self, mut state: MutexGuard<'a, State>) {
        loop {
            self.attend(&mut state);
            state.show();
            let over = std::mem::take(&mut state.over);
            drop(state);
            self.gate.open();
            drop(over);
            // Who rang meanwhile and found the lock taken has left it to us.
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

    /// The lock may be held for ever in a forked child, and nobody feeds the queue there.
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

    /// Takes a source in.
    pub(super) fn add(self: &Arc<Self>, id: u64, source: Source) -> Result<(), Failure> {
        self.check_process()?;
        let mut state = self.lock();
        if state.slots.len() >= SOURCES_MAX {
            self.settle(state);
            drop(source);
            return Err(Failure::new(
                TENURE_ERR_SYSTEM,
                format!("this client has {SOURCES_MAX} handles and calls; free some first"),
            ));
        }
        let bell = Bell::new(self, id);
        let slot = Slot {
            source,
            waker: Waker::from(Arc::clone(&bell)),
            bell,
            called: false,
            ready: false,
        };
        state.slots.insert(id, slot);
        state.look(id);
        self.settle(state);
        Ok(())
    }

    /// Takes a call in, and gives it a number.
    pub(super) fn start<T>(
        self: &Arc<Self>,
        owner: u64,
        pending: Pending<T>,
    ) -> Result<u64, Failure>
    where
        T: Into<super::call::Answer> + Send + 'static,
    {
        let id = fresh();
        self.add(id, Source::Call(owner, Call::new(pending)))?;
        Ok(id)
    }

    /// Forgets a source, and with it what it has not told yet.
    pub(super) fn remove(&self, id: u64) {
        if self.check_process().is_err() {
            return;
        }
        let mut state = self.lock();
        let removed = state.remove(id);
        self.settle(state);
        drop(removed);
    }

    /// Has the events of a handle told to a callback from now on.
    pub(super) fn call_back<E: HandleEvent + Into<News>>(
        &self,
        id: u64,
        events: &Events<E>,
        callback: impl FnMut(E) + Send + 'static,
    ) -> Result<(), Failure> {
        self.check_process()?;
        self.set_called(id, true)?;
        let registered = events
            .on_each(callback)
            .map_err(|error| match error.kind() {
                // A handle that has ended is no slot any more, and has its callback all the same.
                ErrorKind::InvalidInput => busy(),
                _ => Failure::from(error),
            });
        if registered.is_err() {
            self.set_called(id, false)?;
        }
        // It may have ended meanwhile, or have its events back.
        let mut state = self.lock();
        state.look(id);
        self.settle(state);
        registered
    }

    fn set_called(&self, id: u64, called: bool) -> Result<(), Failure> {
        let mut state = self.lock();
        let mut set = Ok(());
        // A handle that is not there any more has ended: its callback will have nothing to say.
        if let Some(slot) = state.slots.get_mut(&id) {
            if slot.called && called {
                set = Err(busy());
            } else {
                slot.called = called;
                // What waits is the callback's.
                if called && std::mem::take(&mut slot.ready) {
                    state.ready.retain(|known| *known != id);
                }
            }
        }
        self.settle(state);
        set
    }

    /// The next event; blocks for it, for ever without a limit.
    pub(super) fn next(&self, limit: Option<Duration>) -> Result<tenure_event, Failure> {
        self.check_process()?;
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        loop {
            let seen = self.gate.seen();
            let mut state = self.lock();
            self.attend(&mut state);
            let event = fetch(&mut state);
            let over = state.is_over();
            // Nothing is to be told to others where nothing was taken.
            if event.is_some() || over || !state.over.is_empty() {
                self.settle(state);
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

    /// After the lock was given back with nothing to tell: who rang meanwhile is looked at.
    fn attend_late(&self) {
        fence(Ordering::SeqCst);
        if !self.rung.is_empty()
            && let Some(state) = self.try_lock()
        {
            self.settle(state);
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
                    self.settle(state);
                    return Err(error.into());
                }
            }
        }
        let fd = state.signal.as_ref().map(Signal::fd);
        // Lit or not, as things are.
        self.settle(state);
        fd.ok_or_else(|| Failure::from(Error::closed()))
    }
}

fn busy() -> Failure {
    Failure::new(
        TENURE_ERR_BUSY,
        "this handle has a callback already, and keeps it for its life",
    )
}

fn fetch(state: &mut State) -> Option<tenure_event> {
    while let Some(id) = state.ready.pop_front() {
        let Some(slot) = state.slots.get_mut(&id) else {
            continue;
        };
        slot.ready = false;
        let waker = slot.waker.clone();
        let cx = Context::from_waker(&waker);
        let event = match &slot.source {
            Source::Session(client) => take(id, client.events(), &cx),
            Source::Contender(contender) => take(id, contender.events(), &cx),
            Source::Detector(detector) => take(id, detector.events(), &cx),
            Source::Group(group) => take(id, group.events(), &cx),
            Source::Call(..) => None,
            Source::Done(..) => match state.remove(id) {
                Some(Source::Done(owner, done)) => return Some(tenure_event::new(owner, done)),
                _ => None,
            },
        };
        // It goes to the end of the queue with what it has to tell next.
        state.look(id);
        if event.is_some() {
            return event;
        }
    }
    None
}

fn take<E: HandleEvent + Into<News>>(
    id: u64,
    events: &Events<E>,
    cx: &Context<'_>,
) -> Option<tenure_event> {
    match events.poll_next(cx) {
        Poll::Ready(Ok(event)) => Some(tenure_event::new(id, event)),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ClientOptions, Url};

    /// A queue with one detector, which has an event to tell at once.
    fn with_detector() -> (Arc<EventQueue>, Client, Arc<Detector>, u64) {
        let url = Url::parse("10.0.0.1:5050").unwrap();
        let client = Client::open(&url, ClientOptions::default()).unwrap();
        let detector = Arc::new(client.detect(url.path()).unwrap());
        let (queue, id) = (EventQueue::new(), fresh());
        queue
            .add(id, Source::Detector(Arc::clone(&detector)))
            .unwrap();
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
        queue.set_called(id, true).unwrap();
        Bell::new(&queue, id).wake();
        assert_eq!(status_of_next(&queue), TENURE_ERR_TIMEOUT);
        // If the registration fails the events are the queue's again.
        queue.set_called(id, false).unwrap();
        queue.lock().look(id);
        assert_eq!(status_of_next(&queue), 0);
        drop(detector);
        client.close().wait().unwrap();
        assert_eq!(status_of_next(&queue), TENURE_ERR_CLOSED);
    }

    #[test]
    fn a_handle_that_ends_leaves_nothing_to_fetch_while_others_live() {
        let (queue, client, detector, id) = with_detector();
        let (other, second) = (fresh(), Arc::new(client.detect("/other").unwrap()));
        queue
            .add(other, Source::Detector(Arc::clone(&second)))
            .unwrap();
        assert_eq!([status_of_next(&queue), status_of_next(&queue)], [0, 0]);
        detector.events().any().silence();
        let state = queue.lock();
        assert!(state.ready.is_empty() && state.over.is_empty());
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
                    bell: Bell::new(&queue, 0),
                    waker: Waker::noop().clone(),
                    called: false,
                    ready: false,
                };
                state.slots.insert(fresh(), slot);
            }
        }
        let one_more = queue.add(fresh(), Source::Detector(detector));
        assert_eq!(one_more.unwrap_err().status, TENURE_ERR_SYSTEM);
    }

    #[test]
    fn who_rings_never_waits_for_who_fetches() {
        let (queue, client, detector, id) = with_detector();
        assert_eq!(status_of_next(&queue), 0);
        // Somebody is stopped in the middle of fetching, with the lock.
        let state = queue.lock();
        let (send, rung) = std::sync::mpsc::channel();
        let (bell, ended) = (Arc::clone(&state.slots[&id].bell), Arc::clone(&detector));
        std::thread::spawn(move || {
            bell.wake();
            // As the I/O thread ends a handle.
            ended.events().any().silence();
            send.send(()).unwrap();
        });
        rung.recv_timeout(Duration::from_secs(20)).unwrap();
        // Somebody else waits meanwhile, and hears of it as soon as the lock is free.
        let waiting = Arc::clone(&queue);
        let waiter = std::thread::spawn(move || {
            let next = waiting.next(Some(Duration::from_secs(20)));
            next.map_or_else(|failure| failure.status, |_| 0)
        });
        queue.settle(state);
        assert_eq!(waiter.join().unwrap(), TENURE_ERR_CLOSED);
        drop((client, detector));
    }
}
