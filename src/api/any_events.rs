//! The events of one handle, of whatever kind the handle is. The C ABI uses them as they are; for
//! Rust, [`Events`](super::Events) gives them their type.

use crate::core::{Error, ErrorKind, Event};
use crate::driver::{Mailbox, Sink, block_on, start_dispatch};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// See the [module](self). Each method fails with `Forked` in a child of the process that made the
/// handle.
#[derive(Clone)]
pub(crate) struct AnyEvents(Arc<Sink>);

impl AnyEvents {
    pub(super) fn new(sink: Arc<Sink>) -> Self {
        Self(sink)
    }

    /// Takes the next event if there is one; if not, the next change wakes the task. `Closed` when
    /// no event will ever follow.
    pub(crate) fn poll_next(&self, cx: &Context<'_>) -> Poll<Result<Event, Error>> {
        match self.mailbox() {
            Ok(mailbox) => mailbox
                .poll_next(cx)
                .map(|event| event.ok_or_else(Error::closed)),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Ready if [`poll_next`](Self::poll_next) is; it takes no event.
    pub(crate) fn poll_ready(&self, cx: &Context<'_>) -> Poll<()> {
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

    /// Gives up the events: the handle is freed, even if something else keeps its session open.
    #[cfg(feature = "capi")]
    pub(crate) fn silence(&self) {
        if !self.0.is_foreign() {
            self.0.silence();
        }
    }

    /// Registers a callback for each event, those that wait included.
    pub(crate) fn on_each(
        &self,
        callback: impl FnMut(Event) + Send + 'static,
    ) -> Result<(), Error> {
        self.mailbox()?;
        start_dispatch()?;
        if self.0.set_callback(Box::new(callback)) {
            Ok(())
        } else {
            Err(Error::new(
                ErrorKind::InvalidInput,
                "this handle has a callback already, and keeps it for life",
            ))
        }
    }

    /// The newest event that describes the state of the handle, fetched or not.
    pub(crate) fn latest(&self) -> Option<Event> {
        let latest = self.mailbox().ok()?.latest()?;
        Some(Arc::unwrap_or_clone(latest))
    }

    /// Waits until `pick` is true for the newest event that describes the state of the handle.
    pub(super) async fn until(&self, pick: impl Fn(&Event) -> bool) -> Result<Event, Error> {
        let mailbox = self.mailbox()?;
        let picked = poll_fn(|cx| mailbox.poll_latest(cx, &pick)).await;
        picked.ok_or_else(Error::closed)
    }

    /// Where the events are, if they come to this process.
    fn mailbox(&self) -> Result<&Mailbox, Error> {
        if self.0.is_foreign() {
            return Err(Error::forked());
        }
        Ok(&self.0.mailbox)
    }
}

/// Blocks until `future` is ready, at most for `limit` (for ever without one). `late` is the message
/// of the error `Timeout`.
pub(crate) fn wait_for<T>(
    future: impl Future<Output = Result<T, Error>>,
    limit: Option<Duration>,
    late: &'static str,
) -> Result<T, Error> {
    // A limit beyond the end of the clock is no limit.
    let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
    block_on(future, deadline).unwrap_or_else(|| Err(Error::new(ErrorKind::Timeout, late)))
}
