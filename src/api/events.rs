//! The events of one handle: pulled, awaited, or delivered to a callback.

use crate::core::{
    ContenderEvent, DetectorEvent, Error, ErrorKind, Event, GroupEvent, SessionEvent,
};
use crate::driver::{Mailbox, Next, Sink, start_dispatch};
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// The type of the events of a handle: [`SessionEvent`], [`ContenderEvent`],
/// [`DetectorEvent`] or [`GroupEvent`].
///
/// It is the bound of [`Events`], for code that takes the events of any handle. It is sealed: there
/// are no other such types.
///
/// ```
/// use std::time::Duration;
/// use tenure::{Client, ClientOptions, Error, Events, FromEvent, Url};
///
/// /// The events so far.
/// fn drain<E: FromEvent>(events: &Events<E>) -> Vec<E> {
///     std::iter::from_fn(|| events.next(Some(Duration::ZERO)).ok()).collect()
/// }
///
/// let url = Url::parse("10.0.0.1:5050")?;
/// let client = Client::open(&url, ClientOptions::default())?;
/// let detector = client.detect(url.path())?;
/// assert_eq!(drain(client.events()).len() + drain(detector.events()).len(), 1);
/// # Ok::<(), Error>(())
/// ```
///
/// ```compile_fail,E0277
/// struct Mine;
/// impl tenure::FromEvent for Mine {}
/// ```
pub trait FromEvent: sealed::Sealed + Sized + Send + 'static {
    /// The event, if it is of this type. Only the library can name the type of all events.
    #[doc(hidden)]
    fn from_event(event: Event) -> Option<Self>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! from_event {
    ($($kind:ident => $event:ty),*) => {
        $(impl sealed::Sealed for $event {}

        impl FromEvent for $event {
            fn from_event(event: Event) -> Option<Self> {
                match event {
                    Event::$kind(event) => Some(event),
                    _ => None,
                }
            }
        })*
    };
}

from_event!(
    Session => SessionEvent,
    Contender => ContenderEvent,
    Detector => DetectorEvent,
    Group => GroupEvent
);

/// The events of one handle, in order. A consumer that is too slow loses the oldest events, but
/// never the latest, never the newest [`ContenderEvent::Lost`], and never a
/// [`GroupEvent::MembershipLost`] (if more than 65,536 of those wait, it loses the oldest of them).
/// Events with lists and payloads that a newer event supersedes are lost first: the events that wait
/// take four megabytes at most, and the newest event.
///
/// Either pull the events ([`next`](Self::next), [`recv`](Self::recv)) or register one callback
/// ([`on_each`](Self::on_each)). All methods may be called from any thread, and from callbacks.
pub struct Events<E> {
    sink: Arc<Sink>,
    kind: PhantomData<fn() -> E>,
}

impl<E> std::fmt::Debug for Events<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl<E: FromEvent> Events<E> {
    pub(super) fn new(sink: Arc<Sink>) -> Self {
        Self {
            sink,
            kind: PhantomData,
        }
    }

    /// Blocks until the next event comes, at most for `limit` (for ever without one), and takes it.
    ///
    /// # Errors
    /// `Timeout` when no event came in time; `Closed` when no event will ever follow; `Forked` in a
    /// child of the process that made the handle, as with every method.
    pub fn next(&self, limit: Option<Duration>) -> Result<E, Error> {
        read(self.mailbox()?.next(deadline(limit)))
    }

    /// The next event, for any executor. Dropping the future loses nothing.
    ///
    /// # Errors
    /// `Closed` when no event will ever follow.
    pub async fn recv(&self) -> Result<E, Error> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Takes the next event if there is one; if not, the next change wakes the task. It is for
    /// futures, streams and event loops of your own.
    ///
    /// # Errors
    /// `Closed` when no event will ever follow.
    pub fn poll_next(&self, cx: &Context<'_>) -> Poll<Result<E, Error>> {
        match self.mailbox() {
            Ok(mailbox) => mailbox.poll_next(cx).map(read),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Ready if [`next`](Self::next) would return at once, with an event or with an error such as
    /// `Closed`; it takes no event. If not, the next change wakes the task.
    pub fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        match self.mailbox() {
            Ok(mailbox) => mailbox.poll_ready(cx),
            Err(_) => Poll::Ready(()),
        }
    }

    /// Whether an event waits.
    #[cfg(feature = "capi")]
    pub(crate) fn has_some(&self) -> bool {
        self.mailbox().is_ok_and(Mailbox::has_some)
    }

    /// Ready if no event will follow those that wait.
    #[cfg(feature = "capi")]
    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<()> {
        match self.mailbox() {
            Ok(mailbox) => mailbox.poll_ended(cx),
            Err(_) => Poll::Ready(()),
        }
    }

    /// Gives up the events: the handle is freed, whoever else keeps its session open.
    #[cfg(feature = "capi")]
    pub(crate) fn silence(&self) {
        if !self.sink.is_foreign() {
            Mailbox::silence(&self.sink);
        }
    }

    /// Where the events are, if they come to this process.
    fn mailbox(&self) -> Result<&Mailbox, Error> {
        if self.sink.is_foreign() {
            return Err(Error::forked());
        }
        Ok(&self.sink.mailbox)
    }

    /// Registers a callback for each event. The callback first gets the events that wait. It runs on
    /// the library's dispatch thread, one event of one handle at a time and in order, with no lock
    /// of the library held; it may call every function. A slow callback delays other notifications,
    /// never a lease. The callback is dropped after the last event of the handle.
    ///
    /// # Errors
    /// `InvalidInput` when this handle has a callback already; `System` when the dispatch thread
    /// cannot be started.
    pub fn on_each(&self, mut callback: impl FnMut(E) + Send + 'static) -> Result<(), Error> {
        let call = move |event| {
            if let Some(event) = E::from_event(event) {
                callback(event);
            }
        };
        self.mailbox()?;
        start_dispatch()?;
        if Mailbox::set_callback(&self.sink, Box::new(call)) {
            Ok(())
        } else {
            Err(Error::new(
                ErrorKind::InvalidInput,
                "this handle has a callback already",
            ))
        }
    }

    /// The newest event that describes the state of the handle, fetched or not.
    pub fn latest(&self) -> Option<E> {
        let latest = self.mailbox().ok()?.latest()?;
        E::from_event(Arc::unwrap_or_clone(latest))
    }

    /// Blocks until the newest event is one that `pick` wants.
    pub(super) fn wait_latest(
        &self,
        limit: Option<Duration>,
        pick: impl Fn(&E) -> bool,
    ) -> Result<E, Error> {
        let picked = |event: &Event| E::from_event(event.clone()).is_some_and(|e| pick(&e));
        read(self.mailbox()?.wait_latest(deadline(limit), picked))
    }

    /// Waits until `pick` is true for the newest event that describes the state of the handle, and
    /// returns that event: at once if it is true already. It takes no event, so it does not disturb
    /// other readers, and it does not see events that pass between two looks. Dropping the future
    /// loses nothing.
    ///
    /// # Errors
    /// `Closed` when no event will ever follow.
    pub async fn until(&self, pick: impl Fn(&E) -> bool) -> Result<E, Error> {
        let picked = |event: &Event| E::from_event(event.clone()).is_some_and(|e| pick(&e));
        let mailbox = self.mailbox()?;
        read(poll_fn(|cx| mailbox.poll_latest(cx, picked)).await)
    }
}

fn deadline(limit: Option<Duration>) -> Option<Instant> {
    // A limit beyond the end of the clock is no limit.
    limit.and_then(|limit| Instant::now().checked_add(limit))
}

fn read<E: FromEvent>(next: Next) -> Result<E, Error> {
    match next {
        Next::Event(event) => E::from_event(event).ok_or_else(Error::closed),
        Next::Nothing => Err(Error::new(ErrorKind::Timeout, "no event came in time")),
        Next::End => Err(Error::closed()),
    }
}
