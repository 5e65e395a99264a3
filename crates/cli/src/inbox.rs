//! The one place where a command waits: for the events of its session and of its handle in order, a
//! reason to end, the answer to a call, and the time.

use crate::signals::Stop;
use crossbeam_channel::{Receiver, Sender, select_biased};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Instant;
use tenure::{Client, Error, SessionEvent};

/// How many events may wait. Beyond that the library waits, and merges events by its own rule.
const EVENTS_MAX: usize = 64;

/// An input of a command.
pub(crate) enum Input<E> {
    Session(SessionEvent),
    Own(E),
    Stop(Stop),
    /// A call that was polled with [`Inbox::waker`] has its answer.
    Answered,
    /// The deadline has passed.
    Time,
    /// No further event will come: the client is closed.
    End,
}

enum Event<E> {
    Session(SessionEvent),
    Own(E),
}

/// See the [module](self). `E` is the kind of events of the command's own handle.
pub(crate) struct Inbox<E> {
    send: Option<Sender<Event<E>>>,
    events: Receiver<Event<E>>,
    stops: Receiver<Stop>,
    /// Ends when the lines can no longer be written.
    output: Receiver<()>,
    wake: Waker,
    answers: Receiver<()>,
}

struct AnswerWaker(Sender<()>);

impl Wake for AnswerWaker {
    fn wake(self: Arc<Self>) {
        // A full channel holds a wake-up already.
        let _ = self.0.try_send(());
    }
}

impl<E: Send + 'static> Inbox<E> {
    pub(crate) fn new(
        client: &Client,
        stops: Receiver<Stop>,
        output: Receiver<()>,
    ) -> Result<Self, Error> {
        let (send, events) = crossbeam_channel::bounded(EVENTS_MAX);
        let (answered, answers) = crossbeam_channel::bounded(1);
        let session = send.clone();
        client.events().on_each(move |event| {
            // An error means that the command is over.
            drop(session.send(Event::Session(event)));
        })?;
        Ok(Self {
            send: Some(send),
            events,
            stops,
            output,
            wake: Waker::from(Arc::new(AnswerWaker(answered))),
            answers,
        })
    }

    /// The callback for the events of the command's own handle. There is one handle: afterwards the
    /// inbox ends when the library has no further event.
    pub(crate) fn deliver(&mut self) -> impl FnMut(E) + Send + use<E> {
        let send = self.send.take();
        move |event| {
            if let Some(send) = &send {
                drop(send.send(Event::Own(event)));
            }
        }
    }

    /// The waker for polling calls.
    pub(crate) fn waker(&self) -> &Waker {
        &self.wake
    }

    /// Blocks until the next input. A reason to end comes first.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Input<E> {
        let time = deadline.map_or_else(crossbeam_channel::never, crossbeam_channel::at);
        select_biased! {
            // Without signals only SIGKILL could end the tool: it ends by itself instead.
            recv(self.stops) -> stop => Input::Stop(stop.unwrap_or(Stop::Signal)),
            // Nothing is sent: this is the end of that channel.
            recv(self.output) -> _ => Input::Stop(Stop::ReaderGone),
            recv(self.events) -> event => event.map_or(Input::End, Input::from),
            recv(self.answers) -> _ => Input::Answered,
            recv(time) -> _ => Input::Time,
        }
    }

    /// As [`next`](Self::next), for a command that is ending already: events only.
    pub(crate) fn next_event(&self, deadline: Option<Instant>) -> Input<E> {
        let time = deadline.map_or_else(crossbeam_channel::never, crossbeam_channel::at);
        select_biased! {
            recv(self.events) -> event => event.map_or(Input::End, Input::from),
            recv(time) -> _ => Input::Time,
        }
    }
}

impl<E> From<Event<E>> for Input<E> {
    fn from(event: Event<E>) -> Self {
        match event {
            Event::Session(event) => Self::Session(event),
            Event::Own(event) => Self::Own(event),
        }
    }
}
