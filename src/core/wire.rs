//! What the machines above the session are lent for the length of one call.

use super::ask::Ask;
use super::seat::Seats;
use super::session::Session;
use super::time::Time;
use super::watches::Watches;
use super::{Event, Handle, Outbox};
use crate::proto::Request;

/// The session to ask through, and the queue to tell the user through.
pub(crate) struct Wire<'a> {
    pub(crate) now: Time,
    pub(crate) session: &'a mut Session<Ask>,
    pub(crate) watches: &'a mut Watches,
    pub(crate) out: &'a mut Outbox,
}

impl Wire<'_> {
    pub(crate) fn attached(&self) -> bool {
        self.session.attached()
    }

    pub(crate) fn ask(&mut self, ask: Ask, request: Request) {
        self.session.ask(ask, request);
    }

    pub(crate) fn event(&mut self, handle: Handle, event: Event) {
        self.out.event(handle, event);
    }
}

/// [`Wire`], and the own znodes.
pub(crate) struct Bench<'a> {
    pub(crate) wire: Wire<'a>,
    pub(crate) seats: &'a mut Seats,
}
