//! A detector.

use super::any_events::wait_for;
use super::events::Events;
use super::standalone::Standalone;
use crate::core::{Command, DetectorEvent, Error, Handle, Leader, Time};
use crate::driver::{ClientHandle, Sink, now};
use std::sync::Arc;
use std::time::Duration;

/// A detector: follows the leader of a group. All methods may be called from any thread, and from
/// callbacks.
#[derive(Debug)]
pub struct Detector {
    source: Source,
    events: Events<DetectorEvent>,
    opened: Time,
}

/// Where the events come from.
#[derive(Debug)]
enum Source {
    Session(Arc<ClientHandle>, Handle),
    Standalone(Arc<Standalone>, Arc<Sink>),
}

impl Detector {
    pub(super) fn new(client: Arc<ClientHandle>, handle: Handle, sink: Arc<Sink>) -> Self {
        Self {
            source: Source::Session(client, handle),
            events: Events::new(sink),
            opened: now(),
        }
    }

    pub(super) fn standalone(standalone: &Arc<Standalone>) -> Self {
        let sink = standalone.detect();
        Self {
            events: Events::new(Arc::clone(&sink)),
            source: Source::Standalone(Arc::clone(standalone), sink),
            opened: now(),
        }
    }

    /// Every change of the [`state`](Self::state).
    pub fn events(&self) -> &Events<DetectorEvent> {
        &self.events
    }

    /// The current knowledge of the leader; `Unknown` also before the first answer.
    pub fn state(&self) -> DetectorEvent {
        let unknown = DetectorEvent::Unknown { since: self.opened };
        self.events.latest().unwrap_or(unknown)
    }

    /// The leader, if one is known now.
    pub fn leader(&self) -> Option<Leader> {
        match self.state() {
            DetectorEvent::Leader(leader) => Some(leader),
            _ => None,
        }
    }

    /// Blocks until the [`state`](Self::state) differs from `previous`, at most for `limit` (for ever
    /// without one); it returns at once if the state differs already. Pass the event of the last call,
    /// or of [`state`](Self::state), and you never miss the current state.
    ///
    /// # Errors
    /// `Timeout` when nothing changed in time; `Closed` when the client was closed.
    pub fn detect(
        &self,
        previous: &DetectorEvent,
        limit: Option<Duration>,
    ) -> Result<DetectorEvent, Error> {
        let changed = self.detected(previous);
        wait_for(changed, limit, "the leader did not change in time")
    }

    /// [`detect`](Self::detect) for any executor.
    ///
    /// # Errors
    /// `Closed` when the client was closed.
    pub async fn detected(&self, previous: &DetectorEvent) -> Result<DetectorEvent, Error> {
        self.events.until(|event| !is_same(event, previous)).await
    }
}

/// Whether two events say the same, whenever they said it.
fn is_same(a: &DetectorEvent, b: &DetectorEvent) -> bool {
    match (a, b) {
        (DetectorEvent::Unknown { .. }, DetectorEvent::Unknown { .. })
        | (DetectorEvent::None, DetectorEvent::None) => true,
        (DetectorEvent::Leader(a), DetectorEvent::Leader(b)) => {
            a.member == b.member && a.data == b.data
        }
        (DetectorEvent::Failed(a), DetectorEvent::Failed(b)) => a == b,
        _ => false,
    }
}

impl Drop for Detector {
    fn drop(&mut self) {
        match &self.source {
            Source::Session(client, handle) => client.command(Command::Drop { handle: *handle }),
            Source::Standalone(standalone, sink) => standalone.forget(sink),
        }
    }
}
