//! What an event queue takes from: the events of a handle, and the calls of its `_start` functions.

use super::super::call::{Call, Done};
use super::super::event::tenure_event;
use crate::api::AnyEvents;
use std::task::{Context, Poll};

/// A source of events.
pub(in super::super) enum Source {
    Handle(AnyEvents),
    /// A call of the handle with this number.
    Call(u64, Call),
    /// A call of the handle with this number that has ended.
    Done(u64, Done),
}

/// What a source has now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Has {
    /// An event, or several.
    Event,
    /// Nothing yet: the waker is woken when that changes.
    Nothing,
    /// Nothing, and no event will follow.
    Ended,
}

impl Source {
    /// Looks at the source, which has this number. If a callback takes the events of a handle, only
    /// their end counts.
    pub(super) fn look(&mut self, id: u64, has_callback: bool, cx: &mut Context<'_>) -> Has {
        match self {
            Self::Handle(events) if has_callback => match events.poll_ended(cx) {
                Poll::Ready(()) => Has::Ended,
                Poll::Pending => Has::Nothing,
            },
            Self::Handle(events) => match events.poll_ready(cx) {
                Poll::Ready(()) if events.has_some() => Has::Event,
                Poll::Ready(()) => Has::Ended,
                Poll::Pending => Has::Nothing,
            },
            Self::Done(..) => Has::Event,
            Self::Call(owner, call) => match call.poll(cx) {
                Poll::Pending => Has::Nothing,
                Poll::Ready(result) => {
                    *self = Self::Done(*owner, Done { call: id, result });
                    Has::Event
                }
            },
        }
    }

    /// Takes the oldest event of a handle, which has this number.
    pub(super) fn take(&self, id: u64, cx: &Context<'_>) -> Option<tenure_event> {
        let Self::Handle(events) = self else {
            return None;
        };
        match events.poll_next(cx) {
            Poll::Ready(Ok(event)) => Some(tenure_event::new(id, event)),
            Poll::Ready(Err(_)) | Poll::Pending => None,
        }
    }
}
