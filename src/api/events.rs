//! The events of one handle: pulled, awaited, or delivered to a callback.

use super::any_events::{AnyEvents, wait_for};
use crate::core::{ContenderEvent, DetectorEvent, Error, Event, GroupEvent, SessionEvent};
use crate::driver::Sink;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// The type of the events of a handle: [`SessionEvent`], [`ContenderEvent`],
/// [`DetectorEvent`] or [`GroupEvent`].
///
/// It is the bound of [`Events`], for code that takes the events of any handle. It is sealed: there
/// are no other such types.
///
/// ```
/// use std::time::Duration;
/// use tenure::{Client, ClientOptions, Error, Events, HandleEvent, Url};
///
/// /// The events so far.
/// fn drain<E: HandleEvent>(events: &Events<E>) -> Vec<E> {
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
/// impl tenure::HandleEvent for Mine {}
/// ```
pub trait HandleEvent: sealed::Sealed + Sized + Send + 'static {
    /// The event, if it is of this type. Only the library can name the type of all events.
    #[doc(hidden)]
    fn from_any(event: Event) -> Option<Self>;

    /// As [`from_any`](Self::from_any), to look at.
    #[doc(hidden)]
    fn of(event: &Event) -> Option<&Self>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! handle_event {
    ($($kind:ident => $event:ty),*) => {
        $(impl sealed::Sealed for $event {}

        impl HandleEvent for $event {
            fn from_any(event: Event) -> Option<Self> {
                match event {
                    Event::$kind(event) => Some(event),
                    _ => None,
                }
            }

            fn of(event: &Event) -> Option<&Self> {
                match event {
                    Event::$kind(event) => Some(event),
                    _ => None,
                }
            }
        })*
    };
}

handle_event!(
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
    any: AnyEvents,
    kind: PhantomData<fn() -> E>,
}

impl<E> std::fmt::Debug for Events<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl<E: HandleEvent> Events<E> {
    pub(super) fn new(sink: Arc<Sink>) -> Self {
        Self {
            any: AnyEvents::new(sink),
            kind: PhantomData,
        }
    }

    /// These events without their type.
    #[cfg(feature = "capi")]
    pub(crate) fn any(&self) -> &AnyEvents {
        &self.any
    }

    /// Blocks until the next event comes, at most for `limit` (for ever without one), and takes it.
    ///
    /// # Errors
    /// `Timeout` when no event came in time; `Closed` when no event will ever follow; `Forked` in a
    /// child of the process that made the handle, as with every method.
    pub fn next(&self, limit: Option<Duration>) -> Result<E, Error> {
        wait_for(self.recv(), limit, "no event came in time")
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
        self.any.poll_next(cx).map(|event| typed(event?))
    }

    /// Ready if [`next`](Self::next) would return at once, with an event or with an error such as
    /// `Closed`; it takes no event. If not, the next change wakes the task.
    pub fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
        self.any.poll_ready(cx)
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
        self.any.on_each(move |event| {
            if let Some(event) = E::from_any(event) {
                callback(event);
            }
        })
    }

    /// The newest event that describes the state of the handle, fetched or not.
    pub fn latest(&self) -> Option<E> {
        self.any.latest().and_then(E::from_any)
    }

    /// Waits until `pick` is true for the newest event that describes the state of the handle, and
    /// returns that event: at once if it is true already. It takes no event, so it does not disturb
    /// other readers, and it does not see events that pass between two looks. Dropping the future
    /// loses nothing.
    ///
    /// # Errors
    /// `Closed` when no event will ever follow.
    pub async fn until(&self, pick: impl Fn(&E) -> bool) -> Result<E, Error> {
        let picked = |event: &Event| E::of(event).is_some_and(&pick);
        typed(self.any.until(picked).await?)
    }
}

/// The event of a handle has the type of the handle.
fn typed<E: HandleEvent>(event: Event) -> Result<E, Error> {
    E::from_any(event).ok_or_else(Error::closed)
}
