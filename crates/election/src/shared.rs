//! The parts that the machines of one client share.

use super::ask::Ask;
use super::shared_lease::SharedLeases;
use super::watches::Watches;
use super::znode::OwnZnodes;
use super::{Event, Handle, Outbox, ServerKind};
use core::time::Duration;
use tenure_proto::Request;
use tenure_session::{Session, Time};

/// The session that carries the questions, the watches, the own znodes, and the queue that carries the
/// events: lent to one machine after another.
pub(crate) struct Shared {
    /// The newest instant that the edge has reported.
    pub(crate) now: Time,
    pub(crate) session: Session<Ask>,
    /// The time by which the clock behind `now` may have run ahead of true time within the longest wait; as of
    /// the newest tick.
    pub(crate) clock_lead: Duration,
    /// Whether the present input is a tick.
    pub(crate) is_tick: bool,
    pub(crate) watches: Watches,
    pub(crate) znodes: OwnZnodes,
    /// The leases that leaderships share.
    pub(crate) leases: SharedLeases,
    pub(crate) out: Outbox,
}

impl Shared {
    pub(crate) fn attached(&self) -> bool {
        self.session.attached()
    }

    /// The kind of the server of the newest connection.
    pub(crate) fn server_kind(&self) -> ServerKind {
        self.session.server_kind().into()
    }

    pub(crate) fn ask(&mut self, ask: Ask, request: Request) {
        self.session.ask(ask, request);
    }

    pub(crate) fn event(&mut self, handle: Handle, event: Event) {
        self.out.event(handle, event);
    }
}
